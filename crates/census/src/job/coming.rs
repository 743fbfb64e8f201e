//! Who would be worse off on a day to come, though not at once, by what is known now.
//!
//! A rule may begin later than the fact by which it holds (`from_days`, a lapse, what follows another rule), and what holds may
//! outlast what it stood behind. So a person is followed from change to change by both laws, up to the day on which they are
//! one; nobody steps from day to day.
//!
//! Whoever is shown nothing but green by the draft and has no fact by which any of its rules could begin later is not looked at:
//! what holds only ends, and nothing can become worse. Of a draft by which nothing begins later those are left who are not green.

use std::ops::Range;

use mingma_domain::Region;
use mingma_domain::assess::Event;
use mingma_domain::fact::WordSet;
use mingma_domain::time::Day;

use super::Change;
use super::alike::Alike;
use super::held::parts_of;
use super::preview::is_worse;
use super::turn::{changes, counting};
use crate::columns::pack::{LAST, Packed, WIDE, day_of, is_in, region_of, word_of};
use crate::columns::{BLOCK, Census, Facts, Home, Known, Number};
use crate::error::Refusal;
use crate::outcomes::{NO_RULES, Outcomes, Planes, code};
use crate::program::{PLACED, Program};
use crate::scan::persons_of;
use crate::work::Work;

/// By which rules those of a home region are judged from a day on, up to the next; by none where the two laws are one.
#[derive(Clone, Copy)]
pub(crate) struct Span<'r, 'p> {
    pub(super) from: Day,
    /// By those in force; none where there are none.
    pub(super) before: Option<&'r Program<'p>>,
    /// By the draft.
    pub(super) after: Option<&'r Program<'p>>,
}

impl<'r, 'p> Span<'r, 'p> {
    pub(crate) fn new(from: Day, before: Option<&'r Program<'p>>, after: Option<&'r Program<'p>>) -> Self {
        match (before, after) {
            (Some(old), Some(new)) if old.says_the_same(new) => Self { from, before: None, after: None },
            _ => Self { from, before, after },
        }
    }

    const fn differs(&self) -> bool {
        self.before.is_some() || self.after.is_some()
    }
}

/// The span in which a day lies, and when the next one begins; none before the first.
pub(super) fn span_on<'s, 'r, 'p>(
    spans: &'s [Span<'r, 'p>],
    day: Day,
) -> Option<(&'s Span<'r, 'p>, Option<Day>)> {
    let next = spans.partition_point(|span| span.from <= day);
    Some((spans.get(next.checked_sub(1)?)?, spans.get(next).map(|span| span.from)))
}

/// The days to come of those of a home region, from the day on which everybody is compared.
pub(crate) type Ahead<'r, 'p> = &'r (dyn Fn(Option<Region>) -> &'r [Span<'r, 'p>] + Sync);

/// The first day on which somebody would be worse off, and how.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Coming {
    pub(crate) on: Day,
    pub(crate) change: Change,
}

/// Everybody who would be worse off on a later day and is not at once, in the order of numbers.
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
    let mut found = work
        .each(
            parts,
            || None::<Follower<'r, 'p>>,
            |kept, (home, spans, blocks)| {
                let same = kept.take().filter(|of| std::ptr::eq(of.spans, spans));
                let follower = kept.insert(same.unwrap_or_else(|| Follower::new(census, spans, on)));
                follower.part(home, blocks, (was, now))
            },
        )?
        .concat();
    found.retain(|coming| held.binary_search_by_key(&coming.change.number, |held| held.number).is_err());
    Ok(found)
}

/// Follows those of the home regions that have these days to come.
struct Follower<'r, 'p> {
    census: &'r Census,
    spans: &'r [Span<'r, 'p>],
    on: Day,
    /// The words of facts by which something may begin later.
    begin_later: WordSet,
    alike: Alike<'r, Option<(Day, u8, u8)>>,
    events: Vec<Known>,
    known: Vec<Event>,
}

impl<'r, 'p> Follower<'r, 'p> {
    fn new(census: &'r Census, spans: &'r [Span<'r, 'p>], on: Day) -> Self {
        let programs = || spans.iter().flat_map(|span| [span.before, span.after]).flatten();
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
        let alike = Alike::under(census, programs());
        Self { census, spans, on, begin_later, alike, events: Vec::new(), known: Vec::new() }
    }

    fn part(&mut self, home: &Home, blocks: Range<u32>, (was, now): (&Outcomes, &Outcomes)) -> Vec<Coming> {
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
                let at_once = Change { number, from: was.code(number), to: now.code(number) };
                if !is_worse(at_once)
                    && let Some((on, from, to)) = self.first_worse(home, number)
                {
                    found.push(Coming { on, change: Change { number, from, to } });
                }
            }
        }
        found
    }

    /// Whether everybody of a home region is to be looked at: by the stay at home, or because whoever has no facts is worse off.
    fn is_everybody(&mut self, home: &Home) -> bool {
        let stay = self.census.home_event(home);
        let begins = |stay: &Event| {
            stay.day > self.on
                || self.begin_later.contains(stay.value.word())
                    && stay.region.is_none_or(|region| self.is_near(region.index()))
        };
        if stay.as_ref().is_some_and(begins) {
            return true;
        }
        self.events.clear();
        self.events.extend(stay.map(|stay| (stay, None)));
        first_worse(self.spans, self.on, &self.events, &mut self.known).is_some()
    }

    fn is_near(&self, region: u16) -> bool {
        self.spans.iter().filter_map(|span| span.after).any(|program| program.is_near(region))
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
        let ahead = i32::from(day_of(fact)) > self.on.days_since(self.census.codec.base);
        ahead || is_in(self.begin_later, word) && (!is_in(PLACED, word) || self.is_near(region_of(fact)))
    }

    fn first_worse(&mut self, home: &Home, number: Number) -> Option<(Day, u8, u8)> {
        let Self { census, spans, on, alike, events, known, .. } = self;
        alike.of(home, number, || {
            events.clear();
            census.each_event(number, &mut |event, taken_back| events.push((event, taken_back)));
            first_worse(spans, *on, events, known)
        })
    }
}

/// The first day from `on` on on which somebody with these facts would be worse off by the draft, and by what instead of what.
fn first_worse(
    spans: &[Span<'_, '_>],
    on: Day,
    events: &[Known],
    known: &mut Vec<Event>,
) -> Option<(Day, u8, u8)> {
    let mut day = on;
    loop {
        let (span, mut later) = span_on(spans, day)?;
        if span.differs() {
            counting(events, day, known);
            let by = |program: Option<&Program<'_>>| match program {
                Some(program) => {
                    let (outcome, until) = program.judge().outcome(known, day);
                    (code(outcome), Some(until))
                }
                None => (NO_RULES, None),
            };
            let ((from, before), (to, after)) = (by(span.before), by(span.after));
            if is_worse(Change { number: 0, from, to }) {
                return Some((day, from, to));
            }
            later = later.into_iter().chain(changes(events, [before, after], day)).min();
        }
        day = later.filter(|later| *later <= Day::LAST)?;
    }
}
