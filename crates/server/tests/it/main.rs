//! The server as its callers meet it: every test sends HTTP to the whole router.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod authorisation;
mod browser;
mod codes;
mod declarations;
mod description;
mod doors;
mod every_page;
mod house;
mod kept;
mod limits;
mod own;
mod pages;
mod problems;
mod public;
mod residents;
mod sign_in;
mod sign_in_pages;
mod status;
mod words;
