//! The looks that are under way: how far each is, and whether anybody still waits for it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use mingma_registry::brake::{Looking, What};

/// All that are under way.
#[derive(Debug, Default)]
pub(super) struct Looks(Mutex<Vec<Arc<UnderWay>>>);

/// A look that is under way.
#[derive(Debug)]
pub(super) struct UnderWay {
    what: What,
    since: Timestamp,
    done: AtomicUsize,
    of: AtomicUsize,
    /// Whether whoever asked for it is gone.
    pub(super) left: AtomicBool,
}

/// Whoever waits for a look: it stops when this is dropped.
pub(super) struct Waiting {
    looks: Arc<Looks>,
    under_way: Arc<UnderWay>,
}

impl Looks {
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<UnderWay>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody looks.
    pub(super) fn begin(self: &Arc<Self>, what: What, since: Timestamp) -> Waiting {
        let (done, of) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let under_way = Arc::new(UnderWay { what, since, done, of, left: AtomicBool::new(false) });
        self.lock().push(Arc::clone(&under_way));
        Waiting { looks: Arc::clone(self), under_way }
    }

    /// How far each is.
    pub(super) fn all(&self) -> Vec<Looking> {
        let told = |look: &Arc<UnderWay>| Looking {
            what: look.what,
            since: look.since,
            done: look.done.load(Ordering::Relaxed),
            of: look.of.load(Ordering::Relaxed),
        };
        self.lock().iter().map(told).collect()
    }
}

impl UnderWay {
    /// So many parts of a pass are done.
    pub(super) fn is_at(&self, done: usize, of: usize) {
        self.done.store(done, Ordering::Relaxed);
        self.of.store(of, Ordering::Relaxed);
    }
}

impl Waiting {
    pub(super) fn under_way(&self) -> Arc<UnderWay> {
        Arc::clone(&self.under_way)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.under_way.left.store(true, Ordering::Relaxed);
        self.looks.lock().retain(|look| !Arc::ptr_eq(look, &self.under_way));
    }
}
