//! What is kept of a submission: when it came, how many rows it had, and why some of them were refused.
//!
//! A recorded row leaves a fact, and its id follows from the request; so nothing about it is kept here, and how it
//! stands is read off the fact itself. A refused row leaves nothing else, so its refusal is kept, together with the
//! request and before any fact. Whenever a process dies, the answer that is read back is true: a row that is neither refused nor
//! recorded has not come through yet, and sending the same again brings it through. No document is here, and no word of a row.

use std::fmt;

use jiff::Timestamp;
use mingma_domain::document::DocumentError;
use mingma_domain::fact::kind::NEVER;
use mingma_domain::fact::value::ValueError;
use mingma_domain::fact::{Column, FactError, Issuer, Kind};
use mingma_domain::time::TimeError;
use mingma_domain::words::words;
use thiserror::Error;

use crate::id::FactId;
use crate::recognition::Unrecognised;
use crate::record::{About, Standing, standing};
use crate::row::{
    AppealAnswer, AppealOpened, Confirmation, Countersignature, RecordedFact, RecordedRetraction, Request,
};
use crate::submission::RowError;

words! {
    /// Why a row is refused.
    Cause, "a cause of refusal" {
        /// The document is no document.
        Document = "document",
        /// A word that the vocabulary does not have.
        UnknownWord = "unknown-word",
        /// A word that would bring in what no kind of fact takes.
        OnPrinciple = "on-principle",
        /// A dose or a country that is none.
        WrongValue = "wrong-value",
        /// Neither a day nor an instant of the calendar.
        NotAMoment = "not-a-moment",
        /// The end lies before the beginning.
        Backwards = "backwards",
        /// No region has this code.
        UnknownRegion = "unknown-region",
        /// The kind needs what is not there.
        Missing = "missing",
        /// The kind does not take what is there.
        Superfluous = "superfluous",
        /// Not a reference.
        NotAReference = "not-a-reference",
        /// Evidence is due.
        NoEvidence = "no-evidence",
        /// A time of day where days alone are taken.
        NoTimeOfDay = "no-time-of-day",
        /// The vocabulary gives the kind to issuers of another class.
        OtherClass = "other-class",
        /// The issuer is not entitled to the kind there and then.
        NotEntitled = "not-entitled",
        /// It has not come yet.
        Ahead = "ahead",
        /// Another region's status without the code that the region signed.
        NoCredential = "no-credential",
        /// A code that does not bear out the row, or that its kind does not take.
        OtherCredential = "other-credential",
        /// The issuer has recorded it before.
        Again = "again",
        /// A row before says it.
        Twice = "twice",
    }
}

/// Why a row is not recorded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RowRefusal {
    /// It says nothing that the vocabulary allows.
    #[error(transparent)]
    Unreadable(#[from] RowError),
    /// The issuer is not entitled to the kind there and then.
    #[error("`{issuer}` is not entitled to record `{kind}` here today")]
    NotEntitled {
        /// Who.
        issuer: Issuer,
        /// To what.
        kind: Kind,
    },
    /// It has not come yet.
    #[error("a `{kind}` is recorded when it has come")]
    Ahead {
        /// What.
        kind: Kind,
    },
    /// Another region's status is no bare colour.
    #[error("another region's status comes with the code that the region signed")]
    NoCredential,
    /// The code does not bear out what the row says.
    #[error("the code does not bear out what the row says of another region's status: {0}")]
    Credential(#[from] Unrecognised),
    /// The kind comes without a code.
    #[error("a `{kind}` comes without a code of another region")]
    CredentialNotTaken {
        /// What.
        kind: Kind,
    },
    /// The issuer has recorded it before, or another result of the same sample.
    #[error("a `{kind}` of this evidence and time is recorded already: take that one back to say another")]
    Again {
        /// What.
        kind: Kind,
        /// As which fact.
        former: FactId,
    },
    /// A row before says it, or another result of the same sample.
    #[error("a `{kind}` of this evidence and time stands in row {} already", u32::from(*.first) + 1)]
    Twice {
        /// What.
        kind: Kind,
        /// The place of that row, from 0.
        first: u16,
    },
}

/// A refused row, as it is answered and kept: where and why, in words of the vocabulary alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusedRow {
    /// Its place in the submission, from 0.
    pub place: u16,
    /// Why.
    pub cause: Cause,
    /// In which column.
    pub column: Column,
    /// Of which kind the fact would have been, if that could be read.
    pub kind: Option<Kind>,
    /// The legal word that was likely meant; of a row that stands twice, which row says it first, from 1.
    pub nearest: Option<String>,
    /// The issuer's own fact that says the same already.
    pub former: Option<FactId>,
}

