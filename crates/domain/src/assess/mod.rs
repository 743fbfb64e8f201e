//! The status of a person: computed from facts by published rules, never stored and never set.
//!
//! [`assess`] is a pure function of a ruleset, a person's record, the regions' risk levels and an instant. [`Status`]
//! has no public constructor: assessing is the only way to one.

mod clear;
mod event;
mod explain;
pub mod judge;
pub(crate) mod path;
mod run;

pub use event::Event;
pub use explain::{ExplainedReason, Explanation, PermitOffer, explain};
pub use path::{Path, Paths, Step, path_to_green};

pub(crate) use event::events;
pub(crate) use run::View;

use jiff::Timestamp;

use crate::fact::{Color, Fact, Retraction};
use crate::risk::RiskMap;
use crate::ruleset::{Condition, Effect, Rule, Ruleset};
use crate::time::Day;

/// What is recorded about a person: facts, in any order, and what was taken back of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record<'a> {
    /// The facts.
    pub facts: &'a [Fact],
    /// The retractions.
    pub retractions: &'a [Retraction],
}

/// The status of a person at an instant under a ruleset.
///
/// Only [`assess`] makes one. Nobody can write one down:
///
/// ```compile_fail
/// # use mingma_domain::assess::{Outcome, Status};
/// # use mingma_domain::fact::Color;
/// let status = Status { outcome: Outcome::Code(Color::Red), ..todo!() };
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Status {
    on: Day,
    outcome: Outcome,
    until: Option<Day>,
    reasons: Vec<Reason>,
}

/// What a person would be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// A code of a colour.
    Code(Color),
    /// No colour, but a pop-up that blocks showing (弹窗).
    Popup,
    /// No code: what the ruleset asks for before it issues one is missing (未申领).
    NotIssued,
}

impl Outcome {
    /// What is shown when the most severe rule that holds has this effect; `issued` says whether what the ruleset
    /// asks for before it issues a code is there.
    #[must_use]
    pub const fn of(effect: Option<Effect>, issued: bool) -> Self {
        match effect {
            Some(Effect::Red) => Self::Code(Color::Red),
            Some(Effect::Yellow) => Self::Code(Color::Yellow),
            Some(Effect::Popup) => Self::Popup,
            None if issued => Self::Code(Color::Green),
            None => Self::NotIssued,
        }
    }
}

/// One rule that holds, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// The rule's place in the ruleset.
    pub rule: usize,
    /// The first day on which the longest-standing of the facts that make it hold today did so; the day of assessment
    /// for a rule that holds for want of a fact.
    pub since: Day,
    /// The first civil day on which it would no longer hold if nothing new were recorded; `None` if it would go on.
    pub until: Option<Day>,
    /// The facts that make it hold, by their place in the record, in that order. Empty for a rule that holds for
    /// want of a fact.
    pub facts: Vec<usize>,
}

impl Status {
    /// The civil day of assessment in the ruleset's zone.
    #[must_use]
    pub const fn on(&self) -> Day {
        self.on
    }

    /// What the person would be shown.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The colour; `None` if there is none to show.
    #[must_use]
    pub const fn color(&self) -> Option<Color> {
        match self.outcome {
            Outcome::Code(color) => Some(color),
            Outcome::Popup | Outcome::NotIssued => None,
        }
    }

    /// The word of the colour in files and JSON: `green`, `yellow`, `red` or `none`.
    #[must_use]
    pub fn color_word(&self) -> &'static str {
        self.color().map_or("none", Color::word)
    }

    /// The first civil day on which the outcome would be another if nothing new were recorded.
    #[must_use]
    pub const fn until(&self) -> Option<Day> {
        self.until
    }

    /// Every rule that holds, in the public order of precedence.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }
}

