//! Examples: facts and the status that a ruleset must give them, as an epidemiologist would write them down.

use crate::fact::{Color, Fact, Retraction};
use crate::risk::RegionRisk;
use crate::time::Day;

use super::{Code, SyntaxError, decode};

/// One example: on this day, with these facts, this status.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// What it shows, unique in its file.
    pub name: String,
    /// The line of the file on which it begins.
    pub line: usize,
    /// The day of assessment, with all that happened on it.
    pub on: Day,
    /// The person's facts.
    pub facts: Vec<Fact>,
    /// What of them was taken back.
    pub retractions: Vec<Retraction>,
    /// The regions' risk levels.
    pub risk: Vec<RegionRisk>,
    /// The colour that is expected; `None` for no code.
    pub color: Option<Color>,
    /// The codes of the rules that must hold, in the public order, and no others.
    pub reasons: Vec<Code>,
    /// The first day on which the colour would be another; `None` if it would never be.
    pub until: Option<Day>,
}

/// The examples of an `examples.toml`.
///
/// # Errors
/// Every [`SyntaxError`] that there is, in the order of the file, each with its line and column.
pub fn parse(toml: &str) -> Result<Vec<Example>, Vec<SyntaxError>> {
    decode::examples(toml)
}