impl RefusedRow {
    /// What is kept of a refusal.
    #[must_use]
    pub fn of(place: u16, refusal: &RowRefusal) -> Self {
        let row = |cause, column| Self { place, cause, column, kind: None, nearest: None, former: None };
        match refusal {
            RowRefusal::NotEntitled { kind, .. } => {
                Self { kind: Some(*kind), ..row(Cause::NotEntitled, Column::Kind) }
            }
            RowRefusal::Ahead { kind } => Self { kind: Some(*kind), ..row(Cause::Ahead, Column::At) },
            RowRefusal::NoCredential => {
                Self { kind: Some(Kind::ForeignStatus), ..row(Cause::NoCredential, Column::Evidence) }
            }
            RowRefusal::Credential(_) => {
                Self { kind: Some(Kind::ForeignStatus), ..row(Cause::OtherCredential, Column::Evidence) }
            }
            RowRefusal::CredentialNotTaken { kind } => {
                Self { kind: Some(*kind), ..row(Cause::OtherCredential, Column::Evidence) }
            }
            RowRefusal::Again { kind, former } => {
                Self { kind: Some(*kind), former: Some(*former), ..row(Cause::Again, Column::Evidence) }
            }
            RowRefusal::Twice { kind, first } => Self {
                kind: Some(*kind),
                nearest: Some((u32::from(*first) + 1).to_string()),
                ..row(Cause::Twice, Column::Evidence)
            },
            RowRefusal::Unreadable(RowError::Document(error)) => {
                let nearest = if let DocumentError::UnknownKind { nearest }
                | DocumentError::UnknownCountry { nearest } = error
                {
                    *nearest
                } else {
                    None
                };
                Self { nearest: nearest.map(str::to_owned), ..row(Cause::Document, Column::Person) }
            }
            RowRefusal::Unreadable(RowError::Fact(error)) => {
                let (cause, kind, nearest) = fact(error);
                Self { kind, nearest: nearest.map(str::to_owned), ..row(cause, error.column()) }
            }
        }
    }
}

fn fact(error: &FactError) -> (Cause, Option<Kind>, Option<&'static str>) {
    match error {
        FactError::Refused { .. } => (Cause::OnPrinciple, None, None),
        FactError::Kind(unknown)
        | FactError::Reason(unknown)
        | FactError::Value(ValueError::Word(unknown)) => (Cause::UnknownWord, None, unknown.nearest),
        FactError::Value(ValueError::Dose { .. }) => (Cause::WrongValue, Some(Kind::Vaccination), None),
        FactError::Value(ValueError::Country { .. }) => (Cause::WrongValue, Some(Kind::Entry), None),
        FactError::At(error) | FactError::UntilMoment(error) => match error {
            TimeError::NotADay { .. }
            | TimeError::NoSuchDay { .. }
            | TimeError::NotAMoment { .. }
            | TimeError::OutOfCalendar
            | TimeError::UnknownZone { .. } => (Cause::NotAMoment, None, None),
        },
        FactError::Backwards => (Cause::Backwards, None, None),
        FactError::Region(unknown) => (Cause::UnknownRegion, None, unknown.nearest),
        FactError::Issuer(_) => (Cause::OtherClass, None, None),
        FactError::Evidence(_) => (Cause::NotAReference, None, None),
        FactError::Missing { kind, .. } => (Cause::Missing, Some(*kind), None),
        FactError::Superfluous { kind, .. } => (Cause::Superfluous, Some(*kind), None),
        FactError::NoEvidence { kind, .. } => (Cause::NoEvidence, Some(*kind), None),
        FactError::NotEntitled { value, .. } => (Cause::OtherClass, Some(value.kind()), None),
        FactError::CarrierTime => (Cause::NoTimeOfDay, Some(Kind::Stay), None),
        FactError::RetractionMissing { .. } => (Cause::Missing, None, None),
        FactError::RetractionSuperfluous { .. } => (Cause::Superfluous, None, None),
    }
}

