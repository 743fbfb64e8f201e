//! Jobs E and F: what a draft — of rules, or of a region's risk — would do to whom, before it is published.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use mingma_domain::Region;
use mingma_domain::assess::{Outcome, Status};
use mingma_domain::fact::Color;
use mingma_domain::ruleset::Code;
use mingma_domain::time::Day;

use super::held::{held_longer, is_longer};
use super::{Change, reassess};
use crate::columns::{Census, Number};
use crate::error::Refusal;
use crate::outcomes::{Outcomes, outcome};
use crate::program::Program;
use crate::work::Work;

/// What is to be compared with today's rules.
pub struct Draft<'a> {
    /// What it is called in the answer.
    pub label: &'a str,
    /// The draft, compiled.
    pub program: &'a Program<'a>,
}

/// What a draft would do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preview {
    /// What it was called.
    pub label: String,
    /// How many would change from what to what; the most first.
    pub shifts: Vec<Shift>,
    /// By home region, where somebody would be worse or better off: how many, of how many.
    pub regions: Vec<RegionShift>,
    /// By reason, for those who would be worse or better off: how many would have it who do not have it now, and the other way round.
    pub reasons: BTreeMap<Code, Gained>,
    /// Who of those that would be worse off would be so for longest; at most [`STUCK`].
    pub stuck: Vec<Stuck>,
}

/// How many persons change from one outcome to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shift {
    /// From this; none where no rules are in force.
    pub from: Option<Outcome>,
    /// To this; none where no rules would be in force.
    pub to: Option<Outcome>,
    /// So many.
    pub persons: u64,
}

/// What happens in a home region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RegionShift {
    /// Which; `None`: persons without a home.
    pub region: Option<Region>,
    /// How many live there.
    pub persons: u64,
    /// How many would be worse off: shown something stricter, or held longer.
    pub worse: u64,
    /// How many of them would be held longer: not green now, nor shown anything stricter, and what they are shown ends later.
    pub longer: u64,
    /// How many would be better off: shown something milder, and that not for longer.
    pub better: u64,
}

/// A reason that some would gain or lose.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Gained {
    /// How many would have it who do not have it now.
    pub gain: u64,
    /// How many have it now and would not have it any more.
    pub lose: u64,
}

/// A person who would be worse off, and for how long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stuck {
    /// Who.
    pub number: Number,
    /// What they are shown today.
    pub from: Option<Outcome>,
    /// What they would be shown.
    pub to: Option<Outcome>,
    /// The first day on which that would be different if nothing new were recorded; `None`: never by waiting.
    pub until: Option<Day>,
    /// If they would only be held longer: the day on which they are shown something else by today's rules.
    pub instead_of: Option<Day>,
    /// By which reasons.
    pub reasons: Vec<Code>,
}

/// How many of those who would be stuck longest are named.
pub const STUCK: usize = 10;

impl Preview {
    /// How many would be shown something else.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.shifts.iter().map(|shift| shift.persons).sum()
    }

    /// How many would be worse off.
    #[must_use]
    pub fn worse(&self) -> u64 {
        self.regions.iter().map(|region| region.worse).sum()
    }

    /// How many of them would be held longer.
    #[must_use]
    pub fn longer(&self) -> u64 {
        self.regions.iter().map(|region| region.longer).sum()
    }

    /// How many would be better off.
    #[must_use]
    pub fn better(&self) -> u64 {
        self.regions.iter().map(|region| region.better).sum()
    }
}

