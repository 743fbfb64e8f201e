//! A child that has no document yet: known by a guardian's, the birth date, and which child of that day it is.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::number::{self, Place, check_form, digits};
use super::{Document, DocumentError, DocumentKind};

/// The most children that one guardian can have of one day: as many as were ever born alive at once.
const MOST_OF_ONE_DAY: u8 = 9;

const BIRTH_PLACES: [(Place, usize); 5] = [
    (Place::Digit, 4),
    (Place::Only('-', "a hyphen"), 1),
    (Place::Digit, 2),
    (Place::Only('-', "a hyphen"), 1),
    (Place::Digit, 2),
];

/// A child without a document of its own: `GUARDIAN:BIRTH:ORDINAL` on the wire after the kind.
///
/// The child is its own person: the guardian's facts are not the child's. Once it has a document, a registry joins
/// the two; nothing here does.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChildWithoutDocument {
    guardian: Box<Document>,
    birth: Date,
    ordinal: u8,
}

impl ChildWithoutDocument {
    /// A guardian's child that was born on `birth`; `ordinal` is 1, or for children of one day 1, 2, 3… up to 9.
    ///
    /// # Errors
    /// [`DocumentError::ChildOfChild`], [`DocumentError::ChildOrdinal`], [`DocumentError::BirthYear`], and
    /// [`DocumentError::ChildOlderThanGuardian`] where the guardian's number has a birth date.
    pub fn new(guardian: Document, birth: Date, ordinal: u8) -> Result<Self, DocumentError> {
        if guardian.kind() == DocumentKind::ChildWithoutDocument {
            return Err(DocumentError::ChildOfChild);
        }
        if !(1..=MOST_OF_ONE_DAY).contains(&ordinal) {
            return Err(DocumentError::ChildOrdinal);
        }
        number::check_birth_year(DocumentKind::ChildWithoutDocument, birth)?;
        if guardian.birth_date().is_some_and(|of_guardian| of_guardian >= birth) {
            return Err(DocumentError::ChildOlderThanGuardian);
        }
        Ok(Self { guardian: Box::new(guardian), birth, ordinal })
    }

    /// The guardian's document.
    #[must_use]
    pub const fn guardian(&self) -> &Document {
        &self.guardian
    }

    /// The birth date.
    #[must_use]
    pub const fn birth_date(&self) -> Date {
        self.birth
    }

    /// Which child of the guardian and the day it is, from 1.
    #[must_use]
    pub const fn ordinal(&self) -> u8 {
        self.ordinal
    }
}

impl FromStr for ChildWithoutDocument {
    type Err = DocumentError;

    fn from_str(text: &str) -> Result<Self, DocumentError> {
        let kind = DocumentKind::ChildWithoutDocument;
        // From the right: the guardian's own wire form has colons.
        let mut parts = text.rsplitn(3, ':');
        let (Some(ordinal), Some(birth), Some(guardian)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(DocumentError::ChildForm);
        };
        // Asked before the guardian is read, so that children of children of children cost nothing.
        if guardian.split(':').next() == Some(kind.word()) {
            return Err(DocumentError::ChildOfChild);
        }
        if ordinal.len() != 1 {
            return Err(DocumentError::ChildOrdinal);
        }
        let ordinal = ordinal.parse().map_err(|_| DocumentError::ChildOrdinal)?;
        check_form(kind, "a birth date of 10 characters, as in `2020-05-01`", birth, &BIRTH_PLACES)?;
        let birth = number::birth_date(kind, digits(birth, 0, 4), digits(birth, 5, 2), digits(birth, 8, 2))?;
        Self::new(guardian.parse()?, birth, ordinal)
    }
}

impl fmt::Debug for ChildWithoutDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChildWithoutDocument(…)")
    }
}
