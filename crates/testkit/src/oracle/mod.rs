//! The slow, obvious oracle of `mingma_domain::assess`: a second reading of the documentation.
//!
//! It was written from the doc comments of `ruleset/condition.rs` and from `docs/ruleset-language.md`, without a look
//! at the evaluator, and shares no code with it: one civil day is judged at a time, with plain quantifiers over the
//! facts; an end is found by trying the next day, and the next. It is never fast and must never become clever.
//!
//! Where the documentation leaves a choice, the line that makes it says `CHOICE:`.

mod clear;
mod known;

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::Timestamp;
use mingma_domain::assess::{Outcome, Record};
use mingma_domain::fact::Color;
use mingma_domain::risk::RegionRisk;
use mingma_domain::ruleset::{Condition, Effect, FactCondition, Follows, Lapse, Ruleset, Starts};
use mingma_domain::time::{Day, Zone};

use clear::Target;
use known::{Known, Spell, Stamp};

/// How many days the oracle looks ahead for an end, and back for a beginning. The longest retention (180 days) and
/// two conversions of up to 60 days, each begun on the last day of the one before, end within 300; 500 leaves room.
pub const HORIZON_DAYS: u16 = 500;

/// What the oracle says of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The civil day of assessment.
    pub on: Day,
    /// What the person would be shown.
    pub outcome: Outcome,
    /// The first later day with another outcome, if there is one within [`HORIZON_DAYS`].
    pub until: Option<Day>,
    /// Every rule that holds, in the order of the ruleset.
    pub reasons: Vec<Ground>,
}

/// One rule that holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ground {
    /// Its place in the ruleset.
    pub rule: usize,
    /// The first of the days without a gap up to today on which it holds; `None` if it held all through
    /// [`HORIZON_DAYS`].
    pub since: Option<Day>,
    /// The first later day on which it does not hold, if there is one within [`HORIZON_DAYS`].
    pub until: Option<Day>,
    /// The facts that make it hold, by their place in the record.
    pub facts: Vec<usize>,
}

/// Judges a person literally.
#[must_use]
pub fn judge(ruleset: &Ruleset, record: &Record<'_>, acts: &[RegionRisk], now: Timestamp) -> Verdict {
    Judge::new(ruleset, record, acts, now).verdict()
}

/// What the person would be shown, without its grounds and its end.
#[must_use]
pub fn outcome(ruleset: &Ruleset, record: &Record<'_>, acts: &[RegionRisk], now: Timestamp) -> Outcome {
    let judge = Judge::new(ruleset, record, acts, now);
    judge.outcome(judge.today)
}

/// One person on one day, with all that is known of them on it.
struct Judge<'a> {
    ruleset: &'a Ruleset,
    zone: &'a Zone,
    acts: &'a [RegionRisk],
    known: Vec<Known>,
    today: Day,
    /// The days on which a rule stopped to hold by a fact; kept because a conversion asks again on every day.
    endings: RefCell<BTreeMap<(usize, usize), Vec<Day>>>,
}

impl<'a> Judge<'a> {
    fn new(ruleset: &'a Ruleset, record: &Record<'_>, acts: &'a [RegionRisk], now: Timestamp) -> Self {
        let today = ruleset.zone.day_of(now);
        Self {
            ruleset,
            zone: &ruleset.zone,
            acts,
            known: known::known(record, &ruleset.zone, today),
            today,
            endings: RefCell::default(),
        }
    }

    fn verdict(&self) -> Verdict {
        let outcome = self.outcome(self.today);
        let holding =
            self.ruleset.rules.iter().enumerate().filter(|(_, rule)| self.holds(&rule.when, self.today));
        let reasons = holding.map(|(index, rule)| Ground {
            rule: index,
            since: self.since(&rule.when),
            until: self.ahead().find(|day| !self.holds(&rule.when, *day)),
            facts: self.facts(&rule.when, self.today),
        });
        Verdict {
            on: self.today,
            outcome,
            until: self.ahead().find(|day| self.outcome(*day) != outcome),
            reasons: reasons.collect(),
        }
    }

    /// Tomorrow and the days after it.
    fn ahead(&self) -> impl Iterator<Item = Day> {
        let today = self.today;
        (1..=HORIZON_DAYS).map(move |days| today.plus(days))
    }

    fn since(&self, when: &Condition) -> Option<Day> {
        let gap =
            (1..=HORIZON_DAYS).map(|days| self.today.minus(days)).find(|day| !self.holds(when, *day))?;
        Some(gap.plus(1))
    }

    fn outcome(&self, day: Day) -> Outcome {
        let holds = |effect: Effect| {
            self.ruleset.rules.iter().any(|rule| rule.effect == effect && self.holds(&rule.when, day))
        };
        if holds(Effect::Red) {
            Outcome::Code(Color::Red)
        } else if holds(Effect::Yellow) {
            Outcome::Code(Color::Yellow)
        } else if holds(Effect::Popup) {
            Outcome::Popup
        } else if self.ruleset.issued_when.as_ref().is_none_or(|condition| self.holds(condition, day)) {
            Outcome::Code(Color::Green)
        } else {
            Outcome::NotIssued
        }
    }

