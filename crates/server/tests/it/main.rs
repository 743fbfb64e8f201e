//! The server as its callers meet it: every test sends HTTP to the whole router.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod codes;
mod declarations;
mod house;
mod pages;
mod status;
mod words;
