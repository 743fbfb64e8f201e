//! `mingma import` from the outside: what a map can do, what it may not, and DS4C whole.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "import/bad_input.rs"]
mod bad_input;
#[path = "import/ds4c.rs"]
mod ds4c;
#[path = "import/maps.rs"]
mod maps;
#[path = "import/support.rs"]
mod support;
#[path = "import/tables.rs"]
mod tables;
