//! The path to green: which further facts would end every rule that holds, and on which day the code is green.
//!
//! Nothing here knows what a rule means. The search proposes steps from what a rule says may clear it, adds them to
//! the person's events as if they had happened, and asks the evaluator itself when the code would be green. So a
//! path cannot promise what an assessment would not keep.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use crate::fact::value::{Checkin, Discharge, Release, Test};
use crate::fact::{Color, IssuerClass, Kind, Value, WordSet};
use crate::region::Region;
use crate::risk::RiskMap;
use crate::ruleset::{Clearance, Condition, Pattern, Ruleset};
use crate::time::{Day, Zone};

use super::event::{Event, Events, events};
use super::run::{Anchor, View};
use super::{Outcome, Record};

/// The most sets of steps that are tried for one person. The published rules need fewer than twenty; the limit is
/// there for a ruleset made to exhaust the search.
const MAX_TRIED: usize = 400;
/// The most steps in a path: two streaks of check-ins, the longest thing that published rules ask for (28 days each).
const MAX_STEPS: usize = 60;
/// What a step costs that only an office can take: more than all that a person could do themselves.
const COST_OF_OFFICE: usize = MAX_STEPS + 1;

/// The ways back to green: the one that asks for least, and the fastest where that is another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Paths {
    /// The one with the fewest further facts, those first that the person can bring about; of equals the fastest.
    pub smallest: Path,
    /// The fastest, if it is faster than that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fastest: Option<Path>,
}

/// One way to green. Waiting is not a step: what is left when the steps are taken is to wait for `green_on`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Path {
    /// The first civil day on which the code is green.
    pub green_on: Day,
    /// The further facts, in the order of their days.
    pub steps: Vec<Step>,
}

/// One further fact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Step {
    /// The earliest civil day on which it helps.
    pub on: Day,
    /// Its kind.
    pub kind: Kind,
    /// Its value.
    pub value: Value,
    /// Where, for the kinds that name a region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// Who records it.
    pub by: &'static [IssuerClass],
    /// Not before this instant on that day, in seconds since 1970; only tests have one.
    #[serde(skip)]
    not_before: Option<i64>,
}

impl Step {
    fn new(value: Value, on: Day, region: Option<Region>, not_before: Option<i64>) -> Self {
        Self { on, kind: value.kind(), value, region, by: value.kind().spec().issuers, not_before }
    }

    /// Whether the person can bring it about: a test or a check-in. The others are an office's to record.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        matches!(self.kind, Kind::Test | Kind::Checkin)
    }

    /// Not before this instant, where the hours between two tests matter.
    #[must_use]
    pub fn not_before(&self) -> Option<Timestamp> {
        self.not_before.and_then(|seconds| Timestamp::from_second(seconds).ok())
    }

    fn event(&self, index: u32, zone: &Zone) -> Event {
        Event {
            index,
            value: self.value,
            day: self.on,
            last: self.on,
            open: false,
            timed: false,
            instant: self.not_before.unwrap_or_else(|| zone.start_of(self.on)),
            region: self.region,
        }
    }
}

/// The ways back to green; `None` if the rules give none.
///
/// A person whose code is green has an empty path that ends today. To wait until a record is destroyed is named as a way
/// only where the rules know no other.
#[must_use]
pub fn path_to_green(
    ruleset: &Ruleset,
    record: &Record<'_>,
    risk: &RiskMap,
    now: Timestamp,
) -> Option<Paths> {
    let today = ruleset.zone.day_of(now);
    let (events, _) = events(record, &ruleset.zone, today);
    let kept = Search { ruleset, risk, base: &events, now: now.as_second(), today, retention: true };
    let by_rules = Search { retention: false, ..kept };
    by_rules.run(false).filter(|paths| kept.confirms(paths)).or_else(|| kept.run(false))
}

/// One search for the ways back of one person.
#[derive(Clone, Copy)]
pub(crate) struct Search<'a> {
    pub(crate) ruleset: &'a Ruleset,
    pub(crate) risk: &'a RiskMap,
    pub(crate) base: &'a [Event],
    pub(crate) now: i64,
    pub(crate) today: Day,
    /// As in [`View`]: off where the destruction of a record is not to count as a way back.
    pub(crate) retention: bool,
}

/// What a set of steps leads to.
enum Future {
    /// Green on this day; what stood in the way the day before.
    GreenOn(Day, Vec<usize>),
    /// Never green; the first day from which nothing changes any more.
    StuckFrom(Day),
}

