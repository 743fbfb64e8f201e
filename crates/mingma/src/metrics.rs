//! What is told to whoever watches the program, besides its requests: the store, the clock, the keys, the process.
//!
//! Each is read when it is asked for. Another part of the program tells its own by registering a collector here.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use mingma_credential::UnixSeconds;
use mingma_registry::Clock;
use mingma_store::{GROUP_SIZES, Observer};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::living::Living;
use crate::machine;

mod census;
use census::Census;

/// A registry that tells of these.
pub(crate) fn registry(
    store: Observer,
    expiries: Expiries,
    clock: Arc<dyn Clock>,
    living: &Arc<Living>,
) -> Registry {
    let mut registry = Registry::default();
    let version = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
    registry.register("mingma_build", "The program that runs", version);
    registry.register_collector(Box::new(Census { living: Arc::clone(living), clock: Arc::clone(&clock) }));
    registry.register_collector(Box::new(Store(store, Arc::clone(living))));
    registry.register_collector(Box::new(expiries));
    registry.register_collector(Box::new(Machine(clock)));
    registry
}

/// When what was signed ends.
#[derive(Clone, Debug)]
pub(crate) struct Expiries {
    pub(crate) key: UnixSeconds,
    /// In seconds since 1970: another list may be brought in at any time.
    pub(crate) trust_list: Arc<AtomicI64>,
}

impl Collector for Expiries {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut tell = |name, help, seconds: UnixSeconds| gauge(&mut encoder, name, help, seconds.get());
        tell("mingma_signing_key_expires_seconds", "When the key in use ends, since 1970", self.key)?;
        let ends = UnixSeconds::new(self.trust_list.load(Ordering::Relaxed));
        tell("mingma_trust_list_expires_seconds", "When the trust list ends, since 1970", ends)
    }
}

struct Store(Observer, Arc<Living>);

impl Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.0).finish_non_exhaustive()
    }
}

impl Collector for Store {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        // What cannot be read is not told; that the store does not write is.
        let Ok(seen) = self.0.look() else {
            return gauge(&mut encoder, "mingma_store_writes", STORE_WRITES, 0);
        };
        gauge(&mut encoder, "mingma_store_writes", STORE_WRITES, i64::from(seen.writes))?;
        let help = "Calls that wait for the store's writer";
        gauge(&mut encoder, "mingma_store_queue", help, signed(seen.queued))?;
        let help = "Journal entries kept since the start";
        counter(&mut encoder, "mingma_journal_entries", help, seen.entries)?;
        counter(&mut encoder, "mingma_store_failures", "Groups that were given up", seen.failures)?;
        let help = "Notices that nobody has been told yet, counted up to 100,000";
        gauge(&mut encoder, "mingma_outbox_waiting", help, signed(seen.backlog.waiting))?;
        let oldest = seen.backlog.oldest.map_or(0, Timestamp::as_second);
        let help = "When the oldest waiting notice was made, since 1970; 0 if none waits";
        gauge(&mut encoder, "mingma_outbox_oldest_seconds", help, oldest)?;
        let help = "Notices that were given up and are kept still, counted up to 100,000";
        gauge(&mut encoder, "mingma_outbox_undeliverable", help, signed(seen.backlog.undeliverable))?;
        if let Some(place) = self.1.place() {
            let help = "Acts about persons that the census has not taken in";
            let lag = seen.fed.saturating_sub(place);
            gauge(&mut encoder, "mingma_census_lag_entries", help, signed(lag))?;
        }
        let help = "Commits, by how many changes each kept";
        let mut commits =
            encoder.encode_descriptor("mingma_store_commit_changes", help, None, MetricType::Histogram)?;
        #[expect(clippy::cast_precision_loss, reason = "a group has fewer changes than 2^53")]
        let buckets: Vec<(f64, u64)> = GROUP_SIZES
            .iter()
            .zip(seen.groups)
            .map(|(size, groups)| (if *size == u64::MAX { f64::INFINITY } else { *size as f64 }, groups))
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "2^53 changes take thousands of years")]
        let sum = seen.changes as f64;
        commits.encode_histogram::<NoLabelSet>(sum, seen.groups.iter().sum(), &buckets, None)
    }
}

const STORE_WRITES: &str = "1 while the store keeps what it is given, 0 once it has stopped";

struct Machine(Arc<dyn Clock>);

impl Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Machine")
    }
}

impl Collector for Machine {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let help = "By how much the machine's clock went back";
        gauge(&mut encoder, "mingma_clock_behind_seconds", help, self.0.behind().as_secs().max(0))?;
        let Some((memory, files)) = machine::used() else { return Ok(()) };
        gauge(&mut encoder, "process_resident_memory_bytes", "Memory in use", signed(memory))?;
        gauge(&mut encoder, "process_open_fds", "Open files", signed(files))?;
        gauge(&mut encoder, "process_max_fds", "Open files at most", signed(machine::open_files().0))
    }
}

pub(crate) fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: i64) -> fmt::Result {
    let gauge = ConstGauge::new(value);
    gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)
}

pub(crate) fn counter(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    value: u64,
) -> fmt::Result {
    let counter = ConstCounter::new(value);
    counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)
}

pub(crate) fn signed(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}
