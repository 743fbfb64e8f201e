//! Where a person is reached.

pub mod change;
pub mod confirm;
