//! The keys that checkpoints believe.

pub mod get;
