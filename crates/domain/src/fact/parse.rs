//! From eight words to a fact: the one place where facts are made, and where all that the vocabulary asks is checked.

use crate::fact::evidence::EvidenceError;
use crate::fact::issuer::IssuerError;
use crate::fact::kind::{EvidenceDue, NEVER, Until, refused};
use crate::fact::value::{Stay, ValueError};
use crate::fact::{Fact, IssuerClass, Kind, Retraction, RetractionReason, Value};
use crate::region::{Region, UnknownRegion};
use crate::time::{Moment, TimeError};
use crate::words::{UnknownWord, words};

words! {
    /// A column of the facts file.
    Column, "a column of the facts file" {
        /// Whom the fact is about.
        Person = "person",
        /// The kind.
        Kind = "kind",
        /// The value.
        Value = "value",
        /// When it was or began.
        At = "at",
        /// When it ended.
        Until = "until",
        /// Where.
        Region = "region",
        /// Who says so.
        Issuer = "issuer",
        /// The reference to evidence.
        Evidence = "evidence",
    }
}

/// The columns of the facts file, in their order.
pub const COLUMNS: &[&str] = Column::WORDS;

/// The words of one row, without the person; an empty one is none.
#[derive(Clone, Copy, Debug, Default)]
pub struct RawFact<'a> {
    /// The kind's word, or `retract`.
    pub kind: &'a str,
    /// The value's word.
    pub value: &'a str,
    /// A day or an instant.
    pub at: &'a str,
    /// A day or an instant.
    pub until: &'a str,
    /// A region's code.
    pub region: &'a str,
    /// `class` or `class:name`.
    pub issuer: &'a str,
    /// A reference.
    pub evidence: &'a str,
}

/// What a row says: a fact, or that one no longer counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Statement {
    /// A fact.
    Fact(Fact),
    /// A retraction.
    Retraction(Retraction),
}

impl Statement {
    /// The statement of one row.
    ///
    /// # Errors
    /// [`FactError`]: the first thing that the vocabulary does not allow, with its column.
    pub fn parse(raw: &RawFact<'_>) -> Result<Self, FactError> {
        if raw.kind == Retraction::KIND {
            parse_retraction(raw).map(Self::Retraction)
        } else {
            Fact::parse(raw).map(Self::Fact)
        }
    }
}

impl Fact {
    /// The fact of one row.
    ///
    /// # Errors
    /// [`FactError`]: the first thing that the vocabulary does not allow, with its column.
    pub fn parse(raw: &RawFact<'_>) -> Result<Self, FactError> {
        let kind = parse_kind(raw.kind)?;
        let spec = kind.spec();
        let value = Value::parse(kind, required(raw.value, Column::Value, kind)?)?;
        let at: Moment = required(raw.at, Column::At, kind)?.parse().map_err(FactError::At)?;
        let until = parse_until(raw.until, at, kind)?;
        let region = match (optional(raw.region), spec.region) {
            (Some(word), true) => Some(word.parse::<Region>()?),
            (None, true) => return Err(FactError::Missing { column: Column::Region, kind }),
            (Some(_), false) => return Err(FactError::Superfluous { column: Column::Region, kind }),
            (None, false) => None,
        };
        let issuer = required(raw.issuer, Column::Issuer, kind)?
            .parse::<super::Issuer>()
            .map_err(FactError::Issuer)?;
        entitled(value, issuer.class())?;
        if value == Value::Stay(Stay::Carrier) && (at.has_time() || until.is_some_and(Moment::has_time)) {
            return Err(FactError::CarrierTime);
        }
        let evidence = match (spec.evidence, optional(raw.evidence)) {
            (EvidenceDue::None, Some(_)) => {
                return Err(FactError::Superfluous { column: Column::Evidence, kind });
            }
            (EvidenceDue::Reference(what), None) => return Err(FactError::NoEvidence { kind, what }),
            (EvidenceDue::ReferenceUnlessSelf(what), None) if issuer.class() != IssuerClass::Resident => {
                return Err(FactError::NoEvidence { kind, what });
            }
            (_, Some(reference)) => Some(reference.parse().map_err(FactError::Evidence)?),
            (_, None) => None,
        };
        Ok(Self { kind, value, at, until, region, issuer, evidence })
    }
}

fn parse_kind(word: &str) -> Result<Kind, FactError> {
    word.parse().map_err(|unknown| match refused(word) {
        Some(what) => FactError::Refused { word: crate::time::shorten(word), what },
        None => FactError::Kind(unknown),
    })
}

fn parse_until(word: &str, at: Moment, kind: Kind) -> Result<Option<Moment>, FactError> {
    let until = match (optional(word), kind.spec().until) {
        (None, Until::Required) => return Err(FactError::Missing { column: Column::Until, kind }),
        (Some(_), Until::None) => return Err(FactError::Superfluous { column: Column::Until, kind }),
        (None, _) => return Ok(None),
        (Some(word), _) => word.parse::<Moment>().map_err(FactError::UntilMoment)?,
    };
    let backwards = match (at, until) {
        (Moment::Instant(from, _), Moment::Instant(to, _)) => to < from,
        (from, to) => to.written_day() < from.written_day(),
    };
    if backwards { Err(FactError::Backwards) } else { Ok(Some(until)) }
}

