//! Random worlds: rulesets as text, facts that lie close enough together to meet, risk, and an instant to assess at.
//!
//! A world prints as the texts that it was made of, so that a failing one can be pasted into a test.

mod facts;
mod rules;

use std::fmt;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use mingma_domain::time::{Day, Zone};
use mingma_domain::{RiskMap, Ruleset, Status, assess};
use proptest::prelude::*;
use proptest::sample::select;

use crate::build::{World, parsed, world};

/// A person under a ruleset at an instant.
#[derive(Clone)]
pub struct Scenario {
    /// The text of the ruleset.
    pub toml: String,
    /// The ruleset.
    pub ruleset: Ruleset,
    /// The person's record and the risk, as [`world`] reads it.
    pub statements: String,
    /// The same, read.
    pub world: World,
    /// The risk of its regions.
    pub risk: RiskMap,
    /// When to assess.
    pub now: Timestamp,
}

impl Scenario {
    /// The same on the same day, without what is dated later.
    #[must_use]
    pub fn without_future(&self) -> Self {
        let (zone, today) = (&self.ruleset.zone, self.today());
        let mut past = self.clone();
        past.world.facts.retain(|fact| zone.day(fact.at()) <= today);
        past.world.retractions.retain(|retraction| zone.day(retraction.at()) <= today);
        past
    }

    /// The same on the same day, without what is dated later and what was taken back, and without retractions.
    #[must_use]
    pub fn of_today(&self) -> Self {
        let mut past = self.without_future();
        let retractions = std::mem::take(&mut past.world.retractions);
        past.world.facts.retain(|fact| !retractions.iter().any(|retraction| retraction.takes_back(fact)));
        past
    }

    /// The status of this person.
    #[must_use]
    pub fn status(&self) -> Status {
        assess(&self.ruleset, &self.world.record(), &self.risk, self.now)
    }

    /// The status of this person at the end of a day.
    ///
    /// # Panics
    /// If the day is past the end of the calendar.
    #[must_use]
    pub fn status_on(&self, day: Day) -> Status {
        let end = self.ruleset.zone.end_of(day).unwrap();
        assess(&self.ruleset, &self.world.record(), &self.risk, end)
    }

    /// The civil day of assessment.
    #[must_use]
    pub fn today(&self) -> Day {
        self.ruleset.zone.day_of(self.now)
    }
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = self.toml.lines().filter(|line| {
            [
                "zone",
                "code",
                "color",
                "when",
                "[issued_when]",
                "fact",
                "lapse",
                "any",
                "all",
                "not",
                "follows",
            ]
            .iter()
            .any(|word| line.starts_with(word))
        });
        writeln!(f, "now {} (day {})", self.now, self.today())?;
        for line in rules {
            writeln!(f, "{line}")?;
        }
        writeln!(f, "{}", self.statements.replace("; ", "\n"))
    }
}

/// The zones in which rules are reckoned: without and with changes of the clock, east and west of Greenwich.
pub const ZONES: [&str; 3] = ["Asia/Shanghai", "Europe/Berlin", "America/New_York"];

/// First days of clusters of facts: before 29 February, before the changes of the clock in spring and autumn in
/// both zones that have them, before a new year, and in a leap year's end.
const ANCHORS: [&str; 7] =
    ["2020-02-20", "2022-03-06", "2022-03-20", "2022-10-22", "2022-11-01", "2021-12-24", "2020-12-20"];

/// Worlds of up to five rules and up to a few dozen facts.
pub fn scenarios() -> impl Strategy<Value = Scenario> {
    worlds(rules::texts(5), 2..=14)
}

/// Worlds of one or two plain rules and up to four facts: small enough to try every way back.
pub fn small_scenarios() -> impl Strategy<Value = Scenario> {
    worlds(rules::plain_texts(2), 1..=4)
}

fn worlds(
    rules: impl Strategy<Value = rules::Draft>,
    facts: RangeInclusive<usize>,
) -> impl Strategy<Value = Scenario> {
    let ahead = prop_oneof![6 => 4_u16..24, 3 => 0_u16..45, 1 => 60_u16..260];
    let drafts = prop::collection::vec(facts::draft(), facts);
    let acts = prop::collection::vec(facts::act(), 0..=3);
    let retractions = prop::collection::vec(facts::retraction(), 0..=4);
    (select(&ZONES[..]), select(&ANCHORS[..]), rules, drafts, acts, retractions, ahead, facts::time_of_day())
        .prop_map(|(zone, anchor, rules, drafts, acts, retractions, ahead, time)| {
            let zone = Zone::named(zone).unwrap();
            let anchor: Day = anchor.parse().unwrap();
            let statements = facts::statements(&drafts, &acts, &retractions, &zone, anchor);
            let toml = rules.toml(zone.name());
            let now = Timestamp::from_second(zone.start_of(anchor.plus(ahead)) + time).unwrap();
            let world = world(&statements);
            Scenario { ruleset: parsed(&toml), toml, risk: world.risk(), world, statements, now }
        })
}
