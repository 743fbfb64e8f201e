//! The instant a code speaks of: whole seconds, because that is what the token carries.
//!
//! A type of its own, so that an instant, a duration and a list index cannot be taken for each other. It
//! never reads a clock.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct UnixSeconds(i64);

impl UnixSeconds {
    /// The instant this many seconds after the epoch; negative before it.
    #[must_use]
    pub const fn new(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The seconds since the epoch.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The instant `seconds` later, or earlier if negative; it stops at the ends of the number line.
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// How many seconds have passed since `earlier`; negative if that lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// In RFC 3339, because people read it; a count outside its calendar stays a number.
impl fmt::Display for UnixSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_second(self.0) {
            Ok(instant) => instant.fmt(f),
            Err(_) => self.0.fmt(f),
        }
    }
}
