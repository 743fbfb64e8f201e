//! The journal in the order of its numbers: the place in the list of entries.

use super::State;
use crate::id::{EntryId, PersonId};
use crate::journal::Numbered;

/// The entries above a number.
pub(super) fn journal(state: &State, after: u64, limit: usize) -> Vec<Numbered> {
    let numbered = (1..).zip(&state.entries).filter(|(number, _)| *number > after).take(limit);
    numbered.map(|(number, (_, entry))| Numbered { number, entry: entry.clone() }).collect()
}

/// The numbers of somebody's entries.
pub(super) fn numbers(state: &State, about: Option<PersonId>) -> Vec<(EntryId, u64)> {
    let own = (1..).zip(&state.entries).filter(|(_, (whose, _))| *whose == about);
    let mut numbers: Vec<(EntryId, u64)> = own.map(|(number, (_, entry))| (entry.id, number)).collect();
    numbers.sort_unstable();
    numbers
}
