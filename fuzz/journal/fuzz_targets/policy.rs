//! Feeds libFuzzer's bytes to `entries::policy`.

#![no_main]

#[path = "../src/entries.rs"]
#[expect(dead_code, reason = "each target runs one of the entries")]
mod entries;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entries::policy(bytes));
