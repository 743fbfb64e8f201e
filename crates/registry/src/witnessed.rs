//! What makes anybody worse counts when it is witnessed; what makes them better counts at once.
//!
//! Where a quorum of witnesses is asked for, an entry of the journal is under a checkpoint that they have signed a moment after its
//! commit, or later if they cannot be reached. Until then its rows are on the record, and count only if they let the person do
//! no less: so nobody is turned red by what nobody else has seen. Which entries wait is decided anew whenever it is asked,
//! by the rules and the day of that moment, and is kept nowhere.
//!
//! *Worse* is what revokes a code: another outcome that lets a person do less. The same colour for longer is not worse while
//! it is the same; on the first day on which the person would be better off without the entry, it waits.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use mingma_domain::assess::Outcome;
use mingma_domain::{Fact, Region};

use crate::acts::assess::is_worse;
use crate::feed::{Added, Later};
use crate::id::{EntryId, FactId};
use crate::population::Resident;
use crate::record::PersonRecord;

/// Up to which entry of the journal the quorum has signed. It only grows, but where no quorum is asked for any more.
#[derive(Debug)]
pub struct Witnessed(AtomicU64);

impl Witnessed {
    /// Everything, from its commit on: no quorum is asked for.
    pub const EVERYTHING: u64 = u64::MAX;

    /// No quorum is asked for.
    #[must_use]
    pub const fn everything() -> Self {
        Self(AtomicU64::new(Self::EVERYTHING))
    }

    /// A quorum is asked for, and nothing is known yet of what it has signed.
    #[must_use]
    pub const fn nothing_yet() -> Self {
        Self(AtomicU64::new(0))
    }

    /// The number of the last entry that the quorum has signed.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Whether a quorum is asked for.
    #[must_use]
    pub fn is_asked_for(&self) -> bool {
        self.number() != Self::EVERYTHING
    }

    /// The quorum has signed up to this entry.
    pub fn reach(&self, number: u64) {
        self.0.fetch_max(number, Ordering::AcqRel);
    }
}

impl Default for Witnessed {
    fn default() -> Self {
        Self::everything()
    }
}

/// What of somebody waits for its witnesses.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Waiting {
    entries: Vec<Later>,
}

impl Waiting {
    /// Which entries of a record wait, if witnesses have signed those up to a number; `outcome` says what a record gives.
    ///
    /// What counts are the witnessed rows and then, in their order, those of each later entry that makes nothing worse; but none
    /// without which the person would be better off in the end. So an entry that waits holds up none behind it. Where everything
    /// together is no worse than that, everything counts: what was taken back again, or is made good by what came
    /// behind it, need not wait.
    ///
    /// A registration never waits: whoever had no status is not worse off by having one.
    #[must_use]
    pub fn of(
        record: &PersonRecord,
        witnessed: u64,
        outcome: impl Fn(&PersonRecord) -> Option<Outcome>,
    ) -> Self {
        // Of a record from which they were taken out already they are known.
        if !record.waiting.is_nothing() {
            return record.waiting.clone();
        }
        let later = record.later.iter().filter(|entry| entry.number > witnessed && may_wait(entry));
        let later: Vec<&Later> = later.collect();
        if later.is_empty() {
            return Self::default();
        }
        let given = |left_out: &BTreeSet<Added>| outcome(&record.clone().without(left_out));
        let mut left_out: BTreeSet<Added> = later.iter().flat_map(|entry| waiting_rows(entry)).collect();
        let mut best = given(&left_out);
        let (mut counted, mut waits) = (Vec::new(), Vec::new());
        for entry in later {
            let with: BTreeSet<Added> = &left_out - &entry.added;
            let then = given(&with);
            if is_worse_off(then, best) {
                waits.push(entry);
            } else {
                counted.push(entry);
                (left_out, best) = (with, then);
            }
        }
        // What was no worse beside something that was made good since may be worse now.
        for entry in counted {
            let without = &left_out | &waiting_rows(entry).collect();
            let then = given(&without);
            if is_worse_off(best, then) {
                waits.push(entry);
                (left_out, best) = (without, then);
            }
        }
        if !waits.is_empty() && !is_worse_off(given(&BTreeSet::new()), best) {
            waits.clear();
        }
        waits.sort_unstable_by_key(|entry| entry.number);
        Self { entries: waits.into_iter().cloned().collect() }
    }

    /// The entries, in the order of their numbers.
    #[must_use]
    pub fn entries(&self) -> &[Later] {
        &self.entries
    }

    /// Whether nothing waits.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether an entry waits.
    #[must_use]
    pub fn is_of(&self, entry: EntryId) -> bool {
        self.entries.iter().any(|waiting| waiting.entry == entry)
    }

    /// Whether a fact waits, or what it needs to count.
    #[must_use]
    pub fn holds(&self, fact: FactId) -> bool {
        self.entries.iter().any(|entry| entry.is_needed_by(fact))
    }
}

impl PersonRecord {
    /// The record as far as it counts: without what was said of facts and waits; the facts that wait stand as such.
    #[must_use]
    pub fn without_waiting(self, waiting: Waiting) -> Self {
        let said = waiting.entries.iter().flat_map(waiting_rows).filter(|row| !matches!(row, Added::Fact(_)));
        let said = said.collect();
        Self { waiting, ..self.without(&said) }
    }
}

impl Resident {
    /// What counts of a resident, if witnesses have signed up to a number, and what waits; `outcome` says what facts that count give
    /// to those who live there.
    #[must_use]
    pub fn witnessed(
        mut self,
        witnessed: u64,
        outcome: impl Fn(Region, &[Fact]) -> Option<Outcome>,
    ) -> (Self, Waiting) {
        let Some(record) = self.beyond.take() else {
            return (self, Waiting::default());
        };
        let counting = |record: &PersonRecord| record.counting(Timestamp::MAX);
        let waiting = Waiting::of(&record, witnessed, |record| outcome(record.home()?, &counting(record)));
        if !waiting.is_nothing() {
            let counts = record.without_waiting(waiting.clone());
            (self.home, self.facts) = (counts.home(), counting(&counts));
        }
        (self, waiting)
    }
}

/// Whether an entry added more than a registration.
fn may_wait(entry: &Later) -> bool {
    waiting_rows(entry).next().is_some()
}

fn waiting_rows(entry: &Later) -> impl Iterator<Item = Added> + '_ {
    entry.added.iter().copied().filter(|row| *row != Added::Registration)
}

/// Whether the first lets somebody do less. Nobody is worse off where there is no status.
fn is_worse_off(one: Option<Outcome>, other: Option<Outcome>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if is_worse(one, other))
}

#[cfg(test)]
mod tests;
