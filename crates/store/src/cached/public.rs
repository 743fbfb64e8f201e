//! Whether there are news of public acts, without asking the store.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use mingma_registry::{Applied, StoreError};

/// The number of the last public act, so that asking for news costs nothing when there are none.
///
/// INVARIANT: once it is known, and while no public change is under way, `last` is the number of the last one that was
/// answered. A change counts itself in before it goes to the store, and out only after its number has been written here;
/// one whose answer never came, or tells nothing, stays counted for good, and the store is asked each time.
#[derive(Debug, Default)]
pub(super) struct Public {
    pub(super) known: AtomicBool,
    pub(super) last: AtomicU64,
    pub(super) under_way: AtomicUsize,
}

impl Public {
    pub(super) fn none_after(&self, after: u64) -> bool {
        // In this order: who sees a change counted out sees its number.
        self.known.load(Ordering::Acquire)
            && self.under_way.load(Ordering::Acquire) == 0
            && self.last.load(Ordering::Acquire) <= after
    }

    pub(super) fn answered(&self, changes: usize, applied: &Result<Vec<Applied>, StoreError>) {
        match applied {
            Ok(answers) => {
                let numbers = answers.iter().filter_map(|answer| match answer {
                    Applied::Published(number) => Some(*number),
                    Applied::Done | Applied::Exists(_) => None,
                });
                self.last.fetch_max(numbers.max().unwrap_or(0), Ordering::AcqRel);
            }
            Err(StoreError::Busy | StoreError::Full | StoreError::TooMany { .. }) => {}
            Err(StoreError::InDoubt | StoreError::Stopped { .. } | StoreError::Damaged { .. }) => return,
        }
        self.under_way.fetch_sub(changes, Ordering::AcqRel);
    }
}
