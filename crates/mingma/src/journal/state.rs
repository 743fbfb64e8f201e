//! How the log is, for whoever watches the program: told by the sequencer's thread after each round and by whoever holds the database against the
//! log, never read by them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use mingma_store::Observer;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;

use crate::metrics::{counter, gauge, signed};

/// How the log is.
#[derive(Debug, Default)]
pub(crate) struct State {
    published: AtomicU64,
    faults: AtomicU64,
    faulty: AtomicBool,
    unwitnessed: AtomicBool,
    comparisons: AtomicU64,
    differences: AtomicU64,
}

impl State {
    /// The whole database was held against the log, and so many differences were found.
    pub(crate) fn compared(&self, differences: usize) {
        self.differences.store(u64::try_from(differences).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.comparisons.fetch_add(1, Ordering::Relaxed);
    }

    /// In how much the database differed from the log when it was last held against it; none before it was.
    pub(super) fn differences(&self) -> Option<u64> {
        let compared = self.comparisons.load(Ordering::Relaxed) > 0;
        compared.then(|| self.differences.load(Ordering::Relaxed))
    }

    /// A round was made: up to which entry the published checkpoint reaches, and whether witnesses are waited for.
    pub(super) fn went_on(&self, published: u64, unwitnessed: bool) {
        self.published.store(published, Ordering::Relaxed);
        self.unwitnessed.store(unwitnessed, Ordering::Relaxed);
        self.faulty.store(false, Ordering::Relaxed);
    }

    /// A round ended early.
    pub(super) fn stood_still(&self) {
        self.faults.fetch_add(1, Ordering::Relaxed);
        self.faulty.store(true, Ordering::Relaxed);
    }
}

/// Tells of the log, beside the database that it follows.
pub(crate) struct Watched {
    pub(crate) state: Arc<State>,
    pub(crate) observer: Observer,
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("state", &self.state).finish_non_exhaustive()
    }
}

impl Collector for Watched {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let State { published, faults, faulty, unwitnessed, comparisons, differences } = &*self.state;
        // What cannot be read is not told here; that the store does not write is told elsewhere.
        if let Ok(last) = self.observer.numbered() {
            let help = "Entries of the journal that are committed and under no published checkpoint";
            let lag = last.saturating_sub(published.load(Ordering::Relaxed));
            gauge(&mut encoder, "mingma_log_lag_entries", help, signed(lag))?;
        }
        let help = "Rounds of the log that ended early; the program's log says why";
        counter(&mut encoder, "mingma_log_faults", help, faults.load(Ordering::Relaxed))?;
        let help = "1 while the log goes on, 0 while it does not";
        gauge(&mut encoder, "mingma_log_goes_on", help, i64::from(!faulty.load(Ordering::Relaxed)))?;
        let help = "1 while the log waits for the signatures of its witnesses";
        gauge(&mut encoder, "mingma_log_unwitnessed", help, i64::from(unwitnessed.load(Ordering::Relaxed)))?;
        let help = "How often the whole database was held against the log";
        counter(&mut encoder, "mingma_log_comparisons", help, comparisons.load(Ordering::Relaxed))?;
        let help = "In how much the database differed from the log when it was last held against it; the program's log names the entries";
        gauge(&mut encoder, "mingma_log_differences", help, signed(differences.load(Ordering::Relaxed)))
    }
}
