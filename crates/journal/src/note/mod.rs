//! Signed notes: a text and, below it, lines in which keys say that they signed it.
//!
//! Reading a note believes nothing: what a key signed is told by [`key::LogKey`] and [`key::WitnessKey`].
//!
//! # Source
//! C2SP `signed-note`, "Format".

pub mod key;
pub mod sign;

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding as _};
use key::{KeyName, Seal};
use thiserror::Error;

use crate::text::base64;

/// The longest note: 16 signatures, which every reader must accept, have 107 kB in Base64 if each has the 5 kB of a
/// post-quantum one.
pub const MAX_NOTE_BYTES: usize = 1 << 18;

/// The most signatures of a note: a log's own in two kinds and those of sixty witnesses.
pub const MAX_SIGNATURES: usize = 64;

/// A text with its signatures, none of them checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// A signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Who says to have signed.
    pub name: KeyName,
    /// With which of that name's keys.
    pub id: u32,
    /// What that key's algorithm made.
    pub seal: Seal,
}

/// Why the text is no note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoteError {
    /// It is too long.
    #[error("a note of {0} bytes; at most {MAX_NOTE_BYTES} are read")]
    Long(usize),
    /// It is not UTF-8.
    #[error("the note is not UTF-8")]
    Encoding,
    /// It holds a control character other than the end of a line.
    #[error("the note holds a control character")]
    Control,
    /// The text does not end in a line's end, or no empty line follows it.
    #[error("the note has no text, an empty line and signatures below it")]
    Shape,
    /// A signature line is not `— NAME BASE64`.
    #[error("signature line {0} is not `— NAME BASE64`")]
    Signature(usize),
    /// There are too many.
    #[error("a note with more than {MAX_SIGNATURES} signatures")]
    Signatures,
}

impl Note {
    /// A text that nobody has signed yet.
    ///
    /// # Errors
    /// [`NoteError`] if the text is too long, holds a control character, or does not end its last line.
    pub fn new(text: String) -> Result<Self, NoteError> {
        check_text(&text)?;
        if text.ends_with('\n') { Ok(Self { text, signatures: Vec::new() }) } else { Err(NoteError::Shape) }
    }

    /// Reads a note.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::Long(bytes.len()));
        }
        std::str::from_utf8(bytes).map_err(|_| NoteError::Encoding)?.parse()
    }

    /// The text, with the end of its last line.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures in their order.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature below the others; one that is there already is not added again.
    ///
    /// # Errors
    /// [`NoteError::Signatures`], or [`NoteError::Long`] if the note would be longer than can be read again.
    pub fn add(&mut self, signature: Signature) -> Result<(), NoteError> {
        if self.signatures.contains(&signature) {
            return Ok(());
        }
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(NoteError::Signatures);
        }
        self.signatures.push(signature);
        let long = self.to_string().len();
        if long > MAX_NOTE_BYTES {
            self.signatures.pop();
            return Err(NoteError::Long(long));
        }
        Ok(())
    }
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        check_text(note)?;
        // "The text is separated from the signatures by the last empty line in the note."
        let at = note.rfind("\n\n").ok_or(NoteError::Shape)?;
        let (text, below) = note.split_at_checked(at + 1).ok_or(NoteError::Shape)?;
        let lines =
            below.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n')).ok_or(NoteError::Shape)?;
        let signatures = lines
            .split('\n')
            .enumerate()
            .map(|(at, line)| Signature::parse(line).ok_or(NoteError::Signature(at + 1)));
        let signatures = signatures.take(MAX_SIGNATURES + 1).collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::Signatures);
        }
        Ok(Self { text: text.to_owned(), signatures })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

/// The bytes of a signature line that a reader needs: the key's number and at least one byte of what it made.
const SHORTEST_SIGNATURE: usize = 5;

impl Signature {
    /// Reads a line without its end; none if it is not one.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = base64(encoded).filter(|bytes| bytes.len() >= SHORTEST_SIGNATURE)?;
        let (id, seal) = bytes.split_first_chunk()?;
        Some(Self { name: name.parse().ok()?, id: u32::from_be_bytes(*id), seal: Seal::new(seal.to_vec()) })
    }
}

/// The line without its end.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id.to_be_bytes(), self.seal.as_bytes()].concat();
        write!(f, "— {} {}", self.name, Base64::encode_string(&bytes))
    }
}

/// "Signed notes must not contain any ASCII control characters (those below U+0020) other than newline."
fn check_text(text: &str) -> Result<(), NoteError> {
    if text.len() > MAX_NOTE_BYTES {
        return Err(NoteError::Long(text.len()));
    }
    if text.bytes().any(|byte| byte < b' ' && byte != b'\n') { Err(NoteError::Control) } else { Ok(()) }
}
