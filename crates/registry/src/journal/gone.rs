//! Entries that nothing opens any more though their rows have not ended: somebody took rows out of the database.
//!
//! What an entry commits to is bound by its leaf, so a row that says something of a fact that is still there can be found again: of
//! the few things that such an act can have said, the one is taken that the entry commits to. A fact that is gone cannot be found; that
//! it was there is known. Since it may have cleared what lay before it, nothing of that counts against the person until it is back.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mingma_domain::Fact;
use mingma_domain::fact::value::Test;
use mingma_domain::fact::{Color, Issuer, RetractionReason, Value};
use mingma_domain::time::{Day, Moment};

use super::proven::{Ends, Kept};
use super::{Entry, Former, person_text};
use crate::canonical::sha256;
use crate::id::{EntryId, FactId};
use crate::record::PersonRecord;
use crate::retention::{REQUEST_DAYS, SALT_DAYS, before};
use crate::row::{AppealAnswer, AppealOpened, Confirmation, Countersignature, PersonRow, RecordedRetraction};
use crate::words::{ActName, Ground};

/// What became of the rows of entries that nothing opens.
pub(super) struct Missed<'e> {
    /// Those that were found again by what their entries commit to.
    pub(super) found: Vec<PersonRow>,
    /// How many of these had been taken out.
    pub(super) put_back: usize,
    /// Of which entries.
    pub(super) again: Vec<EntryId>,
    /// The entries whose rows are gone, and nobody can say what they were.
    pub(super) gone: Vec<&'e Entry>,
}

/// Puts back into a record what can be found again.
pub(super) fn put_back<'e>(
    kept: &Kept<'_>,
    unopened: &[&'e Entry],
    ends: &Ends,
    record: &mut PersonRecord,
) -> Missed<'e> {
    let mut missed = Missed { found: Vec::new(), put_back: 0, again: Vec::new(), gone: Vec::new() };
    // Disputes first: an answer is to one that may itself have been taken out.
    let (first, then): (Vec<&Entry>, Vec<&Entry>) =
        unopened.iter().copied().partition(|entry| entry.act == ActName::Appeal);
    for entry in first.into_iter().chain(then).filter(|entry| is_due(kept, entry)) {
        if let Some(rows) = said(kept, record, entry) {
            let back = rows.iter().filter(|row| put(record, row)).count();
            if back > 0 {
                missed.again.push(entry.id);
            }
            missed.put_back += back;
            missed.found.extend(rows);
        } else if !has_ended(entry, unopened, ends) {
            missed.gone.push(entry);
        }
    }
    missed
}

/// Whether an entry's rows should be there: of an act that decides, chained, and made before the record was read.
fn is_due(kept: &Kept<'_>, entry: &Entry) -> bool {
    entry.former != Former::Unsaid && kept.earlier.iter().any(|earlier| earlier.id == entry.id)
}

/// Whether an entry's rows have ended on schedule, or may have.
pub(super) fn has_ended(entry: &Entry, unopened: &[&Entry], ends: &Ends) -> bool {
    match entry.act {
        // The salt goes with the fact.
        ActName::Record => entry.salt.is_none() && ends.is_before_a_purge(entry),
        ActName::Declare => ends.is_before_a_purge(entry) || entry.at <= before(ends.now, REQUEST_DAYS),
        ActName::Countersign
        | ActName::Retract
        | ActName::Confirm
        | ActName::Appeal
        | ActName::AnswerAppeal => {
            // With the fact that it is about: one that was recorded before it, and is gone.
            let ended = |other: &&Entry| {
                matches!(other.act, ActName::Record | ActName::Declare)
                    && other.at <= entry.at
                    && has_ended(other, unopened, ends)
            };
            let is_old = entry.salt.is_none() && ends.is_past(entry, SALT_DAYS);
            is_old || (entry.salt.is_some() && unopened.iter().copied().any(|other| ended(&other)))
        }
        ActName::Register | ActName::Amend => false,
        // What these keep decides nothing.
        ActName::Publish
        | ActName::Propose
        | ActName::Approve
        | ActName::PublishInEmergency
        | ActName::SetRisk
        | ActName::Appoint
        | ActName::Assess
        | ActName::Show
        | ActName::AuthorizeApp
        | ActName::Bind
        | ActName::Disclose
        | ActName::ChangeContact
        | ActName::AppointStaff
        | ActName::EndStaff
        | ActName::Assist
        | ActName::Revoke
        | ActName::Transit
        | ActName::Allow
        | ActName::Alarm
        | ActName::Purge
        | ActName::Cease
        | ActName::Bring => true,
    }
}

/// The rows about facts that are kept to which an entry commits; none if it commits to something else.
fn said(kept: &Kept<'_>, record: &PersonRecord, entry: &Entry) -> Option<Vec<PersonRow>> {
    let content = entry.content.filter(|content| entry.opens(content))?;
    let is_it = |rows: &Vec<PersonRow>| sha256(&person_text(kept.person, rows)) == content;
    record.facts.iter().flat_map(|row| sayable(record, row.id, entry)).find(is_it)
}

