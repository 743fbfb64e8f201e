//! Officials.

pub mod sessions;
