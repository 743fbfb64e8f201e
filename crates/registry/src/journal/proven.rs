//! What of a record the journal commits to: the rest was written by somebody else than the acts, and does not count.
//!
//! Whoever can write into the database can put a fact there, and no act is needed for it. But no act means no entry, and the journal's
//! entries are public by the second. So a record is read together with the person's entries, and of its amendments, facts,
//! countersignatures, retractions and answers those are left out that no entry commits to. Where a commitment can no longer be opened, because its salt or a
//! part of what it was made of was destroyed on schedule, the entry alone is asked for: one of the same act and office, at that moment,
//! and old enough for that by a public act that tells of an end of data.
//!
//! And whoever can write into it can take rows out: [`gone`](super::gone) finds them again, or says that they are missing.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::{Issuer, IssuerClass};

use super::gone::{lies_before, may_have_been_cleared, put_back};
use super::{Entry, Former, Openings};
use crate::canonical::Hash;
use crate::id::{FactId, PersonId};
use crate::record::PersonRecord;
use crate::retention::{REQUEST_DAYS, SALT_DAYS, UNKNOWN_SALT_DAYS, before};
use crate::row::{PersonRow, Request};
use crate::words::ActName;

/// How long after its rows an entry may be made: a batch of 4,096 rows takes a second, and a machine may be busy.
const LATEST: SignedDuration = SignedDuration::from_mins(1);

/// All that is kept of a person.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'k> {
    /// Whose.
    pub person: PersonId,
    /// The record.
    pub record: &'k PersonRecord,
    /// The requests.
    pub requests: &'k [Request],
    /// The entries, by time: at least those of the record's rows.
    pub entries: &'k [Entry],
    /// Those of them whose rows must be in the record: they were there before it was read.
    pub earlier: &'k [Entry],
}

/// What is known of ends of data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ends {
    /// When the last one was that a public act tells of, or up to when the keys of a restored folder had ended things.
    pub purged: Option<Timestamp>,
    /// The time.
    pub now: Timestamp,
}

impl Ends {
    /// What is known of them at an instant. A restored folder's note is no entry's content, so one of a time to come says nothing.
    #[must_use]
    pub fn known(purged: Option<Timestamp>, now: Timestamp) -> Self {
        Self { purged: purged.map(|purged| purged.min(now)), now }
    }

    /// Whether an entry was made before an end of data.
    pub(super) fn is_before_a_purge(&self, entry: &Entry) -> bool {
        self.purged.is_some_and(|purged| entry.at <= purged)
    }

    /// Whether an entry was so many days old at an end of data.
    pub(super) fn is_past(&self, entry: &Entry, days: i64) -> bool {
        self.purged.is_some_and(|purged| entry.at <= before(purged, days))
    }
}

/// What the journal commits to, and how what is kept differs from it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proven {
    /// The record. Of entries whose rows are gone it names the ids.
    pub record: PersonRecord,
    /// How many rows no entry commits to.
    pub left_out: usize,
    /// How many rows were gone, and were found again by what their entries commit to.
    pub found: usize,
    /// Whether an entry is gone that another one names as its former.
    pub torn: bool,
}

impl Proven {
    /// Whether what is kept is what the journal commits to.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.left_out == 0 && self.found == 0 && !self.torn && self.record.gone.is_empty()
    }
}

/// The record as the journal commits to it.
#[must_use]
pub fn proven(kept: &Kept<'_>, ends: &Ends) -> Proven {
    let Kept { person, record, requests, entries, .. } = *kept;
    let openings = Openings::of(person, record, requests);
    let (committed, unopened) = openings.held(entries);
    let mut proven = record.clone();
    let missed = put_back(kept, &unopened, ends, &mut proven);
    let all = proven.deciding();
    let stands = |row: &PersonRow| {
        let is_past = |entry: &&Entry| is_past_opening(row, record, entry, ends);
        committed.contains(&row) || missed.found.contains(row) || unopened.iter().any(is_past)
    };
    proven.amendments.retain(|row| stands(&PersonRow::Amendment(row.clone())));
    proven.facts.retain(|row| stands(&PersonRow::Fact(row.clone())));
    proven.countersignatures.retain(|row| stands(&PersonRow::Countersignature(row.clone())));
    // Of a chain from which an entry was taken it may be theirs: what takes a fact back is not taken from anybody for that.
    let torn = is_torn(entries);
    proven.retractions.retain(|row| torn || stands(&PersonRow::Retraction(row.clone())));
    proven.confirmations.retain(|row| torn || stands(&PersonRow::Confirmation(row.clone())));
    proven.answers.retain(|row| torn || stands(&PersonRow::AppealAnswer(*row)));
    let left_out = all - proven.deciding();
    proven.found.extend(missed.again);
    for entry in missed.gone {
        let doubtful = proven.facts.iter().filter(|row| may_have_been_cleared(&row.fact, entry));
        proven.doubtful.extend(doubtful.map(|row| row.id));
        proven.gone.push(entry.id);
    }
    Proven { record: proven, left_out, found: missed.put_back, torn }
}

