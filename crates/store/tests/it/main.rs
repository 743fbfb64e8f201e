//! The store over real files: its contract, what it refuses, and what a killed process leaves.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod backup;
mod bad_input;
mod cached;
mod chance;
mod contract;
mod crash;
mod faults;
mod look;
mod night;
mod population;
mod purge;
mod restored;
