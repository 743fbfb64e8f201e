//! Who would be held longer: not green now, not shown anything stricter by a draft, and not free as soon.
//!
//! The end of what a person is shown follows from their facts alone, so those who have the same facts end on the same day.

use std::ops::Range;

use mingma_domain::assess::Event;
use mingma_domain::time::Day;

use super::Change;
use super::alike::Alike;
use super::preview::{Rules, is_worse, severity};
use crate::columns::{BLOCK, Census, Home, Number};
use crate::error::Refusal;
use crate::outcomes::{Outcomes, Planes, outcome};
use crate::program::Program;
use crate::scan::persons_of;
use crate::work::Work;

/// How many blocks are one part of the work: 65,536 persons, of whom a few thousand are not green.
const PART_BLOCKS: u32 = 1_024;

/// The blocks of a home region, a part of the work at a time.
pub(super) fn parts_of(home: &Home) -> impl Iterator<Item = Range<u32>> {
    let (first, end) = (home.first_block, home.first_block + home.blocks());
    (first..end).step_by(PART_BLOCKS as usize).map(move |first| first..end.min(first + PART_BLOCKS))
}

/// Whether somebody who changes like this is held longer, if it ends by the rules in force on the first of these days and by the
/// draft on the second; `None` is never.
fn is_longer(change: Change, (before, after): (Option<Day>, Option<Day>)) -> bool {
    let is_held = |code| outcome(code).is_some_and(|shown| severity(shown) > 0);
    let later = before.is_some_and(|before| after.is_none_or(|after| before < after));
    is_held(change.from) && is_held(change.to) && !is_worse(change) && later
}

/// Everybody who would be held longer, in the order of numbers: from what to what, which are mostly the same.
pub(crate) fn held_longer<'p>(
    census: &Census,
    (before, after): (Rules<'_, 'p>, Rules<'_, 'p>),
    (was, now): (&Outcomes, &Outcomes),
    work: &Work<'_>,
) -> Result<Vec<Change>, Refusal> {
    let mut parts = Vec::new();
    for home in &census.homes {
        // Whoever has no rules by either is shown nothing that could end.
        let (Some(before), Some(after)) = (before(home.region()), after(home.region())) else { continue };
        if !before.says_the_same(after) {
            parts.extend(parts_of(home).map(|blocks| ((home, before, after), blocks)));
        }
    }
    let look = |ends: &mut _, (of, blocks)| part(ends, (census, was, now), of, blocks);
    let found = work.each(parts, || None, look)?;
    Ok(found.concat())
}

/// Until when things last by the rules in force, and by the draft.
type Both<'a> = (Ends<'a>, Ends<'a>);

fn part<'a>(
    ends: &mut Option<Both<'a>>,
    (census, was, now): (&'a Census, &Outcomes, &Outcomes),
    (home, before, after): (&Home, &'a Program<'a>, &'a Program<'a>),
    blocks: Range<u32>,
) -> Vec<Change> {
    let same = |(a, b): &Both<'_>| std::ptr::eq(a.program, before) && std::ptr::eq(b.program, after);
    let kept = ends.take().filter(same);
    let (a, b) = ends.insert(kept.unwrap_or_else(|| (Ends::of(census, before), Ends::of(census, after))));
    let mut found = Vec::new();
    for block in blocks {
        let shown = |outcomes: &Outcomes| outcomes.blocks.get(block as usize).map_or(0, Planes::not_green);
        let mut held = shown(was) & shown(now) & persons_of(home, block) & !census.later.marks(block).gone;
        while held != 0 {
            let number = block * BLOCK + held.trailing_zeros();
            held &= held - 1;
            let change = Change { number, from: was.code(number), to: now.code(number) };
            if !is_worse(change) && is_longer(change, (a.of_person(home, number), b.of_person(home, number)))
            {
                found.push(change);
            }
        }
    }
    found
}

/// Until when what persons are shown lasts under a program.
struct Ends<'a> {
    census: &'a Census,
    program: &'a Program<'a>,
    alike: Alike<'a, Option<Day>>,
    events: Vec<Event>,
}

impl<'a> Ends<'a> {
    fn of(census: &'a Census, program: &'a Program<'a>) -> Self {
        Self { census, program, alike: Alike::under(census, [program]), events: Vec::new() }
    }

    /// The first day on which a person is shown something else, if nothing new is recorded.
    fn of_person(&mut self, home: &Home, number: Number) -> Option<Day> {
        let Self { census, program, alike, events } = self;
        alike.of(home, number, || {
            events.clear();
            census.events_at(home, number, program.today(), events);
            program.judge().until(events, program.today())
        })
    }
}
