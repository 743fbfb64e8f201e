//! Facts, as they are asked for by the person they are about.

pub mod list;
