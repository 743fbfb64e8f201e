//! The check before publication: everything for which a ruleset is refused, found at once.
//!
//! What the parser cannot know is here: windows longer than the facts are kept, rules that can never hold, examples that
//! fail or leave a boundary untried, and states without a way back to green.

use crate::assess::{Record, View, assess, events};
use crate::fact::{Kind, WordSet};
use crate::risk::RiskMap;
use crate::ruleset::example::Example;
use crate::ruleset::explore::{Stuck, explore};
use crate::ruleset::{Clearance, Code, Condition, MAX_TERM_DAYS, Pattern, Rule, Ruleset, Starts};
use crate::time::Day;

/// What checking a ruleset has found.
#[derive(Clone, Debug)]
pub struct Report {
    /// Why it may not be published; empty if it may.
    pub refusals: Vec<Refusal>,
    /// How many states were explored.
    pub states: usize,
    /// How many examples were run.
    pub examples: usize,
}

/// One reason not to publish a ruleset.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// It would be in force for too long.
    #[error(
        "the sunset lies {days} days after the effect: at most {MAX_TERM_DAYS}, then the rules must be published anew"
    )]
    Sunset {
        /// How many days.
        days: i32,
    },
    /// A window outlasts the facts that it reads.
    #[error("rule `{code}` reckons {days} days from a `{kind}`, which is kept {kept} days only")]
    Retention {
        /// The rule, or `issued_when`.
        code: String,
        /// The window.
        days: u16,
        /// The kind that is kept for a shorter time.
        kind: Kind,
        /// For how long.
        kept: u16,
    },
    /// A rule that no person can meet.
    #[error("rule `{code}` can never hold: none of the {states} states explored meets it")]
    NeverHolds {
        /// The rule.
        code: Code,
        /// How many states were tried.
        states: usize,
    },
    /// A state without a way back.
    #[error(
        "dead end: a person with {state} is held by {codes} and no sequence of waiting, tests, check-ins and releases leads to green"
    )]
    DeadEnd {
        /// The state in words.
        state: String,
        /// The rules that hold, at first and on the way back.
        codes: String,
    },
    /// An example names a rule that does not exist.
    #[error("example `{name}` (line {line}) names the reason `{code}`, which no rule has")]
    UnknownReason {
        /// The example.
        name: String,
        /// Where it stands.
        line: usize,
        /// The code.
        code: Code,
    },
    /// An example that does not come out.
    #[error("example `{name}` (line {line}): expected {expected}, the rules give {got}")]
    Example {
        /// The example.
        name: String,
        /// Where it stands.
        line: usize,
        /// What it expects.
        expected: String,
        /// What the rules give.
        got: String,
    },
    /// Examples leave something untried.
    #[error("rule `{code}` needs an example {what}")]
    Uncovered {
        /// The rule.
        code: Code,
        /// What it must show.
        what: &'static str,
    },
}

/// Checks a ruleset with its examples.
#[must_use]
pub fn check(ruleset: &Ruleset, examples: &[Example]) -> Report {
    let mut refusals = Vec::new();
    let days = ruleset.sunset.days_since(ruleset.effect);
    if days > i32::from(MAX_TERM_DAYS) {
        refusals.push(Refusal::Sunset { days });
    }
    windows(ruleset, &mut refusals);
    let explored = explore(ruleset);
    for (rule, held) in ruleset.rules.iter().zip(&explored.held) {
        if !held {
            refusals.push(Refusal::NeverHolds { code: rule.code.clone(), states: explored.states });
        }
    }
    let codes = |rules: &[usize]| {
        let codes =
            rules.iter().filter_map(|index| ruleset.rules.get(*index)).map(|rule| format!("`{}`", rule.code));
        let codes = codes.collect::<Vec<_>>().join(", ");
        if codes.is_empty() { "`issued_when`".to_owned() } else { codes }
    };
    for Stuck { state, rules, at_last } in &explored.stuck {
        let on_the_way = if at_last == rules {
            String::new()
        } else {
            format!(", on the way back by {},", codes(at_last))
        };
        let codes = codes(rules) + &on_the_way;
        refusals.push(Refusal::DeadEnd { state: state.describe(), codes });
    }
    for example in examples {
        run_example(ruleset, example, &mut refusals);
    }
    for rule in &ruleset.rules {
        coverage(ruleset, rule, examples, &mut refusals);
    }
    Report { refusals, states: explored.states, examples: examples.len() }
}

