//! Whether all that is kept of a person is what the journal commits to, and all that it commits to is kept: for whoever holds a whole database
//! against the log.
//!
//! [`proven`](super::proven) asks for what decides somebody's status, each time that it is read. Here every row and every entry is asked for, also of
//! those whom nobody reads: what was let do and shown, who looked, and that each entry follows the one before it. What has ended on schedule is told
//! apart by the public acts that tell of ends of data, by the rules of a replay.

use jiff::Timestamp;
use thiserror::Error;

use super::gone::{has_ended, said_at};
use super::proven::{Ends, Kept, is_past_opening, near};
use super::{Entry, Former, Openings, PublicEdited};
use crate::record::PersonRecord;
use crate::retention::{REQUEST_DAYS, before, rows_days, salt_days};
use crate::row::PersonRow;
use crate::words::ActName;

/// How a database differs from the journal's log. Entries are named by their numbers, and nobody by anything else.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Edit {
    /// The log has an entry that the database has not.
    #[error("entry {entry} of the log is not in the database: it was taken out")]
    TakenOut {
        /// Its number.
        entry: u64,
    },
    /// The database has another entry under a number than the log.
    #[error("entry {entry} is another one in the database than in the log")]
    Exchanged {
        /// Its number.
        entry: u64,
    },
    /// An entry does not name the one before it about the same person.
    #[error(
        "entry {entry} does not follow the one before it about the same person: one was taken out, or put in"
    )]
    Unchained {
        /// Its number.
        entry: u64,
    },
    /// Beside an entry stands another office, place or subject than it commits to.
    #[error("what entry {entry} shows in clear is not what it commits to: it was changed")]
    Shown {
        /// Its number.
        entry: u64,
    },
    /// Nothing that is kept opens an entry, though it has not ended.
    #[error("what entry {entry} commits to is not kept as it was: it was taken out, or changed")]
    Unopened {
        /// Its number.
        entry: u64,
    },
    /// Rows about a person to which no entry commits.
    #[error("no entry commits to {rows} of the rows that are kept about the person of entry {newest}")]
    Beside {
        /// How many.
        rows: usize,
        /// The person's newest entry.
        newest: u64,
    },
    /// Rows about somebody of whom there is no entry at all.
    #[error("{rows} rows are kept about somebody of whom the journal has no entry")]
    OfNobody {
        /// How many.
        rows: usize,
    },
    /// What is kept of a person, or an entry, cannot be read.
    #[error("what is kept about a person cannot be read: {place}")]
    Unreadable {
        /// Where: a table and a column.
        place: String,
    },
    /// A public act, or an account of the staff list.
    #[error(transparent)]
    Public(#[from] PublicEdited),
}

/// How what is kept of a person differs from what the journal commits to: of the entries the numbers, in their order, and from which number on the
/// whole journal is chained.
#[must_use]
pub fn edits(kept: &Kept<'_>, numbers: &[u64], chained: Option<u64>, ends: &Ends) -> Vec<Edit> {
    let Kept { person, record, requests, entries, .. } = *kept;
    let number = |of: &Entry| {
        let place = entries.iter().position(|entry| entry.id == of.id);
        place.and_then(|place| numbers.get(place)).copied().unwrap_or(0)
    };
    let openings = Openings::of(person, record, requests);
    let (committed, unopened) = openings.held(entries);
    let missed = unopened.iter().filter(|entry| !may_have_ended(entry, &unopened, ends));
    let mut edits: Vec<Edit> = missed.map(|entry| Edit::Unopened { entry: number(entry) }).collect();
    let mut in_order: Vec<(u64, &Entry)> = numbers.iter().copied().zip(entries).collect();
    in_order.sort_unstable_by_key(|(number, _)| *number);
    edits.extend(unchained(&in_order, chained).map(|entry| Edit::Unchained { entry }));
    let is_beside = |row: &&PersonRow| {
        !committed.contains(row) && !unopened.iter().any(|entry| may_have_made(entry, row, record, ends))
    };
    let rows = all(record).iter().filter(is_beside).count();
    match in_order.last() {
        _ if rows == 0 => {}
        Some((newest, _)) => edits.push(Edit::Beside { rows, newest: *newest }),
        None => edits.push(Edit::OfNobody { rows }),
    }
    edits
}

