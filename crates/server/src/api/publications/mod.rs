//! Publications: every public act under its number.

mod about;
pub mod alarm;
mod brought;
pub mod ended;
mod foreseen;
pub mod list;
