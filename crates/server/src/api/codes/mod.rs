//! Codes: made for a phone or for paper, and verified.

pub mod loss;
pub mod make;
pub mod paper;
pub mod verify;
