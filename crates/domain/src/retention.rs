//! The end of facts: which of a person's facts may be destroyed, so that no status changes by it.
//!
//! A fact whose retention has passed asserts nothing any more. It may still *clear* one that is kept, keep it from holding, or be the
//! later one that a lapse looks at: then it stays as long as that one does. Which words can do so to which is read off the rulesets
//! in force, so that nobody's journeys are kept because of a vaccination that nothing clears. Held by
//! `destroying_what_is_over_changes_no_status` over random rulesets and facts.

use jiff::Timestamp;

use crate::assess::Event;
use crate::fact::{Fact, Kind, WordSet};
use crate::ruleset::{Clearance, Condition, Pattern, Rule, Ruleset};
use crate::time::{Day, Zone};

/// Which facts the rules in force read together with which others, and on whose civil days.
#[derive(Clone, Debug, Default)]
pub struct Ties {
    zones: Vec<Zone>,
    pairs: Vec<Pair>,
}

/// A fact of `holding` can be ended, prevented or outlasted by one of `ending`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Pair {
    holding: WordSet,
    ending: WordSet,
}

/// What becomes of a fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keeping {
    /// Its retention has not passed: it ends on this day.
    Until(Day),
    /// Its retention ended on this day, and a kept fact still needs it.
    Needed(Day),
    /// Its retention ended on this day, and nothing needs it: it is to be destroyed.
    Over(Day),
}

impl Ties {
    /// The ties of rulesets; `zone` is the one whose days count where no ruleset is in force.
    #[must_use]
    pub fn of<'r>(rulesets: impl IntoIterator<Item = &'r Ruleset>, zone: Zone) -> Self {
        let mut ties = Self { zones: vec![zone], pairs: Vec::new() };
        for ruleset in rulesets {
            if !ties.zones.contains(&ruleset.zone) {
                ties.zones.push(ruleset.zone.clone());
            }
            let conditions = ruleset.rules.iter().map(|rule| &rule.when).chain(&ruleset.issued_when);
            conditions.for_each(|condition| ties.read(condition, &ruleset.rules));
        }
        ties
    }

    fn read(&mut self, condition: &Condition, rules: &[Rule]) {
        match condition {
            Condition::Fact(c) => {
                let mut ending = cleared(&c.cleared_by);
                c.unless_during.iter().for_each(|pattern| ending = ending.with(pattern.words));
                self.tie(c.pattern.words, ending);
            }
            // The later one hides the earlier.
            Condition::Lapse(c) => self.tie(c.pattern.words, c.pattern.words),
            Condition::Follows(c) => {
                self.tie(asserted(&Condition::Follows(c.clone()), rules), cleared(&c.cleared_by));
            }
            Condition::Any(parts) | Condition::All(parts) => {
                for part in parts {
                    self.read(part, rules);
                }
            }
            Condition::Not(inner) => self.read(inner, rules),
        }
    }

    fn tie(&mut self, holding: WordSet, ending: WordSet) {
        let pair = Pair { holding, ending };
        if !ending.is_empty() && !self.pairs.contains(&pair) {
            self.pairs.push(pair);
        }
    }

    /// What becomes of each of a person's facts at an instant, in their order.
    ///
    /// The facts are those that count, or may count yet; one that was taken back needs nothing and is needed by nothing, and
    /// goes by itself once its retention has passed ([`Ties::ended`]).
    ///
    /// A fact is over when its retention has passed in every zone that counts.
    #[must_use]
    pub fn keeping(&self, facts: &[&Fact], now: Timestamp) -> Vec<Keeping> {
        let ends: Vec<(Day, bool)> = facts.iter().map(|fact| self.ended(fact, now)).collect();
        let kept = || facts.iter().zip(&ends).filter(|(_, (_, over))| !over).map(|(fact, _)| *fact);
        let needed = |fact: &Fact| kept().any(|other| self.tied(other, fact));
        let keeping = facts.iter().zip(&ends).map(|(fact, (end, over))| match over {
            false => Keeping::Until(*end),
            true if needed(fact) => Keeping::Needed(*end),
            true => Keeping::Over(*end),
        });
        keeping.collect()
    }

    /// The first day on which a fact is no longer kept for its own sake, and whether that day has come everywhere.
    #[must_use]
    pub fn ended(&self, fact: &Fact, now: Timestamp) -> (Day, bool) {
        let end = |zone: &Zone| Event::of(0, fact, zone).retention_end();
        let latest = self.zones.iter().map(end).max().unwrap_or(Day::NEVER);
        (latest, self.zones.iter().all(|zone| end(zone) <= zone.day_of(now)))
    }

    /// Whether a fact of a kind may be needed by another one, so that it may end later than its own retention does.
    #[must_use]
    pub fn may_need(&self, kind: Kind) -> bool {
        self.pairs.iter().any(|pair| pair.ending.meets(WordSet::of_kind(kind)))
    }

    /// Whether `other`, which has its own time behind it, can still end `held`.
    fn tied(&self, held: &Fact, other: &Fact) -> bool {
        let (holding, ending) = (held.value().word(), other.value().word());
        let read =
            self.pairs.iter().any(|pair| pair.holding.contains(holding) && pair.ending.contains(ending));
        // Whatever ends, prevents or outlasts a fact lies at or after the fact's first day.
        let since = |zone: &Zone| Event::of(0, held, zone).day <= Event::of(0, other, zone).last;
        read && self.zones.iter().any(since)
    }
}

