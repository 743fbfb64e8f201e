//! Everybody at once, in numbers, for the health commission: as they are, and what the next turn of the day would change.

pub mod get;
pub mod turn;
