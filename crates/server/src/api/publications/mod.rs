//! Publications: every public act under its number.

pub mod alarm;
mod brought;
pub mod list;