    /// Whether a condition is true on a day.
    fn holds(&self, condition: &Condition, day: Day) -> bool {
        match condition {
            Condition::Fact(_) | Condition::Follows(_) => {
                self.known.iter().any(|fact| self.holds_by(condition, fact, day))
            }
            Condition::Lapse(lapse) => self.lapsed(lapse, day),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part, day)),
            Condition::All(parts) => parts.iter().all(|part| self.holds(part, day)),
            Condition::Not(part) => !self.holds(part, day),
        }
    }

    /// The facts that make a condition true on a day; none of a condition that is false.
    fn facts(&self, condition: &Condition, day: Day) -> Vec<usize> {
        if !self.holds(condition, day) {
            return Vec::new();
        }
        let mut facts: Vec<usize> = match condition {
            Condition::Fact(_) | Condition::Follows(_) => self
                .known
                .iter()
                .filter(|fact| self.holds_by(condition, fact, day))
                .map(|fact| fact.place)
                .collect(),
            Condition::Any(parts) | Condition::All(parts) => {
                parts.iter().flat_map(|part| self.facts(part, day)).collect()
            }
            Condition::Lapse(_) | Condition::Not(_) => Vec::new(),
        };
        facts.sort_unstable();
        facts.dedup();
        facts
    }

    /// Whether this one fact makes a condition true on a day.
    fn holds_by(&self, condition: &Condition, fact: &Known, day: Day) -> bool {
        match condition {
            Condition::Fact(c) => self.fact_holds(c, fact, day),
            Condition::Follows(c) => self.follows(c, fact, day),
            Condition::Any(parts) => parts.iter().any(|part| self.holds_by(part, fact, day)),
            Condition::Lapse(_) | Condition::All(_) | Condition::Not(_) => false,
        }
    }

    fn fact_holds(&self, c: &FactCondition, fact: &Known, day: Day) -> bool {
        let Some(spell) = self.spell(&c.pattern, fact) else { return false };
        let start = match (c.starts, spell.last) {
            (Starts::At, _) => spell.first.day,
            (Starts::AfterEnd, Some(last)) => last.day.plus(1),
            (Starts::AfterEnd, None) => return false,
        };
        let over = spell.last.is_some_and(|last| match c.within_days {
            Some(within_days) => day > last.day.plus(within_days),
            None => fact.value.kind().is_open_period() && day > last.day,
        });
        let prevented = c.unless_during.as_ref().is_some_and(|pattern| {
            // CHOICE: it begins on one of its days, whatever the time of day; the fact itself is not meant.
            let begins_within = |inner: Spell| {
                inner.first.day >= spell.first.day
                    && spell.last.is_none_or(|last| inner.first.day <= last.day)
            };
            self.others(fact).any(|other| self.spell(pattern, other).is_some_and(begins_within))
        });
        let target = Target::of(fact, &spell);
        day >= start.plus(c.from_days)
            && !over
            && !fact.destroyed_by(day)
            && !prevented
            && !c.cleared_by.iter().any(|clearance| self.met(clearance, &target, day))
    }

    fn lapsed(&self, lapse: &Lapse, day: Day) -> bool {
        let of_pattern = |fact| self.spell(&lapse.pattern, fact).map(|spell: Spell| (spell, fact));
        let begun = self.known.iter().filter_map(of_pattern).filter(|(spell, _)| spell.first.day <= day);
        // CHOICE: the day of a period is its reference day: its last, and an open one's first. Of two with one day the
        // latest is the one that is kept longer.
        let latest = begun.max_by_key(|(spell, fact)| (spell.reference().day, fact.last_kept()));
        latest.is_some_and(|(spell, fact)| {
            day > spell.reference().day.plus(lapse.within_days) && !fact.destroyed_by(day)
        })
    }

    fn follows(&self, c: &Follows, fact: &Known, day: Day) -> bool {
        self.endings(c.rule, fact).into_iter().filter(|end| *end <= day).any(|end| {
            let moment = Stamp { day: end, second: None };
            let target = Target {
                place: fact.place,
                first: moment,
                reference: moment,
                region: fact.region,
                is_open: false,
            };
            c.for_days.is_none_or(|days| day < end.plus(days))
                // CHOICE: also with `for_days`, nothing holds by a fact that has been destroyed.
                && !fact.destroyed_by(day)
                && !c.cleared_by.iter().any(|clearance| self.met(clearance, &target, day))
        })
    }

    /// The days on which a rule, having held by this fact the day before, no longer does.
    fn endings(&self, rule: usize, fact: &Known) -> Vec<Day> {
        if let Some(days) = self.endings.borrow().get(&(rule, fact.place)) {
            return days.clone();
        }
        let when = &self.ruleset.rules.get(rule).unwrap().when;
        let held = |day: Day| self.holds_by(when, fact, day);
        let mut days = Vec::new();
        let mut day = fact.begin.day;
        while day <= self.today.plus(HORIZON_DAYS) {
            if held(day) && !held(day.plus(1)) {
                days.push(day.plus(1));
            }
            day = day.plus(1);
        }
        self.endings.borrow_mut().insert((rule, fact.place), days.clone());
        days
    }

    /// All that is known but this fact.
    fn others(&self, fact: &Known) -> impl Iterator<Item = &Known> {
        let place = fact.place;
        self.known.iter().filter(move |other| other.place != place)
    }
}
