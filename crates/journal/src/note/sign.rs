//! The keys that sign: a log's and a witness's, made from 32 bytes that the caller drew.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use thiserror::Error;

use super::key::{KeyName, LogKey, PUBLIC_KEY_BYTES, PosixSeconds, Seal, WitnessKey, cosigned};
use super::{Note, NoteError, Signature};

/// Bytes of the seed that an Ed25519 key is made from.
pub const SEED_BYTES: usize = 32;

/// What a log signs its checkpoints with.
#[derive(Debug)]
pub struct LogSigner {
    pair: Ed25519KeyPair,
    key: LogKey,
}

/// What a witness cosigns with. The message does not name the witness: a key is for one witness alone.
#[derive(Debug)]
pub struct WitnessSigner {
    pair: Ed25519KeyPair,
    key: WitnessKey,
}

/// The seed gives no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("these bytes are not the seed of a key")]
pub struct NotASeed;

impl LogSigner {
    /// The key of this name that the seed gives; the same seed always gives the same one.
    ///
    /// # Errors
    /// [`NotASeed`].
    pub fn from_seed(name: KeyName, seed: &[u8; SEED_BYTES]) -> Result<Self, NotASeed> {
        let (pair, public) = pair(seed)?;
        Ok(Self { pair, key: LogKey::new(name, public) })
    }

    /// The public key.
    #[must_use]
    pub const fn key(&self) -> &LogKey {
        &self.key
    }

    /// Adds the log's signature to a note.
    ///
    /// # Errors
    /// [`NoteError`], if the note has no place for it.
    pub fn sign(&self, note: &mut Note) -> Result<(), NoteError> {
        let seal = Seal::new(self.pair.sign(note.text().as_bytes()).as_ref().to_vec());
        note.add(Signature { name: self.key.name().clone(), id: self.key.id(), seal })
    }
}

impl WitnessSigner {
    /// The key of this name that the seed gives.
    ///
    /// # Errors
    /// [`NotASeed`].
    pub fn from_seed(name: KeyName, seed: &[u8; SEED_BYTES]) -> Result<Self, NotASeed> {
        let (pair, public) = pair(seed)?;
        Ok(Self { pair, key: WitnessKey::new(name, public) })
    }

    /// The public key.
    #[must_use]
    pub const fn key(&self) -> &WitnessKey {
        &self.key
    }

    /// The cosignature of a checkpoint's text. Whoever calls this has seen that the tree only grew.
    ///
    /// # Source
    /// C2SP `tlog-cosignature`, "Format": `timestamped_signature`, the time in big-endian order.
    #[must_use]
    pub(crate) fn cosign(&self, text: &str, now: PosixSeconds) -> Signature {
        let signed = self.pair.sign(cosigned(text, now).as_bytes());
        let seal = Seal::new([&now.get().to_be_bytes(), signed.as_ref()].concat());
        Signature { name: self.key.name().clone(), id: self.key.id(), seal }
    }
}

fn pair(seed: &[u8; SEED_BYTES]) -> Result<(Ed25519KeyPair, [u8; PUBLIC_KEY_BYTES]), NotASeed> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| NotASeed)?;
    let public = pair.public_key().as_ref().try_into().map_err(|_| NotASeed)?;
    Ok((pair, public))
}
