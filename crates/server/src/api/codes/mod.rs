//! Codes: made for a phone or for paper, and verified.

pub mod make;
