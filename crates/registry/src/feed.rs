//! The feed: what was committed that may make a status another, in the order of commitment, for whoever keeps a census
//! of everybody.
//!
//! A place of the feed says what was added, by ids alone. As rows are only added, what was known of a person at a place is
//! what is known now, less what came after it; so whoever dies and reads the feed again from a place reads the same. How
//! far the reader has come are its [`Mark`]s, kept beside the feed; what lies before the first of them is forgotten.

use std::collections::BTreeSet;

use jiff::Timestamp;
use mingma_domain::time::Day;

use crate::id::{EntryId, FactId, PersonId};
use crate::population::Resident;
use crate::record::PersonRecord;
use crate::row::PersonRow;

/// A row that may make a status another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Added {
    /// The registration.
    Registration,
    /// A fact.
    Fact(FactId),
    /// A countersignature of a fact.
    Countersignature(FactId),
    /// A retraction of a fact.
    Retraction(FactId),
}

impl Added {
    /// What a row adds that may make its person's status another; none of a code, a grant or a look.
    #[must_use]
    pub const fn by(row: &PersonRow) -> Option<Self> {
        match row {
            PersonRow::Registration(_) => Some(Self::Registration),
            PersonRow::Fact(row) => Some(Self::Fact(row.id)),
            PersonRow::Countersignature(row) => Some(Self::Countersignature(row.fact)),
            PersonRow::Retraction(row) => Some(Self::Retraction(row.fact)),
            PersonRow::Request(_)
            | PersonRow::Code(_)
            | PersonRow::Grant(_)
            | PersonRow::Binding(_)
            | PersonRow::Appeal(_)
            | PersonRow::AppealAnswer(_)
            | PersonRow::Disclosure(_)
            | PersonRow::Access(_)
            | PersonRow::Revocation(_) => None,
        }
    }
}

/// One commitment about a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fed {
    /// Its place: from 1, in the order of commitment.
    pub place: u64,
    /// The journal's entry.
    pub entry: EntryId,
    /// When the entry was made.
    pub at: Timestamp,
    /// All that counted of the person by it, and nothing that was committed later.
    pub resident: Resident,
}

/// How far whoever follows has come: everything up to here was taken in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The number of the last public act.
    pub publication: u64,
    /// The civil day.
    pub day: Day,
    /// The place in the feed.
    pub place: u64,
    /// When it was taken in.
    pub at: Timestamp,
}

impl Resident {
    /// What counted of a person before these rows were added.
    #[must_use]
    pub fn before(person: PersonId, mut record: PersonRecord, later: &BTreeSet<Added>) -> Self {
        if later.contains(&Added::Registration) {
            record.registration = None;
        }
        record.facts.retain(|row| !later.contains(&Added::Fact(row.id)));
        record.countersignatures.retain(|row| !later.contains(&Added::Countersignature(row.fact)));
        record.retractions.retain(|row| !later.contains(&Added::Retraction(row.fact)));
        // The order of commitment alone decides, whatever the clock said.
        Self::of(person, record, Timestamp::MAX)
    }
}
