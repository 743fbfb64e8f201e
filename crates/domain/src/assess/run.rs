//! Runs: for how long each fact holds under a condition, and from that whether the condition is true on a day.
//!
//! With the events fixed, every fact holds for one run of civil days, so a condition's truth is known together with
//! the day until which it cannot change. That one idea gives the colour, every `until`, the turn of the day and the
//! path to green; nothing here steps from day to day.

use smallvec::SmallVec;

use crate::fact::WordSet;
use crate::risk::RiskMap;
use crate::ruleset::{Condition, FactCondition, Follows, Lapse, Pattern, Rule, Starts};
use crate::time::Day;

use super::event::Event;

/// How many runs of a rule that is followed need no memory of their own: few people have more than four facts that one
/// rule reads.
const INLINE_RUNS: usize = 4;

/// A person's events, and what is needed to judge them.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) events: &'a [Event],
    /// The words that occur among the events.
    pub(crate) words: WordSet,
    pub(crate) risk: &'a RiskMap,
    /// The rules, for conditions that follow an earlier one.
    pub(crate) rules: &'a [Rule],
    /// Whether a fact's retention ends its run. Off only where the question is whether *the rules* give a way back.
    pub(crate) retention: bool,
}

/// The civil days on which one fact holds: from `start` to the day before `end`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Run {
    pub(crate) start: Day,
    pub(crate) end: Day,
    /// When the fact itself is destroyed; a run that ends there was not ended by a rule.
    pub(crate) retention_end: Day,
    /// Which fact.
    pub(crate) event: Event,
    /// The place in time that clearances count from.
    pub(crate) anchor: Anchor,
}

impl Run {
    pub(crate) fn covers(&self, day: Day) -> bool {
        (self.start..self.end).contains(&day)
    }
}

/// What a clearance counts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Anchor {
    /// The first day of what is to be cleared.
    pub(crate) begin: Day,
    /// The reference day.
    pub(crate) reference: Day,
    /// The instant at which what is to be cleared began, if it is known.
    pub(crate) begin_instant: Option<i64>,
    /// The instant within the reference day, if that is also the first and the instant is known.
    pub(crate) instant: Option<i64>,
    /// There is no last day to count days from.
    pub(crate) open: bool,
    /// The event whose region a clearance may have to share.
    pub(crate) event: Event,
}

/// Whether something is true on a day, and the first later day on which that might be different.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Truth {
    pub(crate) holds: bool,
    pub(crate) until: Day,
}

impl<'a> View<'a> {
    /// The view of these events, whose words it gathers.
    pub(crate) fn of(events: &'a [Event], risk: &'a RiskMap, rules: &'a [Rule], retention: bool) -> Self {
        let words = events.iter().fold(WordSet::EMPTY, |set, e| set.with(WordSet::only(e.value.word())));
        Self { events, words, risk, rules, retention }
    }
}

