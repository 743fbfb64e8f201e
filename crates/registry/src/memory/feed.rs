//! The feed in memory: what was added, in the order in which it was.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::State;
use crate::feed::{Added, Fed, Mark};
use crate::id::{EntryId, PersonId};
use crate::journal::Entry;
use crate::population::Resident;
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

pub(super) fn read(state: &State, after: u64, limit: usize) -> Vec<Fed> {
    let places = || state.feed.places.iter().filter(|place| place.number > after);
    let fed = |place: &Place| {
        let of_the_person =
            places().filter(|later| later.number > place.number && later.person == place.person);
        let later: BTreeSet<Added> = of_the_person.flat_map(|later| later.added.iter().copied()).collect();
        let mut record = state.records.get(&place.person).cloned().unwrap_or_default();
        record.facts.sort_by_key(|row| row.id);
        let resident = Resident::before(place.person, record, &later);
        Fed { place: place.number, entry: place.entry, at: place.at, resident }
    };
    places().take(limit).map(fed).collect()
}
