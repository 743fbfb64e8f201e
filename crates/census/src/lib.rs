//! The census: the whole population in packed columns, and everybody's status at once.
//!
//! A [`Census`] holds every person's facts in about four bytes each, persons numbered by home region. A ruleset is
//! *compiled* for it ([`Program`]): each condition of the ruleset becomes a bit, looked up once per fact, and only for
//! the few persons on whom an ordered condition might hold is `mingma_domain`'s evaluator asked about all their events.
//! The [`job`]s read the columns once and say who is what, who changes, and what a draft would do to whom.
//!
//! What is absent: a second definition of a rule. Whether one fact makes a condition true is asked of
//! `mingma_domain::assess::judge`, as is every question that needs more than one fact. There is no network, no clock and
//! no chance here, and a colour is never stored: a snapshot holds facts, and [`Outcomes`] live as long as the program.

mod columns;
mod error;
pub mod job;
pub mod living;
mod outcomes;
mod program;
mod scan;
pub mod transition;
mod work;

pub use columns::build::{Builder, Entry, Need};
pub use columns::later::Folded;
pub use columns::snapshot::{SnapshotError, VERSION};
pub use columns::sorted::Sorted;
pub use columns::{Bytes, Census, Number};
pub use error::Refusal;
pub use living::Living;
pub use outcomes::{Counts, Outcomes};
pub use program::Program;
pub use work::Work;
