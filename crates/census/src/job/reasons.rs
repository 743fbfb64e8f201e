//! Why: the reasons that those would gain and lose whom a draft hits, and who would be stuck longest. Each is assessed by both laws on the day
//! on which they are hit.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use mingma_domain::assess::{Outcome, Reason, Status};
use mingma_domain::ruleset::Code;
use mingma_domain::time::Day;

use super::Change;
use super::coming::{Ahead, Coming, span_on};
use super::held::is_longer;
use super::preview::{Rules, is_worse};
use crate::columns::{Census, Number};
use crate::error::Refusal;
use crate::outcomes::outcome;
use crate::program::Program;
use crate::work::Work;

/// A reason that some would gain or lose.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Gained {
    /// How many would have it who otherwise would not.
    pub gain: u64,
    /// How many would not have it who otherwise would.
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

pub(crate) type Reasons = BTreeMap<Code, Gained>;

/// Which reasons those who would change or be held longer would gain and lose, and who would be stuck longest.
pub(crate) fn reasons<'p>(
    census: &Census,
    (before, after): (Rules<'_, 'p>, Rules<'_, 'p>),
    (changes, held): (&[Change], &[Change]),
    work: &Work<'_>,
) -> Result<(Reasons, Vec<Stuck>), Refusal> {
    // Whoever would be shown something milder for longer is among those who change.
    let kept: Vec<Change> = held.iter().filter(|held| held.from == held.to).copied().collect();
    let case = |change: &Change| {
        let home = census.home_of(change.number);
        let by = |rules: Rules<'_, 'p>| rules(home).map(|program| (program, program.today()));
        Case { change: *change, before: by(before), after: by(after) }
    };
    let parts = changes.chunks(PART_CASES).chain(kept.chunks(PART_CASES));
    why(census, (parts.collect(), &case), work)
}

/// Which reasons those would have and not have who would be worse off only on a day to come, each as of the first such day.
pub(crate) fn reasons_to_come(
    census: &Census,
    ahead: Ahead<'_, '_>,
    coming: &[Coming],
    work: &Work<'_>,
) -> Result<Reasons, Refusal> {
    let case = |Coming { on, change }: &Coming| {
        let rules = span_on(ahead(census.home_of(change.number)), *on);
        let [before, after] = rules.map_or([None, None], |(span, _)| [span.before, span.after]);
        Case { change: *change, before: before.zip(Some(*on)), after: after.zip(Some(*on)) }
    };
    let (reasons, _) = why(census, (coming.chunks(PART_CASES).collect(), &case), work)?;
    Ok(reasons)
}

/// How many persons are one part of the work.
const PART_CASES: usize = 4_096;

/// Somebody whom a draft hits; and the rules by which they are seen, each on a day.
struct Case<'r> {
    change: Change,
    before: Option<(&'r Program<'r>, Day)>,
    after: Option<(&'r Program<'r>, Day)>,
}

fn why<'r, T: Sync>(
    census: &Census,
    (parts, case): (Vec<&[T]>, &(dyn Fn(&T) -> Case<'r> + Sync)),
    work: &Work<'_>,
) -> Result<(Reasons, Vec<Stuck>), Refusal> {
    let found = work.each(
        parts,
        || (),
        |(), part| {
            let (mut reasons, mut stuck) = (Reasons::new(), Vec::new());
            for Case { change, before, after } in part.iter().map(case) {
                let seen = |by: Option<(&Program<'_>, Day)>| {
                    let (program, day) = by?;
                    let status = census.status_on(program, change.number, day)?.status;
                    Some((codes(program, &status), status.until()))
                };
                let (old, before) = seen(before).unwrap_or_default();
                let (new, until) = seen(after).unwrap_or_default();
                for code in new.iter().filter(|code| !old.contains(code)) {
                    reasons.entry(code.clone()).or_default().gain += 1;
                }
                for code in old.iter().filter(|code| !new.contains(code)) {
                    reasons.entry(code.clone()).or_default().lose += 1;
                }
                let instead_of = before.filter(|_| is_longer(change, (before, until)));
                if is_worse(change) || instead_of.is_some() {
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
    let rule = |reason: &Reason| program.ruleset().rules.get(reason.rule);
    status.reasons().iter().filter_map(rule).map(|rule| rule.code.clone()).collect()
}
