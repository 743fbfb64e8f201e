//! `mingma import` from the outside: what a map can do, what it may not, and DS4C whole.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bad_input;
mod ds4c;
mod maps;
mod support;
mod tables;
