//! Another hand in the database: what it wrote beside the acts does not count, what it took out is found again or named, and both are told of.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mingma_registry::StoreError;
use mingma_registry::journal::{PublicEdited, public_is_held};
use mingma_registry::store::Edited;
use mingma_store::{Observer, SqliteStore};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;

use crate::failure::Failure;
use crate::metrics::counter;

/// How often the writer is asked whether somebody else has written: within a minute an operator reads of it.
const EVERY: Duration = Duration::from_secs(10);

/// Who watches for another hand.
#[derive(Clone)]
pub(crate) struct OtherHand {
    observer: Arc<Observer>,
    left_out: Arc<AtomicU64>,
    taken_out: Arc<AtomicU64>,
}

impl OtherHand {
    pub(crate) fn of(observer: Observer) -> Self {
        Self { observer: Arc::new(observer), left_out: Arc::default(), taken_out: Arc::default() }
    }

    /// What hears how a record differs from what the journal commits to.
    pub(crate) fn hears(&self) -> impl Fn(Edited) + Send + Sync + use<> {
        let (left_out, taken_out) = (Arc::clone(&self.left_out), Arc::clone(&self.taken_out));
        let count = |counter: &AtomicU64, rows: usize| {
            counter.fetch_add(u64::try_from(rows).unwrap_or(u64::MAX), Ordering::Relaxed);
        };
        move |Edited { left_out: rows, found, gone, acts }| {
            if acts > 0 {
                count(&left_out, acts);
                tracing::error!(
                    acts,
                    "no entry of the journal commits to public acts as they are kept: they are not in force; put the newest backup back"
                );
            }
            if rows > 0 {
                count(&left_out, rows);
                tracing::error!(
                    rows,
                    "no entry of the journal commits to rows about a person: they do not count"
                );
            }
            if found > 0 {
                count(&taken_out, found);
                tracing::error!(
                    rows = found,
                    "rows about a person were taken out of the database: they count as the journal commits to them"
                );
            }
            if gone > 0 {
                count(&taken_out, gone);
                tracing::error!(
                    entries = gone,
                    "what entries of the journal commit to about a person was taken out of the database: put the newest backup back"
                );
            }
        }
    }

    /// How often somebody else was seen to have written.
    pub(crate) fn edits(&self) -> u64 {
        self.observer.edits()
    }

    /// The same, as of now.
    ///
    /// # Errors
    /// [`StoreError`] if the writer has stopped.
    pub(crate) async fn look(&self) -> Result<u64, StoreError> {
        self.observer.look_around().await
    }

    /// How many rows did not count when they were read.
    pub(crate) fn left_out(&self) -> u64 {
        self.left_out.load(Ordering::Relaxed)
    }

    /// How many rows were missing when they were read.
    pub(crate) fn taken_out(&self) -> u64 {
        self.taken_out.load(Ordering::Relaxed)
    }

    /// What is counted of it.
    pub(super) fn collector(&self) -> Box<dyn Collector> {
        Box::new(self.clone())
    }

    /// Tells of each time that somebody else has written into the database, until the program ends.
    pub(super) async fn watch(self) {
        let mut told = 0;
        loop {
            tokio::time::sleep(EVERY).await;
            // A writer that has stopped is told of elsewhere.
            let edits = self.look().await.unwrap_or(told);
            if edits > told {
                told = edits;
                tracing::error!(edits, "another program has written into the database");
            }
        }
    }
}

/// That the public acts and the staff list of a store are what its journal commits to, before anything is believed of them.
///
/// # Errors
/// A [`Failure`] if somebody has written there.
pub(crate) fn hold(store: &SqliteStore) -> Result<(), Failure> {
    // In a thread of its own: whoever opens a folder may be within a runtime already.
    let alone = || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(Failure::new)?;
        Ok(runtime.block_on(public_is_held(store)))
    };
    let held = std::thread::scope(|threads| threads.spawn(alone).join());
    let held = held.map_err(|_| Failure::new("the public acts could not be held against the journal"))??;
    held.map_err(|edited| {
        let failure = Failure::new(&edited);
        match edited {
            PublicEdited::Store(_) => failure,
            PublicEdited::Act { .. } | PublicEdited::Entry { .. } | PublicEdited::Account { .. } => {
                failure.help("find out who, and put the newest backup back (`mingma restore`)")
            }
        }
    })
}

impl Debug for OtherHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtherHand")
    }
}

impl Collector for OtherHand {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let help = "How often another program was seen to have written into the database";
        counter(&mut encoder, "mingma_store_edits", help, self.edits())?;
        let help = "Rows about persons that did not count when they were read, for no entry of the journal commits to them";
        counter(&mut encoder, "mingma_store_unproven_rows", help, self.left_out())?;
        let help = "Rows about persons that were missing when they were read, though an entry of the journal commits to them and they have not ended";
        counter(&mut encoder, "mingma_store_missing_rows", help, self.taken_out())
    }
}
