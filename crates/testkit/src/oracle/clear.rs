//! Whether something has been cleared by a day.

use mingma_domain::fact::WordSet;
use mingma_domain::region::Region;
use mingma_domain::ruleset::Clearance;
use mingma_domain::time::Day;

use super::Judge;
use super::known::{Known, Spell, Stamp};

/// What is to be cleared: a fact, or the time that follows a rule that held by it.
pub(super) struct Target {
    pub(super) place: usize,
    pub(super) first: Stamp,
    pub(super) reference: Stamp,
    pub(super) region: Option<Region>,
    /// It has no last day.
    pub(super) is_open: bool,
}

impl Target {
    pub(super) fn of(fact: &Known, spell: &Spell) -> Self {
        Self {
            place: fact.place,
            first: spell.first,
            reference: spell.reference(),
            region: fact.region,
            is_open: spell.last.is_none(),
        }
    }
}

impl Judge<'_> {
    /// Whether the clearance is met on this day or was on an earlier one.
    pub(super) fn met(&self, clearance: &Clearance, target: &Target, day: Day) -> bool {
        match clearance {
            // CHOICE: an open period has no last day after which days could be counted.
            Clearance::After { days } => !target.is_open && day >= target.reference.day.plus(*days),
            Clearance::Fact { pattern, same_region, after_days } => self.known.iter().any(|other| {
                other.place != target.place
                    // CHOICE: the very same region, and a fact without one is in no same region.
                    && (!same_region || (other.region.is_some() && other.region == target.region))
                    && self.spell(pattern, other).is_some_and(|spell| {
                        spell.first.is_at_or_after(target.first)
                            // CHOICE: the days after a clearing period run from its first day.
                            && day >= spell.first.day.plus(*after_days)
                    })
            }),
            Clearance::Negatives { count, apart_hours, from_day } => {
                let mut tests: Vec<&Known> =
                    self.of(Clearance::NEGATIVES.with(Clearance::POSITIVES), day).collect();
                let positives: Vec<i64> = tests
                    .iter()
                    .filter(|test| Clearance::POSITIVES.contains(test.value.word()))
                    .map(|test| self.second(test))
                    .collect();
                tests.sort_by_key(|test| self.second(test));
                let mut counted: Vec<i64> = Vec::new();
                for test in tests {
                    if Clearance::POSITIVES.contains(test.value.word()) {
                        counted.clear();
                        continue;
                    }
                    let since_reference = test.begin.is_at_or_after(target.reference)
                        && test.begin.day >= target.reference.day.plus(*from_day);
                    // CHOICE: two samples at one instant are one, also where no hours apart are asked for.
                    let seconds_apart = (i64::from(*apart_hours) * 3_600).max(1);
                    let apart =
                        counted.last().is_none_or(|former| self.second(test) - former >= seconds_apart);
                    let outweighed = positives.contains(&self.second(test));
                    if since_reference && apart && !outweighed {
                        counted.push(self.second(test));
                    }
                    if counted.len() == usize::from(*count) {
                        return true;
                    }
                }
                false
            }
            Clearance::Checkins { count, from_day } => {
                let earliest = target.reference.day.plus(*from_day);
                let count = u16::from(*count);
                let is_streak = |first: Day| {
                    (0..count).map(|n| first.plus(n)).all(|on| {
                        let on_that_day =
                            |words: WordSet| self.of(words, day).any(|checkin| checkin.begin.day == on);
                        on_that_day(Clearance::WELL) && !on_that_day(Clearance::UNWELL)
                    })
                };
                let mut first = earliest;
                while first.plus(count).minus(1) <= day {
                    if is_streak(first) {
                        return true;
                    }
                    first = first.plus(1);
                }
                false
            }
            Clearance::All(parts) => parts.iter().all(|part| self.met(part, target, day)),
        }
    }

    /// What is known of some words and was on this day or an earlier one.
    fn of(&self, words: WordSet, day: Day) -> impl Iterator<Item = &Known> {
        self.known.iter().filter(move |fact| words.contains(fact.value.word()) && fact.begin.day <= day)
    }

    /// The second of sampling; a test without a time of day counts from 00:00.
    fn second(&self, test: &Known) -> i64 {
        test.begin.second.unwrap_or_else(|| self.zone.start_of(test.begin.day))
    }
}
