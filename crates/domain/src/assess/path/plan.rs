//! Steps that could help: what a rule says may clear it, as further facts on their earliest days.

use jiff::Timestamp;

use crate::assess::event::Event;
use crate::assess::run::{Anchor, View};
use crate::fact::value::{Checkin, Discharge, Release, Test};
use crate::fact::{Kind, Value};
use crate::region::Region;
use crate::ruleset::{Clearance, Condition, Pattern};
use crate::time::Day;

use super::search::merge;
use super::{Search, Step};

const NEGATIVE: Value = Value::Test(Test::Negative);
const WELL: Value = Value::Checkin(Checkin::Well);

/// The facts that can be brought about, the person's own first, then those of an office.
const OBTAINABLE: [Value; 7] = [
    NEGATIVE,
    WELL,
    Value::Release(Release::Ended),
    Value::Discharge(Discharge::Excluded),
    Value::Discharge(Discharge::Recovered),
    Value::Release(Release::Early),
    Event::GREEN,
];

impl Search<'_> {
    /// Sets of steps, each of which ends one thing that stands in the way on `day`.
    pub(super) fn proposals(&self, view: &View<'_>, day: Day, blockers: &[usize]) -> Vec<Vec<Step>> {
        let mut plans = Vec::new();
        for rule in blockers.iter().filter_map(|index| self.ruleset.rules.get(*index)) {
            self.end(view, &rule.when, day, &mut plans);
        }
        if let (true, Some(condition)) = (blockers.is_empty(), &self.ruleset.issued_when) {
            self.begin(condition, day, &mut plans);
        }
        plans
    }

    /// Steps that make a condition false that is true on `day`.
    fn end(&self, view: &View<'_>, condition: &Condition, day: Day, plans: &mut Vec<Vec<Step>>) {
        match condition {
            Condition::Fact(c) => view.each_run(condition, &mut |run| {
                if run.covers(day) {
                    plans.extend(
                        c.cleared_by.iter().filter_map(|clearance| self.plan(view, clearance, &run.anchor)),
                    );
                    // While its period lasts, what keeps it from holding can still be done.
                    let lasts = run.event.open || self.today <= run.event.last;
                    let preventing = c.unless_during.as_ref().filter(|_| lasts);
                    plans.extend(
                        preventing.and_then(|p| self.one(p, self.today, None)).map(|step| vec![step]),
                    );
                }
            }),
            Condition::Follows(c) => view.each_run(condition, &mut |run| {
                if run.covers(day) {
                    plans.extend(
                        c.cleared_by.iter().filter_map(|clearance| self.plan(view, clearance, &run.anchor)),
                    );
                }
            }),
            Condition::Lapse(c) => plans.extend(self.one(&c.pattern, day, None).map(|step| vec![step])),
            Condition::Any(parts) | Condition::All(parts) => {
                parts
                    .iter()
                    .filter(|part| view.truth(part, day).holds)
                    .for_each(|part| self.end(view, part, day, plans));
            }
            Condition::Not(inner) => self.begin(inner, day, plans),
        }
    }

    /// Steps that make a condition true on `day` by facts of its own.
    fn begin(&self, condition: &Condition, day: Day, plans: &mut Vec<Vec<Step>>) {
        match condition {
            Condition::Fact(c) => plans.extend(self.one(&c.pattern, day, None).map(|step| vec![step])),
            Condition::Any(parts) => parts.iter().for_each(|part| self.begin(part, day, plans)),
            Condition::All(parts) => {
                let steps: Vec<Step> = parts
                    .iter()
                    .filter_map(|part| {
                        if let Condition::Fact(c) = part { self.one(&c.pattern, day, None) } else { None }
                    })
                    .collect();
                if !steps.is_empty() {
                    plans.push(steps);
                }
            }
            Condition::Lapse(_) | Condition::Follows(_) | Condition::Not(_) => {}
        }
    }

    /// The one further fact of a pattern that is easiest to bring about, on `day` or today if that is later.
    fn one(&self, pattern: &Pattern, day: Day, region: Option<Region>) -> Option<Step> {
        let region = region.or_else(|| pattern.regions.first().copied());
        let value = OBTAINABLE.iter().copied().find(|value| pattern.words.contains(value.word()))?;
        // A fact of a kind that names a region cannot be recorded without one.
        let region = value.kind().spec().region.then(|| region.unwrap_or(self.ruleset.region));
        let on = day.max(self.today);
        let not_before =
            (value.kind() == Kind::Test).then(|| self.ruleset.zone.start_of(on).max(self.now_on(on)));
        Some(Step::new(value, on, region, not_before))
    }

    /// The steps that meet a clearance as early as can be; `None` if nobody can bring them about.
    fn plan(&self, view: &View<'_>, clearance: &Clearance, anchor: &Anchor) -> Option<Vec<Step>> {
        match clearance {
            Clearance::After { .. } => Some(Vec::new()),
            Clearance::Fact { pattern, same_region, .. } => {
                let region = if *same_region { anchor.event.region } else { None };
                let Some(mut step) = self.one(pattern, anchor.begin.max(self.today), region) else {
                    // Nobody can bring it about, and nobody need if it has been.
                    return (view.cleared_by(clearance, anchor) < Day::NEVER).then(Vec::new);
                };
                // The fact to clear may be one of later today.
                if step.on == anchor.begin {
                    step.not_before = step.not_before.map(|at| at.max(anchor.begin_instant.unwrap_or(at)));
                }
                Some(vec![step])
            }
            Clearance::Negatives { count, apart_hours, from_day } => {
                Some(self.tests(view, anchor, *count, *apart_hours, *from_day))
            }
            Clearance::Checkins { count, from_day } => Some(self.checkins(view, anchor, *count, *from_day)),
            Clearance::All(parts) => {
                let mut steps = Vec::new();
                for part in parts {
                    steps = merge(&steps, &self.plan(view, part, anchor)?);
                }
                Some(steps)
            }
        }
    }

    fn tests(
        &self,
        view: &View<'_>,
        anchor: &Anchor,
        count: u8,
        apart_hours: u16,
        from_day: u16,
    ) -> Vec<Step> {
        let done = view.negatives(anchor, count, apart_hours, from_day);
        let earliest = anchor.reference.plus(from_day).max(self.today);
        let apart = i64::from(apart_hours) * 3_600;
        let mut next = self.ruleset.zone.start_of(earliest).max(self.now);
        if earliest == anchor.reference {
            next = next.max(anchor.instant.unwrap_or(i64::MIN));
        }
        if let Some(last) = done.last {
            next = next.max(last + apart.max(1));
        }
        (done.count..count)
            .filter_map(|_| {
                let at = next;
                // Two samples at one instant count once.
                next = at + apart.max(1);
                let day = self.ruleset.zone.day_of(Timestamp::from_second(at).ok()?);
                Some(Step::new(NEGATIVE, day, None, Some(at)))
            })
            .collect()
    }

    fn checkins(&self, view: &View<'_>, anchor: &Anchor, count: u8, from_day: u16) -> Vec<Step> {
        let first = anchor.reference.plus(from_day);
        let unwell =
            |day: Day| view.events.iter().any(|e| e.day == day && Clearance::UNWELL.contains(e.value.word()));
        // A day on which the person has declared to be unwell cannot be mended.
        let mut from = self.today.max(first);
        while unwell(from) {
            from = from.plus(1);
        }
        let mut begin = from;
        while begin > first && view.well_on(begin.minus(1)) {
            begin = begin.minus(1);
        }
        (0..u16::from(count))
            .map(|n| begin.plus(n))
            .filter(|day| *day >= from && !view.well_on(*day))
            .map(|day| Step::new(WELL, day, None, None))
            .collect()
    }

    fn now_on(&self, day: Day) -> i64 {
        if day == self.today { self.now } else { i64::MIN }
    }
}
