//! Checkpoints: what a log signs, its name, its size and its root.
//!
//! # Source
//! C2SP `tlog-checkpoint`.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::hash::Hash;
use crate::merkle::MAX_SIZE;
use crate::note::key::{LogKey, Signed};
use crate::note::sign::LogSigner;
use crate::note::{Note, NoteError};
use crate::text::{decimal, line};

/// The name of a log: the first line of its checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin(String);

/// A log's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: Origin,
    /// How many entries it has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Further lines, which our logs do not write: no monitor can check them.
    extensions: Vec<String>,
}

/// A checkpoint that its log's key has signed; [`SignedCheckpoint::open`] is its one maker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

/// Why a text is no checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// An empty line, or fewer than three.
    #[error("a checkpoint has three lines that are not empty: the log's name, its size, its root")]
    Lines,
    /// Not a decimal below 2^63.
    #[error("the size is not a decimal below 2^63 without leading zeros")]
    Size,
    /// Not the Base64 of 32 bytes.
    #[error("the root is not the Base64 of 32 bytes")]
    Root,
    /// An origin that cannot be a line.
    #[error("a log's name is not empty and holds no control character")]
    Origin,
}

/// Why a note is not believed to be a log's checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpenError {
    /// It is no note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Its text is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// It names another log than the key.
    #[error("the checkpoint is another log's")]
    AnotherLog,
    /// No line is the key's.
    #[error("the checkpoint is not signed by the log's key")]
    Unsigned,
    /// A line names the key and is not its signature.
    #[error("the checkpoint's signature is not the log's key's")]
    Forged,
}

impl Checkpoint {
    /// The head of this log.
    #[must_use]
    pub const fn new(origin: Origin, size: u64, root: Hash) -> Self {
        Self { origin, size, root, extensions: Vec::new() }
    }

    /// The checkpoint as a note with the log's signature.
    ///
    /// Whoever calls this has seen that the tree grew out of the one that was signed last, and that its files are
    /// durable.
    ///
    /// # Errors
    /// [`OpenError::AnotherLog`] if the key's name is not the origin; [`OpenError::Note`] if the note would be too long.
    pub fn sign(&self, signer: &LogSigner) -> Result<SignedCheckpoint, OpenError> {
        // "The log's key name in its signature line SHOULD match the origin line"; `tlog-policy` says that it must.
        if signer.key().name().as_str() != self.origin.as_str() {
            return Err(OpenError::AnotherLog);
        }
        let mut note = Note::new(self.to_string())?;
        signer.sign(&mut note)?;
        Ok(SignedCheckpoint { checkpoint: self.clone(), note })
    }

    /// The lines after the third.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

impl SignedCheckpoint {
    /// Believes a note to be the checkpoint of the log that this key names, if the key signed it.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(note: Note, key: &LogKey) -> Result<Self, OpenError> {
        let checkpoint: Checkpoint = note.text().parse()?;
        if checkpoint.origin.as_str() != key.name().as_str() {
            return Err(OpenError::AnotherLog);
        }
        match key.signed(&note) {
            Signed::Yes(()) => Ok(Self { checkpoint, note }),
            Signed::No => Err(OpenError::Unsigned),
            Signed::Forged => Err(OpenError::Forged),
        }
    }

    /// The same checkpoint under a note with further signatures; none if the note is another.
    #[must_use]
    pub fn with_note(&self, note: Note) -> Option<Self> {
        let same = note.text() == self.note.text() && note.signatures().starts_with(self.note.signatures());
        same.then(|| Self { checkpoint: self.checkpoint.clone(), note })
    }

    /// What was signed.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note, with all of its signatures.
    #[must_use]
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// The note, to which cosignatures may be added.
    #[must_use]
    pub fn into_note(self) -> Note {
        self.note
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let (origin, rest) = line(text).ok_or(CheckpointError::Lines)?;
        let (size, rest) = line(rest).ok_or(CheckpointError::Lines)?;
        let (root, rest) = line(rest).ok_or(CheckpointError::Lines)?;
        let extensions = match rest {
            "" => Vec::new(),
            lines => lines
                .strip_suffix('\n')
                .ok_or(CheckpointError::Lines)?
                .split('\n')
                .map(str::to_owned)
                .collect(),
        };
        if [origin, size, root].into_iter().chain(extensions.iter().map(String::as_str)).any(str::is_empty) {
            return Err(CheckpointError::Lines);
        }
        let size = decimal(size).filter(|size| *size <= MAX_SIZE).ok_or(CheckpointError::Size)?;
        let root = root.parse().map_err(|_| CheckpointError::Root)?;
        Ok(Self { origin: origin.parse()?, size, root, extensions })
    }
}

/// The note's text.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        self.extensions.iter().try_for_each(|extension| writeln!(f, "{extension}"))
    }
}

impl Origin {
    /// The name as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        if text.is_empty() || text.contains(|c: char| c < ' ') {
            return Err(CheckpointError::Origin);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
