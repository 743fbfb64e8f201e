//! The policies by which everything is decided, for everybody to read.

pub mod get;
