//! Clearances: on which day a fact is cleared by others, by tests, by check-ins or by time.

use crate::fact::{Value, value};
use crate::ruleset::Clearance;
use crate::time::Day;

use super::event::Event;
use super::run::{Anchor, View};

const SECONDS_AN_HOUR: i64 = 3_600;

impl View<'_> {
    /// The first day on which any of the clearances is met; [`Day::NEVER`] if none is.
    pub(super) fn cleared(&self, clearances: &[Clearance], anchor: &Anchor) -> Day {
        clearances.iter().map(|c| self.cleared_by(c, anchor)).min().unwrap_or(Day::NEVER)
    }

    /// The first day on which a clearance is met; [`Day::NEVER`] if it is not.
    pub(crate) fn cleared_by(&self, clearance: &Clearance, anchor: &Anchor) -> Day {
        match clearance {
            // An open period has no last day to count from.
            Clearance::After { .. } if anchor.open => Day::NEVER,
            Clearance::After { days } => anchor.reference.plus(*days),
            Clearance::Fact { pattern, same_region, after_days } => self
                .events
                .iter()
                .filter(|e| {
                    e.index != anchor.event.index && (!same_region || e.region == anchor.event.region)
                })
                .filter_map(|e| self.matches(pattern, e).map(|(first, _)| (e, first)))
                .filter(|(e, first)| is_since(e, *first, anchor.begin, anchor.begin_instant))
                .map(|(_, first)| first.plus(*after_days))
                .min()
                .unwrap_or(Day::NEVER),
            Clearance::Negatives { count, apart_hours, from_day } => {
                let progress = self.negatives(anchor, *count, *apart_hours, *from_day);
                if progress.count == *count { progress.day } else { Day::NEVER }
            }
            Clearance::Checkins { count, from_day } => self.streak(anchor, *count, *from_day),
            Clearance::All(parts) => {
                parts.iter().map(|c| self.cleared_by(c, anchor)).max().unwrap_or(Day::NEVER)
            }
        }
    }

    /// How far the count of negatives has come: it stops as soon as `count` is reached.
    pub(crate) fn negatives(&self, anchor: &Anchor, count: u8, apart_hours: u16, from_day: u16) -> Negatives {
        let tests = Clearance::NEGATIVES.with(Clearance::POSITIVES);
        let mut progress = Negatives { count: 0, last: None, day: Day::NEVER };
        if !self.words.meets(Clearance::NEGATIVES) {
            return progress;
        }
        let earliest = anchor.reference.plus(from_day);
        // In the order of sampling without sorting: the next test is the least one after the former. Of two at one
        // instant the positive comes last, so that it is not outdone by the other.
        let key = |e: &Event| (e.instant, Clearance::POSITIVES.contains(e.value.word()));
        let mut former = None;
        while progress.count < count {
            let next = self
                .events
                .iter()
                .filter(|e| {
                    tests.contains(e.value.word())
                        && e.day >= earliest
                        && is_since(e, e.day, anchor.reference, anchor.instant)
                })
                .filter(|e| former.is_none_or(|f| key(e) > f))
                .min_by_key(|e| key(e));
            let Some(test) = next else { break };
            former = Some(key(test));
            if Clearance::POSITIVES.contains(test.value.word()) {
                progress = Negatives { count: 0, last: None, day: Day::NEVER };
            } else if progress
                .last
                .is_none_or(|l| test.instant - l >= i64::from(apart_hours) * SECONDS_AN_HOUR)
            {
                progress = Negatives { count: progress.count + 1, last: Some(test.instant), day: test.day };
            }
        }
        progress
    }

    /// The day of the last check-in of the first streak of `count` days.
    fn streak(&self, anchor: &Anchor, count: u8, from_day: u16) -> Day {
        if !self.words.meets(Clearance::WELL) {
            return Day::NEVER;
        }
        let first = anchor.reference.plus(from_day);
        let Some(last) = self.events.iter().filter(|e| is_well(e)).map(|e| e.day).max() else {
            return Day::NEVER;
        };
        let (mut day, mut run) = (first, 0_u8);
        while day <= last {
            run = if self.well_on(day) { run + 1 } else { 0 };
            if run == count {
                return day;
            }
            day = day.plus(1);
        }
        Day::NEVER
    }

    /// Whether a day has a check-in «well» and none «unwell».
    pub(crate) fn well_on(&self, day: Day) -> bool {
        let mut well = false;
        for event in self.events.iter().filter(|e| e.day == day) {
            if let Value::Checkin(said) = event.value {
                match said {
                    value::Checkin::Well => well = true,
                    value::Checkin::Unwell => return false,
                }
            }
        }
        well
    }
}

/// How many negative tests count, when the last of them was sampled, and on which civil day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Negatives {
    pub(crate) count: u8,
    pub(crate) last: Option<i64>,
    pub(crate) day: Day,
}

fn is_well(event: &Event) -> bool {
    Clearance::WELL.contains(event.value.word())
}

/// Whether an event that counts from `first` is at or after a place in time. On the same civil day it is, unless both
/// have a time of day and it is the earlier one.
fn is_since(event: &Event, first: Day, day: Day, instant: Option<i64>) -> bool {
    let timed = event.timed && first == event.day;
    let earlier_that_day = timed && instant.is_some_and(|instant| event.instant < instant);
    first > day || (first == day && !earlier_that_day)
}
