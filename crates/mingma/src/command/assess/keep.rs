//! Which statements can still count: what need not be held while a file is read.
//!
//! The answer may only ever err towards keeping: what is dropped here could not have changed the status on that day
//! or any later one. A test holds that against the assessment of whole records. The path to green is that of the
//! facts that may still be held: nothing is owed for one that ought to be destroyed by now.

use jiff::Timestamp;
use mingma_domain::fact::{Kind, Retraction, Statement, WordSet};
use mingma_domain::ruleset::{Clearance, Condition};
use mingma_domain::time::{Day, Zone};
use mingma_domain::{Fact, Ruleset};

/// What counts under one ruleset on one day.
#[derive(Debug)]
pub(super) struct Keep<'a> {
    zone: &'a Zone,
    today: Day,
    /// The words that the ruleset reads at all.
    reads: WordSet,
    /// The words that matter beyond their own time: those that clear, prevent or lapse. A negative test goes on
    /// clearing a diagnosis that is kept for longer than the test.
    lasting: WordSet,
}

impl<'a> Keep<'a> {
    /// What counts under `ruleset` at `now`.
    pub(super) fn new(ruleset: &'a Ruleset, now: Timestamp) -> Self {
        let conditions = ruleset.rules.iter().map(|rule| &rule.when).chain(&ruleset.issued_when);
        let lasting = conditions.fold(WordSet::EMPTY, |words, condition| words.with(lasting(condition)));
        Self { zone: &ruleset.zone, today: ruleset.zone.day_of(now), reads: ruleset.reads(), lasting }
    }

    /// Whether a statement can still count.
    pub(super) fn counts(&self, statement: &Statement) -> bool {
        match statement {
            Statement::Fact(fact) => self.fact_counts(fact),
            Statement::Retraction(retraction) => {
                // One that names no kind takes nothing back. It is held, so that the summary can say so.
                self.zone.day(retraction.at()) <= self.today
                    && kind_of(retraction).is_none_or(|kind| self.reads.meets(WordSet::of_kind(kind)))
            }
        }
    }

    fn fact_counts(&self, fact: &Fact) -> bool {
        let word = fact.value().word();
        if !self.reads.contains(word) || self.zone.day(fact.at()) > self.today {
            return false;
        }
        self.lasting.contains(word) || self.today <= self.kept_until(fact)
    }

    /// The last day of a fact's retention.
    fn kept_until(&self, fact: &Fact) -> Day {
        let day = self.zone.day(fact.at());
        let last = fact.until().map_or(day, |until| self.zone.day(until)).max(day);
        last.plus(fact.kind().spec().retention_days)
    }
}

/// The kind of the fact that a retraction names.
pub(super) fn kind_of(retraction: &Retraction) -> Option<Kind> {
    retraction.fact().split_once('/').and_then(|(kind, _)| kind.parse().ok())
}

/// The words that a condition reads otherwise than as facts that hold for their time.
fn lasting(condition: &Condition) -> WordSet {
    let clear =
        |clearances: &[Clearance]| clearances.iter().fold(WordSet::EMPTY, |words, c| words.with(clearing(c)));
    match condition {
        Condition::Fact(c) => clear(&c.cleared_by)
            .with(c.unless_during.as_ref().map_or(WordSet::EMPTY, |pattern| pattern.words)),
        Condition::Lapse(c) => c.pattern.words,
        Condition::Follows(c) => clear(&c.cleared_by),
        Condition::Any(parts) | Condition::All(parts) => {
            parts.iter().fold(WordSet::EMPTY, |words, part| words.with(lasting(part)))
        }
        Condition::Not(inner) => lasting(inner),
    }
}

fn clearing(clearance: &Clearance) -> WordSet {
    match clearance {
        Clearance::After { .. } => WordSet::EMPTY,
        Clearance::Fact { pattern, .. } => pattern.words,
        Clearance::Negatives { .. } => Clearance::NEGATIVES.with(Clearance::POSITIVES),
        Clearance::Checkins { .. } => Clearance::WELL.with(Clearance::UNWELL),
        Clearance::All(parts) => parts.iter().fold(WordSet::EMPTY, |words, part| words.with(clearing(part))),
    }
}

#[cfg(test)]
mod tests;
