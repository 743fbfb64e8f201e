//! Why: the reasons that those would gain and lose whom a draft hits. Each is assessed by both laws on the day on which they are hit.

use std::collections::BTreeMap;

use mingma_domain::assess::{Reason, Status};
use mingma_domain::ruleset::{Code, Rule};
use mingma_domain::text::Text;
use mingma_domain::time::Day;
use mingma_domain::{Region, Ruleset};

use super::Change;
use super::ahead::{Ahead, span_on};
use super::coming::Coming;
use super::preview::Rules;
use crate::columns::{Census, Number};
use crate::error::Refusal;
use crate::program::Program;
use crate::work::Work;

/// A reason that some would gain or lose. It is what a person is told, a code and its text: rules that say the same under one code are one reason, and others
/// are others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gained {
    /// Its code.
    pub code: Code,
    /// What it says.
    pub text: Text,
    /// The ruleset that says so, by its region and its id there; of several the first.
    pub of: (Region, String),
    /// How many would have it who otherwise would not.
    pub gain: u64,
    /// How many would not have it who otherwise would.
    pub lose: u64,
}

/// Which reasons those who would change or be held longer would gain and lose, in the order of their codes.
pub(crate) fn reasons<'p>(
    census: &Census,
    (before, after): (Rules<'_, 'p>, Rules<'_, 'p>),
    (changes, held): (&[Change], &[Change]),
    work: &Work<'_>,
) -> Result<Vec<Gained>, Refusal> {
    // Whoever would be shown something milder for longer is among those who change.
    let kept: Vec<Change> = held.iter().filter(|held| held.from == held.to).copied().collect();
    let case = |change: &Change| {
        let home = census.home_of(change.number);
        let by = |rules: Rules<'_, 'p>| rules(home).map(|program| (program, program.today()));
        Case { number: change.number, before: by(before), after: by(after) }
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
) -> Result<Vec<Gained>, Refusal> {
    let first: Vec<Coming> = coming.iter().filter(|coming| coming.is_first).copied().collect();
    let case = |Coming { on, change, .. }: &Coming| {
        let rules = span_on(ahead(census.home_of(change.number)), *on);
        let [before, after] = rules.map_or([None, None], |(span, _)| [span.before, span.after]);
        Case { number: change.number, before: before.zip(Some(*on)), after: after.zip(Some(*on)) }
    };
    why(census, (first.chunks(PART_CASES).collect(), &case), work)
}

/// How many persons are one part of the work.
pub(super) const PART_CASES: usize = 4_096;

/// Somebody whom a draft hits; and the rules by which they are seen, each on a day.
struct Case<'r> {
    number: Number,
    before: Option<(&'r Program<'r>, Day)>,
    after: Option<(&'r Program<'r>, Day)>,
}

/// By what people are told: how many gain it and lose it, and the first of the rulesets that say so.
type Counted<'r> = BTreeMap<(&'r Code, &'r Text), (&'r Ruleset, [u64; 2])>;

/// How somebody of a part is seen.
type Cases<'c, 'r, T> = &'c (dyn Fn(&T) -> Case<'r> + Sync);

fn why<T: Sync>(
    census: &Census,
    (parts, case): (Vec<&[T]>, Cases<'_, '_, T>),
    work: &Work<'_>,
) -> Result<Vec<Gained>, Refusal> {
    let found = work.each(
        parts,
        || (),
        |(), part| {
            let mut counted = Counted::new();
            for Case { number, before, after } in part.iter().map(case) {
                let had = before.map_or_else(Vec::new, |by| held_by(census, by, number));
                let has = after.map_or_else(Vec::new, |by| held_by(census, by, number));
                for &(ruleset, rule) in has.iter().filter(|(_, rule)| !is_among(&had, rule)) {
                    count(&mut counted, rule, (ruleset, [1, 0]));
                }
                for &(ruleset, rule) in had.iter().filter(|(_, rule)| !is_among(&has, rule)) {
                    count(&mut counted, rule, (ruleset, [0, 1]));
                }
            }
            counted
        },
    )?;
    let mut all = Counted::new();
    for (told, (ruleset, more)) in found.into_iter().flatten() {
        add(&mut all, told, (ruleset, more));
    }
    let gained = |((code, text), (ruleset, [gain, lose])): ((&Code, &Text), (&Ruleset, [u64; 2]))| {
        let of = (ruleset.region, ruleset.id.clone());
        Gained { code: code.clone(), text: text.clone(), of, gain, lose }
    };
    let mut all: Vec<Gained> = all.into_iter().map(gained).collect();
    // Those of one code stay in the order of their texts, where one ruleset is a draft of the other under its name.
    all.sort_by_cached_key(|gained| (gained.code.clone(), gained.of.0.code(), gained.of.1.clone()));
    Ok(all)
}

/// The rules that hold of a person on a day.
fn held_by<'r>(
    census: &Census,
    (program, day): (&'r Program<'r>, Day),
    number: Number,
) -> Vec<(&'r Ruleset, &'r Rule)> {
    let ruleset = program.ruleset();
    let of = |status: &Status| {
        let rule = |reason: &Reason| Some((ruleset, ruleset.rules.get(reason.rule)?));
        status.reasons().iter().filter_map(rule).collect()
    };
    census.status_on(program, number, day).map_or_else(Vec::new, |seen| of(&seen.status))
}

/// Whether people are told the same by one of these rules.
fn is_among(rules: &[(&Ruleset, &Rule)], rule: &Rule) -> bool {
    rules.iter().any(|(_, known)| known.code == rule.code && known.text == rule.text)
}

fn count<'r>(counted: &mut Counted<'r>, rule: &'r Rule, more: (&'r Ruleset, [u64; 2])) {
    add(counted, (&rule.code, &rule.text), more);
}

fn add<'r>(
    counted: &mut Counted<'r>,
    told: (&'r Code, &'r Text),
    (ruleset, [gain, lose]): (&'r Ruleset, [u64; 2]),
) {
    let (of, [gained, lost]) = counted.entry(told).or_insert((ruleset, [0, 0]));
    if name(ruleset) < name(of) {
        *of = ruleset;
    }
    *gained += gain;
    *lost += lose;
}

/// A ruleset's region and its id there.
fn name(ruleset: &Ruleset) -> (&str, &str) {
    (ruleset.region.code(), &ruleset.id)
}
