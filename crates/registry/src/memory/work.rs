//! The lists of work, read off everything that is in memory.

use std::cmp::Reverse;

use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::document::Document;
use mingma_domain::fact::{Evidence, Issuer};

use super::{State, feed};
use crate::id::{AppealId, FactId, PersonId};
use crate::intake::{Intake, IssuedFact};
use crate::row::{AppealOpened, IdempotencyKey, Notice, NoticeState, RecordedFact, RecordedRetraction};
use crate::store::{OpenCase, Page, Waiting};

pub(super) fn submissions(
    state: &State,
    issuer: &Issuer,
    before: Option<&(Timestamp, IdempotencyKey)>,
    limit: usize,
) -> Vec<Intake> {
    let place = |intake: &Intake| (intake.request.received, intake.request.key.clone());
    let own = state.submissions.iter().filter(|((whose, _), _)| whose == issuer);
    let mut own: Vec<Intake> = own.map(|(_, intake)| intake.clone()).collect();
    own.retain(|intake| before.is_none_or(|before| place(intake) < *before));
    own.sort_by_key(|intake| Reverse(place(intake)));
    own.truncate(limit);
    own
}

pub(super) fn recorded_by(state: &State, issuer: &Issuer, of: &(Document, Evidence)) -> Vec<RecordedFact> {
    let (document, evidence) = of;
    let person = state.documents.get(document);
    let Some(record) = person.and_then(|person| state.records.get(person)) else { return Vec::new() };
    let own = |row: &&RecordedFact| {
        let taken_back = |r: &RecordedRetraction| r.fact == row.id && r.issuer == *issuer;
        row.fact.issuer() == issuer
            && row.fact.evidence() == Some(evidence)
            && !record.retractions.iter().any(taken_back)
    };
    record.facts.iter().filter(own).cloned().collect()
}

pub(super) fn issued(state: &State, issuer: &Issuer, facts: &[FactId], witnessed: u64) -> Vec<IssuedFact> {
    let mut found = Vec::new();
    for (person, record) in &state.records {
        for row in record.facts.iter().filter(|row| row.fact.issuer() == issuer && facts.contains(&row.id)) {
            found.push(IssuedFact {
                recorded: row.clone(),
                second: record.countersignatures.iter().find(|c| c.fact == row.id).cloned(),
                taken_back: record.retractions.iter().find(|r| r.fact == row.id).cloned(),
                appeals: of_fact(&record.appeals, |appeal| appeal.fact == row.id),
                answers: of_fact(&record.answers, |answer| {
                    record.appeals.iter().any(|appeal| appeal.fact == row.id && appeal.id == answer.appeal)
                }),
                confirmations: of_fact(&record.confirmations, |word| word.fact == row.id),
                is_unwitnessed: feed::later(state, *person, u64::MAX, witnessed)
                    .iter()
                    .any(|entry| entry.is_needed_by(row.id)),
            });
        }
    }
    found.sort_by_key(|fact| fact.recorded.id);
    found
}

fn of_fact<T: Clone>(rows: &[T], is_of_it: impl Fn(&&T) -> bool) -> Vec<T> {
    rows.iter().filter(is_of_it).cloned().collect()
}

pub(super) fn waiting(state: &State, of: &Waiting, limit: usize) -> Page<RecordedFact, FactId> {
    let mut found = Vec::new();
    for record in state.records.values() {
        let settled = |id: FactId| {
            record.countersignatures.iter().any(|c| c.fact == id)
                || record.retractions.iter().any(|r| r.fact == id)
        };
        let wanted = |row: &&RecordedFact| of.asks_for(row) && !settled(row.id);
        found.extend(record.facts.iter().filter(wanted).cloned());
    }
    found.sort_by_key(|row| Reverse(row.id));
    found.truncate(limit);
    let next = found.last().map(|row| row.id).filter(|_| found.len() == limit);
    Page { items: found, next }
}

pub(super) fn open_appeals(
    state: &State,
    region: Region,
    after: Option<(Timestamp, AppealId)>,
    limit: usize,
) -> Page<OpenCase, (Timestamp, AppealId)> {
    let mut found = Vec::new();
    for (person, record) in &state.records {
        let Some(home) = record.home().filter(|home| home.is_in(region)) else { continue };
        let open = |appeal: &&AppealOpened| {
            after.is_none_or(|after| (appeal.due, appeal.id) > after)
                && !record.answers.iter().any(|answer| answer.appeal == appeal.id)
        };
        let case = |opened: &AppealOpened| {
            let said = record.sayers(opened.fact).cloned().collect();
            OpenCase { person: *person, home, opened: *opened, said }
        };
        found.extend(record.appeals.iter().filter(open).map(case));
    }
    let place = |case: &OpenCase| (case.opened.due, case.opened.id);
    found.sort_by_key(place);
    found.truncate(limit);
    let next = found.last().map(place).filter(|_| found.len() == limit);
    Page { items: found, next }
}

pub(super) fn due(state: &State, now: Timestamp, limit: usize) -> Vec<(Notice, u16)> {
    let mut waiting: Vec<(Timestamp, Notice, u16)> = state
        .outbox
        .values()
        .filter_map(|(notice, state)| match state {
            NoticeState::Waiting { attempts, due } if *due <= now => Some((*due, *notice, *attempts)),
            NoticeState::Waiting { .. }
            | NoticeState::Delivered { .. }
            | NoticeState::Undeliverable { .. }
            | NoticeState::PassedOn { .. }
            | NoticeState::OnPage { .. } => None,
        })
        .collect();
    waiting.sort_by_key(|(due, notice, _)| (!notice.kind.is_code(), *due, notice.person, notice.id));
    waiting.into_iter().take(limit).map(|(_, notice, attempts)| (notice, attempts)).collect()
}

pub(super) fn holders(state: &State, persons: &[PersonId], now: Timestamp) -> Vec<PersonId> {
    let holds = |person: &&PersonId| {
        state.records.get(person).is_some_and(|held| held.outstanding(now).next().is_some())
    };
    persons.iter().filter(holds).copied().collect()
}

pub(super) fn revoked(state: &State, shard: u32) -> Vec<u32> {
    let rows = state.records.values().flat_map(|held| &held.revocations);
    let mut places: Vec<u32> = rows.filter(|r| r.place.shard == shard).map(|r| r.place.index).collect();
    places.sort_unstable();
    places
}