/// Whether one of these entries names a former one that is not among them.
fn is_torn(entries: &[Entry]) -> bool {
    let leaves: BTreeSet<&Hash> = entries.iter().map(|entry| &entry.leaf).collect();
    entries.iter().any(|entry| matches!(&entry.former, Former::Leaf(former) if !leaves.contains(former)))
}

/// Whether an entry may be the one of a row that was made then.
pub(super) fn near(at: Timestamp, entry: &Entry) -> bool {
    at.checked_add(LATEST).is_ok_and(|latest| at <= entry.at && entry.at <= latest)
}

/// Whether a row may be what this entry, which nothing opens, was made with.
pub(super) fn is_past_opening(row: &PersonRow, record: &PersonRecord, entry: &Entry, ends: &Ends) -> bool {
    let (act, issuer, days) = (entry.act, entry.clear.issuer.as_ref(), SALT_DAYS);
    // What is said of a fact came after it, so what is past opening says nothing of a fact that is not.
    let after = |fact: FactId, at: Timestamp| record.fact(fact).is_none_or(|fact| fact.recorded <= at);
    let near = |at: Timestamp| near(at, entry);
    let of = |at: Timestamp, by: Option<&Issuer>, acts: &[ActName], days: i64| {
        near(at) && acts.contains(&act) && issuer == by && entry.salt.is_none() && ends.is_past(entry, days)
    };
    match row {
        PersonRow::Fact(row) if row.fact.issuer().class() == IssuerClass::Resident => {
            // A declaration is several rows, and each ends in its own time; its request ends before them.
            let has_ended = match &entry.content {
                None => ends.is_past(entry, UNKNOWN_SALT_DAYS) || entry.salt.is_some(),
                Some(content) => {
                    entry.opens(content)
                        && (ends.is_before_a_purge(entry) || entry.at <= before(ends.now, REQUEST_DAYS))
                }
            };
            near(row.recorded) && act == ActName::Declare && has_ended
        }
        PersonRow::Fact(row) => {
            lies_before(&row.fact, entry)
                && of(row.recorded, Some(row.fact.issuer()), &[ActName::Record], UNKNOWN_SALT_DAYS)
        }
        PersonRow::Countersignature(row) => {
            after(row.fact, row.at) && of(row.at, Some(&row.issuer), &[ActName::Countersign], days)
        }
        PersonRow::Retraction(row) => {
            after(row.fact, row.at)
                && of(row.at, Some(&row.issuer), &[ActName::Retract, ActName::AnswerAppeal], days)
        }
        PersonRow::Confirmation(row) => {
            after(row.fact, row.at)
                && of(row.at, Some(&row.issuer), &[ActName::Confirm, ActName::AnswerAppeal], days)
        }
        PersonRow::AppealAnswer(row) => {
            of(row.at, Some(&Issuer::of(IssuerClass::Appeal)), &[ActName::AnswerAppeal], days)
        }
        // The salt stays as long as the person is registered.
        PersonRow::Amendment(_) => false,
        PersonRow::Request(_)
        | PersonRow::Registration(_)
        | PersonRow::Code(_)
        | PersonRow::Revocation(_)
        | PersonRow::Grant(_)
        | PersonRow::Binding(_)
        | PersonRow::Appeal(_)
        | PersonRow::Disclosure(_)
        | PersonRow::Access(_) => true,
    }
}
