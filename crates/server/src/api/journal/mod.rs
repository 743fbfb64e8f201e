//! The journal's entries about a person, to that person.

pub mod list;
pub mod prove;
pub mod public;
pub mod said;
