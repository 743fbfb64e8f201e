//! Publications: every public act under its number.

mod about;
pub mod alarm;
mod brought;
mod foreseen;
pub mod list;
