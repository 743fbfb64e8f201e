//! The one place that reads a clock. Everything else takes the time as an argument.

use jiff::Timestamp;

/// The present instant.
#[expect(clippy::disallowed_methods, reason = "this is the one place where time enters the program")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