/// Everything that an act can have said of a fact at an entry's instant.
fn sayable(record: &PersonRecord, fact: FactId, entry: &Entry) -> Vec<Vec<PersonRow>> {
    let at = entry.at;
    let own = || record.appeals.iter().filter(move |appeal| appeal.fact == fact);
    match (entry.act, entry.clear.issuer.as_ref()) {
        (ActName::Countersign, Some(issuer)) => {
            vec![vec![PersonRow::Countersignature(Countersignature { fact, issuer: issuer.clone(), at })]]
        }
        (ActName::Retract, Some(issuer)) => {
            RetractionReason::ALL.iter().map(|reason| vec![retraction(fact, issuer, *reason, at)]).collect()
        }
        (ActName::Confirm, Some(issuer)) => {
            let word = |appeal, confirmed| {
                PersonRow::Confirmation(Confirmation { fact, issuer: issuer.clone(), appeal, confirmed, at })
            };
            let one = own().map(|appeal| vec![Some(appeal.id)]);
            let all = own().map(|appeal| Some(appeal.id)).collect();
            let answers: Vec<Vec<_>> = one.chain([vec![None], all]).collect();
            let both = [true, false].into_iter();
            both.flat_map(|confirmed| {
                answers
                    .iter()
                    .map(move |appeals| appeals.iter().map(|appeal| word(*appeal, confirmed)).collect())
            })
            .collect()
        }
        (ActName::Appeal, _) => Ground::ALL
            .iter()
            .map(|ground| vec![PersonRow::Appeal(AppealOpened::of(fact, *ground, at))])
            .collect(),
        (ActName::AnswerAppeal, _) => own().flat_map(|appeal| answers(appeal, at)).collect(),
        _ => Vec::new(),
    }
}

fn answers(appeal: &AppealOpened, at: Timestamp) -> [Vec<PersonRow>; 3] {
    let answer = |upheld| PersonRow::AppealAnswer(AppealAnswer { appeal: appeal.id, upheld, at });
    [vec![answer(false)], vec![answer(true)], vec![answer(true), appeal.granted(at)]]
}

fn retraction(fact: FactId, issuer: &Issuer, reason: RetractionReason, at: Timestamp) -> PersonRow {
    PersonRow::Retraction(RecordedRetraction { fact, issuer: issuer.clone(), reason, at })
}

/// When a row was made that says something of a fact.
pub(crate) const fn said_at(row: &PersonRow) -> Option<Timestamp> {
    match row {
        PersonRow::Countersignature(row) => Some(row.at),
        PersonRow::Retraction(row) => Some(row.at),
        PersonRow::Confirmation(row) => Some(row.at),
        PersonRow::Appeal(row) => Some(row.at),
        PersonRow::AppealAnswer(row) => Some(row.at),
        PersonRow::Request(_)
        | PersonRow::Registration(_)
        | PersonRow::Amendment(_)
        | PersonRow::Fact(_)
        | PersonRow::Code(_)
        | PersonRow::Revocation(_)
        | PersonRow::Grant(_)
        | PersonRow::Binding(_)
        | PersonRow::Disclosure(_)
        | PersonRow::Access(_) => None,
    }
}

/// Puts a row back; whether it was not there.
pub(crate) fn put(record: &mut PersonRecord, row: &PersonRow) -> bool {
    match row {
        PersonRow::Countersignature(row) => add(&mut record.countersignatures, row, |row| row.fact),
        PersonRow::Retraction(row) => add(&mut record.retractions, row, |row| row.fact),
        PersonRow::Confirmation(row) => add(&mut record.confirmations, row, |row| (row.fact, row.at)),
        PersonRow::Appeal(row) => add(&mut record.appeals, row, |row| row.id),
        PersonRow::AppealAnswer(row) => add(&mut record.answers, row, |row| row.appeal),
        PersonRow::Fact(_)
        | PersonRow::Request(_)
        | PersonRow::Registration(_)
        | PersonRow::Amendment(_)
        | PersonRow::Code(_)
        | PersonRow::Revocation(_)
        | PersonRow::Grant(_)
        | PersonRow::Binding(_)
        | PersonRow::Disclosure(_)
        | PersonRow::Access(_) => false,
    }
}

fn add<R: Clone + PartialEq, K: Ord>(rows: &mut Vec<R>, row: &R, key: impl Fn(&R) -> K) -> bool {
    let is_new = !rows.contains(row);
    if is_new {
        rows.push(row.clone());
        rows.sort_by_key(key);
    }
    is_new
}

/// Whether a row that is gone, of this entry, may have cleared a fact, or taken it back.
pub(super) fn may_have_been_cleared(fact: &Fact, entry: &Entry) -> bool {
    let by_whom = if entry.act == ActName::Retract {
        entry.clear.issuer.as_ref() == Some(fact.issuer())
    } else {
        // Without a second organisation's word the fact does not count, and a first home clears nothing; another one may, by its rules.
        !matches!(entry.act, ActName::Countersign | ActName::Register)
    };
    by_whom && lies_before(fact, entry) && !clears(fact.value())
}

/// Whether a fact is about a time before an entry.
pub(super) fn lies_before(fact: &Fact, entry: &Entry) -> bool {
    match fact.at() {
        Moment::Instant(at, _) => at <= entry.at,
        // Wherever it is reckoned, it has begun when it has in Greenwich or is about to.
        Moment::Day(day) => {
            let in_greenwich = entry.at.to_zoned(TimeZone::UTC).date();
            Day::from_date(in_greenwich).is_ok_and(|today| day <= today.plus(1))
        }
    }
}

/// Whether a value makes nobody's status worse: what clears others, and what is asked for to be green.
const fn clears(value: Value) -> bool {
    match value {
        Value::Discharge(_) | Value::Release(_) | Value::Vaccination(_) | Value::Checkin(_) => true,
        Value::Test(test) => matches!(test, Test::Negative),
        Value::ForeignStatus(color) => matches!(color, Color::Green),
        Value::Diagnosis(_)
        | Value::Contact(_)
        | Value::Isolation(_)
        | Value::Screening(_)
        | Value::Stay(_)
        | Value::Entry(_)
        | Value::Symptom(_) => false,
    }
}
