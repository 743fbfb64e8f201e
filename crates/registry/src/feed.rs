//! The feed: what was committed that may make a status another, in the order of commitment, for whoever keeps a census
//! of everybody.
//!
//! A place of the feed says what was added, by ids alone. As rows are only added, what was known of a person at a place is
//! what is known now, less what came after it; so whoever dies and reads the feed again from a place reads the same. How
//! far the reader has come are its [`Mark`]s, kept beside the feed; what lies before the first of them is forgotten.

use std::collections::BTreeSet;

use jiff::Timestamp;
use mingma_domain::time::Day;

use crate::canonical::Canonical;
use crate::id::{EntryId, FactId, PersonId};
use crate::population::Resident;
use crate::record::PersonRecord;
use crate::row::{Confirmation, PersonRow};

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
    /// A word about a fact, by its name.
    Confirmation([u8; 16]),
}

impl Added {
    /// What a row adds that may make its person's status another; none of a code, a grant or a look.
    #[must_use]
    pub fn by(row: &PersonRow) -> Option<Self> {
        match row {
            PersonRow::Registration(_) => Some(Self::Registration),
            PersonRow::Fact(row) => Some(Self::Fact(row.id)),
            PersonRow::Countersignature(row) => Some(Self::Countersignature(row.fact)),
            PersonRow::Retraction(row) => Some(Self::Retraction(row.fact)),
            PersonRow::Confirmation(row) => Some(Self::Confirmation(name(row))),
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

/// The name of a word about a fact: what its key is made of.
fn name(word: &Confirmation) -> [u8; 16] {
    let mut text = Canonical::new("mingma/confirmation/1");
    text.bytes(word.fact.as_bytes());
    text.text(&word.issuer);
    text.bytes(word.appeal.as_ref().map_or(&[][..], |appeal| appeal.as_bytes()));
    let mut name = [0; 16];
    name.iter_mut().zip(text.hash()).for_each(|(to, from)| *to = from);
    name
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
    /// What counted of a person before these rows were added; of disputes, those lapsed that were due by an instant.
    #[must_use]
    pub fn before(
        person: PersonId,
        mut record: PersonRecord,
        (later, disputes): (&BTreeSet<Added>, Timestamp),
    ) -> Self {
        if later.contains(&Added::Registration) {
            record.registration = None;
        }
        record.facts.retain(|row| !later.contains(&Added::Fact(row.id)));
        record.countersignatures.retain(|row| !later.contains(&Added::Countersignature(row.fact)));
        record.retractions.retain(|row| !later.contains(&Added::Retraction(row.fact)));
        record.confirmations.retain(|row| !later.contains(&Added::Confirmation(name(row))));
        record.appeals.retain(|appeal| appeal.due <= disputes);
        // The order of commitment alone decides, whatever the clock said.
        Self::of(person, record, Timestamp::MAX)
    }
}
