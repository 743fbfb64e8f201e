//! Persons, as they are asked for by themselves.

pub mod export;
pub mod get;