fn entitled(value: Value, class: IssuerClass) -> Result<(), FactError> {
    let by_value = match value {
        Value::Stay(Stay::Declared) => Some(IssuerClass::Resident),
        Value::Stay(Stay::Ticket) => Some(IssuerClass::Transport),
        Value::Stay(Stay::Carrier) => Some(IssuerClass::Carrier),
        Value::Stay(Stay::Venue) => Some(IssuerClass::Venue),
        Value::Diagnosis(_)
        | Value::Discharge(_)
        | Value::Contact(_)
        | Value::Isolation(_)
        | Value::Release(_)
        | Value::Test(_)
        | Value::Screening(_)
        | Value::Entry(_)
        | Value::Symptom(_)
        | Value::Checkin(_)
        | Value::Vaccination(_)
        | Value::ForeignStatus(_) => None,
    };
    let allowed = by_value.map_or_else(|| value.kind().spec().issuers.to_vec(), |class| vec![class]);
    if allowed.contains(&class) { Ok(()) } else { Err(FactError::NotEntitled { class, value, allowed }) }
}

fn parse_retraction(raw: &RawFact<'_>) -> Result<Retraction, FactError> {
    for (word, column) in [(raw.until, Column::Until), (raw.region, Column::Region)] {
        if !word.is_empty() {
            return Err(FactError::RetractionSuperfluous { column });
        }
    }
    let given = |word, column| optional(word).ok_or(FactError::RetractionMissing { column });
    Ok(Retraction {
        reason: given(raw.value, Column::Value)?.parse::<RetractionReason>().map_err(FactError::Reason)?,
        at: given(raw.at, Column::At)?.parse().map_err(FactError::At)?,
        issuer: given(raw.issuer, Column::Issuer)?.parse().map_err(FactError::Issuer)?,
        fact: given(raw.evidence, Column::Evidence)?.parse().map_err(FactError::Evidence)?,
    })
}

fn optional(word: &str) -> Option<&str> {
    Some(word).filter(|w| !w.is_empty())
}

fn required(word: &str, column: Column, kind: Kind) -> Result<&str, FactError> {
    optional(word).ok_or(FactError::Missing { column, kind })
}

/// Why a row is no fact. No variant repeats a person's data: only words of the vocabulary's own columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// The kind is one that Mingma refuses on principle.
    #[error("`{word}` would bring in {what}: no kind of fact takes {}", NEVER)]
    Refused {
        /// What stood there.
        word: String,
        /// What it would bring in.
        what: &'static str,
    },
    /// The kind is unknown.
    #[error(transparent)]
    Kind(UnknownWord),
    /// The value is not one of the kind's.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// The reason to retract is unknown.
    #[error(transparent)]
    Reason(UnknownWord),
    /// `at` is no moment.
    #[error(transparent)]
    At(TimeError),
    /// `until` is no moment.
    #[error(transparent)]
    UntilMoment(TimeError),
    /// `until` lies before `at`.
    #[error("`until` lies before `at`: a period ends on the day it began or later")]
    Backwards,
    /// The region is unknown.
    #[error(transparent)]
    Region(#[from] UnknownRegion),
    /// The issuer is none.
    #[error(transparent)]
    Issuer(IssuerError),
    /// The evidence is no reference.
    #[error(transparent)]
    Evidence(EvidenceError),
    /// Something that the kind needs is empty.
    #[error("`{column}` is empty: a fact of kind `{kind}` needs it")]
    Missing {
        /// Which column.
        column: Column,
        /// Of which kind.
        kind: Kind,
    },
    /// Something that the kind does not take is given.
    #[error("a fact of kind `{kind}` takes no `{column}`: leave it empty")]
    Superfluous {
        /// Which column.
        column: Column,
        /// Of which kind.
        kind: Kind,
    },
    /// Evidence is due and none is given.
    #[error("a fact of kind `{kind}` needs evidence: give the {what}")]
    NoEvidence {
        /// Of which kind.
        kind: Kind,
        /// What reference is due.
        what: &'static str,
    },
    /// The issuer's class may not issue this.
    #[error("an issuer of class `{class}` is not entitled to `{kind}` `{value}`: that comes from {by}", kind = value.kind(), by = list(.allowed))]
    NotEntitled {
        /// The class that tried.
        class: IssuerClass,
        /// What it tried.
        value: Value,
        /// The classes that may.
        allowed: Vec<IssuerClass>,
    },
    /// A carrier's stay with a time of day.
    #[error("a stay known from a carrier has days only: leave out the time")]
    CarrierTime,
    /// A retraction lacks something.
    #[error(
        "`{column}` is empty: a row of kind `retract` has the reason in `value`, the moment in `at`, who retracts in `issuer` and the fact's name (`kind/value@at`) in `evidence`"
    )]
    RetractionMissing {
        /// Which column.
        column: Column,
    },
    /// A retraction has too much.
    #[error("a row of kind `retract` takes no `{column}`: leave it empty")]
    RetractionSuperfluous {
        /// Which column.
        column: Column,
    },
}

fn list(classes: &[IssuerClass]) -> String {
    classes.iter().map(|class| format!("`{class}`")).collect::<Vec<_>>().join(" or ")
}

impl FactError {
    /// The column in which the wrong word stands.
    #[must_use]
    pub const fn column(&self) -> Column {
        match self {
            Self::Refused { .. } | Self::Kind(_) => Column::Kind,
            Self::Value(_) | Self::Reason(_) => Column::Value,
            Self::At(_) | Self::CarrierTime => Column::At,
            Self::UntilMoment(_) | Self::Backwards => Column::Until,
            Self::Region(_) => Column::Region,
            Self::Issuer(_) | Self::NotEntitled { .. } => Column::Issuer,
            Self::Evidence(_) | Self::NoEvidence { .. } => Column::Evidence,
            Self::Missing { column, .. }
            | Self::Superfluous { column, .. }
            | Self::RetractionMissing { column }
            | Self::RetractionSuperfluous { column } => *column,
        }
    }
}

#[cfg(test)]
mod tests;
