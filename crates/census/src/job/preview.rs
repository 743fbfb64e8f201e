//! Jobs E and F: what a draft — of rules, or of a region's risk — would do to whom, before it is published.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use mingma_domain::Region;
use mingma_domain::assess::Outcome;
use mingma_domain::fact::Color;
use mingma_domain::time::Day;

use super::ahead::{Ahead, Span};
use super::coming::{Coming, coming};
use super::held::held_longer;
use super::reasons::{Gained, reasons, reasons_to_come};
use super::stuck::{Stuck, stuck};
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
    /// How many would be worse off on a day to come, and not at once: by the first such day.
    pub coming: Vec<ComingShift>,
    /// How many of the worse would be shown something stricter still on a day to come: stricter than by the rules in force then, and than on every
    /// earlier day on which they were worse off, one of which each has: at once, by being held longer, or to come. By each such day.
    pub stricter_still: Vec<ComingShift>,
    /// By home region, where somebody would be worse or better off: how many, of how many.
    pub regions: Vec<RegionShift>,
    /// By reason, for those who would be worse or better off at once: how many would have it who do not have it now, and the other way round.
    pub reasons: Vec<Gained>,
    /// By reason, for those who would be worse off only on a day to come, as of the first such day: how many would have it by the draft and not by
    /// the rules in force then, and the other way round.
    pub coming_reasons: Vec<Gained>,
    /// Who of those that would be worse off at once would be so for longest; at most [`super::STUCK`].
    pub stuck: Vec<Stuck>,
    /// Whom it hits, in the order of numbers.
    hits: Vec<(Number, Hit)>,
}

/// What a draft does to somebody; of two the greater counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Hit {
    /// Shown something milder, or under other rules what is no stricter.
    Better,
    /// Shown something stricter on a day to come: this one is the first.
    Later(Day),
    /// Held longer.
    Longer,
    /// Shown something stricter.
    Stricter,
}

/// How many persons would be shown something stricter from a day to come on than by the rules that will be in force then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ComingShift {
    /// That day.
    pub on: Day,
    /// What they would be shown by the rules in force.
    pub from: Option<Outcome>,
    /// What they would be shown by the draft.
    pub to: Option<Outcome>,
    /// So many.
    pub persons: u64,
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
    /// How many would be worse off: shown something stricter, or held longer, at once or on a day to come.
    pub worse: u64,
    /// How many of them would be held longer: not green now, nor shown anything stricter, and what they are shown ends later.
    pub longer: u64,
    /// How many of them would be neither at once, and shown something stricter on a day to come.
    pub later: u64,
    /// How many would be better off: shown something milder, that not for longer, and on no day anything stricter.
    pub better: u64,
}

impl Preview {
    /// How many would be shown something else.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.shifts.iter().map(|shift| shift.persons).sum()
    }

    /// Whom it hits and how, in the order of numbers.
    pub fn hits(&self) -> impl Iterator<Item = (Number, Hit)> {
        self.hits.iter().copied()
    }

    /// How many would be worse off.
    #[must_use]
    pub fn worse(&self) -> u64 {
        self.regions.iter().map(|region| region.worse).sum()
    }

    /// How many of them would be shown something stricter at once.
    #[must_use]
    pub fn stricter(&self) -> u64 {
        self.worse() - self.longer() - self.later()
    }

    /// How many of them would be held longer.
    #[must_use]
    pub fn longer(&self) -> u64 {
        self.regions.iter().map(|region| region.longer).sum()
    }

    /// How many of them would be so on a day to come alone.
    #[must_use]
    pub fn later(&self) -> u64 {
        self.regions.iter().map(|region| region.later).sum()
    }

    /// How many would be better off.
    #[must_use]
    pub fn better(&self) -> u64 {
        self.regions.iter().map(|region| region.better).sum()
    }
}

