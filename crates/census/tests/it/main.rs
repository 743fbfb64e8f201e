//! The census from the outside.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod equal;
mod later;
mod snapshot;
mod support;
mod transitions;
