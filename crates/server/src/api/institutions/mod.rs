//! Institutions: they sign in with the key with which they sign facts.

pub mod challenges;
pub mod sessions;
