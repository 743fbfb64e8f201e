//! References to evidence: a case, sample or order number that its source can confirm.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// The longest reference, in bytes. The longest real ones seen are sample barcodes and URNs with a UUID
/// (45 bytes: `urn:uuid:` and 36); 64 leaves room for a prefix and stays one cache line.
pub const MAX_EVIDENCE_BYTES: usize = 64;

/// A reference to evidence: printable ASCII without blanks, commas, semicolons or quotes, 1 to
/// [`MAX_EVIDENCE_BYTES`] bytes.
///
/// It names a record; it never holds one. The closed alphabet keeps free text, and with it names and reasons that
/// no rule reads, out of the facts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Evidence(Box<str>);

impl Evidence {
    /// The reference as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Evidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl FromStr for Evidence {
    type Err = EvidenceError;

    fn from_str(text: &str) -> Result<Self, EvidenceError> {
        if text.is_empty() || text.len() > MAX_EVIDENCE_BYTES {
            return Err(EvidenceError::Length { bytes: text.len() });
        }
        match text.chars().find(|c| !c.is_ascii_graphic() || [',', ';', '"', '\''].contains(c)) {
            Some(wrong) => Err(EvidenceError::Character { wrong: wrong.escape_default().to_string() }),
            None => Ok(Self(text.into())),
        }
    }
}

/// Why a text is no reference. The text itself may be anything, so it is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// Empty or too long.
    #[error("a reference has 1 to {MAX_EVIDENCE_BYTES} characters, this one has {bytes} bytes")]
    Length {
        /// How long it was.
        bytes: usize,
    },
    /// Holds a character that references do not have.
    #[error(
        "`{wrong}` cannot stand in a reference: it has letters, digits and signs of ASCII, no blanks, commas, semicolons or quotes"
    )]
    Character {
        /// The first such character, escaped.
        wrong: String,
    },
}
