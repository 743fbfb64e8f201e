//! Publications: every public act under its number.

mod about;
mod brought;
mod foreseen;
pub mod list;
