//! `mingma assess` from the outside: what it reads, what it writes, what it refuses.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "assess/bad_input.rs"]
mod bad_input;
#[path = "assess/bench.rs"]
mod bench;
#[path = "assess/formats.rs"]
mod formats;
#[path = "assess/results.rs"]
mod results;
#[path = "assess/support.rs"]
mod support;
