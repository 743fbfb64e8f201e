//! The search: sets of steps in the order of what they ask of the person, until the best ways back are known.

use std::collections::BTreeSet;

use crate::assess::Outcome;
use crate::assess::event::{Event, Events};
use crate::assess::run::View;
use crate::fact::Color;
use crate::risk::RiskMap;
use crate::ruleset::Ruleset;
use crate::time::Day;

use super::{Path, Paths, Step};

/// The most sets of steps that are tried for one person. The published rules need fewer than twenty; the limit is
/// there for a ruleset made to exhaust the search.
const MAX_TRIED: usize = 400;
/// The most steps in a path: two streaks of check-ins, the longest thing that published rules ask for (28 days each).
const MAX_STEPS: usize = 60;
/// What a step costs that only an office can take: more than all that a person could do themselves.
const COST_OF_OFFICE: usize = MAX_STEPS + 1;

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
    /// The person's events together with the steps of the first way back that is found.
    ///
    /// # Errors
    /// If there is none: the rules that hold for ever after the longest attempt.
    pub(crate) fn way_back(&self) -> Result<Events, Vec<usize>> {
        self.run(true).map(|paths| self.with(&paths.smallest.steps))
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

    /// Whether both ways lead to green on their day, and no sooner, also when retention ends what it ends.
    pub(super) fn confirms(&self, paths: &Paths) -> bool {
        std::iter::once(&paths.smallest).chain(&paths.fastest).all(|path| {
            let planned = self.with(&path.steps);
            matches!(self.future(&self.view(&planned)), Future::GreenOn(day, _) if day == path.green_on)
        })
    }

    /// The best ways back; with `any`, the first that is found.
    ///
    /// # Errors
    /// If there is none: the rules that hold for ever after the longest attempt.
    pub(super) fn run(&self, any: bool) -> Result<Paths, Vec<usize>> {
        let mut tried: BTreeSet<Vec<Step>> = BTreeSet::new();
        let mut open: BTreeSet<(usize, Vec<Step>)> = BTreeSet::from([(0, Vec::new())]);
        let mut smallest: Option<(usize, Path)> = None;
        let mut fastest: Option<Path> = None;
        let mut longest: (usize, Vec<usize>) = (0, Vec::new());
        while let Some((_, steps)) = open.pop_first() {
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
                    let path = self.needed(&steps, green_on);
                    let (cost, green_on) = (cost_of(&path.steps), path.green_on);
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
                Future::StuckFrom(day) => {
                    let blockers = self.blockers(&view, day);
                    if longest.1.is_empty() || steps.len() > longest.0 {
                        longest = (steps.len(), blockers.clone());
                    }
                    (day, blockers)
                }
            };
            // What stands in the way today may be all that does, where something else will later.
            let mut plans = self.proposals(&view, blocked_on, &blockers);
            plans.extend(self.proposals(&view, self.today, &self.blockers(&view, self.today)));
            for plan in plans {
                let next = merge(&steps, &plan);
                if next.len() <= MAX_STEPS && !tried.contains(&next) {
                    open.insert((cost_of(&next), next));
                }
            }
        }
        let (_, smallest) = smallest.ok_or(longest.1)?;
        let fastest = fastest.filter(|path| path.green_on < smallest.green_on);
        Ok(Paths { smallest, fastest })
    }

    /// The path of these steps without those that come too late for it, and without those that could be left out and
    /// the code would be green as early.
    fn needed(&self, steps: &[Step], green_on: Day) -> Path {
        let mut path = Path { green_on, steps: steps.to_vec() };
        let in_time = steps.iter().filter(|step| step.on <= green_on).copied().collect();
        self.shorten(&mut path, in_time);
        for step in steps.iter().rev() {
            let fewer = path.steps.iter().filter(|other| *other != step).copied().collect();
            self.shorten(&mut path, fewer);
        }
        path
    }

    /// Takes these steps instead if they lead to green as early.
    fn shorten(&self, path: &mut Path, fewer: Vec<Step>) {
        let planned = self.with(&fewer);
        if let Future::GreenOn(day, _) = self.future(&self.view(&planned))
            && day <= path.green_on
        {
            *path = Path { green_on: day, steps: fewer };
        }
    }

    fn with(&self, steps: &[Step]) -> Events {
        let mut events: Events = self.base.iter().copied().collect();
        for (step, index) in steps.iter().zip((0..=u32::MAX).rev()) {
            events.push(step.event(index, &self.ruleset.zone));
        }
        events
    }

    fn view<'v>(&'v self, events: &'v [Event]) -> View<'v> {
        View::of(events, self.risk, &self.ruleset.rules, self.retention)
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
}

fn cost_of(steps: &[Step]) -> usize {
    steps.iter().map(|step| if step.is_own() { 1 } else { COST_OF_OFFICE }).sum()
}

/// Both sets of steps; what is in both is taken once.
pub(super) fn merge(steps: &[Step], more: &[Step]) -> Vec<Step> {
    steps.iter().chain(more).copied().collect::<BTreeSet<_>>().into_iter().collect()
}