/// What a draft would do, compared with today's rules and their outcomes.
///
/// # Errors
/// [`Refusal::Cancelled`]; [`Refusal::OtherCensus`] if the outcomes are not of this census.
pub fn preview(
    census: &Census,
    today: (&Program<'_>, &Outcomes),
    draft: &Draft<'_>,
    work: &Work<'_>,
) -> Result<Preview, Refusal> {
    let (program, outcomes) = today;
    let after = reassess(census, draft.program, Some(outcomes), work)?;
    let rules: (Rules<'_, '_>, Rules<'_, '_>) = (&|_| Some(program), &|_| Some(draft.program));
    let held = held_longer(census, rules, (outcomes, &after.outcomes), work)?;
    let mut preview = sums(census, &after.changes, &held);
    draft.label.clone_into(&mut preview.label);
    (preview.reasons, preview.stuck) = reasons(census, rules, (&after.changes, &held), work)?;
    Ok(preview)
}

/// How many would change from what to what, and where, and how many be held longer; without the reasons.
pub(crate) fn sums(census: &Census, changes: &[Change], held: &[Change]) -> Preview {
    let mut shifts: BTreeMap<(u8, u8), u64> = BTreeMap::new();
    let mut regions: BTreeMap<u32, RegionShift> = BTreeMap::new();
    let persons: BTreeMap<Option<Region>, u32> = census.homes().collect();
    let mut count = |change: &Change, add: &dyn Fn(&mut RegionShift)| {
        let Some(home) = census.home(change.number) else { return };
        add(regions.entry(home.region).or_insert_with(|| RegionShift {
            region: home.region(),
            persons: persons.get(&home.region()).copied().map_or(0, u64::from),
            worse: 0,
            longer: 0,
            better: 0,
        }));
    };
    for change in changes {
        *shifts.entry((change.from, change.to)).or_default() += 1;
        if is_worse(*change) {
            count(change, &|region| region.worse += 1);
        } else if held.binary_search_by_key(&change.number, |held| held.number).is_err() {
            count(change, &|region| region.better += 1);
        }
    }
    for change in held {
        count(change, &|region| {
            region.worse += 1;
            region.longer += 1;
        });
    }
    let shift = |((from, to), persons)| Shift { from: outcome(from), to: outcome(to), persons };
    let mut shifts: Vec<Shift> = shifts.into_iter().map(shift).collect();
    shifts.sort_by_key(|shift| Reverse(shift.persons));
    Preview {
        label: String::new(),
        shifts,
        regions: regions.into_values().collect(),
        reasons: Reasons::new(),
        stuck: Vec::new(),
    }
}

/// Several drafts side by side, each compared with today's rules.
///
/// # Errors
/// As [`preview`].
pub fn preview_all(
    census: &Census,
    today: (&Program<'_>, &Outcomes),
    drafts: &[Draft<'_>],
    work: &Work<'_>,
) -> Result<Vec<Preview>, Refusal> {
    drafts.iter().map(|draft| preview(census, today, draft, work)).collect()
}

pub(crate) type Reasons = BTreeMap<Code, Gained>;

/// How many persons are one part of the work.
const PART_CHANGES: usize = 4_096;

/// By which rules those of a home region are seen; none where none are in force.
pub(crate) type Rules<'r, 'p> = &'r (dyn Fn(Option<Region>) -> Option<&'p Program<'p>> + Sync);

/// Which reasons those who would change or be held longer would gain and lose, and who would be stuck longest.
pub(crate) fn reasons<'p>(
    census: &Census,
    rules: (Rules<'_, 'p>, Rules<'_, 'p>),
    (changes, held): (&[Change], &[Change]),
    work: &Work<'_>,
) -> Result<(Reasons, Vec<Stuck>), Refusal> {
    // Whoever would be shown something milder for longer is among those who change.
    let kept: Vec<Change> = held.iter().filter(|held| held.from == held.to).copied().collect();
    let parts: Vec<&[Change]> = changes.chunks(PART_CHANGES).chain(kept.chunks(PART_CHANGES)).collect();
    let found = work.each(
        parts,
        || (),
        |(), part| {
            let (mut reasons, mut stuck) = (Reasons::new(), Vec::new());
            for change in part {
                let home = census.home_of(change.number);
                let seen = |rules: Rules<'_, 'p>| {
                    let program = rules(home)?;
                    let status = census.status(program, change.number)?.status;
                    Some((codes(program, &status), status.until()))
                };
                let (old, before) = seen(rules.0).unwrap_or_default();
                let (new, until) = seen(rules.1).unwrap_or_default();
                for code in new.iter().filter(|code| !old.contains(code)) {
                    reasons.entry(code.clone()).or_default().gain += 1;
                }
                for code in old.iter().filter(|code| !new.contains(code)) {
                    reasons.entry(code.clone()).or_default().lose += 1;
                }
                let instead_of = before.filter(|_| is_longer(*change, (before, until)));
                if is_worse(*change) || instead_of.is_some() {
                    let (number, from, to) = (change.number, outcome(change.from), outcome(change.to));
                    stuck.push(Stuck { number, from, to, until, instead_of, reasons: new });
                }
            }
            longest(&mut stuck);
            (reasons, stuck)
        },
    )?;
    let (mut reasons, mut stuck) = (Reasons::new(), Vec::new());
    for (part, mut longest) in found {
        for (code, gained) in part {
            let all = reasons.entry(code).or_default();
            all.gain += gained.gain;
            all.lose += gained.lose;
        }
        stuck.append(&mut longest);
    }
    longest(&mut stuck);
    Ok((reasons, stuck))
}

/// Keeps those who would be stuck longest; «never» is longer than any day.
fn longest(stuck: &mut Vec<Stuck>) {
    stuck.sort_by_key(|s| (s.until.is_some(), Reverse(s.until), s.number));
    stuck.truncate(STUCK);
}

fn codes(program: &Program<'_>, status: &Status) -> Vec<Code> {
    let rule = |reason: &mingma_domain::assess::Reason| program.ruleset.rules.get(reason.rule);
    status.reasons().iter().filter_map(rule).map(|rule| rule.code.clone()).collect()
}

/// Whoever had no rules before is worse off by anything but green.
pub(super) fn is_worse(change: Change) -> bool {
    let level = |code| outcome(code).map_or(0, severity);
    level(change.to) > level(change.from)
}

/// How much an outcome keeps a person from doing: red before yellow before a pop-up, as in the rules, then no code.
#[must_use]
pub const fn severity(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Code(Color::Green) => 0,
        Outcome::NotIssued => 1,
        Outcome::Popup => 2,
        Outcome::Code(Color::Yellow) => 3,
        Outcome::Code(Color::Red) => 4,
    }
}
