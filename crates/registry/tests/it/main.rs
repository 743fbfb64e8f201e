//! The acts, over the store in memory.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod again;
mod alone;
mod appointments;
mod authority;
mod brake;
mod bulk;
mod codes;
mod compared;
mod contract;
mod depositors;
mod disputes;
mod drawn;
mod foreign;
mod hands;
mod history;
mod house;
mod identified;
mod issuers;
mod leaves;
mod listed_hands;
mod looks;
mod proven;
mod public;
mod purge;
mod replay;
mod replay_witnessed;
mod residents;
mod rules;
mod seconded;
mod signed;
mod signing_in;
mod staff;
mod transit;
mod whose_word;
mod withheld;
