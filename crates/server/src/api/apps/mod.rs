//! Programs that a person lets act: let in, listed, and shown out again.

pub mod authorize;
pub mod end;
pub mod list;
