//! Why a document is refused. No variant holds any part of a number, so no message can show one.

use super::DocumentKind;

/// A document that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Nothing says what kind the number is.
    #[error("the kind of the document is missing: write it before the number, as in `resident-id:…`")]
    NoKind,
    /// The kind is none that is known.
    #[error("the kind of the document is unknown: {}", help_kind(*.nearest))]
    UnknownKind {
        /// The kind that was likely meant.
        nearest: Option<&'static str>,
    },
    /// There are too many characters, or too few.
    #[error("a {kind} has {form}; this has {found} characters")]
    Length {
        /// The kind of the document.
        kind: DocumentKind,
        /// What its number looks like.
        form: &'static str,
        /// How many characters stood there.
        found: usize,
    },
    /// The form of resident ID that was given up in 1999.
    #[error(
        "a resident-id of 15 digits is the form before 1999: write the 18 characters on the present card"
    )]
    OldResidentId,
    /// A character that cannot stand there.
    #[error("character {position} of a {kind} has to be {allowed}")]
    Character {
        /// The kind of the document.
        kind: DocumentKind,
        /// Which one, from 1.
        position: usize,
        /// What may stand there.
        allowed: &'static str,
    },
    /// A small letter.
    #[error("character {position} of a {kind} is a small letter: write it as a capital")]
    SmallLetter {
        /// The kind of the document.
        kind: DocumentKind,
        /// Which one, from 1.
        position: usize,
    },
    /// The place in the number is none from which documents of this kind come.
    #[error("the place in this {kind} is unknown: its number has to begin with {allowed}")]
    Place {
        /// The kind of the document.
        kind: DocumentKind,
        /// How a number may begin.
        allowed: &'static str,
    },
    /// The number is good, but of another kind of document.
    #[error("this is the number of a {is}: write `{is}:` before it")]
    OtherKind {
        /// What it is.
        is: DocumentKind,
    },
    /// The birth date is no day of the calendar.
    #[error("the birth date in this {kind} is no day of the calendar")]
    NoSuchDay {
        /// The kind of the document.
        kind: DocumentKind,
    },
    /// The birth date is a day on which nobody was born whom a fact can be about.
    #[error("the birth date in this {kind} has to lie in the years from 1878 to 2100")]
    BirthYear {
        /// The kind of the document.
        kind: DocumentKind,
    },
    /// The check digit does not fit the other characters.
    #[error("the check digit of this {kind} does not fit: a character is wrong, or two are swapped")]
    CheckDigit {
        /// The kind of the document.
        kind: DocumentKind,
    },
    /// A passport without its country.
    #[error("the country of the passport is missing: write `passport:COUNTRY:NUMBER`, as in `passport:DE:…`")]
    NoCountry,
    /// A passport of a country that does not exist.
    #[error("the country of the passport is unknown: {}", help_country(*.nearest))]
    UnknownCountry {
        /// The country that was likely meant.
        nearest: Option<&'static str>,
    },
    /// A child's document in another form.
    #[error(
        "a child without a document is written `child:GUARDIAN:BIRTH:ORDINAL`, as in `child:passport:DE:…:2020-05-01:1`"
    )]
    ChildForm,
    /// The number of children of one guardian and day is out of range.
    #[error("the ordinal of a child is one digit from 1 to 9")]
    ChildOrdinal,
    /// A child whose guardian is a child without a document.
    #[error("the guardian of a child has to have a document")]
    ChildOfChild,
    /// A child that is no younger than its guardian.
    #[error("the child has to be born after the guardian")]
    ChildOlderThanGuardian,
}

fn help_kind(near: Option<&'static str>) -> String {
    match near {
        Some(kind) => format!("did you mean `{kind}`?"),
        None => format!("write one of `{}`", DocumentKind::WORDS.join("`, `")),
    }
}

fn help_country(near: Option<&'static str>) -> String {
    match near {
        Some(code) => format!("did you mean `{code}`?"),
        None => "write two capital letters of ISO 3166-1, such as `DE`".to_owned(),
    }
}
