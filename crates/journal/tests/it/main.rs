//! The tests of the public interface, in one program so that they are linked once.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::print_stderr,
    reason = "a test fails by panicking and says what it skipped"
)]

mod conformance;
mod damage;
#[expect(clippy::expect_used, reason = "an entry fails by panicking, as the fuzzer wants it")]
#[path = "../../../../fuzz/journal/src/entries.rs"]
mod fuzz_entries;
mod fuzz_seeds;
mod notes;
mod outside;
mod policies;
mod proofs;
mod quarters;
mod round_trip;
mod sequencer;
mod support;
mod tiles;
mod witnesses;