/// The status of a person under a ruleset at an instant.
///
/// The day is the civil day of `now` in the ruleset's zone. A fact dated after that day does not count yet. The
/// outcome is the most severe of the rules that hold (red before yellow before pop-up); all of them are listed. The
/// order of the facts does not matter.
///
/// The answer is what the rules say whether or not they are in force on that day; [`Ruleset::in_force`] tells.
///
/// # Example
/// ```
/// use mingma_domain::assess::{Record, assess};
/// use mingma_domain::fact::{Fact, RawFact};
/// use mingma_domain::{RiskMap, Ruleset};
///
/// let rules = r#"
/// [ruleset]
/// id = "2022-01"
/// region = "450000"
/// zone = "Asia/Shanghai"
/// effect = 2022-01-01
/// sunset = 2022-06-30
/// title = { zh-Hans = "示例", zh-Hant = "示例", en = "An example" }
/// authority = { zh-Hans = "示例", zh-Hant = "示例", en = "An example" }
///
/// [[rule]]
/// code = "A4"
/// color = "red"
/// article = "1"
/// when = { fact = "contact", value = "close", within_days = 14 }
/// text = { zh-Hans = "密切接触者", zh-Hant = "密切接觸者", en = "You are a close contact." }
/// clears = { zh-Hans = "满 14 天", zh-Hant = "滿 14 天", en = "It ends after day 14." }
/// "#;
/// let ruleset = Ruleset::parse(rules).expect("the rules are well written");
/// let raw = RawFact { kind: "contact", value: "close", at: "2022-01-01", issuer: "cdc", evidence: "INV-7", ..RawFact::default() };
/// let facts = [Fact::parse(&raw)?];
/// let record = Record { facts: &facts, retractions: &[] };
/// let status = assess(&ruleset, &record, &RiskMap::default(), "2022-01-15T12:00:00+08:00".parse()?);
/// assert_eq!(status.color_word(), "red");
/// assert_eq!(status.until(), Some("2022-01-16".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
/// `assess(ruleset, facts, region risk, now)`: the first of the ideas that carry the project, in `ARCHITECTURE.md`.
#[must_use]
pub fn assess(ruleset: &Ruleset, record: &Record<'_>, risk: &RiskMap, now: Timestamp) -> Status {
    let today = ruleset.zone.day_of(now);
    let events = events(record, &ruleset.zone, today);
    status(ruleset, &View::of(&events, risk, &ruleset.rules, true), today)
}

pub(crate) fn status(ruleset: &Ruleset, view: &View<'_>, today: Day) -> Status {
    let mut reasons = Vec::new();
    for (index, rule) in ruleset.rules.iter().enumerate() {
        if view.may_hold(rule) && view.truth(&rule.when, today).holds {
            reasons.push(view.reason(index, &rule.when, today));
        }
    }
    let (outcome, until) = view.lasts(ruleset, today);
    Status { on: today, outcome, until, reasons }
}

impl View<'_> {
    /// Whether the person has anything that could make the rule hold.
    pub(crate) fn may_hold(&self, rule: &Rule) -> bool {
        rule.triggers.is_none_or(|words| words.meets(self.words))
    }

    /// The outcome on a day, and the first later day on which it might be another.
    pub(crate) fn outcome(&self, ruleset: &Ruleset, day: Day) -> (Outcome, Day) {
        let mut until = Day::NEVER;
        let mut effect: Option<Effect> = None;
        for rule in ruleset.rules.iter().filter(|rule| self.may_hold(rule)) {
            let truth = self.truth(&rule.when, day);
            until = until.min(truth.until);
            if truth.holds {
                // `Effect` is ordered from the most severe down.
                effect = Some(effect.map_or(rule.effect, |e| e.min(rule.effect)));
            }
        }
        let issued = ruleset.issued_when.as_ref().map(|condition| self.truth(condition, day));
        until = issued.map_or(until, |truth| until.min(truth.until));
        (Outcome::of(effect, issued.is_none_or(|truth| truth.holds)), until)
    }

    /// The outcome on a day, and the first later day on which it is another; none if it never is.
    fn lasts(&self, ruleset: &Ruleset, day: Day) -> (Outcome, Option<Day>) {
        let (outcome, mut until) = self.outcome(ruleset, day);
        while until < Day::NEVER {
            let (next, later) = self.outcome(ruleset, until);
            if next != outcome {
                return (outcome, Some(until));
            }
            until = later;
        }
        (outcome, None)
    }

    fn reason(&self, rule: usize, condition: &Condition, today: Day) -> Reason {
        let mut facts = Vec::new();
        let mut since = today;
        self.each_run_holding(condition, today, &mut |run| {
            since = since.min(run.start);
            facts.push(run.event.index as usize);
        });
        facts.sort_unstable();
        facts.dedup();
        Reason { rule, since, until: self.changes(condition, today), facts }
    }
}
