//! Rows of what issuers do in bulk: what is usual, what is strange, who let it through. All of it is about nobody.

use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::{Issuer, Kind, RetractionReason, Value};

use crate::brake::Hand;
use crate::bulk::history::Unlike;
use crate::canonical::Hash;
use crate::intake::Cause;
use crate::words::{Doing, Ground, Mover, Span, Strange};

/// How many rows of a kind an issuer records within an hour before a second office is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limit {
    /// Whose.
    pub issuer: Issuer,
    /// Of which kind.
    pub kind: Kind,
    /// How many.
    pub per_hour: u32,
}

/// Something is strange about what an issuer did, or wants to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alarm {
    /// What.
    pub why: Strange,
    /// About whose doing.
    pub issuer: Issuer,
    /// Of which kind.
    pub kind: Kind,
    /// Of which value of the kind alone, if it is not of all.
    pub value: Option<Value>,
    /// How many rows are strange.
    pub rows: u64,
    /// How many would have been usual: the limit, the bound of the issuer's history, or how many share the most.
    pub usual: u64,
    /// What calls the batch without telling its key.
    pub batch: Hash,
    /// When.
    pub at: Timestamp,
    /// What the issuer does to facts of the kind.
    pub doing: Doing,
    /// Within how long the rows came.
    pub within: Span,
}

impl Alarm {
    /// That these rows of an issuer's are strange.
    #[must_use]
    pub fn new(
        (why, batch): (Strange, Hash),
        (issuer, doing, kind): (&Issuer, Doing, Kind),
        Unlike { span: within, rows, usual }: Unlike,
        at: Timestamp,
    ) -> Self {
        Self { why, issuer: issuer.clone(), kind, value: None, rows, usual, batch, at, doing, within }
    }

    /// The same about one value of the kind alone.
    #[must_use]
    pub fn of_value(self, value: Option<Value>) -> Self {
        Self { value, ..self }
    }
}

/// A second office lets through what was above a limit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allowance {
    /// The number of the alarm.
    pub alarm: u64,
    /// The office.
    pub by: Hand,
}

/// What rows of a submission were, counted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Counted {
    /// They were good.
    Taken {
        /// Of this kind.
        kind: Kind,
        /// The word of the value.
        value: String,
        /// The region that they name, or else where the issuer works.
        region: Region,
    },
    /// They were refused.
    Refused(Cause),
}

/// How many rows of a sort came in an hour from an issuer.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Tally {
    /// From whom.
    pub issuer: Issuer,
    /// In which hour, counted from 1970.
    pub hour: i64,
    /// What they were.
    pub what: Counted,
    /// How many.
    pub rows: u64,
}

/// How often an issuer did something to facts of a kind in an hour, other than recording them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Said {
    /// What it did.
    pub doing: Doing,
    /// To facts of this kind.
    pub kind: Kind,
    /// In which hour, counted from 1970.
    pub hour: i64,
    /// How often.
    pub rows: u64,
}

/// What was said of a recorded fact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Spoken {
    /// It was taken back, for a reason.
    TakenBack(RetractionReason),
    /// It is said to be so.
    Confirmed,
    /// It is said not to be so.
    Denied,
    /// Its person disputes it, on a ground.
    Disputed(Ground),
}

/// By what a status became another, and whether the person may do less than before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Moved {
    /// By what.
    pub by: Mover,
    /// Whether the person may do less.
    pub is_worse: bool,
}

/// To how many persons it was told on a day that their status is another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct MovedOn {
    /// The day, counted from 1970 in UTC.
    pub day: i64,
    /// What moved them.
    pub moved: Moved,
    /// How many.
    pub persons: u64,
}

/// When an appeal was opened and answered: what medians are made of. It does not say whose it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct AppealSpan {
    /// Since when it waits.
    pub at: Timestamp,
    /// The first instant at which it should have been answered.
    pub due: Timestamp,
    /// When it was answered, and whether the person was right.
    pub answered: Option<(Timestamp, bool)>,
    /// Of which kind the disputed fact is.
    pub kind: Kind,
}
