//! An institution takes back what it recorded.

pub mod make;
