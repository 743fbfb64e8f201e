//! Publications: every public act under its number.

pub mod list;
