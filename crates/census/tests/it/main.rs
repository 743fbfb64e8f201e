//! The census from the outside.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod ahead;
mod equal;
mod later;
mod snapshot;
mod support;
mod transitions;