/// Every window against the retention of the facts that it reads.
fn windows(ruleset: &Ruleset, refusals: &mut Vec<Refusal>) {
    let named = ruleset.rules.iter().map(|rule| (rule.code.to_string(), &rule.when));
    for (code, condition) in named.chain(ruleset.issued_when.iter().map(|c| ("issued_when".to_owned(), c))) {
        each_window(condition, &ruleset.rules, &mut |words, days| {
            let kinds = Kind::ALL.iter().copied().filter(|kind| WordSet::of_kind(*kind).meets(words));
            if let Some(kind) =
                kinds.filter(|kind| kind.spec().retention_days < days).min_by_key(|k| k.spec().retention_days)
            {
                refusals.push(Refusal::Retention {
                    code: code.clone(),
                    days,
                    kind,
                    kept: kind.spec().retention_days,
                });
            }
        });
    }
}

fn each_window(condition: &Condition, rules: &[Rule], see: &mut dyn FnMut(WordSet, u16)) {
    match condition {
        Condition::Fact(c) => {
            let begins = c.from_days + u16::from(c.starts == Starts::AfterEnd);
            see(c.pattern.words, begins.max(c.within_days.unwrap_or(0)));
            c.cleared_by.iter().for_each(|clearance| each_wait(clearance, c.pattern.words, see));
        }
        Condition::Lapse(c) => see(c.pattern.words, c.within_days),
        // What follows is reckoned from the fact of the earlier rule, after the longest window of that.
        Condition::Follows(c) => {
            let Some(former) = rules.get(c.rule) else { return };
            let (mut words, mut longest) = (WordSet::EMPTY, 0);
            each_window(&former.when, rules, &mut |read, days| {
                words = words.with(read);
                longest = longest.max(days);
            });
            see(words, longest + c.for_days.unwrap_or(0));
        }
        Condition::Any(parts) | Condition::All(parts) => {
            for part in parts {
                each_window(part, rules, see);
            }
        }
        Condition::Not(inner) => each_window(inner, rules, see),
    }
}

fn each_wait(clearance: &Clearance, of: WordSet, see: &mut dyn FnMut(WordSet, u16)) {
    match clearance {
        Clearance::After { days } => see(of, *days),
        Clearance::Fact { after_days, .. } => see(of, *after_days),
        Clearance::Negatives { from_day, .. } => see(of, *from_day),
        Clearance::Checkins { count, from_day } => {
            see(of, *from_day);
            see(Clearance::WELL, u16::from(*count));
        }
        Clearance::All(parts) => parts.iter().for_each(|part| each_wait(part, of, see)),
    }
}

fn run_example(ruleset: &Ruleset, example: &Example, refusals: &mut Vec<Refusal>) {
    let Example { name, line, .. } = example;
    for code in example.reasons.iter().filter(|code| ruleset.rule(code.as_str()).is_none()) {
        refusals.push(Refusal::UnknownReason { name: name.clone(), line: *line, code: code.clone() });
    }
    let Ok(now) = ruleset.zone.end_of(example.on) else { return };
    let record = Record { facts: &example.facts, retractions: &example.retractions };
    let status = assess(ruleset, &record, &RiskMap::new(&example.risk), now);
    let reasons = status
        .reasons()
        .iter()
        .filter_map(|reason| ruleset.rules.get(reason.rule))
        .map(|rule| rule.code.clone());
    let got = told(status.color_word(), &reasons.collect::<Vec<_>>(), status.until());
    let expected =
        told(example.color.map_or("none", crate::fact::Color::word), &example.reasons, example.until);
    if got != expected {
        refusals.push(Refusal::Example { name: name.clone(), line: *line, expected, got });
    }
}

