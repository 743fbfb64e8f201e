//! Where a person is reached.

pub mod change;
