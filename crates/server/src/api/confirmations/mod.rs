//! What issuers say of their facts that are disputed: which ones wait for a word, and the word.

pub mod due;
pub mod give;
