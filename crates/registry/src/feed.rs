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
    /// An amendment of it, by its number.
    Amendment(u32),
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
            PersonRow::Amendment(row) => Some(Self::Amendment(row.number)),
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

/// A commitment about a person by what it added, without who it is about: one that may still wait for its witnesses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Later {
    /// The number of the journal's entry.
    pub number: u64,
    /// The entry.
    pub entry: EntryId,
    /// When the entry was made.
    pub at: Timestamp,
    /// What it added.
    pub added: BTreeSet<Added>,
}

impl Later {
    /// Whether it added a fact, or a countersignature that it may need to count.
    #[must_use]
    pub fn is_needed_by(&self, fact: FactId) -> bool {
        [Added::Fact(fact), Added::Countersignature(fact)].iter().any(|row| self.added.contains(row))
    }
}

/// As of when persons are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AsOf {
    /// Of disputes, those lapsed that were due by this instant.
    pub disputes: Timestamp,
    /// Entries with greater numbers are told apart: whether they count is not decided by the store.
    pub witnessed: u64,
}

/// One commitment about a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fed {
    /// Its place: from 1, in the order of commitment.
    pub place: u64,
    /// The number of the journal's entry.
    pub number: u64,
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
    /// Up to which entry of the journal witnesses had signed; everything where none are asked.
    pub witnessed: u64,
    /// When it was taken in.
    pub at: Timestamp,
}

impl PersonRecord {
    /// The record as it was before these rows were added.
    #[must_use]
    pub fn without(mut self, later: &BTreeSet<Added>) -> Self {
        if later.is_empty() {
            return self;
        }
        if later.contains(&Added::Registration) {
            self.registration = None;
        }
        self.amendments.retain(|row| !later.contains(&Added::Amendment(row.number)));
        self.facts.retain(|row| !later.contains(&Added::Fact(row.id)));
        self.countersignatures.retain(|row| !later.contains(&Added::Countersignature(row.fact)));
        self.retractions.retain(|row| !later.contains(&Added::Retraction(row.fact)));
        self.confirmations.retain(|row| !later.contains(&Added::Confirmation(name(row))));
        self
    }
}

impl Resident {
    /// What counted of a person before these rows were added; of disputes, those lapsed that were due by an instant.
    /// With the record go the entries, of those that had added to it by then, that may wait for their witnesses.
    #[must_use]
    pub fn before(
        person: PersonId,
        record: PersonRecord,
        later: &BTreeSet<Added>,
        (disputes, unwitnessed): (Timestamp, Vec<Later>),
    ) -> Self {
        let mut record = record.without(later);
        // One that was answered by then lapses no more, and says what the answer was about.
        let answered: BTreeSet<_> = record.confirmations.iter().filter_map(|word| word.appeal).collect();
        record.appeals.retain(|appeal| appeal.due <= disputes || answered.contains(&appeal.id));
        // The order of commitment alone decides, whatever the clock said.
        let beyond = (!unwitnessed.is_empty())
            .then(|| Box::new(PersonRecord { later: unwitnessed, ..record.clone() }));
        Self { beyond, ..Self::of(person, record, Timestamp::MAX) }
    }
}
