//! The server as its callers meet it: every test sends HTTP to the whole router.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod codes;
mod declarations;
mod desk;
mod doors;
mod house;
mod institutions;
mod office_pages;
mod offices;
mod pages;
mod script;
mod sign_in;
mod sign_in_pages;
mod status;
mod submissions;
