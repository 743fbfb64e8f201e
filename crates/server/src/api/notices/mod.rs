//! Notices: what a person is told, whichever channel takes it.

pub mod list;
