//! Runs the very module that a browser gets, in an interpreter, and holds it equal to the native verifier.
//!
//! Native is `mingma-credential` on AWS-LC, the module the same on its backend in Rust alone: what is compared
//! is two compilers' work and two libraries' cryptography.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking and says what it skipped"
)]

mod both;
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pictures of at most some thousand pixels, light from 0 to 255"
)]
#[path = "../../../credential/tests/it/camera.rs"]
mod camera;
mod certificates;
#[path = "../../../credential/tests/it/forge.rs"]
mod forge;
mod module;
mod phone;
mod script;
#[expect(dead_code, reason = "what the tests of `mingma-credential` share; not all is needed here")]
#[path = "../../../credential/tests/it/support.rs"]
mod support;
mod verdicts;
