//! The program as people call it: one binary of tests, because each links what it needs of the workspace.
//!
//! `cargo test -p mingma --test it demo::` runs those of one file. A file beside this one is a module here, or its tests do not
//! run: `every_file_of_tests_is_run` in `crates/testkit/tests/tidy.rs` sees to that.

mod assess;
mod audit;
mod backup;
mod census;
mod charter;
mod demo;
mod import;
mod operating;
mod packaging;
mod readme;
mod rulesets;
mod schemathesis;
mod serve;
mod unread;
mod verify;
