//! What an authority signs on a machine apart and has brought in: a CBOR map in a `COSE_Sign1` envelope, signed by ES256 with the
//! authority's own key, which signs no code and lies on no server.
//!
//! ```text
//! protected    {1: -7, 3: "application/vnd.mingma.authority-act+cbor", 4: name of the authority's key}
//! payload      {0: 1, 1: region, 2: act, 3: content, 4: until, 5: id, 16 bytes}
//! ```
//!
//! The map is deterministic (RFC 8949 §4.2.1): the same act has one encoding, so its hash names it. `until` is the last second at
//! which it may be brought in; the random id is what makes it count once. What a content means is not this crate's to say.

use ciborium::value::Value;
use thiserror::Error;

use crate::cbor;
use crate::certificate::Certificate;
use crate::cose::{self, CoseError, Sign1, SignatureError, Typed};
use crate::key::{KeyError, KeyId, SigningKey};
use crate::limits::MAX_ACT_BYTES;
use crate::status::RegionCode;
use crate::time::UnixSeconds;

/// The content type of the envelope's payload.
pub const MEDIA_TYPE: &str = "application/vnd.mingma.authority-act+cbor";

/// An act of the authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Whose authority acts.
    pub region: RegionCode,
    /// Which act, in a word.
    pub name: String,
    /// What it says.
    pub content: Vec<u8>,
    /// The last second at which it may be brought in.
    pub until: UnixSeconds,
    /// By which it counts once.
    pub id: [u8; 16],
}

/// Why a file is no act of the authority's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ActError {
    /// Longer than [`MAX_ACT_BYTES`].
    #[error("an act of {0} bytes; at most {MAX_ACT_BYTES} are read")]
    TooLong(usize),
    /// Not a signed envelope.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// Something else that is signed.
    #[error("the file is signed, but it is no act of an authority")]
    OtherContent,
    /// Another key's.
    #[error("the file was signed by the key {}, not by the authority's key {anchor}", .named.map_or_else(|| "of no name".to_owned(), |named| named.to_string()))]
    OtherKey {
        /// The key that it names.
        named: Option<KeyId>,
        /// The authority's.
        anchor: KeyId,
    },
    /// The signature.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// Something was added that nobody signed.
    #[error("something stands in the file's unprotected header, which no signature covers")]
    Unsigned,
    /// The payload is not version 1 of the map above, in its one encoding.
    #[error("the act is not a map of the keys 0 to 5, version 1, in its one encoding")]
    Shape,
    /// Signing failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Act {
    /// The bytes that are signed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::write(&cbor::map([
            (0, cbor::int(VERSION)),
            (1, Value::Text(self.region.to_string())),
            (2, Value::Text(self.name.clone())),
            (3, Value::Bytes(self.content.clone())),
            (4, cbor::int(self.until.get())),
            (5, Value::Bytes(self.id.to_vec())),
        ]))
    }

    fn read(payload: &[u8]) -> Option<Self> {
        let value = cbor::read(payload).ok()?;
        let pairs = value.as_map()?;
        let text = |key| cbor::get(pairs, key).and_then(Value::as_text);
        let bytes = |key| cbor::get(pairs, key).and_then(Value::as_bytes);
        let until = i64::try_from(cbor::get(pairs, 4)?.as_integer()?).ok()?;
        let act = Self {
            region: RegionCode::parse(text(1)?).ok()?,
            name: text(2)?.to_owned(),
            content: bytes(3)?.clone(),
            until: UnixSeconds::new(until),
            id: bytes(5)?.as_slice().try_into().ok()?,
        };
        // Whatever has another version, one key more or a longer number is written otherwise.
        (act.to_bytes() == payload).then_some(act)
    }
}

/// Signs an act with the authority's key, which `certificate` holds.
///
/// # Errors
/// [`ActError::TooLong`], or signing fails.
pub fn sign(act: &Act, key: &SigningKey, certificate: &Certificate) -> Result<Vec<u8>, ActError> {
    let file = cose::sign(key, certificate.key_id(), Typed::Content(MEDIA_TYPE), act.to_bytes())?;
    if file.len() > MAX_ACT_BYTES { Err(ActError::TooLong(file.len())) } else { Ok(file) }
}

/// The act in a file that this authority signed.
///
/// # Errors
/// [`ActError`], the first that applies.
pub fn open(file: &[u8], anchor: &Certificate) -> Result<Act, ActError> {
    let envelope = envelope(file)?;
    let named = envelope.key_id().and_then(KeyId::from_bytes);
    if named != Some(anchor.key_id()) {
        return Err(ActError::OtherKey { named, anchor: anchor.key_id() });
    }
    envelope.verify(anchor.key(), &[])?;
    Act::read(envelope.payload()).ok_or(ActError::Shape)
}

/// What a file says, whoever signed it, and the key that it names: for showing it, and for nothing else.
///
/// # Errors
/// As of [`open`], but for the key and the signature.
pub fn unproved(file: &[u8]) -> Result<(Act, Option<KeyId>), ActError> {
    let envelope = envelope(file)?;
    let act = Act::read(envelope.payload()).ok_or(ActError::Shape)?;
    Ok((act, envelope.key_id().and_then(KeyId::from_bytes)))
}

fn envelope(file: &[u8]) -> Result<Sign1, ActError> {
    if file.len() > MAX_ACT_BYTES {
        return Err(ActError::TooLong(file.len()));
    }
    let envelope = Sign1::from_bytes(file)?;
    if envelope.content_type() != Some(MEDIA_TYPE) {
        return Err(ActError::OtherContent);
    }
    // Whoever brings a file must not be able to add to what is kept of it for ever.
    if envelope.is_all_signed() { Ok(envelope) } else { Err(ActError::Unsigned) }
}

const VERSION: u64 = 1;
