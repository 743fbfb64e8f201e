//! What an entry of the journal is: an act, or the last checkpoint of the log before.
//!
//! An entry is a row of fields, each after its length in four bytes, big-endian; the first is its kind's name. That is the one
//! encoding over which the registry's commitments are made, so one reader of ten lines reads both.
//!
//! An act is 32 bytes that say nothing by themselves, and beside them which act, in which second, by which office and
//! for which region. These are [`Word`]s: no kind has a field that takes a person's name, a number of theirs or free text,
//! and none in which two entries about one person agree where those about two would not.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::checkpoint::SignedCheckpoint;
use crate::hash::{HASH_BYTES, Hash};
use crate::note::key::PosixSeconds;
use crate::note::{Note, NoteError};
use crate::tiles::MAX_ENTRY_BYTES;

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// An act.
    Act(Act),
    /// The first entry of every log but the first: the last checkpoint of the quarter before, with its signatures.
    Former(Note),
}

/// An act, as everybody may read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Which act.
    pub name: Word,
    /// In which second: what is finer is in the commitment, so that it cannot be matched with other people's notes.
    pub at: PosixSeconds,
    /// Which issuer acted, or is concerned by a public act; none where a person acted for themselves.
    pub issuer: Option<Word>,
    /// Where the issuer works, or for which region a public act counts.
    pub region: Option<Word>,
    /// What it concerns, by the word of a closed list, or by a ruleset's name.
    pub subject: Option<Word>,
    /// The salted commitment to what was done, and about whom.
    pub commitment: Hash,
}

/// One word: 1 to [`MAX_WORD_BYTES`] printable signs of ASCII without blanks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(Box<str>);

/// The longest word: a class of issuers, a colon, and a name of 64 signs, rounded up.
pub const MAX_WORD_BYTES: usize = 96;

/// The text is no word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not one word of 1 to {MAX_WORD_BYTES} printable signs of ASCII")]
pub struct NotAWord;

/// Why bytes are no entry, or a checkpoint does not fit into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LeafError {
    /// A field is not as long as it says, or there are too few or too many.
    #[error("the entry is not a name and its fields after their lengths")]
    Shape,
    /// A name that no entry of this version has.
    #[error("an entry of an unknown kind")]
    Kind,
    /// A commitment has 32 bytes.
    #[error("a commitment has {HASH_BYTES} bytes")]
    Commitment,
    /// A field of an act holds something else than a word.
    #[error("a field of the act is {0}")]
    Word(#[from] NotAWord),
    /// A second past 2^63 − 1.
    #[error("the act's second is past the end of time")]
    Second,
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
        match name {
            ACT => Ok(Self::Act(Act::read(rest)?)),
            FORMER => {
                let (note, rest) = field(rest)?;
                ended(rest)?;
                Ok(Self::Former(Note::from_bytes(note)?))
            }
            _ => Err(LeafError::Kind),
        }
    }

    /// The entry's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Act(act) => act.write(),
            Self::Former(note) => {
                let mut out = Vec::new();
                put(&mut out, FORMER);
                put(&mut out, note.to_string().as_bytes());
                out
            }
        }
    }
}

impl Act {
    fn write(&self) -> Vec<u8> {
        // Fields of an act are far shorter than 192 bytes together: one allocation.
        let mut out = Vec::with_capacity(192);
        let optional = |word: &Option<Word>| match word {
            None => vec![0],
            Some(word) => [&[1], word.as_str().as_bytes()].concat(),
        };
        put(&mut out, ACT);
        put(&mut out, self.name.as_str().as_bytes());
        put(&mut out, &self.at.get().to_be_bytes());
        for word in [&self.issuer, &self.region, &self.subject] {
            put(&mut out, &optional(word));
        }
        put(&mut out, self.commitment.as_bytes());
        out
    }

    fn read(fields: &[u8]) -> Result<Self, LeafError> {
        let (name, rest) = field(fields)?;
        let (at, rest) = field(rest)?;
        let (issuer, rest) = field(rest)?;
        let (region, rest) = field(rest)?;
        let (subject, rest) = field(rest)?;
        let (commitment, rest) = field(rest)?;
        ended(rest)?;
        let at = u64::from_be_bytes(at.try_into().map_err(|_| LeafError::Second)?);
        let optional = |field: &[u8]| match field.split_first() {
            Some((0, [])) => Ok(None),
            Some((1, word)) => Ok(Some(Word::read(word)?)),
            _ => Err(LeafError::Shape),
        };
        Ok(Self {
            name: Word::read(name)?,
            at: PosixSeconds::new(at).ok_or(LeafError::Second)?,
            issuer: optional(issuer)?,
            region: optional(region)?,
            subject: optional(subject)?,
            commitment: Hash::new(commitment.try_into().map_err(|_| LeafError::Commitment)?),
        })
    }
}

impl Word {
    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn read(bytes: &[u8]) -> Result<Self, NotAWord> {
        str::from_utf8(bytes).map_err(|_| NotAWord)?.parse()
    }
}

impl FromStr for Word {
    type Err = NotAWord;

    fn from_str(text: &str) -> Result<Self, NotAWord> {
        let fits = (1..=MAX_WORD_BYTES).contains(&text.len());
        if fits && text.bytes().all(|c| c.is_ascii_graphic()) { Ok(Self(text.into())) } else { Err(NotAWord) }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    // INVARIANT: words and notes are capped far below 4 GiB.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
}

fn ended(rest: &[u8]) -> Result<(), LeafError> {
    if rest.is_empty() { Ok(()) } else { Err(LeafError::Shape) }
}

fn field(bytes: &[u8]) -> Result<(&[u8], &[u8]), LeafError> {
    let (length, rest) = bytes.split_first_chunk().ok_or(LeafError::Shape)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| LeafError::Shape)?;
    rest.split_at_checked(length).ok_or(LeafError::Shape)
}
