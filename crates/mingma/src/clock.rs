//! The one place that reads a clock. Everything else takes the time as an argument.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// The present instant.
#[expect(clippy::disallowed_methods, reason = "this is the one place where time enters the program")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Gives the time since it was made; nobody can set it back.
#[expect(clippy::disallowed_methods, reason = "this is the one place where time enters the program")]
pub(crate) fn stopwatch() -> impl Fn() -> Duration + Send + Sync + 'static {
    let begun = Instant::now();
    move || begun.elapsed()
}
