//! `mingma assess` from the outside: what it reads, what it writes, what it refuses.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bad_input;
mod bench;
mod formats;
mod results;
mod support;
