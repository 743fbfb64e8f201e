//! The journal in the order of its numbers (the place in the list of entries), and the outbox.

use super::State;
use crate::id::{EntryId, PersonId};
use crate::journal::{Drafted, Entry, Numbered};
use crate::row::{Notice, NoticeState, RowKind};
use crate::store::LOST;

/// The entries above a number.
pub(super) fn journal(state: &State, after: u64, limit: usize) -> Vec<Numbered> {
    let numbered = (1..).zip(&state.entries).filter(|(number, _)| *number > after).take(limit);
    numbered.map(|(number, (_, entry))| Numbered { number, entry: entry.clone().sealed() }).collect()
}

/// The numbers of somebody's entries.
pub(super) fn numbers(state: &State, about: Option<PersonId>) -> Vec<(EntryId, u64)> {
    let own = (1..).zip(&state.entries).filter(|(_, (whose, _))| *whose == about);
    let mut numbers: Vec<(EntryId, u64)> = own.map(|(number, (_, entry))| (entry.id, number)).collect();
    numbers.sort_unstable();
    numbers
}

/// Takes over entries whose numbers go on where these end.
pub(super) fn adopt(state: &mut State, lost: Vec<Numbered>) -> Option<u64> {
    let next = u64::try_from(state.entries.len()).unwrap_or(u64::MAX) + 1;
    if (next..).zip(&lost).any(|(expected, lost)| expected != lost.number) {
        return Some(next);
    }
    state.entries.extend(lost.into_iter().map(|lost| (Some(LOST), lost.entry)));
    None
}

impl State {
    /// The entry behind the person's last one.
    pub(super) fn chained(&self, person: PersonId, entry: &Drafted) -> Entry {
        let last = self.entries.iter().rev().find(|(whose, _)| *whose == Some(person));
        entry.after(last.map(|(_, entry)| entry.leaf))
    }

    pub(super) fn told(&self, person: PersonId, notices: &[Notice]) -> Option<RowKind> {
        notices.iter().any(|n| self.outbox.contains_key(&(person, n.id))).then_some(RowKind::Entry)
    }

    pub(super) fn tell(&mut self, person: PersonId, notices: Vec<Notice>) {
        for notice in notices {
            let state = NoticeState::Waiting { attempts: 0, due: notice.created };
            self.outbox.insert((person, notice.id), (notice, state));
        }
    }

    pub(super) fn entry_clash(&self, about: Option<PersonId>, entry: &Entry) -> Option<RowKind> {
        self.entries.iter().any(|(whose, e)| *whose == about && e.id == entry.id).then_some(RowKind::Entry)
    }
}

/// Somebody's entries, in the order of their ids.
pub(super) fn entries(state: &State, about: Option<PersonId>) -> Vec<Entry> {
    let own = state.entries.iter().filter(|(whose, _)| *whose == about);
    let mut own: Vec<Entry> = own.map(|(_, entry)| entry.clone()).collect();
    own.sort_by_key(|entry| entry.id);
    own
}
