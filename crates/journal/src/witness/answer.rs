//! What a witness answers, and what a log does with it.

use thiserror::Error;

use super::Latest;
use super::request::RequestError;
use crate::checkpoint::Origin;
use crate::note::key::WitnessKey;
use crate::note::{MAX_SIGNATURES, Note, NoteError, Signature};

/// The content type of the body of a conflict.
///
/// # Source
/// C2SP `tlog-witness`, "add-checkpoint".
pub const SIZE_TYPE: &str = "text/x.tlog.size";

/// A cosignature, and what the witness must remember before it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// Which log.
    pub origin: Origin,
    /// What must be durable before the answer leaves.
    pub next: Latest,
    pub(super) signature: Signature,
}

impl Cosigned {
    /// The answer's body, status 200.
    #[must_use]
    pub fn body(&self) -> String {
        format!("{}\n", self.signature)
    }
}

/// Why a witness does not cosign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The request cannot be read.
    #[error(transparent)]
    Malformed(#[from] RequestError),
    /// The old size is above the new one.
    #[error("the checkpoint is smaller than the old size")]
    Shrunk,
    /// None of the witness's logs has this origin.
    #[error("this witness does not know the log")]
    UnknownLog,
    /// No signature is of a key that the witness trusts for the log.
    #[error("no signature is the log's")]
    Unsigned,
    /// The witness cosigned another head last: of another size, or of this size with another root.
    #[error("the head cosigned last has {size} entries and is not the old one")]
    Conflict {
        /// The size of the head cosigned last.
        size: u64,
    },
    /// The proof does not show that the tree only grew.
    #[error("the proof does not show that the tree only grew")]
    Inconsistent,
    /// The witness's clock is behind its last cosignature, which spoke of the largest tree as of then.
    #[error("the witness's clock went back")]
    ClockWentBack,
}

impl Refusal {
    /// The status of the answer.
    ///
    /// # Source
    /// C2SP `tlog-witness`, "add-checkpoint"; it does not speak of clocks, and 503 says that the fault is the witness's.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::Shrunk => 400,
            Self::Unsigned => 403,
            Self::UnknownLog => 404,
            Self::Conflict { .. } => 409,
            Self::Inconsistent => 422,
            Self::ClockWentBack => 503,
        }
    }

    /// The body of the answer; that of a conflict has the type [`SIZE_TYPE`] and is the size alone.
    #[must_use]
    pub fn body(&self) -> String {
        match self {
            Self::Conflict { size } => format!("{size}\n"),
            other @ (Self::Malformed(_)
            | Self::Shrunk
            | Self::UnknownLog
            | Self::Unsigned
            | Self::Inconsistent
            | Self::ClockWentBack) => format!("{other}\n"),
        }
    }
}

/// Why a witness's answer adds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// A line is no signature.
    #[error("line {0} of the answer is not a signature")]
    Line(usize),
    /// The answer is too long.
    #[error("an answer of more than {MAX_SIGNATURES} lines")]
    Long,
    /// A line names a known witness and is not its cosignature of this checkpoint.
    #[error("line {0} of the answer is not the witness's cosignature of this checkpoint")]
    Forged(usize),
    /// The note has no place left.
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// Adds to a checkpoint's note the cosignatures of the known witnesses in the body of an answer with status 200, and
/// tells how many there were.
///
/// # Errors
/// [`AnswerError`]; the note is then as it was.
///
/// # Source
/// C2SP `tlog-witness`, "add-checkpoint": the client must ignore cosignatures from unknown keys.
pub fn add_cosignatures(note: &mut Note, body: &str, known: &[WitnessKey]) -> Result<usize, AnswerError> {
    let (mut longer, mut added) = (note.clone(), 0);
    let lines = body.strip_suffix('\n').ok_or(AnswerError::Line(1))?;
    for (number, line) in (1..).zip(lines.split('\n')) {
        if number > MAX_SIGNATURES {
            return Err(AnswerError::Long);
        }
        let signature = Signature::parse(line).ok_or(AnswerError::Line(number))?;
        let named = |key: &&WitnessKey| *key.name() == signature.name && key.id() == signature.id;
        let Some(key) = known.iter().find(named) else { continue };
        if key.check(note.text(), &signature).is_none() {
            return Err(AnswerError::Forged(number));
        }
        longer.add(signature)?;
        added += 1;
    }
    *note = longer;
    Ok(added)
}