/// The words by which a condition holds.
fn asserted(condition: &Condition, rules: &[Rule]) -> WordSet {
    match condition {
        Condition::Fact(c) => c.pattern.words,
        Condition::Lapse(c) => c.pattern.words,
        // A ruleset's rule follows an earlier one, so this ends.
        Condition::Follows(c) => rules.get(c.rule).map_or(WordSet::EMPTY, |rule| asserted(&rule.when, rules)),
        Condition::Any(parts) | Condition::All(parts) => {
            parts.iter().fold(WordSet::EMPTY, |words, part| words.with(asserted(part, rules)))
        }
        Condition::Not(inner) => asserted(inner, rules),
    }
}

fn cleared(clearances: &[Clearance]) -> WordSet {
    let mut words = WordSet::EMPTY;
    let mut see = |pattern: &Pattern| words = words.with(pattern.words);
    for clearance in clearances {
        clearance.each_pattern(&mut see);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::RawFact;

    const RULES: &str = r#"
[ruleset]
id = "2022-06"
region = "410000"
zone = "Asia/Shanghai"
effect = 2022-06-01
sunset = 2022-10-30
title = { zh-Hans = "示例", zh-Hant = "示例", en = "An example" }
authority = { zh-Hans = "示例", zh-Hant = "示例", en = "An example" }

[[rule]]
code = "A1"
color = "red"
article = "1"
when = { fact = "diagnosis", value = "confirmed", cleared_by = [{ negatives = 2, apart_hours = 24, from_day = 0 }] }
text = { zh-Hans = "确诊", zh-Hant = "確診", en = "You are a case." }
clears = { zh-Hans = "两次阴性", zh-Hant = "兩次陰性", en = "Two negatives." }
"#;

    fn fact(kind: &str, value: &str, at: &str, issuer: &str, evidence: &str) -> Fact {
        let region = if kind == "stay" { "410105" } else { "" };
        Fact::parse(&RawFact { kind, value, at, issuer, evidence, region, until: "" }).unwrap()
    }

    fn keeping(facts: &[&Fact], now: &str) -> Vec<&'static str> {
        let rules = Ruleset::parse(RULES).unwrap();
        let ties = Ties::of([&rules], Zone::named("Asia/Shanghai").unwrap());
        let word = |keeping: &Keeping| match keeping {
            Keeping::Until(_) => "until",
            Keeping::Needed(_) => "needed",
            Keeping::Over(_) => "over",
        };
        ties.keeping(facts, now.parse().unwrap()).iter().map(word).collect()
    }

    #[test]
    fn a_fact_is_kept_through_the_last_day_of_its_retention_and_no_longer() {
        let stay = fact("stay", "declared", "2022-06-01", "self", "");
        // Day 30 is 1 July; where it is kept is Shanghai.
        assert_eq!(keeping(&[&stay], "2022-07-01T23:59:59+08:00"), ["until"]);
        assert_eq!(keeping(&[&stay], "2022-07-02T00:00:00+08:00"), ["over"]);
    }

    #[test]
    fn a_test_stays_as_long_as_the_diagnosis_that_it_clears() {
        let case = fact("diagnosis", "confirmed", "2022-06-10", "hospital:1", "C-1");
        let test = fact("test", "negative", "2022-06-12T08:00:00+08:00", "laboratory:1", "S-1");
        let before = fact("test", "negative", "2022-06-09T08:00:00+08:00", "laboratory:1", "S-2");
        let stay = fact("stay", "declared", "2022-06-12", "self", "");
        let all = [&case, &test, &before, &stay];
        assert_eq!(keeping(&all, "2022-08-12T12:00:00+08:00"), ["until", "needed", "over", "over"]);
        assert_eq!(keeping(&all, "2022-12-08T12:00:00+08:00"), ["over"; 4], "day 181 of the diagnosis");
    }
}
