//! Journeys through the pages, in a real Chromium.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking and says what it skips"
)]

mod brake;
mod checkpoint;
mod desk;
mod every_page;
mod harness;
mod offices;
mod people;
mod public;
mod residents;
