//! Publications: every public act under its number.

mod brought;
pub mod list;
