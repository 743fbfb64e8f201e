//! Disclosures: every look at a person's status by somebody else.

pub mod list;
