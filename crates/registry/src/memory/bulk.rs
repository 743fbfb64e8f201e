//! What is counted, read off everything that is in memory.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use mingma_domain::fact::Issuer;

use super::State;
use crate::bulk::hour_of;
use crate::id::AppealId;
use crate::row::{AppealOpened, AppealSpan, Counted, IdempotencyKey, Said, Spoken, Tally};
use crate::store::{Asked, DisputedFact, Page};
use crate::words::Doing;

pub(super) fn disputes(
    state: &State,
    asked: &Asked,
    after: Option<(Timestamp, AppealId)>,
    limit: usize,
) -> Page<DisputedFact, (Timestamp, AppealId)> {
    let mut found = Vec::new();
    for record in state.records.values() {
        let open = |appeal: &&AppealOpened| {
            after.is_none_or(|after| (appeal.due, appeal.id) > after)
                && !record.answers.iter().any(|answer| answer.appeal == appeal.id)
                && !record
                    .confirmations
                    .iter()
                    .any(|c| c.appeal == Some(appeal.id) && c.issuer == asked.issuer)
        };
        let disputed = |opened: &AppealOpened| {
            let recorded = record.fact(opened.fact).filter(|row| asked.is_about(&row.fact))?.clone();
            let said = record.sayers(opened.fact).cloned().collect();
            Some(DisputedFact { opened: *opened, recorded, said })
        };
        found.extend(record.appeals.iter().filter(open).filter_map(disputed));
    }
    let place = |case: &DisputedFact| (case.opened.due, case.opened.id);
    found.sort_by_key(place);
    found.truncate(limit);
    let next = found.last().map(place).filter(|_| found.len() == limit);
    Page { items: found, next }
}

pub(super) fn tallies(
    state: &State,
    of: Option<&Issuer>,
    (since, until): (Timestamp, Timestamp),
) -> Vec<Tally> {
    let mut sums: BTreeMap<_, u64> = BTreeMap::new();
    for (issuer, request, what, rows) in &state.counted {
        if of.is_none_or(|of| of == issuer) && (since..until).contains(&request.received) {
            *sums.entry((issuer, hour_of(request.received), what)).or_default() += u64::from(*rows);
        }
    }
    let tally = |((issuer, hour, what), rows): ((&Issuer, i64, &Counted), u64)| Tally {
        issuer: issuer.clone(),
        hour,
        what: what.clone(),
        rows,
    };
    sums.into_iter().map(tally).collect()
}

pub(super) fn counted(state: &State, issuer: &Issuer, key: &IdempotencyKey) -> Vec<(Counted, u64)> {
    let of = state.counted.iter().filter(|(by, request, ..)| by == issuer && request.key == *key);
    let mut counted: Vec<_> = of.map(|(.., what, rows)| (what.clone(), u64::from(*rows))).collect();
    counted.sort();
    counted
}

pub(super) fn said(state: &State, issuer: &Issuer, (since, until): (Timestamp, Timestamp)) -> Vec<Said> {
    let mut sums: BTreeMap<_, u64> = BTreeMap::new();
    for record in state.records.values() {
        let second = record.countersignatures.iter();
        let second = second.map(|row| (Doing::Countersigned, row.fact, &row.issuer, row.at));
        let back = record.retractions.iter().map(|row| (Doing::Retracted, row.fact, &row.issuer, row.at));
        let denied = record.confirmations.iter().filter(|row| !row.confirmed);
        let denied = denied.map(|row| (Doing::Denied, row.fact, &row.issuer, row.at));
        // Who denies a fact to each of its disputes denies it once.
        for (doing, fact, by, at) in second.chain(back).chain(denied).collect::<BTreeSet<_>>() {
            let Some(fact) = record.fact(fact).filter(|_| by == issuer && (since..until).contains(&at))
            else {
                continue;
            };
            *sums.entry((doing, fact.fact.kind(), hour_of(at))).or_default() += 1;
        }
    }
    sums.into_iter().map(|((doing, kind, hour), rows)| Said { doing, kind, hour, rows }).collect()
}

pub(super) fn spoken(state: &State, (since, until): (Timestamp, Timestamp)) -> Vec<(Spoken, u64)> {
    let mut sums: BTreeMap<Spoken, u64> = BTreeMap::new();
    for record in state.records.values() {
        let back = record.retractions.iter().map(|row| (row.fact, row.at, Spoken::TakenBack(row.reason)));
        let words = record
            .confirmations
            .iter()
            .map(|row| (row.fact, row.at, if row.confirmed { Spoken::Confirmed } else { Spoken::Denied }));
        let disputed = record.appeals.iter().map(|row| (row.fact, row.at, Spoken::Disputed(row.ground)));
        // One word on all disputes of a fact is said once.
        for (_, at, spoken) in back.chain(words).chain(disputed).collect::<BTreeSet<_>>() {
            if (since..until).contains(&at) {
                *sums.entry(spoken).or_default() += 1;
            }
        }
    }
    sums.into_iter().collect()
}

pub(super) fn appeal_spans(state: &State, since: Timestamp) -> Vec<AppealSpan> {
    let mut spans = Vec::new();
    for record in state.records.values() {
        spans.extend(record.appeals.iter().filter(|appeal| appeal.due >= since).filter_map(|appeal| {
            let answer = record.answers.iter().find(|answer| answer.appeal == appeal.id);
            Some(AppealSpan {
                at: appeal.at,
                due: appeal.due,
                answered: answer.map(|answer| (answer.at, answer.upheld)),
                kind: record.fact(appeal.fact)?.fact.kind(),
            })
        }));
    }
    spans.sort();
    spans
}
