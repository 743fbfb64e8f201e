//! What the authority signs apart.

pub mod bring;
