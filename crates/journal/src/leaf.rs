//! What an entry of the journal is: an act's commitment, or the last checkpoint of the log before.
//!
//! An entry begins with its kind's name; name and content each follow their length in four bytes, big-endian. That is the one
//! encoding over which the registry's commitments are made, so one reader of ten lines reads both.
//!
//! An act is 32 bytes that say nothing by themselves. There is no kind that takes a name, a number or free text.

use thiserror::Error;

use crate::checkpoint::SignedCheckpoint;
use crate::hash::{HASH_BYTES, Hash};
use crate::note::{Note, NoteError};
use crate::tiles::MAX_ENTRY_BYTES;

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// An act, by its salted commitment.
    Act(Hash),
    /// The first entry of every log but the first: the last checkpoint of the quarter before, with its signatures.
    Former(Note),
}

/// Why bytes are no entry, or a checkpoint does not fit into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LeafError {
    /// The name or the content is not as long as it says.
    #[error("the entry is not a name and a content after their lengths")]
    Shape,
    /// A name that no entry of this version has.
    #[error("an entry of an unknown kind")]
    Kind,
    /// A commitment has 32 bytes.
    #[error("a commitment has {HASH_BYTES} bytes")]
    Commitment,
    /// The former checkpoint is no note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// It has so many signatures that it is longer than an entry.
    #[error("a checkpoint that makes an entry of more than {MAX_ENTRY_BYTES} bytes")]
    Long,
}

const ACT: &[u8] = b"mingma/act/1";
const FORMER: &[u8] = b"mingma/former/1";

impl Leaf {
    /// The entry that closes the former log into the next.
    ///
    /// # Errors
    /// [`LeafError::Long`].
    pub fn former(last: &SignedCheckpoint) -> Result<Self, LeafError> {
        let leaf = Self::Former(last.note().clone());
        if leaf.to_bytes().len() > MAX_ENTRY_BYTES { Err(LeafError::Long) } else { Ok(leaf) }
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// [`LeafError`].
    pub fn from_bytes(entry: &[u8]) -> Result<Self, LeafError> {
        let (name, rest) = field(entry)?;
        let (content, rest) = field(rest)?;
        if !rest.is_empty() {
            return Err(LeafError::Shape);
        }
        match name {
            ACT => Ok(Self::Act(Hash::new(content.try_into().map_err(|_| LeafError::Commitment)?))),
            FORMER => Ok(Self::Former(Note::from_bytes(content)?)),
            _ => Err(LeafError::Kind),
        }
    }

    /// The entry's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Act(commitment) => [sized(ACT), sized(commitment.as_bytes())].concat(),
            Self::Former(note) => [sized(FORMER), sized(note.to_string().as_bytes())].concat(),
        }
    }
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    // INVARIANT: a note is capped far below 4 GiB; a longer one would only ever be refused when it is read.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), bytes].concat()
}

fn field(bytes: &[u8]) -> Result<(&[u8], &[u8]), LeafError> {
    let (length, rest) = bytes.split_first_chunk().ok_or(LeafError::Shape)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| LeafError::Shape)?;
    rest.split_at_checked(length).ok_or(LeafError::Shape)
}
