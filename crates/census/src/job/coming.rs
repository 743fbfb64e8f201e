//! Who would be worse off on a day to come than on any before, by what is known now.
//!
//! A rule may begin later than the fact by which it holds (`from_days`, a lapse, what follows another rule), and what holds may
//! outlast what it stood behind. So a person is followed by both laws, up to the day on which they are one.
//!
//! Whoever is shown nothing but green by the draft and has no fact by which any of its rules could begin later is not looked at:
//! what holds only ends, and nothing can become worse. Of a draft by which nothing begins later those are left who are not green.

use std::ops::{ControlFlow, Range};

use mingma_domain::assess::{Event, Outcome};
use mingma_domain::fact::{Color, WordSet};
use mingma_domain::time::Day;

use super::Change;
use super::ahead::{Ahead, Futures, Span, follow};
use super::held::parts_of;
use super::preview::{is_worse, level, severity};
use crate::columns::pack::{LAST, Packed, WIDE, day_of, is_in, region_of, word_of};
use crate::columns::{BLOCK, Census, Facts, Home, Known, Number};
use crate::error::Refusal;
use crate::outcomes::{Outcomes, Planes};
use crate::program::{PLACED, Program};
use crate::scan::persons_of;
use crate::work::Work;

/// A day on which somebody would be shown something stricter than by the rules in force then, and than on every earlier day on which they
/// were worse off; being held longer counts as such a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Coming {
    pub(crate) on: Day,
    pub(crate) change: Change,
    /// Whether they are worse off on no earlier day.
    pub(crate) is_first: bool,
}

/// Those days of a person: each has something stricter than the one before, and so many are stricter than green.
type Steps = [Option<(Day, u8, u8)>; STRICTEST as usize];

/// Nothing is stricter than red.
const STRICTEST: u8 = severity(Outcome::Code(Color::Red));

/// Everybody who would be worse off on a later day than on any before, in the order of numbers and days.
pub(crate) fn coming<'r, 'p>(
    census: &'r Census,
    (ahead, on): (Ahead<'r, 'p>, Day),
    (was, now): (&Outcomes, &Outcomes),
    held: &[Change],
    work: &Work<'_>,
) -> Result<Vec<Coming>, Refusal> {
    let mut parts = Vec::new();
    for home in &census.homes {
        let spans = ahead(home.region());
        if !spans.iter().any(Span::differs) {
            continue;
        }
        parts.extend(parts_of(home).map(|blocks| (home, spans, blocks)));
    }
    let found = work.each(
        parts,
        || None::<Follower<'r, 'p>>,
        |kept, (home, spans, blocks)| {
            let same = kept.take().filter(|of| of.futures.are_of(spans));
            let follower = kept.insert(same.unwrap_or_else(|| Follower::new(census, spans, on)));
            follower.part(home, blocks, (was, now, held))
        },
    )?;
    Ok(found.concat())
}

/// Follows those of the home regions that have these days to come.
struct Follower<'r, 'p> {
    census: &'r Census,
    futures: Futures<'r, 'p, Steps>,
    /// The words of facts by which something may begin later.
    begin_later: WordSet,
}

impl<'r, 'p> Follower<'r, 'p> {
    fn new(census: &'r Census, spans: &'r [Span<'r, 'p>], on: Day) -> Self {
        let mut begin_later = WordSet::EMPTY;
        let mut former: Option<&Program<'_>> = None;
        for (place, span) in spans.iter().enumerate() {
            let Some(program) = span.after else { continue };
            begin_later = begin_later.with(program.begin_later());
            // Other rules of the draft begin with all that they say.
            if place > 0 && former.is_none_or(|former| !std::ptr::eq(former, program)) {
                begin_later = begin_later.with(program.triggers());
            }
            former = Some(program);
        }
        Self { census, futures: Futures::new(census, spans, on), begin_later }
    }

