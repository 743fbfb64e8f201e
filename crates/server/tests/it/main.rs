//! The server as its callers meet it: every test sends HTTP to the whole router.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod authorisation;
mod broken;
mod browser;
mod callers;
mod cases;
mod changes;
mod checkpoint;
mod codes;
mod declarations;
mod description;
mod desk;
mod doors;
mod every_page;
mod held;
mod house;
mod institutions;
mod kept;
mod limits;
mod office_pages;
mod offices;
mod own;
mod own_journal;
mod pages;
mod problems;
mod proof_script;
mod public;
mod residents;
mod script;
mod sign_in;
mod sign_in_pages;
mod status;
mod submissions;
mod trips;
mod words;
mod work;
