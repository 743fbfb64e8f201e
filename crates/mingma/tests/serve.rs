//! `mingma serve` as its clients, its operator and its bad days meet it: the real program, over a real folder.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it skips"
)]

mod ahead;
mod asked;
mod authority;
#[path = "../src/channel/catcher.rs"]
mod catcher;
mod cease;
mod channels;
mod clients;
mod clock;
mod disk;
mod done_by;
mod edited;
mod ending;
mod exported;
mod folder;
mod gone;
mod levels;
mod living;
mod log;
mod meant;
mod privacy;
mod proof;
mod rebuild;
mod repeats;
mod replay;
mod support;
mod turning;
mod watching;
mod withheld;
mod witnesses;
