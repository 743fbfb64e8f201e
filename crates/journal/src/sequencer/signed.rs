//! What a signer remembers: the head that it signed last, and the number of the last act under it.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::checkpoint::Checkpoint;
use crate::text::decimal;

/// A head, and how far it reaches in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The head.
    pub checkpoint: Checkpoint,
    /// The number of the last act under it; 0 if there is none.
    pub last: u64,
}

/// The text is not what a signer remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a log's name, size and root, and the number of its last act, a line each")]
pub struct NotSigned;

/// A line each: the log's name, the size, the root, `last NUMBER`.
impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}last {}", self.checkpoint, self.last)
    }
}

impl FromStr for Signed {
    type Err = NotSigned;

    fn from_str(text: &str) -> Result<Self, NotSigned> {
        let whole = text.strip_suffix('\n').ok_or(NotSigned)?;
        let (head, last) = whole.rsplit_once('\n').ok_or(NotSigned)?;
        let last = last.strip_prefix("last ").and_then(decimal).ok_or(NotSigned)?;
        let checkpoint: Checkpoint = format!("{head}\n").parse().map_err(|_| NotSigned)?;
        if checkpoint.extensions().is_empty() { Ok(Self { checkpoint, last }) } else { Err(NotSigned) }
    }
}