impl View<'_> {
    /// Whether a condition holds on a day. The answer is the same on every day from `day` to the day before `until`.
    pub(crate) fn truth(&self, condition: &Condition, day: Day) -> Truth {
        match condition {
            Condition::Fact(_) | Condition::Follows(_) => {
                let mut truth = Truth { holds: false, until: Day::NEVER };
                self.each_run(condition, &mut |run| {
                    if run.covers(day) {
                        let until = if truth.holds { truth.until.max(run.end) } else { run.end };
                        truth = Truth { holds: true, until };
                    } else if !truth.holds && run.start > day && run.start < run.end {
                        truth.until = truth.until.min(run.start);
                    }
                });
                truth
            }
            Condition::Lapse(lapse) => self.lapse(lapse, day),
            Condition::Any(parts) => self.either(parts, day, true),
            Condition::All(parts) => self.either(parts, day, false),
            Condition::Not(inner) => {
                let truth = self.truth(inner, day);
                Truth { holds: !truth.holds, ..truth }
            }
        }
    }

    /// `decisive` is what one part alone decides: true for «any», false for «all». While the decisive part that
    /// lasts longest lasts, the whole stays; without one it stays until the first part changes.
    fn either(&self, parts: &[Condition], day: Day, decisive: bool) -> Truth {
        let mut until = Day::NEVER;
        let mut decided: Option<Day> = None;
        for part in parts {
            let truth = self.truth(part, day);
            if truth.holds == decisive {
                decided = Some(decided.map_or(truth.until, |d| d.max(truth.until)));
            } else {
                until = until.min(truth.until);
            }
        }
        decided.map_or(Truth { holds: !decisive, until }, |until| Truth { holds: decisive, until })
    }

    fn lapse(&self, lapse: &Lapse, day: Day) -> Truth {
        let meant =
            || self.events.iter().filter_map(|e| self.matches(&lapse.pattern, e).map(|days| (days, e)));
        let next =
            meant().map(|((first, _), _)| first).filter(|first| *first > day).min().unwrap_or(Day::NEVER);
        let begun = meant().filter(|((first, _), _)| *first <= day);
        // Of two with one day at risk the latest is the one that is kept longer, whatever their order in the record.
        let Some(((_, last), latest)) = begun.max_by_key(|((_, last), e)| (*last, e.retention_end())) else {
            return Truth { holds: false, until: next };
        };
        let destroyed = if self.retention { latest.retention_end() } else { Day::NEVER };
        let lapses = last.plus(lapse.within_days).plus(1).min(destroyed);
        if day < lapses {
            Truth { holds: false, until: lapses }
        } else if day < destroyed {
            Truth { holds: true, until: next.min(destroyed) }
        } else {
            Truth { holds: false, until: next }
        }
    }

    /// The first day after `day` on which a condition is no longer what it is on `day`.
    pub(crate) fn changes(&self, condition: &Condition, day: Day) -> Option<Day> {
        let now = self.truth(condition, day);
        let mut until = now.until;
        // Each round passes at least one of the finitely many ends of runs.
        while until < Day::NEVER {
            let next = self.truth(condition, until);
            if next.holds != now.holds {
                return Some(until);
            }
            until = next.until;
        }
        None
    }

    /// Calls `see` for every run of a condition that is a union of runs; the other conditions have none.
    pub(crate) fn each_run(&self, condition: &Condition, see: &mut dyn FnMut(Run)) {
        match condition {
            Condition::Fact(c) if self.words.meets(c.pattern.words) => {
                self.events.iter().filter_map(|event| self.run(c, event)).for_each(see);
            }
            Condition::Follows(c) => self.follow(c, see),
            Condition::Any(parts) | Condition::All(parts) => {
                for part in parts {
                    self.each_run(part, see);
                }
            }
            Condition::Fact(_) | Condition::Lapse(_) | Condition::Not(_) => {}
        }
    }

    /// Calls `see` for every run that makes a condition hold on a day; none for a part that does not hold itself.
    pub(crate) fn each_run_holding(&self, condition: &Condition, day: Day, see: &mut dyn FnMut(Run)) {
        match condition {
            Condition::Fact(_) | Condition::Follows(_) => self.each_run(condition, &mut |run| {
                if run.covers(day) {
                    see(run);
                }
            }),
            Condition::Any(parts) | Condition::All(parts) if self.truth(condition, day).holds => {
                for part in parts {
                    self.each_run_holding(part, day, see);
                }
            }
            Condition::Any(_) | Condition::All(_) | Condition::Lapse(_) | Condition::Not(_) => {}
        }
    }

    fn run(&self, c: &FactCondition, event: &Event) -> Option<Run> {
        let (first, last) = self.matches(&c.pattern, event)?;
        let prevented = |p: &Pattern| {
            let within = |day: Day| day >= first && (event.open || day <= last);
            let others = self.events.iter().filter(|e| e.index != event.index);
            others.filter_map(|e| self.matches(p, e)).any(|(day, _)| within(day))
        };
        if c.unless_during.as_ref().is_some_and(prevented) {
            return None;
        }
        let start = match c.starts {
            Starts::At => first,
            Starts::AfterEnd if event.open => return None,
            Starts::AfterEnd => last.plus(1),
        };
        let window_end = match c.within_days {
            _ if event.open => Day::NEVER,
            Some(days) => last.plus(days).plus(1),
            None if event.value.kind().is_open_period() => last.plus(1),
            None => Day::NEVER,
        };
        let begin_instant = (event.timed && first == event.day).then_some(event.instant);
        let instant = begin_instant.filter(|_| last == event.day);
        let anchor =
            Anchor { begin: first, reference: last, begin_instant, instant, open: event.open, event: *event };
        let cleared = self.cleared(&c.cleared_by, &anchor);
        let retention_end = if self.retention { event.retention_end() } else { Day::NEVER };
        let end = window_end.min(cleared).min(retention_end);
        Some(Run { start: start.plus(c.from_days), end, retention_end, event: *event, anchor })
    }

    fn follow(&self, c: &Follows, see: &mut dyn FnMut(Run)) {
        let Some(rule) = self.rules.get(c.rule) else { return };
        let mut formers = SmallVec::<[Run; INLINE_RUNS]>::new();
        self.each_run(&rule.when, &mut |former| {
            if former.start < former.end {
                formers.push(former);
            }
        });
        // What a fact makes hold in several ways has ended when the last of them has.
        formers.sort_unstable_by_key(|run| (run.event.index, run.start));
        formers.dedup_by(|next, former| {
            let joined = next.event.index == former.event.index && next.start <= former.end;
            if joined {
                former.end = former.end.max(next.end);
            }
            joined
        });
        for former in formers {
            if former.end >= former.retention_end || former.end == Day::NEVER {
                continue;
            }
            let start = former.end;
            let anchor = Anchor {
                begin: start,
                reference: start,
                begin_instant: None,
                instant: None,
                open: false,
                event: former.event,
            };
            let window_end = c.for_days.map_or(Day::NEVER, |days| start.plus(days));
            let end = window_end.min(self.cleared(&c.cleared_by, &anchor)).min(former.retention_end);
            see(Run { start, end, retention_end: former.retention_end, event: former.event, anchor });
        }
    }

    /// The days of the event that a pattern means: its first and last, or with a risk those at that risk.
    pub(crate) fn matches(&self, pattern: &Pattern, event: &Event) -> Option<(Day, Day)> {
        let Pattern { words, regions, not_regions, countries, not_countries, min_dose, risk } = pattern;
        let within =
            |all: &[crate::region::Region]| event.region.is_some_and(|r| all.iter().any(|a| r.is_in(*a)));
        let from = |all: &[crate::region::Country]| event.country().is_some_and(|c| all.contains(&c));
        let meant = words.contains(event.value.word())
            && (regions.is_empty() || within(regions))
            && (not_regions.is_empty() || !within(not_regions))
            && (countries.is_empty() || from(countries))
            && (not_countries.is_empty() || !from(not_countries))
            && event.dose() >= *min_dose;
        match (meant, risk) {
            (false, _) => None,
            (true, None) => Some((event.day, event.last)),
            (true, Some(levels)) => self.risk.exposure(event.region?, *levels, event.day, event.last),
        }
    }
}
