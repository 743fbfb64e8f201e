//! `mingma serve` as its clients, its operator and its bad days meet it: the real program, over a real folder.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it skips"
)]

#[path = "serve/authority.rs"]
mod authority;
#[path = "../src/channel/catcher.rs"]
mod catcher;
#[path = "serve/cease.rs"]
mod cease;
#[path = "serve/channels.rs"]
mod channels;
#[path = "serve/clients.rs"]
mod clients;
#[path = "serve/clock.rs"]
mod clock;
#[path = "serve/disk.rs"]
mod disk;
#[path = "serve/ending.rs"]
mod ending;
#[path = "serve/exported.rs"]
mod exported;
#[path = "serve/folder.rs"]
mod folder;
#[path = "serve/living.rs"]
mod living;
#[path = "serve/log.rs"]
mod log;
#[path = "serve/privacy.rs"]
mod privacy;
#[path = "serve/proof.rs"]
mod proof;
#[path = "serve/rebuild.rs"]
mod rebuild;
#[path = "serve/repeats.rs"]
mod repeats;
#[path = "serve/replay.rs"]
mod replay;
#[path = "serve/support.rs"]
mod support;
#[path = "serve/turning.rs"]
mod turning;
#[path = "serve/watching.rs"]
mod watching;
#[path = "serve/witnesses.rs"]
mod witnesses;
