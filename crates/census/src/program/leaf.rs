//! One part of a ruleset that speaks of facts, and which facts set its bit.

use mingma_domain::Region;
use mingma_domain::assess::Event;
use mingma_domain::assess::judge::Judge;
use mingma_domain::fact::Color;
use mingma_domain::fact::value::Stay;
use mingma_domain::fact::{Kind, Value, Word, WordSet};
use mingma_domain::ruleset::{Clearance, Condition, Pattern, Ruleset, Starts};
use mingma_domain::time::Day;

/// A `fact`, `lapse` or `follows` of a ruleset.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    /// As the ruleset has it.
    pub(crate) condition: Condition,
    sort: Sort,
    /// The facts that may set its bit.
    patterns: Vec<Pattern>,
    /// Their words.
    words: WordSet,
}

#[derive(Clone, Debug)]
enum Sort {
    /// It holds if it holds for one of the facts alone.
    Decided,
    /// It can only hold if this holds for one of the facts alone.
    Guarded(Box<Condition>),
    /// It can only hold if one of the facts is meant by a pattern and still kept.
    Kept,
}

impl Leaf {
    pub(crate) fn new(condition: &Condition, ruleset: &Ruleset) -> Self {
        let mut patterns = Vec::new();
        causes(condition, ruleset, &mut patterns);
        let sort = match condition {
            _ if decided(condition, ruleset) => Sort::Decided,
            Condition::Fact(fact) => {
                let mut alone = fact.clone();
                alone.unless_during = None;
                alone.cleared_by.retain(only_waits);
                Sort::Guarded(Box::new(Condition::Fact(alone)))
            }
            // If the latest fact has lapsed, every one has.
            Condition::Lapse(_) => Sort::Guarded(Box::new(condition.clone())),
            Condition::Follows(_) | Condition::Any(_) | Condition::All(_) | Condition::Not(_) => Sort::Kept,
        };
        let words = patterns.iter().fold(WordSet::EMPTY, |words, pattern| words.with(pattern.words));
        Self { condition: condition.clone(), sort, patterns, words }
    }

    /// Whether its bit is the whole answer.
    pub(crate) const fn is_decided(&self) -> bool {
        matches!(self.sort, Sort::Decided)
    }

    /// The words that may set its bit.
    pub(crate) const fn words(&self) -> WordSet {
        self.words
    }

    /// Whether it may begin to hold after the days of the facts by which it does. With a risk a stay counts from its first day at that
    /// risk on, which may be one of its last.
    pub(crate) const fn begins_later(&self) -> bool {
        match &self.condition {
            Condition::Fact(fact) => {
                fact.from_days > 0 || matches!(fact.starts, Starts::AfterEnd) || fact.pattern.risk.is_some()
            }
            Condition::Lapse(_)
            | Condition::Follows(_)
            | Condition::Any(_)
            | Condition::All(_)
            | Condition::Not(_) => true,
        }
    }

    /// Whether it may begin or cease to hold by a fact of this word without a change of its bit.
    pub(crate) fn is_moved_by(&self, word: Word) -> bool {
        match &self.sort {
            Sort::Decided => false,
            Sort::Guarded(_) => self.condition.reads().contains(word),
            Sort::Kept => true,
        }
    }

    /// Whether what a fact of this word means to it can depend on the risk of regions.
    pub(crate) fn asks_risk_of(&self, word: Word) -> bool {
        let mut asks = matches!(self.sort, Sort::Kept);
        let mut see = |pattern: &Pattern| asks |= pattern.risk.is_some() && pattern.words.contains(word);
        self.condition.each_pattern(&mut see);
        self.patterns.iter().for_each(see);
        asks
    }

    /// Whether what any fact means to it can depend on the risk of regions.
    pub(crate) fn asks_risk(&self) -> bool {
        let mut asks = false;
        let mut see = |pattern: &Pattern| asks |= pattern.risk.is_some();
        self.condition.each_pattern(&mut see);
        self.patterns.iter().for_each(see);
        asks
    }