/// What a draft would do, compared with today's rules and their outcomes: at once, and on the days to come up to the sunset of both. Rules that
/// are not in force on that day are taken as if they were, for as long as the others are.
///
/// # Errors
/// [`Refusal::Cancelled`]; [`Refusal::OtherCensus`] if the outcomes are not of this census.
pub fn preview(
    census: &Census,
    today: (&Program<'_>, &Outcomes),
    draft: &Draft<'_>,
    work: &Work<'_>,
) -> Result<Preview, Refusal> {
    let spans = spans(today.0, draft.program);
    let Compared { mut sums, changes, held, coming } = compare(census, today, (draft, &spans), work)?;
    let rules: (Rules<'_, '_>, Rules<'_, '_>) = (&|_| Some(today.0), &|_| Some(draft.program));
    sums.reasons = reasons(census, rules, (&changes, &held), work)?;
    let ahead: Ahead<'_, '_> = &|_| &spans;
    sums.coming_reasons = reasons_to_come(census, ahead, &coming, work)?;
    sums.stuck = stuck(census, (ahead, today.0.today()), (&changes, &held), work)?;
    Ok(sums)
}

/// The same without the reasons and who would be stuck longest: what the brake asks.
///
/// # Errors
/// As [`preview`].
pub fn foresee(
    census: &Census,
    today: (&Program<'_>, &Outcomes),
    draft: &Draft<'_>,
    work: &Work<'_>,
) -> Result<Preview, Refusal> {
    Ok(compare(census, today, (draft, &spans(today.0, draft.program)), work)?.sums)
}

/// Whom a draft hits, and how many they are.
struct Compared {
    sums: Preview,
    changes: Vec<Change>,
    held: Vec<Change>,
    coming: Vec<Coming>,
}

fn compare(
    census: &Census,
    (program, outcomes): (&Program<'_>, &Outcomes),
    (draft, spans): (&Draft<'_>, &[Span<'_, '_>]),
    work: &Work<'_>,
) -> Result<Compared, Refusal> {
    let after = reassess(census, draft.program, Some(outcomes), work)?;
    let rules: (Rules<'_, '_>, Rules<'_, '_>) = (&|_| Some(program), &|_| Some(draft.program));
    let both = (outcomes, &after.outcomes);
    let held = held_longer(census, rules, both, work)?;
    let ahead: Ahead<'_, '_> = &|_| spans;
    let coming = coming(census, (ahead, program.today()), both, &held, work)?;
    let mut sums = sums(census, &after.changes, &held, &coming);
    draft.label.clone_into(&mut sums.label);
    Ok(Compared { sums, changes: after.changes, held, coming })
}

/// The days to come of two rulesets that are in force today, or are taken as if they were.
pub(super) fn spans<'r, 'p>(before: &'r Program<'p>, after: &'r Program<'p>) -> Vec<Span<'r, 'p>> {
    let today = before.today();
    let end = |program: &Program<'_>| Some(program.ruleset().sunset).filter(|sunset| *sunset > today);
    let (old, new) = (end(before), end(after));
    let (old, new) = (old.or(new), new.or(old));
    let days: BTreeSet<Day> = [Some(today), old, new].into_iter().flatten().collect();
    let span = |from| {
        let lasts = |end: Option<Day>| end.is_none_or(|end| from < end);
        Span::new(from, Some(before).filter(|_| lasts(old)), Some(after).filter(|_| lasts(new)))
    };
    days.into_iter().map(span).collect()
}

/// How many would change from what to what, and where, be held longer, and be worse off later; without the reasons.
pub(crate) fn sums(census: &Census, changes: &[Change], held: &[Change], coming: &[Coming]) -> Preview {
    let mut shifts: BTreeMap<(u8, u8), u64> = BTreeMap::new();
    let mut hits = Vec::with_capacity(changes.len() + held.len() + coming.len());
    for change in changes {
        *shifts.entry((change.from, change.to)).or_default() += 1;
        hits.push((change.number, if is_worse(*change) { Hit::Stricter } else { Hit::Better }));
    }
    hits.extend(held.iter().map(|change| (change.number, Hit::Longer)));
    let first = coming.iter().filter(|coming| coming.is_first);
    hits.extend(first.map(|coming| (coming.change.number, Hit::Later(coming.on))));
    let hits = each_once(hits);
    let shift = |((from, to), persons)| Shift { from: outcome(from), to: outcome(to), persons };
    let mut shifts: Vec<Shift> = shifts.into_iter().map(shift).collect();
    shifts.sort_by_key(|shift| Reverse(shift.persons));
    Preview {
        label: String::new(),
        shifts,
        coming: by_day(coming.iter().filter(|coming| coming.is_first)),
        stricter_still: by_day(coming.iter().filter(|coming| !coming.is_first)),
        regions: by_region(census, &hits),
        reasons: Vec::new(),
        coming_reasons: Vec::new(),
        stuck: Vec::new(),
        hits,
    }
}

fn by_day<'c>(coming: impl Iterator<Item = &'c Coming>) -> Vec<ComingShift> {
    let mut of_days: BTreeMap<(Day, u8, u8), u64> = BTreeMap::new();
    for Coming { on, change, .. } in coming {
        *of_days.entry((*on, change.from, change.to)).or_default() += 1;
    }
    let of_day =
        |((on, from, to), persons)| ComingShift { on, from: outcome(from), to: outcome(to), persons };
    of_days.into_iter().map(of_day).collect()
}

/// Whom any of these previews of a census hits, by home region: each once, as the hardest of them does.
#[must_use]
pub fn together(census: &Census, previews: &[&Preview]) -> Vec<RegionShift> {
    by_region(census, &each_once(previews.iter().flat_map(|preview| preview.hits.iter().copied()).collect()))
}

fn each_once(mut hits: Vec<(Number, Hit)>) -> Vec<(Number, Hit)> {
    hits.sort_unstable_by_key(|(number, hit)| (*number, Reverse(*hit)));
    hits.dedup_by_key(|(number, _)| *number);
    hits
}

fn by_region(census: &Census, hits: &[(Number, Hit)]) -> Vec<RegionShift> {
    let mut regions: BTreeMap<u32, RegionShift> = BTreeMap::new();
    let persons: BTreeMap<Option<Region>, u32> = census.homes().collect();
    for (number, hit) in hits {
        let Some(home) = census.home(*number) else { continue };
        let region = regions.entry(home.region).or_insert_with(|| RegionShift {
            region: home.region(),
            persons: persons.get(&home.region()).copied().map_or(0, u64::from),
            worse: 0,
            longer: 0,
            later: 0,
            better: 0,
        });
        match hit {
            Hit::Better => region.better += 1,
            Hit::Later(_) => region.later += 1,
            Hit::Longer => region.longer += 1,
            Hit::Stricter => {}
        }
        region.worse += u64::from(*hit != Hit::Better);
    }
    regions.into_values().collect()
}

/// By which rules those of a home region are seen; none where none are in force.
pub(crate) type Rules<'r, 'p> = &'r (dyn Fn(Option<Region>) -> Option<&'p Program<'p>> + Sync);

/// Whoever had no rules before is worse off by anything but green.
pub(super) fn is_worse(change: Change) -> bool {
    level(change.to) > level(change.from)
}

/// How strict a code is; where no rules are in force nothing is.
pub(super) fn level(code: u8) -> u8 {
    outcome(code).map_or(0, severity)
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