    fn part(
        &mut self,
        home: &Home,
        blocks: Range<u32>,
        (was, now, held): (&Outcomes, &Outcomes, &[Change]),
    ) -> Vec<Coming> {
        let everybody = self.is_everybody(home);
        let mut found = Vec::new();
        for block in blocks {
            let not_green = now.blocks.get(block as usize).map_or(0, Planes::not_green);
            let later = self.census.later.marks(block);
            let here = persons_of(home, block) & !later.gone;
            let mut who = here
                & if everybody {
                    u64::MAX
                } else {
                    not_green
                        | later.replaced
                        | self.who_may(&self.census.notable, block)
                        | self.who_may(&self.census.routine, block)
                };
            while who != 0 {
                let number = block * BLOCK + who.trailing_zeros();
                who &= who - 1;
                let is_held = || held.binary_search_by_key(&number, |held| held.number).is_ok();
                let steps = self.steps(home, number, &is_held);
                for (place, (on, from, to)) in steps.into_iter().flatten().enumerate() {
                    let at_once = Change { number, from: was.code(number), to: now.code(number) };
                    let is_first = place == 0 && !is_worse(at_once) && !is_held();
                    found.push(Coming { on, change: Change { number, from, to }, is_first });
                }
            }
        }
        found
    }

    fn steps(&mut self, home: &Home, number: Number, is_held: &dyn Fn() -> bool) -> Steps {
        let on = self.futures.on;
        let mut strictest = 0;
        self.futures.of(home, number, |steps: &mut Steps, day, (from, to)| {
            let shown = level(to);
            if shown > strictest && (shown > level(from) || day == on && is_held()) {
                strictest = shown;
                if day > on
                    && let Some(free) = steps.iter_mut().find(|step| step.is_none())
                {
                    *free = Some((day, from, to));
                }
            }
            if strictest == STRICTEST { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    }

    /// Whether everybody of a home region is to be looked at: by the stay at home, or because whoever has no facts is worse off.
    fn is_everybody(&self, home: &Home) -> bool {
        let (spans, on) = (self.futures.spans, self.futures.on);
        let stay = self.census.home_event(home);
        let begins = |stay: &Event| {
            stay.day > on
                || self.begin_later.contains(stay.value.word())
                    && stay.region.is_none_or(|region| self.is_near(region.index()))
        };
        if stay.as_ref().is_some_and(begins) {
            return true;
        }
        let facts: Vec<Known> = stay.into_iter().map(|stay| (stay, None)).collect();
        let mut is_worse = false;
        follow((spans, on), &facts, &mut Vec::new(), |_, (from, to)| {
            is_worse = level(to) > level(from);
            if is_worse { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        is_worse
    }

    fn is_near(&self, region: u16) -> bool {
        self.futures.spans.iter().filter_map(|span| span.after).any(|program| program.is_near(region))
    }

    /// Who of a block has a fact by which something may begin later.
    fn who_may(&self, facts: &Facts, block: u32) -> u64 {
        let at = block as usize;
        let (Some(this), Some(next)) = (facts.blocks.get(at), facts.blocks.get(at + 1)) else { return 0 };
        let packed = facts.packed.get(this.first as usize..next.first as usize).unwrap_or_default();
        let (mut rest, mut who) = (this.has, 0);
        for fact in packed {
            who |= u64::from(self.may(*fact)) << (rest.trailing_zeros() & (BLOCK - 1));
            if fact & LAST != 0 {
                rest &= rest.wrapping_sub(1);
            }
        }
        who
    }

    /// Whether by a fact something may begin later.
    fn may(&self, fact: Packed) -> bool {
        let word = word_of(fact);
        if word == WIDE {
            return true;
        }
        let ahead = i32::from(day_of(fact)) > self.futures.on.days_since(self.census.codec.base);
        ahead || is_in(self.begin_later, word) && (!is_in(PLACED, word) || self.is_near(region_of(fact)))
    }
}
