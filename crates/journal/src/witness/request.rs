//! What a log sends to a witness: the size that the witness knows, the proof from there, the new checkpoint.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::checkpoint::CheckpointError;
use crate::hash::Hash;
use crate::merkle::{MAX_PROOF_HASHES, MAX_SIZE};
use crate::note::{MAX_NOTE_BYTES, Note, NoteError};
use crate::text::{decimal, line};

/// The longest request: a note, the line of the old size (`old `, 19 digits) and 63 hashes of 45 bytes a line, rounded up.
pub const MAX_REQUEST_BYTES: usize = MAX_NOTE_BYTES + 4_096;

/// A request to cosign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The size of the head that the witness cosigned last; 0 if none, or if that is what is asked.
    pub old: u64,
    /// The consistency proof from there.
    pub proof: Vec<Hash>,
    /// The checkpoint, signed by its log.
    pub note: Note,
}

/// Why a body is no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RequestError {
    /// It is too long.
    #[error("a request of {0} bytes; at most {MAX_REQUEST_BYTES} are read")]
    Long(usize),
    /// It is not UTF-8.
    #[error("the request is not UTF-8")]
    Encoding,
    /// The first line.
    #[error("the first line is not `old SIZE`")]
    Old,
    /// A line of the proof.
    #[error("line {0} of the proof is not the Base64 of 32 bytes")]
    Hash(usize),
    /// More than 63 lines.
    #[error("a proof of more than {MAX_PROOF_HASHES} hashes")]
    Proof,
    /// No empty line and checkpoint follow.
    #[error("no empty line and checkpoint follow the proof")]
    Shape,
    /// What follows is no note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The note is no checkpoint.
    #[error(transparent)]
    Checkpoint(CheckpointError),
}

impl Request {
    /// Reads a request's body.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn from_bytes(body: &[u8]) -> Result<Self, RequestError> {
        if body.len() > MAX_REQUEST_BYTES {
            return Err(RequestError::Long(body.len()));
        }
        std::str::from_utf8(body).map_err(|_| RequestError::Encoding)?.parse()
    }
}

impl FromStr for Request {
    type Err = RequestError;

    fn from_str(body: &str) -> Result<Self, RequestError> {
        let (old, rest) = line(body).ok_or(RequestError::Old)?;
        let old = old.strip_prefix("old ").and_then(decimal).filter(|old| *old <= MAX_SIZE);
        let old = old.ok_or(RequestError::Old)?;
        let (proof, note) = hashes(rest)?;
        Ok(Self { old, proof, note: note.parse()? })
    }
}

/// The hashes, a line each, up to the empty line, and what follows it.
pub(crate) fn hashes(text: &str) -> Result<(Vec<Hash>, &str), RequestError> {
    let (mut proof, mut rest) = (Vec::new(), text);
    loop {
        let (hash, after) = line(rest).ok_or(RequestError::Shape)?;
        rest = after;
        if hash.is_empty() {
            return Ok((proof, rest));
        }
        if proof.len() >= MAX_PROOF_HASHES {
            return Err(RequestError::Proof);
        }
        proof.push(hash.parse().map_err(|_| RequestError::Hash(proof.len() + 1))?);
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.note)
    }
}
