//! The log: a line of JSON for each event, on standard error.
//!
//! Only what the program's own crates say is written; libraries may repeat what a client sent. A panic is told by its
//! place in the source and never by its words, which may hold anything.

use std::fmt;
use std::panic;

use serde::Deserialize;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::clock;

/// How much is logged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// Nothing.
    Off,
    /// What went wrong here.
    Error,
    /// And what may go wrong soon, and every request that was answered with a failure of ours.
    Warn,
    /// And a line for each request.
    Info,
    /// And what helps to find a fault.
    Debug,
}

impl Level {
    const fn filter(self) -> LevelFilter {
        match self {
            Self::Off => LevelFilter::OFF,
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
        }
    }
}

/// Starts the log, for as long as the program runs.
pub(crate) fn start(level: Level) {
    // A second start, in a test, keeps the first one's.
    let _started = subscriber(level, std::io::stderr).try_init();
    panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, "the program broke off here");
    }));
}

fn subscriber<W>(level: Level, writer: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .log_internal_errors(false)
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_timer(Clock)
        .with_writer(writer);
    let ours = Targets::new().with_target("mingma", level.filter());
    tracing_subscriber::registry().with(lines).with(ours)
}

struct Clock;

impl FormatTime for Clock {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{:.3}", clock::now())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_is_told_by_its_place_and_never_by_its_words() {
        let kept = Kept::default();
        let to = kept.clone();
        let former = panic::take_hook();
        start(Level::Off);
        tracing::subscriber::with_default(subscriber(Level::Info, move || to.clone()), || {
            let broken = panic::catch_unwind(|| panic!("the card 110105194912310021 is odd"));
            assert!(broken.is_err());
            tracing::info!(target: "somebody::else", "110105194912310021");
        });
        panic::set_hook(former);
        let told = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert_eq!(told.lines().count(), 1, "{told}");
        let line: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert!(line["at"].as_str().unwrap().contains("log.rs:"), "{told}");
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{told}");
        assert!(!told.contains("1101051949"), "{told}");
    }
}
