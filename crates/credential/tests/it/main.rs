//! The tests of the public interface, in one program so that they are linked once.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test fails by panicking and says what it skipped"
)]

mod authority;
mod bad_input;
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pictures of at most some thousand pixels, light from 0 to 255"
)]
mod camera;
mod cose_examples;
mod dcc_codes;
mod forge;
#[expect(clippy::expect_used, reason = "an entry fails by panicking, as the fuzzer wants it")]
#[path = "../../../../fuzz/credential/src/entries.rs"]
mod fuzz_entries;
mod fuzz_seeds;
mod keys;
mod picture;
mod possession;
mod revocation;
mod round_trip;
mod status_vectors;
mod support;
mod trust_file;
mod verdicts;
