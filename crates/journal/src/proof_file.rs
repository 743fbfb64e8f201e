//! Proof files: what a person keeps to show, without the log, that an entry is in it.
//!
//! # Source
//! C2SP `tlog-proof`, "Format".

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding as _};
use thiserror::Error;

use crate::checkpoint::Checkpoint;
use crate::hash::Hash;
use crate::merkle::{InclusionProof, MAX_SIZE, ProofError};
use crate::note::{MAX_NOTE_BYTES, Note, NoteError};
use crate::policy::{Accepted, Denied, Policy};
use crate::text::{base64, decimal, line};
use crate::witness::RequestError;

/// The longest extra data: an entry of 64 KiB, so that a file can carry what it proves.
pub const MAX_EXTRA_BYTES: usize = 1 << 16;

/// The longest file: extra data in Base64, 63 hashes of 45 bytes a line, a note.
pub const MAX_PROOF_FILE_BYTES: usize = MAX_EXTRA_BYTES / 3 * 4 + 4_096 + MAX_NOTE_BYTES;

/// A proof file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofFile {
    /// What the file's maker added; nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// The entry's place in the log, counted from 0.
    pub index: u64,
    /// From the leaf's sibling to the root's child.
    pub path: Vec<Hash>,
    /// The checkpoint.
    pub checkpoint: Note,
}

/// Why a text is no proof file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProofFileError {
    /// It is too long.
    #[error("a proof file of {0} bytes; at most {MAX_PROOF_FILE_BYTES} are read")]
    Long(usize),
    /// It is not UTF-8.
    #[error("the proof file is not UTF-8")]
    Encoding,
    /// The first line.
    #[error("the first line is not `{HEADER}`")]
    Header,
    /// The extra data.
    #[error("the extra data are not Base64 of at most {MAX_EXTRA_BYTES} bytes")]
    Extra,
    /// The index.
    #[error("no line `index NUMBER` follows")]
    Index,
    /// The hashes.
    #[error(transparent)]
    Path(RequestError),
    /// The checkpoint.
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// Why a proof file proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unproved {
    /// The policy does not accept the checkpoint.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The entry is not in the tree.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

const HEADER: &str = "c2sp.org/tlog-proof@v1";

impl ProofFile {
    /// Reads a proof file.
    ///
    /// # Errors
    /// [`ProofFileError`].
    pub fn from_bytes(file: &[u8]) -> Result<Self, ProofFileError> {
        if file.len() > MAX_PROOF_FILE_BYTES {
            return Err(ProofFileError::Long(file.len()));
        }
        std::str::from_utf8(file).map_err(|_| ProofFileError::Encoding)?.parse()
    }

    /// Checks that the policy accepts the checkpoint and that this entry is in its tree.
    ///
    /// # Errors
    /// [`Unproved`].
    pub fn verify(&self, entry: &[u8], policy: &Policy) -> Result<Accepted, Unproved> {
        let accepted = policy.judge(&self.checkpoint)?;
        self.is_in(entry, accepted.checkpoint())?;
        Ok(accepted)
    }

    /// Checks that this entry is in the tree of a checkpoint: the file's own, which the caller believes.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn is_in(&self, entry: &[u8], head: &Checkpoint) -> Result<(), ProofError> {
        let proof = InclusionProof { index: self.index, size: head.size, path: self.path.clone() };
        proof.verify(Hash::leaf(entry), head.root)
    }
}

impl ProofFile {
    /// The file up to its checkpoint, which may be another one of the same tree: whoever has that completes the file with it.
    #[must_use]
    pub fn way(&self) -> String {
        let extra = self.extra.iter().map(|extra| format!("extra {}\n", Base64::encode_string(extra)));
        let path = self.path.iter().map(|hash| format!("{hash}\n"));
        format!("{HEADER}\n{}index {}\n{}\n", extra.collect::<String>(), self.index, path.collect::<String>())
    }
}

impl FromStr for ProofFile {
    type Err = ProofFileError;

    fn from_str(file: &str) -> Result<Self, ProofFileError> {
        let rest = file
            .strip_prefix(HEADER)
            .and_then(|rest| rest.strip_prefix('\n'))
            .ok_or(ProofFileError::Header)?;
        let (extra, rest) = match rest.strip_prefix("extra ") {
            None => (None, rest),
            Some(rest) => {
                let (encoded, rest) = line(rest).ok_or(ProofFileError::Extra)?;
                let extra = base64(encoded).filter(|extra| extra.len() <= MAX_EXTRA_BYTES);
                (Some(extra.ok_or(ProofFileError::Extra)?), rest)
            }
        };
        let (index, rest) = line(rest).ok_or(ProofFileError::Index)?;
        let index = index.strip_prefix("index ").and_then(decimal).filter(|index| *index < MAX_SIZE);
        let index = index.ok_or(ProofFileError::Index)?;
        let (path, note) = crate::witness::hashes(rest).map_err(ProofFileError::Path)?;
        Ok(Self { extra, index, path, checkpoint: note.parse()? })
    }
}

impl fmt::Display for ProofFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.way(), self.checkpoint)
    }
}
