//! What may have waited for witnesses when something was shown: the log does not say when they signed.
//!
//! So where a quorum is asked for, a code is also right if it shows what was so while entries from some number on were not signed
//! ([`witnessed`](crate::witnessed)). Whatever shows that they were, a code that is not green or a revocation, is held to from then on.

use std::collections::BTreeSet;

use jiff::Timestamp;
use mingma_domain::assess::Outcome;

use super::Step;
use crate::book::Book;
use crate::feed::{Added, Later};
use crate::record::PersonRecord;
use crate::witnessed::Waiting;

/// Up to which entry a person's record is known to have been witnessed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waits {
    is_asked_for: bool,
    witnessed: u64,
}

impl Waits {
    pub(super) const fn new(is_asked_for: bool) -> Self {
        Self { is_asked_for, witnessed: 0 }
    }

    /// An entry whose rows are on the record now.
    pub(super) fn add(self, record: &mut PersonRecord, step: &Step<'_>) {
        let added: BTreeSet<Added> = step.rows.iter().filter_map(Added::by).collect();
        if self.is_asked_for && !added.is_empty() {
            let opened = &step.of.opened;
            record.later.push(Later { number: opened.number, entry: opened.id, at: opened.at, added });
        }
    }

    /// Whether anything may wait.
    pub(super) fn may(self, record: &PersonRecord, book: &Book, at: Timestamp) -> bool {
        !waiting(record, self.witnessed, (book, at)).is_nothing()
    }

    /// The first number up to which all may have been witnessed for such a status to be shown; none if there is none, or nothing
    /// waits here.
    pub(super) fn from(
        self,
        record: &PersonRecord,
        (book, at): (&Book, Timestamp),
        is_shown: impl Fn(Outcome) -> bool,
    ) -> Option<u64> {
        let numbers = std::iter::once(self.witnessed).chain(record.later.iter().map(|entry| entry.number));
        let mut numbers = numbers.filter(|_| !record.later.is_empty());
        numbers.find(|witnessed| {
            let waiting = waiting(record, *witnessed, (book, at));
            outcome(&record.clone().without_waiting(waiting), (book, at)).is_some_and(&is_shown)
        })
    }

    /// Such a status was shown: what it stands on was witnessed.
    pub(super) fn shown(
        &mut self,
        record: &mut PersonRecord,
        by: (&Book, Timestamp),
        is_shown: impl Fn(Outcome) -> bool,
    ) {
        if let Some(witnessed) = self.from(record, by, is_shown) {
            self.witnessed = witnessed;
            record.later.retain(|entry| entry.number > witnessed);
        }
    }
}

fn waiting(record: &PersonRecord, witnessed: u64, by: (&Book, Timestamp)) -> Waiting {
    Waiting::of(record, witnessed, |record| outcome(record, by))
}

fn outcome(record: &PersonRecord, (book, at): (&Book, Timestamp)) -> Option<Outcome> {
    let now = at.max(record.decided());
    book.outcome(record.registration.as_ref()?.home, &record.counting(now), now)
}
