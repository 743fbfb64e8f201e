//! Issuers, as published: who may say what.

pub mod list;
