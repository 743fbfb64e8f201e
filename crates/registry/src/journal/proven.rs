//! What of a record the journal commits to: the rest was written by somebody else than the acts, and does not count.
//!
//! Whoever can write into the database can put a fact there, and no act is needed for it. But no act means no entry, and the journal's
//! entries are public by the second. So a record is read together with the person's entries, and of its facts, countersignatures,
//! retractions and answers those are left out that no entry commits to. Where a commitment can no longer be opened, because its salt or a
//! part of what it was made of was destroyed on schedule, the entry alone is asked for: one of the same office, at that moment.

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::{Issuer, IssuerClass};

use super::{Entry, Openings};
use crate::id::PersonId;
use crate::record::PersonRecord;
use crate::row::{PersonRow, RecordedFact, Request};
use crate::words::ActName;

/// How long after its rows an entry may be made: a batch of 4,096 rows takes a second, and a machine may be busy.
const LATEST: SignedDuration = SignedDuration::from_mins(1);

/// The record without the rows that no entry commits to, and how many these were; none if every row has its entry.
///
/// `entries` and `requests` are all that are kept of this person.
#[must_use]
pub fn proven(
    person: PersonId,
    record: &PersonRecord,
    entries: &[Entry],
    requests: &[Request],
) -> Option<(PersonRecord, usize)> {
    if record.deciding() == 0 {
        return None;
    }
    let openings = Openings::of(person, record, requests);
    let committed: Vec<&PersonRow> = openings.committed(entries).collect();
    let stands = |row: &PersonRow| committed.contains(&row) || is_past_opening(row, entries);
    let mut proven = record.clone();
    proven.facts.retain(|row| stands(&PersonRow::Fact(row.clone())));
    proven.countersignatures.retain(|row| stands(&PersonRow::Countersignature(row.clone())));
    proven.retractions.retain(|row| stands(&PersonRow::Retraction(row.clone())));
    proven.confirmations.retain(|row| stands(&PersonRow::Confirmation(row.clone())));
    proven.answers.retain(|row| stands(&PersonRow::AppealAnswer(*row)));
    let left_out = record.deciding() - proven.deciding();
    (left_out > 0).then_some((proven, left_out))
}

/// Whether the row had an entry that nothing opens any more.
fn is_past_opening(row: &PersonRow, entries: &[Entry]) -> bool {
    let (at, by) = match row {
        PersonRow::Fact(RecordedFact { fact, recorded, .. }) if is_own_word(fact.issuer()) => {
            // A declaration is several rows, and each ends in its own time.
            return around(entries, *recorded).any(|entry| entry.act == ActName::Declare);
        }
        PersonRow::Fact(row) => (row.recorded, row.fact.issuer()),
        PersonRow::Countersignature(row) => (row.at, &row.issuer),
        PersonRow::Retraction(row) => (row.at, &row.issuer),
        PersonRow::Confirmation(row) => (row.at, &row.issuer),
        PersonRow::AppealAnswer(row) => {
            let mut near = around(entries, row.at);
            return near.any(|entry| entry.salt.is_none() && entry.act == ActName::AnswerAppeal);
        }
        PersonRow::Request(_)
        | PersonRow::Registration(_)
        | PersonRow::Code(_)
        | PersonRow::Revocation(_)
        | PersonRow::Grant(_)
        | PersonRow::Binding(_)
        | PersonRow::Appeal(_)
        | PersonRow::Disclosure(_)
        | PersonRow::Access(_) => return true,
    };
    let mut near = around(entries, at);
    near.any(|entry| entry.salt.is_none() && entry.clear.issuer.as_ref() == Some(by))
}

/// The entries that were made right after an instant.
fn around(entries: &[Entry], at: Timestamp) -> impl Iterator<Item = &Entry> {
    let latest = at.checked_add(LATEST).unwrap_or(Timestamp::MAX);
    entries.iter().filter(move |entry| at <= entry.at && entry.at <= latest)
}

fn is_own_word(issuer: &Issuer) -> bool {
    issuer.class() == IssuerClass::Resident
}
