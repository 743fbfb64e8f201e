//! Rulesets: the published rules of a region, as data that the official who answers for them can read.
//!
//! A ruleset is parsed from `ruleset.toml` ([`Ruleset::parse`]), checked before it may be published ([`check`]), and
//! never changed afterwards. The colour of a person is the most severe of the rules that hold; the order of the
//! rules in the file is their public order of precedence.

pub mod check;
pub mod condition;
pub mod example;
pub mod phrase;

mod explore;

mod decode;

pub use condition::{Clearance, Condition, FactCondition, Follows, Lapse, Pattern, Starts};
pub use decode::error::{Position, SyntaxError};

use std::fmt;

use crate::fact::{Color, WordSet};
use crate::region::Region;
use crate::text::Text;
use crate::time::{Day, Zone};
use crate::words::words;

/// The longest time between a ruleset's first day and its sunset, in days: half a year, then it must be published anew.
pub const MAX_TERM_DAYS: u16 = 180;

words! {
    /// What a rule does while it holds.
    Effect, "a colour of a rule (green is what is left when no rule holds)" {
        /// 红码.
        Red = "red",
        /// 黄码.
        Yellow = "yellow",
        /// 弹窗: the code cannot be shown, but no colour is given.
        Popup = "popup",
    }
}

/// The rules of one region for one time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ruleset {
    /// Its name within the region, such as `2021-12`; with the region's folder it names the ruleset.
    pub id: String,
    /// Where it is in force; everywhere within that region.
    pub region: Region,
    /// What it is called.
    pub title: Text,
    /// Who answers for it.
    pub authority: Text,
    /// The first day on which it is in force.
    pub effect: Day,
    /// The first day on which it is no longer in force.
    pub sunset: Day,
    /// The zone in which its days are reckoned.
    pub zone: Zone,
    /// What must be true before a green code is issued; otherwise there is none.
    pub issued_when: Option<Condition>,
    /// The movement permit for which a person with a yellow code may ask.
    pub permit: Option<Permit>,
    /// The rules, in the public order of precedence.
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Its reason code, unique in the ruleset: `A4`.
    pub code: Code,
    /// What it does.
    pub effect: Effect,
    /// The article of the source that it comes from.
    pub article: Text,
    /// When it holds.
    pub when: Condition,
    /// Why, for the person.
    pub text: Text,
    /// What clears it, for the person.
    pub clears: Text,
    /// Words of which a person must have one for the rule to hold; `None` if it can hold without any.
    pub(crate) triggers: Option<WordSet>,
}

/// A movement permit (限时通行): how often and for how long a person with that colour may ask for one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Permit {
    /// With which colour.
    pub color: Color,
    /// How often while the colour lasts.
    pub times: u8,
    /// The shortest, in hours.
    pub min_hours: u8,
    /// The longest, in hours.
    pub max_hours: u8,
    /// What it is for, for the person.
    pub text: Text,
}

impl Ruleset {
    /// The ruleset of a `ruleset.toml`.
    ///
    /// # Errors
    /// Every [`SyntaxError`] that there is, in the order of the file, each with its line and column.
    pub fn parse(toml: &str) -> Result<Self, Vec<SyntaxError>> {
        decode::ruleset(toml)
    }

    /// Whether it is in force on a day.
    #[must_use]
    pub fn in_force(&self, day: Day) -> bool {
        self.effect <= day && day < self.sunset
    }

    /// The rule with this code.
    #[must_use]
    pub fn rule(&self, code: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.code.as_str() == code)
    }

    /// Every word that the ruleset reads; a fact without one of them cannot change anything under it.
    #[must_use]
    pub fn reads(&self) -> WordSet {
        let conditions = self.rules.iter().map(|rule| &rule.when).chain(&self.issued_when);
        conditions.fold(WordSet::EMPTY, |words, condition| words.with(condition.reads()))
    }
}

/// The longest reason code: it must fit beside the colour on a phone and in a column of a desk's table.
pub const MAX_CODE_BYTES: usize = 16;

/// A reason code: capital letters, digits and hyphens, a letter first, at most [`MAX_CODE_BYTES`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
pub struct Code(String);

impl Code {
    /// The code as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let legal = bytes.first().is_some_and(u8::is_ascii_uppercase)
            && bytes.len() <= MAX_CODE_BYTES
            && bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'-');
        legal.then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