impl Search<'_> {
    /// Whether there is any way back.
    pub(crate) fn any(&self) -> bool {
        self.run(true).is_some()
    }

    /// The rules that hold for ever if nothing is done; `None` if waiting alone leads to green.
    pub(crate) fn stuck_by(&self) -> Option<Vec<usize>> {
        let base = self.with(&[]);
        let view = self.view(&base);
        match self.future(&view) {
            Future::GreenOn(..) => None,
            Future::StuckFrom(day) => Some(self.blockers(&view, day)),
        }
    }

    /// Whether both ways lead to green also when retention ends what it ends.
    fn confirms(&self, paths: &Paths) -> bool {
        std::iter::once(&paths.smallest).chain(&paths.fastest).all(|path| {
            let planned = self.with(&path.steps);
            self.view(&planned).outcome(self.ruleset, path.green_on).0 == Outcome::Code(Color::Green)
        })
    }

    /// The best ways back; with `any`, the first that is found.
    fn run(&self, any: bool) -> Option<Paths> {
        let mut tried: BTreeSet<Vec<Step>> = BTreeSet::new();
        let mut open: BTreeSet<(usize, Vec<Step>)> = BTreeSet::from([(0, Vec::new())]);
        let mut smallest: Option<(usize, Path)> = None;
        let mut fastest: Option<Path> = None;
        while let Some((cost, steps)) = open.pop_first() {
            if tried.len() >= MAX_TRIED {
                break;
            }
            if !tried.insert(steps.clone()) {
                continue;
            }
            let planned = self.with(&steps);
            let view = self.view(&planned);
            let (blocked_on, blockers) = match self.future(&view) {
                Future::GreenOn(green_on, blockers) => {
                    let path = Path { green_on, steps: steps.clone() };
                    if smallest.as_ref().is_none_or(|(least, p)| (cost, green_on) < (*least, p.green_on)) {
                        smallest = Some((cost, path.clone()));
                    }
                    if fastest.as_ref().is_none_or(|p| green_on < p.green_on) {
                        fastest = Some(path);
                    }
                    if any {
                        break;
                    }
                    if green_on == self.today {
                        continue;
                    }
                    (green_on.minus(1), blockers)
                }
                Future::StuckFrom(day) => (day, self.blockers(&view, day)),
            };
            for plan in self.proposals(&view, blocked_on, &blockers) {
                let next = merge(&steps, &plan);
                if next.len() <= MAX_STEPS && !tried.contains(&next) {
                    open.insert((cost_of(&next), next));
                }
            }
        }
        let (_, smallest) = smallest?;
        let fastest = fastest.filter(|path| path.green_on < smallest.green_on);
        Some(Paths { smallest, fastest })
    }

    fn with(&self, steps: &[Step]) -> Events {
        let mut events: Events = self.base.iter().copied().collect();
        for (step, index) in steps.iter().zip((0..=u32::MAX).rev()) {
            events.push(step.event(index, &self.ruleset.zone));
        }
        events
    }

    fn view<'v>(&'v self, events: &'v [Event]) -> View<'v> {
        let words = events.iter().fold(WordSet::EMPTY, |set, e| set.with(WordSet::only(e.value.word())));
        View { events, words, risk: self.risk, rules: &self.ruleset.rules, retention: self.retention }
    }

    fn future(&self, view: &View<'_>) -> Future {
        let mut day = self.today;
        let mut former = None;
        loop {
            let (outcome, until) = view.outcome(self.ruleset, day);
            if outcome == Outcome::Code(Color::Green) {
                let blockers = former.map_or_else(Vec::new, |_| self.blockers(view, day.minus(1)));
                return Future::GreenOn(day, blockers);
            }
            if until == Day::NEVER {
                return Future::StuckFrom(day);
            }
            former = Some(day);
            day = until;
        }
    }

    /// The rules that hold on a day.
    fn blockers(&self, view: &View<'_>, day: Day) -> Vec<usize> {
        let rules = self.ruleset.rules.iter().enumerate();
        rules
            .filter(|(_, r)| view.may_hold(r) && view.truth(&r.when, day).holds)
            .map(|(index, _)| index)
            .collect()
    }

    /// Sets of steps, each of which ends one thing that stands in the way on `day`.
    fn proposals(&self, view: &View<'_>, day: Day, blockers: &[usize]) -> Vec<Vec<Step>> {
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
        let region = region.filter(|_| value.kind().spec().region);
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
                self.one(pattern, anchor.begin.max(self.today), region).map(|step| vec![step])
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

fn cost_of(steps: &[Step]) -> usize {
    steps.iter().map(|step| if step.is_own() { 1 } else { COST_OF_OFFICE }).sum()
}

/// Both sets of steps; what is in both is taken once.
fn merge(steps: &[Step], more: &[Step]) -> Vec<Step> {
    steps.iter().chain(more).copied().collect::<BTreeSet<_>>().into_iter().collect()
}
