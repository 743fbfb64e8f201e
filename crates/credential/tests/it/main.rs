//! The tests of the public interface, in one program so that they are linked once.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking and says what it skipped"
)]

mod dcc_codes;
mod support;
