//! The closed language of conditions: what a rule may ask of a person's facts.
//!
//! A condition is data, not a program: it has no variables, no loops and no functions, so that an official can read
//! it, a lint can explore it, and two evaluators can be held to one meaning. What each part means is written here,
//! once; [`crate::assess()`] computes it quickly, and the slow oracle of the tests computes it literally.

use crate::fact::{Word, WordSet};
use crate::region::{Country, Region};
use crate::risk::LevelSet;

/// A condition, true or false of a person on a civil day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// Some fact *holds* on the day.
    Fact(FactCondition),
    /// The latest fact of a pattern is too long ago.
    Lapse(Lapse),
    /// An earlier rule ended, and the time that follows it runs.
    Follows(Follows),
    /// At least one of these.
    Any(Vec<Condition>),
    /// All of these.
    All(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
}

/// Which facts are meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    /// The kinds and values.
    pub words: WordSet,
    /// In one of these regions, or in a region within one; empty: anywhere.
    pub regions: Vec<Region>,
    /// In none of these, nor within one.
    pub not_regions: Vec<Region>,
    /// From one of these countries (`entry`); empty: from any.
    pub countries: Vec<Country>,
    /// From none of these countries (`entry`).
    pub not_countries: Vec<Country>,
    /// At least this dose (`vaccination`); 0: any.
    pub min_dose: u8,
    /// On at least one day of the fact its region had one of these levels; the fact then counts for the days from
    /// the first to the last such day only.
    pub risk: Option<LevelSet>,
}

impl Pattern {
    /// The pattern of some words, anywhere.
    #[must_use]
    pub const fn of(words: WordSet) -> Self {
        Self {
            words,
            regions: Vec::new(),
            not_regions: Vec::new(),
            countries: Vec::new(),
            not_countries: Vec::new(),
            min_dose: 0,
            risk: None,
        }
    }
}

/// From which of a fact's days on it holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Starts {
    /// From its first day.
    At,
    /// From the day after its last day; an open period never gets there.
    AfterEnd,
}

/// «Some fact of this pattern holds today.»
///
/// Each fact of the pattern holds for one run of civil days, from its *start* to the day before its *end*:
///
/// - start: the fact's first day (or the day after its last, see [`Starts`]) plus `from_days`;
/// - end: the earliest of
///   - the day after its last day plus `within_days`, where that is given;
///   - the day after its last day, if it is an `isolation` or `foreign-status` and `within_days` is not given;
///   - the first day on which one of `cleared_by` is met;
///   - the end of its retention, when it will have been destroyed.
///
/// «First» and «last day» are those of the period that the fact names; with `risk`, those of its days at that risk.
/// A fact with an `unless_during` does not hold at all if some other fact of that pattern begins on a day of its period.
/// A fact is kept through day `retention_days` after its last day, an open period after its first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FactCondition {
    /// Which facts.
    pub pattern: Pattern,
    /// From its beginning or from its end.
    pub starts: Starts,
    /// Days added to the start.
    pub from_days: u16,
    /// The fact's last day is day 0; it still holds on day `within_days`.
    pub within_days: Option<u16>,
    /// A fact that keeps it from ever holding.
    pub unless_during: Option<Pattern>,
    /// What ends it; any one is enough.
    pub cleared_by: Vec<Clearance>,
}

/// What ends a fact's holding. The *reference day* is the fact's last day (its first, if it is an open period).
///
/// No fact clears itself. A clearing period counts from its first day. On the civil day of what is to be cleared a fact counts,
/// unless both have a time of day and it is the earlier one; check-ins are of the whole day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Clearance {
    /// This many days after the fact's last day: `after_days = 14` and 1 March gives 15 March, the first clear day. Never
    /// for an open period, which has no last day.
    After {
        /// How many days.
        days: u16,
    },
    /// A later fact, at or after the *beginning* of the one to clear (a release ends an isolation that it cuts short).
    Fact {
        /// Which facts.
        pattern: Pattern,
        /// It must lie in the same region as the fact to clear.
        same_region: bool,
        /// Clear this many days after it.
        after_days: u16,
    },
    /// Negative tests since the reference day.
    Negatives {
        /// How many.
        count: u8,
        /// Each sampled at least this many hours after the one counted before; a test without a time of day counts
        /// from 00:00, and two samples at one instant count once. A positive or pooled-positive test starts the count anew
        /// and outweighs a negative one of the same instant.
        apart_hours: u16,
        /// Sampled on day `from_day` after the reference day or later; 0: at or after the fact itself.
        from_day: u16,
    },
    /// Consecutive days, each with a check-in «well» and none «unwell».
    Checkins {
        /// How many days.
        count: u8,
        /// The first of them at the earliest this many days after the reference day.
        from_day: u16,
    },
    /// All of these: clear on the day of the last.
    All(Vec<Clearance>),
}

