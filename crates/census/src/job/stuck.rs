//! Who would be stuck longest: of those who would be worse off at once, who would wait longest for something milder than what the draft gives them then.

use std::cmp::Reverse;
use std::ops::ControlFlow;

use mingma_domain::assess::{Outcome, Reason};
use mingma_domain::ruleset::Code;
use mingma_domain::time::Day;

use super::Change;
use super::ahead::{Ahead, Futures, span_on};
use super::preview::{is_worse, level};
use super::reasons::PART_CASES;
use crate::columns::{Census, Number};
use crate::error::Refusal;
use crate::outcomes::outcome;
use crate::work::Work;

/// A person who would be worse off, and for how long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stuck {
    /// Who.
    pub number: Number,
    /// What they are shown today.
    pub from: Option<Outcome>,
    /// What they would be shown.
    pub to: Option<Outcome>,
    /// The first day on which the draft would show them something milder if nothing new were recorded, or is at its end; `None`: never by waiting.
    pub until: Option<Day>,
    /// If they would only be held longer: the first day on which today's rules show them something milder than today, if that comes before.
    pub instead_of: Option<Day>,
    /// By which reasons.
    pub reasons: Vec<Code>,
}

/// How many of those who would be stuck longest are named.
pub const STUCK: usize = 10;

/// From when on somebody is shown something milder than on the first day.
#[derive(Clone, Copy, Default)]
struct Waits {
    /// By the draft.
    until: Option<Day>,
    /// By the rules in force; as far as it comes before.
    instead_of: Option<Day>,
}

/// Who of those that change for the worse or are held longer would be stuck longest, the longest first.
pub(crate) fn stuck<'r, 'p>(
    census: &'r Census,
    (ahead, on): (Ahead<'r, 'p>, Day),
    (changes, held): (&[Change], &[Change]),
    work: &Work<'_>,
) -> Result<Vec<Stuck>, Refusal> {
    let changes = changes.chunks(PART_CASES).map(|part| (part, false));
    let parts = changes.chain(held.chunks(PART_CASES).map(|part| (part, true)));
    let found = work.each(
        parts.collect(),
        || None::<Futures<'r, 'p, Waits>>,
        |kept, (part, are_held)| {
            let mut found = Vec::new();
            for change in part.iter().filter(|change| are_held || is_worse(**change)) {
                let Some(home) = census.home(change.number) else { continue };
                let spans = ahead(home.region());
                let same = kept.take().filter(|of| of.are_of(spans));
                let futures = kept.insert(same.unwrap_or_else(|| Futures::new(census, spans, on)));
                let mut first = None;
                let Waits { until, instead_of } =
                    futures.of(home, change.number, |waits: &mut Waits, day, (from, to)| {
                        let (before, after) = (level(from), level(to));
                        let (before_first, after_first) = *first.get_or_insert((before, after));
                        if after < after_first {
                            waits.until = Some(day);
                            return ControlFlow::Break(());
                        }
                        if before < before_first {
                            waits.instead_of = waits.instead_of.or(Some(day));
                        }
                        ControlFlow::Continue(())
                    });
                found.push(Stuck {
                    number: change.number,
                    from: outcome(change.from),
                    to: outcome(change.to),
                    until,
                    instead_of: instead_of.filter(|_| are_held),
                    reasons: Vec::new(),
                });
            }
            longest(&mut found);
            found
        },
    )?;
    let mut found = found.concat();
    longest(&mut found);
    for stuck in &mut found {
        let rules = span_on(ahead(census.home_of(stuck.number)), on).and_then(|(span, _)| span.after);
        let seen = rules.and_then(|rules| Some((rules, census.status_on(rules, stuck.number, on)?)));
        let Some((program, seen)) = seen else { continue };
        let rule = |reason: &Reason| program.ruleset().rules.get(reason.rule);
        stuck.reasons = seen.status.reasons().iter().filter_map(rule).map(|rule| rule.code.clone()).collect();
    }
    Ok(found)
}

/// Keeps those who would be stuck longest; «never» is longer than any day.
fn longest(stuck: &mut Vec<Stuck>) {
    stuck.sort_by_key(|s| (s.until.is_some(), Reverse(s.until), s.number));
    stuck.truncate(STUCK);
}