fn told(color: &str, reasons: &[Code], until: Option<Day>) -> String {
    let mut words = color.to_owned();
    if !reasons.is_empty() {
        words += " by ";
        words += &reasons.iter().map(Code::as_str).collect::<Vec<_>>().join(", ");
    }
    words + &until.map_or(String::new(), |day| format!(" until {day}"))
}

/// What of a rule the examples show: that it holds, that it does not, and both sides of each of its boundaries.
fn coverage(ruleset: &Ruleset, rule: &Rule, examples: &[Example], refusals: &mut Vec<Refusal>) {
    let mut missing = |what| refusals.push(Refusal::Uncovered { code: rule.code.clone(), what });
    let shows = |condition: &Condition, wanted: &dyn Fn([bool; 3]) -> bool| {
        examples.iter().any(|example| wanted(around(ruleset, example, condition)))
    };
    if !shows(&rule.when, &|[_, on, _]| on) {
        missing("in which it holds");
    }
    let has_its_facts = |example: &Example| {
        rule.triggers.is_none_or(|words| example.facts.iter().any(|fact| words.contains(fact.value().word())))
    };
    let idle = |example: &Example| {
        let [_, on, _] = around(ruleset, example, &rule.when);
        has_its_facts(example) && !on
    };
    if !examples.iter().any(idle) {
        missing("in which it does not hold though the facts that it reads are there");
    }
    each_leaf(&rule.when, &mut |leaf| {
        if begins_by_day(leaf) {
            if !shows(leaf, &|[before, on, _]| !before && on) {
                missing("on the first day on which it holds");
            }
            if !shows(leaf, &|[_, on, after]| !on && after) {
                missing("on the day before it begins to hold");
            }
        }
        if ends_by_day(leaf) {
            if !shows(leaf, &|[_, on, after]| on && !after) {
                missing("on the last day on which it holds");
            }
            if !shows(leaf, &|[before, on, _]| before && !on) {
                missing("on the first day on which it no longer holds");
            }
        }
    });
}

/// Whether a condition holds on the day before the example's, on it, and on the day after, with the same facts.
fn around(ruleset: &Ruleset, example: &Example, condition: &Condition) -> [bool; 3] {
    let record = Record { facts: &example.facts, retractions: &example.retractions };
    let events = events(&record, &ruleset.zone, example.on);
    let risk = RiskMap::new(&example.risk);
    let view = View::of(&events, &risk, &ruleset.rules, true);
    [example.on.minus(1), example.on, example.on.plus(1)].map(|day| view.truth(condition, day).holds)
}

fn each_leaf(condition: &Condition, see: &mut dyn FnMut(&Condition)) {
    match condition {
        Condition::Any(parts) | Condition::All(parts) => parts.iter().for_each(|part| each_leaf(part, see)),
        Condition::Not(inner) => each_leaf(inner, see),
        Condition::Fact(_) | Condition::Lapse(_) | Condition::Follows(_) => see(condition),
    }
}

/// Whether a condition begins to hold by the turn of a day, and not by a fact.
fn begins_by_day(condition: &Condition) -> bool {
    match condition {
        Condition::Fact(c) => c.from_days > 0 || c.starts == Starts::AfterEnd,
        Condition::Lapse(_) => true,
        Condition::Follows(_) | Condition::Any(_) | Condition::All(_) | Condition::Not(_) => false,
    }
}

/// Whether a condition ceases to hold by the turn of a day, and not only by a fact.
fn ends_by_day(condition: &Condition) -> bool {
    let waits = |all: &[Clearance]| all.iter().any(|c| matches!(c, Clearance::After { .. }));
    let is_period = |pattern: &Pattern| {
        Kind::ALL.iter().any(|kind| kind.is_open_period() && WordSet::of_kind(*kind).meets(pattern.words))
    };
    match condition {
        Condition::Fact(c) => c.within_days.is_some() || waits(&c.cleared_by) || is_period(&c.pattern),
        Condition::Follows(c) => c.for_days.is_some() || waits(&c.cleared_by),
        Condition::Any(_) | Condition::All(_) | Condition::Lapse(_) | Condition::Not(_) => false,
    }
}
