//! What the tests of every crate share: builders, random worlds, the slow oracle. It never ships.
//!
//! [`build`] makes facts, rulesets and risk from one line of text, [`random`] makes whole worlds of them, [`oracle`]
//! judges them literally, and [`seed`] runs a property over many worlds from a seed that it prints.

#![expect(clippy::unwrap_used, reason = "a builder that cannot build fails the test that asked for it")]

pub mod build;
pub mod oracle;
pub mod random;
pub mod seed;