/// The entries that do not name the one before them.
fn unchained<'e>(
    in_order: &'e [(u64, &'e Entry)],
    chained: Option<u64>,
) -> impl Iterator<Item = u64> + use<'e> {
    let before = std::iter::once(None).chain(in_order.iter().map(|(_, entry)| Some(*entry)));
    let follows = move |number: u64, entry: &Entry, last: Option<&Entry>| match (&entry.former, last) {
        // Entries of before entries were chained follow nothing but one another.
        (Former::Unsaid, last) => {
            last.is_none_or(|last| last.former == Former::Unsaid)
                && chained.is_none_or(|chained| number < chained)
        }
        (Former::None, last) => last.is_none(),
        (Former::Leaf(leaf), last) => last.is_some_and(|last| last.leaf == *leaf),
    };
    let each = before.zip(in_order);
    each.filter(move |(last, (number, entry))| !follows(*number, entry, *last))
        .map(|(_, (number, _))| *number)
}

/// Whether what an entry that nothing opens commits to may have ended, as public acts tell.
fn may_have_ended(entry: &Entry, unopened: &[&Entry], ends: &Ends) -> bool {
    let past = |days: Option<i64>| days.is_some_and(|days| ends.is_past(entry, days));
    let act = entry.act;
    if entry.former == Former::Unsaid {
        // Of before entries were chained: not all of their rows were written with them.
        true
    } else if act.decides() {
        has_ended(entry, unopened, ends)
    } else if entry.salt.is_none() {
        past(salt_days(act))
    } else {
        let asked = matches!(act, ActName::AuthorizeApp | ActName::Bind);
        past(rows_days(act)) || (asked && entry.at <= before(ends.now, REQUEST_DAYS))
    }
}

/// Whether an entry that nothing opens may be the one that a row was made with.
fn may_have_made(entry: &Entry, row: &PersonRow, record: &PersonRecord, ends: &Ends) -> bool {
    made_at(row).map_or_else(
        || is_past_opening(row, record, entry, ends),
        |at| near(at, entry) && may_have_ended(entry, &[entry], ends),
    )
}

/// When a row was made that decides nothing; none of one that does.
const fn made_at(row: &PersonRow) -> Option<Timestamp> {
    match row {
        PersonRow::Registration(row) => Some(row.at),
        PersonRow::Code(row) => Some(row.issued),
        PersonRow::Revocation(row) => Some(row.at),
        PersonRow::Grant(row) => Some(row.from),
        PersonRow::Binding(row) => Some(row.from),
        PersonRow::Disclosure(row) => Some(row.at),
        PersonRow::Appeal(_) => said_at(row),
        PersonRow::Amendment(_)
        | PersonRow::Fact(_)
        | PersonRow::Countersignature(_)
        | PersonRow::Retraction(_)
        | PersonRow::Confirmation(_)
        | PersonRow::AppealAnswer(_)
        | PersonRow::Request(_)
        | PersonRow::Access(_) => None,
    }
}

/// Every row of a record to which an entry commits.
fn all(record: &PersonRecord) -> Vec<PersonRow> {
    let mut rows: Vec<PersonRow> = record.registration.iter().cloned().map(PersonRow::Registration).collect();
    rows.extend(record.amendments.iter().cloned().map(PersonRow::Amendment));
    rows.extend(record.facts.iter().cloned().map(PersonRow::Fact));
    rows.extend(record.countersignatures.iter().cloned().map(PersonRow::Countersignature));
    rows.extend(record.retractions.iter().cloned().map(PersonRow::Retraction));
    rows.extend(record.codes.iter().copied().map(PersonRow::Code));
    rows.extend(record.revocations.iter().copied().map(PersonRow::Revocation));
    rows.extend(record.grants.iter().cloned().map(PersonRow::Grant));
    rows.extend(record.bindings.iter().copied().map(PersonRow::Binding));
    rows.extend(record.appeals.iter().copied().map(PersonRow::Appeal));
    rows.extend(record.answers.iter().copied().map(PersonRow::AppealAnswer));
    rows.extend(record.disclosures.iter().cloned().map(PersonRow::Disclosure));
    rows.extend(record.confirmations.iter().cloned().map(PersonRow::Confirmation));
    rows
}
