//! The feed in memory: what was added, in the order in which it was.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::State;
use crate::feed::{Added, AsOf, Fed, Later, Mark};
use crate::id::PersonId;
use crate::journal::Entry;
use crate::population::Resident;
use crate::record::PersonRecord;
use crate::row::PersonRow;

#[derive(Debug, Default)]
pub(super) struct Feed {
    places: Vec<Place>,
    last: u64,
    pub(super) marks: Vec<Mark>,
}

#[derive(Debug)]
struct Place {
    number: u64,
    person: PersonId,
    later: Later,
}

impl Feed {
    pub(super) const fn last(&self) -> u64 {
        self.last
    }

    /// A change, whose entry has this number.
    pub(super) fn add(&mut self, person: PersonId, rows: &[PersonRow], (number, entry): (u64, &Entry)) {
        let added: BTreeSet<Added> = rows.iter().filter_map(Added::by).collect();
        if !added.is_empty() {
            self.last += 1;
            let later = Later { number, entry: entry.id, at: entry.at, added };
            self.places.push(Place { number: self.last, person, later });
        }
    }

    pub(super) fn mark(&mut self, first: Mark, further: Vec<Mark>) {
        let is_kept = |place: &Place| place.number > first.place || place.later.number > first.witnessed;
        self.places.retain(is_kept);
        self.marks = vec![first];
        self.marks.extend(further);
    }

    fn of(&self, person: PersonId) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(move |place| place.person == person)
    }
}

pub(super) fn read(state: &State, after: u64, limit: usize, as_of: AsOf) -> Vec<Fed> {
    let places = || state.feed.places.iter().filter(|place| place.number > after);
    let fed = |place: &Place| {
        let resident = resident(state, place.person, place.number, as_of);
        let Later { number, entry, at, .. } = place.later;
        Fed { place: place.number, number, entry, at, resident }
    };
    places().take(limit).map(fed).collect()
}

pub(super) fn resident(state: &State, person: PersonId, place: u64, as_of: AsOf) -> Resident {
    let AsOf { disputes, witnessed } = as_of;
    let unknown = state.feed.of(person).filter(|later| later.number > place);
    let unknown: BTreeSet<Added> = unknown.flat_map(|place| place.later.added.iter().copied()).collect();
    let mut record = state.records.get(&person).cloned().unwrap_or_default();
    record.facts.sort_by_key(|row| row.id);
    Resident::before(person, record, &unknown, (disputes, later(state, person, place, witnessed)))
}

/// What the feed has of a person up to a place, above a number.
pub(super) fn later(state: &State, person: PersonId, place: u64, witnessed: u64) -> Vec<Later> {
    let by = state.feed.of(person).filter(|fed| fed.number <= place && fed.later.number > witnessed);
    by.map(|fed| fed.later.clone()).collect()
}

pub(super) fn lapsed(
    state: &State,
    place: u64,
    (after, by): (Timestamp, Timestamp),
    witnessed: u64,
) -> Vec<Resident> {
    let due = |record: &PersonRecord| record.appeals.iter().any(|a| after < a.due && a.due <= by);
    let may_wait = |person: PersonId| !later(state, person, place, witnessed).is_empty();
    let persons = state.records.iter().filter(|(person, record)| due(record) || may_wait(**person));
    let as_of = AsOf { disputes: by, witnessed };
    persons.map(|(person, _)| resident(state, *person, place, as_of)).collect()
}
