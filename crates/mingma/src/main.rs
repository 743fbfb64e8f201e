//! The only binary of Mingma.

fn main() {}
