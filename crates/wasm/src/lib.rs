//! The browser's verifier as bytes, to be served: `mingma-browser` built for `wasm32-unknown-unknown` by this
//! crate's build script, from the same sources and the same lock file as the program that holds it; and the
//! script that wraps it.

/// The module. It imports nothing; served as `application/wasm`.
pub const WASM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/mingma.wasm"));

/// The ES module that loads and wraps [`WASM`], as UTF-8; served as `text/javascript`.
pub const SCRIPT: &str = include_str!("../../browser/js/mingma.js");