/// «The latest fact of this pattern is more than `within_days` days ago.» False if there never was one, and again from
/// the end of the latest one's retention on: what has been destroyed can hold nothing against anybody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lapse {
    /// Which facts.
    pub pattern: Pattern,
    /// The fact's day is day 0; day `within_days` is still in time.
    pub within_days: u16,
}

/// «An earlier rule of this ruleset has ended, and the time after it runs»: how a colour is converted in steps.
///
/// For each fact that the earlier rule held by: from the day on which that ended, for `for_days` days, or until cleared, or
/// until the fact's retention ends, whichever comes first. Reference day of a clearance is the day of the end. A rule that
/// ended only because its fact was destroyed is followed by nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Follows {
    /// The earlier rule, by its place in the ruleset.
    pub rule: usize,
    /// How many days it holds.
    pub for_days: Option<u16>,
    /// What ends it earlier; any one is enough.
    pub cleared_by: Vec<Clearance>,
}

impl Condition {
    /// The words that can make it true: without one of them among a person's facts it is false. `None` if it can be
    /// true of a person without any fact, as a negation can.
    ///
    /// `of_rule` answers the same for an earlier rule.
    pub(crate) fn triggers(&self, of_rule: &dyn Fn(usize) -> Option<WordSet>) -> Option<WordSet> {
        match self {
            Self::Fact(c) => Some(c.pattern.words),
            Self::Lapse(c) => Some(c.pattern.words),
            Self::Follows(c) => of_rule(c.rule),
            Self::Any(all) => {
                all.iter().try_fold(WordSet::EMPTY, |set, c| Some(set.with(c.triggers(of_rule)?)))
            }
            // Any one part that must hold is a sufficient guard; the first that has one is taken.
            Self::All(all) => all.iter().find_map(|c| c.triggers(of_rule)),
            Self::Not(_) => None,
        }
    }

    /// Calls `see` for every pattern in it, whether it asserts, prevents or clears.
    pub fn each_pattern(&self, see: &mut dyn FnMut(&Pattern)) {
        match self {
            Self::Fact(c) => {
                see(&c.pattern);
                c.unless_during.iter().for_each(&mut *see);
                c.cleared_by.iter().for_each(|clearance| clearance.each_pattern(see));
            }
            Self::Lapse(c) => see(&c.pattern),
            Self::Follows(c) => c.cleared_by.iter().for_each(|clearance| clearance.each_pattern(see)),
            Self::Any(all) | Self::All(all) => all.iter().for_each(|c| c.each_pattern(see)),
            Self::Not(c) => c.each_pattern(see),
        }
    }

    /// Every word that it reads.
    #[must_use]
    pub fn reads(&self) -> WordSet {
        let mut words = WordSet::EMPTY;
        self.each_pattern(&mut |pattern| words = words.with(pattern.words));
        words
    }
}

impl Clearance {
    pub(crate) fn each_pattern(&self, see: &mut dyn FnMut(&Pattern)) {
        match self {
            Self::After { .. } => {}
            Self::Fact { pattern, .. } => see(pattern),
            Self::Negatives { .. } => see(&Pattern::of(Self::NEGATIVES.with(Self::POSITIVES))),
            Self::Checkins { .. } => see(&Pattern::of(Self::WELL.with(Self::UNWELL))),
            Self::All(all) => all.iter().for_each(|c| c.each_pattern(see)),
        }
    }

    /// A negative test.
    pub const NEGATIVES: WordSet = only(crate::fact::Value::Test(crate::fact::value::Test::Negative));
    /// The tests that start the count of negatives anew.
    pub const POSITIVES: WordSet = only(crate::fact::Value::Test(crate::fact::value::Test::Positive))
        .with(only(crate::fact::Value::Test(crate::fact::value::Test::PooledPositive)));
    /// A check-in «well».
    pub const WELL: WordSet = only(crate::fact::Value::Checkin(crate::fact::value::Checkin::Well));
    /// A check-in «unwell».
    pub const UNWELL: WordSet = only(crate::fact::Value::Checkin(crate::fact::value::Checkin::Unwell));
}

const fn only(value: crate::fact::Value) -> WordSet {
    let word: Word = value.word();
    WordSet::only(word)
}