impl fmt::Display for RefusedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: ", self.column)?;
        f.write_str(match self.cause {
            Cause::Document => "not a document: see how one is written",
            Cause::UnknownWord => "not a word of the vocabulary",
            Cause::OnPrinciple => return write!(f, "no kind of fact takes {NEVER}"),
            Cause::WrongValue => "write a dose as `1` to `9`, a country by its two letters, such as `JP`",
            Cause::NotAMoment => {
                "write a day as `2022-06-13` or an instant as `2022-06-13T09:40:00+08:00`, of the years 2000 to 2100"
            }
            Cause::Backwards => "the period ends before it begins",
            Cause::UnknownRegion => "no region has this code",
            Cause::Missing => "it is empty, and this kind needs it",
            Cause::Superfluous => "this kind does not take it: leave it empty",
            Cause::NotAReference => {
                "a reference has 1 to 64 letters, digits and signs of ASCII, no blanks, commas, semicolons or quotes"
            }
            Cause::NoEvidence => "evidence is due: give its reference",
            Cause::NoTimeOfDay => "a stay known from a carrier has days only",
            Cause::OtherClass => "the vocabulary gives this to issuers of another class",
            Cause::NotEntitled => "the issuer is not entitled to this here today",
            Cause::Ahead => "it has not come yet: record it when it has",
            Cause::NoCredential => {
                "another region's status comes with the code that the region signed: send its text as `credential`"
            }
            Cause::OtherCredential => {
                "the code does not bear this out: name it by the SHA-256 of its text; it is of the same colour, region, day and person, not expired, and signed by a key of that region's"
            }
            Cause::Again => {
                "you have recorded this evidence of this time before: if it was wrong, take that one back first"
            }
            Cause::Twice => "a row before says this already",
        })?;
        if let Some(fact) = &self.former {
            write!(f, "; it is the fact `{fact}`, recorded {:.0}", fact.recorded())?;
        }
        match &self.nearest {
            Some(row) if self.cause == Cause::Twice => write!(f, ": row {row}"),
            Some(word) => write!(f, "; did you mean `{word}`?"),
            None => Ok(()),
        }
    }
}

/// A submission as it was taken in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Intake {
    /// The request.
    pub request: Request,
    /// How many rows it had; none if it came before that was kept.
    pub rows: Option<u16>,
    /// The rows that were refused, in their order.
    pub refused: Vec<RefusedRow>,
}

impl Intake {
    /// The id that the row at this place has, if it is recorded.
    #[must_use]
    pub fn fact(&self, place: u16) -> FactId {
        FactId::new(self.request.received, self.request.chance_of(usize::from(place)))
    }
}

/// What became of one row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RowAnswer {
    /// It is recorded.
    Recorded {
        /// Under this id.
        id: FactId,
        /// Whether it waits for a second organisation before it counts.
        pending: bool,
    },
    /// It is not.
    Refused(RefusedRow),
}

/// A fact as its issuer may see it: how it stands, and nothing about whom it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IssuedFact {
    /// The fact.
    pub recorded: RecordedFact,
    /// The second organisation's name under it.
    pub second: Option<Countersignature>,
    /// Its retraction.
    pub taken_back: Option<RecordedRetraction>,
    /// The disputes of it.
    pub appeals: Vec<AppealOpened>,
    /// Their answers.
    pub answers: Vec<AppealAnswer>,
    /// What issuers and sources said of it.
    pub confirmations: Vec<Confirmation>,
    /// Whether witnesses of the journal have not signed it yet, or its countersignature.
    pub is_unwitnessed: bool,
}

impl IssuedFact {
    /// Whether it counts at an instant.
    ///
    /// Of all that is not signed it says so, and not only of what makes its person worse: otherwise the answer would tell whether
    /// somebody of this document is registered, and how they are.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing<'_> {
        let about = About {
            taken_back: self.taken_back.as_ref(),
            second: self.second.as_ref(),
            appeals: &self.appeals,
            answers: &self.answers,
            confirmations: &self.confirmations,
        };
        let standing = standing(&self.recorded, about, now);
        let would_count = matches!(standing, Standing::Counts(_));
        if would_count && self.is_unwitnessed { Standing::Unwitnessed } else { standing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::{RawRow, Submission};

    #[test]
    fn what_is_kept_of_a_refusal_holds_no_word_of_the_row() {
        let good = RawRow {
            person: "passport:JP:TR0000001",
            kind: "contact",
            value: "close",
            at: "2022-06-12",
            evidence: "I-1",
            ..RawRow::default()
        };
        let rows = [
            RawRow { person: "zhangsan", ..good },
            RawRow { kind: "zhangsan", ..good },
            RawRow { value: "zhangsan", ..good },
            RawRow { at: "zhangsan", ..good },
            RawRow { until: "zhangsan", ..good },
            RawRow { region: "zhangsan", ..good },
            RawRow { evidence: "zhang san", ..good },
            RawRow { kind: "entry", value: "zhangsan", region: "310000", ..good },
            RawRow { value: "closed", ..good },
        ];
        let submission =
            Submission::read("cdc:1".parse().unwrap(), "k".parse().unwrap(), &rows, [7; 32], [0; 64])
                .unwrap();
        for (place, row) in submission.rows().iter().enumerate() {
            let refusal = RowRefusal::Unreadable(row.clone().unwrap_err());
            let kept = RefusedRow::of(u16::try_from(place).unwrap(), &refusal);
            assert!(!format!("{kept} {kept:?}").contains("zhang"), "{kept}");
        }
        let last = RefusedRow::of(8, &RowRefusal::Unreadable(submission.rows()[8].clone().unwrap_err()));
        assert_eq!(last.to_string(), "`value`: not a word of the vocabulary; did you mean `close`?");
    }
}
