//! The census lives: built from the data folder, told of every commitment within a tenth of a second, asked for
//! everybody whenever rules, a region's risk or the day are others, and so the one who finds out whose status is.
//!
//! Two work on it, beside the acts and never in their way: [`follow`] reads the feed and keeps the census current,
//! [`tell`] revokes and writes notices. Between them stand the marks in the store ([`marks`]). A mark is kept before
//! anything is told of what lies behind it; after a crash the same stretch between two marks gives the same changes of
//! status, each of which has a name, and what was told before is found told.

mod aside;
mod follow;
mod law;
mod marks;
mod news;
mod part;
mod tell;
#[cfg(test)]
mod tests;
mod waits;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::Timestamp;
use mingma_census::transition::{Ledger, Look};
use mingma_registry::Book;
use mingma_registry::acts::Transit;
use mingma_registry::brake::Kept;
use mingma_registry::row::Moved;

pub(crate) use follow::Follower;
pub(crate) use law::InForce;
pub(crate) use news::{as_of_now, ledger};

/// The census of a data folder that is served, with what is known of its making; all who look at it share one.
#[derive(Default)]
pub(crate) struct Living {
    now: RwLock<Option<Now>>,
    place: AtomicU64,
    waiting: AtomicU64,
    unwitnessed: AtomicU64,
    folded: AtomicU64,
    begun: AtomicU64,
    /// Whether it could not be kept current, or built, and is not built again yet.
    is_broken: AtomicBool,
    /// As of when nothing was known that the census had not taken in.
    current: Mutex<Option<Timestamp>>,
    told: Mutex<BTreeMap<Moved, u64>>,
}

/// Everybody as of now, and the book by which they are seen.
pub(crate) struct Now {
    pub(crate) ledger: Ledger,
    pub(crate) book: Arc<Book>,
}

/// Everybody as of a moment, and the book by which they were seen; to be looked at while the census goes on.
pub(crate) struct Seen {
    pub(crate) look: Look,
    pub(crate) book: Arc<Book>,
}

impl Now {
    fn seen(&self) -> Seen {
        Seen { look: self.ledger.look(), book: Arc::clone(&self.book) }
    }
}

/// How the census stands, in numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// Whether it is there: not while it is built, nor after it could not be kept current.
    pub(crate) is_up: bool,
    /// Persons in it; none while it is being built, or changed.
    pub(crate) persons: Option<u64>,
    /// Of these, whom the columns do not speak for yet.
    pub(crate) later: u64,
    /// The place of the feed up to which everything is in it.
    pub(crate) place: u64,
    /// As of when it was known to be current.
    pub(crate) current: Option<Timestamp>,
    /// Changes of status that are to be told, and persons of whom witnesses signed something, whose codes are to be looked at.
    pub(crate) waiting: u64,
    /// Entries that make somebody worse and wait for their witnesses.
    pub(crate) unwitnessed: u64,
    /// How often it was folded.
    pub(crate) folded: u64,
    /// How often it was built anew, the first time included.
    pub(crate) begun: u64,
    /// Changes of status that people were told of since the start.
    pub(crate) told: BTreeMap<Moved, u64>,
}

impl Living {
    /// The census, to be read; none while it is being built. What is committed meanwhile waits.
    pub(crate) fn read(&self) -> Option<RwLockReadGuard<'_, Option<Now>>> {
        // A panic in the middle of a change leaves a census that nobody may lean on.
        self.now.read().ok()
    }

    /// Everybody as of now; none while it is being built. Whoever looks holds nobody up.
    pub(crate) fn look(&self) -> Option<Seen> {
        self.read()?.as_ref().map(Now::seen)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<Now>> {
        match self.now.write() {
            Ok(now) => now,
            Err(poisoned) => {
                self.now.clear_poison();
                let mut now = poisoned.into_inner();
                *now = None;
                now
            }
        }
    }

    /// The place of the feed up to which everything is in it; none while it was never built.
    pub(crate) fn place(&self) -> Option<u64> {
        (self.begun.load(Ordering::Relaxed) > 0).then(|| self.place.load(Ordering::Relaxed))
    }

    /// Whether it is kept current.
    pub(crate) fn kept(&self) -> Kept {
        match (self.is_broken.load(Ordering::Relaxed), self.state().is_up) {
            (true, _) => Kept::Broken,
            (false, true) => Kept::Current,
            (false, false) => Kept::Building,
        }
    }

    /// As of when nothing was known that was not in it.
    pub(crate) fn current(&self) -> Option<Timestamp> {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it stands. It does not wait for whoever changes it.
    pub(crate) fn state(&self) -> State {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        // Whoever holds it to change it has it.
        let is_up = self
            .now
            .try_read()
            .map_or_else(|held| matches!(held, std::sync::TryLockError::WouldBlock), |now| now.is_some());
        let sizes = self.now.try_read().ok().and_then(|now| {
            let census = now.as_ref()?.ledger.living().census();
            Some((u64::from(census.persons()), u64::try_from(census.later()).unwrap_or(u64::MAX)))
        });
        State {
            is_up,
            persons: sizes.map(|(persons, _)| persons),
            later: sizes.map_or(0, |(_, later)| later),
            place: count(&self.place),
            current: self.current(),
            waiting: count(&self.waiting),
            unwitnessed: count(&self.unwitnessed),
            folded: count(&self.folded),
            begun: count(&self.begun),
            told: self.told.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// Everything up to a place was taken in, as of an instant.
    fn is_current(&self, place: u64, at: Option<Timestamp>) {
        self.place.store(place, Ordering::Relaxed);
        if let Some(at) = at {
            *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
        }
    }

    fn count(&self, told: &[Transit]) {
        let mut counts = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for transit in told {
            *counts.entry(transit.moved()).or_default() += 1;
        }
    }
}
