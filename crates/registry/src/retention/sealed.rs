//! How many entries nothing opens any more: what whoever was given what opens a log is held to.
//!
//! An entry of which nothing that opens it is given has ended, or is withheld. Which of the two it is the number says: of each act exactly so many
//! have ended as the public acts tell, and none that is newer than the newest of them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mingma_domain::time::Day;

use super::{Erasure, Holding, Purged};
use crate::journal::Entry;
use crate::words::ActName;

/// How many entries of an act nothing opens any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sealed {
    /// Of which act.
    pub act: ActName,
    /// How many.
    pub count: u32,
    /// The day, in UTC, on which the newest of them was made.
    pub newest: Day,
}

impl Purged {
    /// Counts entries that nothing opens any more.
    pub fn seal(&mut self, more: Sealed) {
        let sealed = self.sealed.get_or_insert_default();
        if let Some(known) = sealed.iter_mut().find(|known| known.act == more.act) {
            known.count = known.count.saturating_add(more.count);
            known.newest = known.newest.max(more.newest);
        } else {
            sealed.push(more);
            sealed.sort_by_key(|known| known.act);
        }
    }
}

/// The day of an instant in UTC, by which the log's seconds are held to what is told.
pub(crate) fn day_of(at: Timestamp) -> Day {
    Day::from_date(at.to_zoned(TimeZone::UTC).date()).unwrap_or(Day::FIRST)
}

/// The entries that nothing opens any more once this is destroyed: those whose salts go by their age, and those of whose facts none is left.
pub(crate) fn by(erasure: &Erasure, held: &Holding) -> impl Iterator<Item = Sealed> {
    let salted = held.entries.iter().filter(|entry| entry.salt.is_some());
    let goes = |entry: &&Entry| {
        let mut own = held.committed.iter().filter(|(_, by)| *by == entry.id).peekable();
        erasure.salts.contains(&entry.id)
            || (own.peek().is_some() && own.all(|(fact, _)| erasure.facts.contains(fact)))
    };
    salted.filter(goes).map(|entry| Sealed { act: entry.act, count: 1, newest: day_of(entry.at) })
}
