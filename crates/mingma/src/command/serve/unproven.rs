//! Another hand in the database: what it wrote beside the acts does not count, and is told of.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mingma_registry::StoreError;
use mingma_store::Observer;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;

use crate::metrics::counter;

/// How often the writer is asked whether somebody else has written: within a minute an operator reads of it.
const EVERY: Duration = Duration::from_secs(10);

/// Who watches for another hand.
#[derive(Clone)]
pub(crate) struct OtherHand {
    observer: Arc<Observer>,
    left_out: Arc<AtomicU64>,
}

impl OtherHand {
    pub(crate) fn of(observer: Observer) -> Self {
        Self { observer: Arc::new(observer), left_out: Arc::default() }
    }

    /// What hears of rows that no entry of the journal commits to.
    pub(crate) fn hears(&self) -> impl Fn(usize) + Send + Sync + use<> {
        let left_out = Arc::clone(&self.left_out);
        move |rows| {
            left_out.fetch_add(u64::try_from(rows).unwrap_or(u64::MAX), Ordering::Relaxed);
            tracing::error!(
                rows,
                "no entry of the journal commits to rows about a person: they do not count"
            );
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
        counter(&mut encoder, "mingma_store_unproven_rows", help, self.left_out())
    }
}
