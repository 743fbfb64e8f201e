//! The feed in memory: what was added, in the order in which it was.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::State;
use crate::feed::{Added, Fed, Mark};
use crate::id::{EntryId, PersonId};
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
    entry: EntryId,
    at: Timestamp,
    added: Vec<Added>,
}

impl Feed {
    pub(super) const fn last(&self) -> u64 {
        self.last
    }

    pub(super) fn add(&mut self, person: PersonId, rows: &[PersonRow], entry: &Entry) {
        let added: Vec<Added> = rows.iter().filter_map(Added::by).collect();
        if !added.is_empty() {
            self.last += 1;
            let number = self.last;
            self.places.push(Place { number, person, entry: entry.id, at: entry.at, added });
        }
    }

    pub(super) fn mark(&mut self, marks: Vec<Mark>) {
        if let Some(first) = marks.first() {
            self.places.retain(|place| place.number > first.place);
        }
        self.marks = marks;
    }
}

pub(super) fn read(state: &State, after: u64, limit: usize, disputes: Timestamp) -> Vec<Fed> {
    let places = || state.feed.places.iter().filter(|place| place.number > after);
    let fed = |place: &Place| {
        let resident = resident(state, place.person, (place.number, disputes));
        Fed { place: place.number, entry: place.entry, at: place.at, resident }
    };
    places().take(limit).map(fed).collect()
}

fn resident(state: &State, person: PersonId, (place, disputes): (u64, Timestamp)) -> Resident {
    let later = state.feed.places.iter().filter(|later| later.number > place && later.person == person);
    let later: BTreeSet<Added> = later.flat_map(|later| later.added.iter().copied()).collect();
    let mut record = state.records.get(&person).cloned().unwrap_or_default();
    record.facts.sort_by_key(|row| row.id);
    Resident::before(person, record, (&later, disputes))
}

pub(super) fn lapsed(state: &State, place: u64, (after, by): (Timestamp, Timestamp)) -> Vec<Resident> {
    let due = |record: &PersonRecord| record.appeals.iter().any(|a| after < a.due && a.due <= by);
    let persons = state.records.iter().filter(|(_, record)| due(record));
    persons.map(|(person, _)| resident(state, *person, (place, by))).collect()
}
