//! The regions of the tables: places, not persons.

pub mod search;