    /// Whether an event sets its bit on a day.
    pub(crate) fn sees(&self, judge: &Judge<'_>, event: &Event, today: Day) -> bool {
        if !self.words().contains(event.value.word()) {
            return false;
        }
        let alone = std::slice::from_ref(event);
        match &self.sort {
            Sort::Decided => judge.holds(&self.condition, alone, today),
            Sort::Guarded(guard) => judge.holds(guard, alone, today),
            Sort::Kept => {
                today < event.retention_end() && self.patterns.iter().any(|p| judge.means(p, event).is_some())
            }
        }
    }

    /// Whether any stay or foreign status in a region, however long, could set its bit.
    pub(crate) fn reaches(&self, judge: &Judge<'_>, region: Region) -> bool {
        let (day, last) = (Day::FIRST, Day::LAST);
        let event = |value| Event {
            index: 0,
            value,
            day,
            last,
            open: false,
            timed: false,
            instant: 0,
            region: Some(region),
        };
        let of_kind = |pattern: &Pattern, kind| {
            let words = WordSet::of_kind(kind);
            // Whether a pattern means a place does not depend on which of its words is there.
            words.meets(pattern.words).then(|| Pattern { words, ..pattern.clone() })
        };
        self.patterns.iter().any(|pattern| {
            let stay = of_kind(pattern, Kind::Stay);
            let foreign = of_kind(pattern, Kind::ForeignStatus);
            stay.is_some_and(|p| judge.means(&p, &event(Value::Stay(Stay::Declared))).is_some())
                || foreign
                    .is_some_and(|p| judge.means(&p, &event(Value::ForeignStatus(Color::Red))).is_some())
        })
    }
}

/// Whether a condition's truth is an «or» over the facts, each judged by itself.
fn decided(condition: &Condition, ruleset: &Ruleset) -> bool {
    match condition {
        Condition::Fact(fact) => fact.unless_during.is_none() && fact.cleared_by.iter().all(only_waits),
        Condition::Follows(follows) => {
            follows.cleared_by.iter().all(only_waits)
                && ruleset.rules.get(follows.rule).is_none_or(|rule| runs_decided(&rule.when, ruleset))
        }
        Condition::Lapse(_) | Condition::Any(_) | Condition::All(_) | Condition::Not(_) => false,
    }
}

/// Whether the runs of a condition that another follows come from one fact each.
fn runs_decided(condition: &Condition, ruleset: &Ruleset) -> bool {
    match condition {
        Condition::Any(parts) | Condition::All(parts) => parts.iter().all(|part| runs_decided(part, ruleset)),
        // These have no runs to follow.
        Condition::Lapse(_) | Condition::Not(_) => true,
        Condition::Fact(_) | Condition::Follows(_) => decided(condition, ruleset),
    }
}

/// Whether a clearance is met by time alone.
fn only_waits(clearance: &Clearance) -> bool {
    match clearance {
        Clearance::After { .. } => true,
        Clearance::Fact { .. } | Clearance::Negatives { .. } | Clearance::Checkins { .. } => false,
        Clearance::All(parts) => parts.iter().all(only_waits),
    }
}

/// The patterns of the facts by which a condition can hold.
fn causes(condition: &Condition, ruleset: &Ruleset, patterns: &mut Vec<Pattern>) {
    match condition {
        Condition::Fact(fact) => patterns.push(fact.pattern.clone()),
        Condition::Lapse(lapse) => patterns.push(lapse.pattern.clone()),
        Condition::Follows(follows) => {
            if let Some(rule) = ruleset.rules.get(follows.rule) {
                causes(&rule.when, ruleset, patterns);
            }
        }
        Condition::Any(parts) | Condition::All(parts) => {
            for part in parts {
                causes(part, ruleset, patterns);
            }
        }
        Condition::Not(part) => causes(part, ruleset, patterns),
    }
}
