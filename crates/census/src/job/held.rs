//! Who would be held longer: not green now, not shown anything stricter by a draft, and not free as soon.
//!
//! The end of what a person is shown follows from their facts alone, so those who have the same facts end on the same day.
//! Facts that no rule of either ruleset reads are left out, and each end is asked of the domain's evaluator once and then
//! remembered by what is left: of a city that is not green most have one or two facts, of a few weeks.

use std::ops::Range;

use mingma_domain::assess::Event;
use mingma_domain::fact::{Kind, Word, WordSet};
use mingma_domain::time::Day;

use super::Change;
use super::preview::{Rules, is_worse, severity};
use crate::columns::pack::{LAST, Packed, WIDE, region_of, word_of};
use crate::columns::{BLOCK, Census, Home, Number};
use crate::error::Refusal;
use crate::outcomes::{Outcomes, Planes, outcome};
use crate::program::{LOOK_NEAR, Program};
use crate::scan::persons_of;
use crate::work::Work;

/// How many blocks are one part of the work: 65,536 persons, of whom a few thousand are not green.
const PART_BLOCKS: u32 = 1_024;
/// How many ends are remembered: of one fact in two months with a time of day to the quarter of an hour there are 5,760.
const KNOWN: usize = 8_192;
/// With how many facts that are read a person's end is remembered.
const FACTS: usize = 6;
/// Stands for no fact.
const NONE: Packed = Packed::MAX;

/// Whether somebody who changes like this is held longer, if it ends by the rules in force on the first of these days and by the
/// draft on the second; `None` is never.
pub(super) fn is_longer(change: Change, (before, after): (Option<Day>, Option<Day>)) -> bool {
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
        let same = before.ruleset == after.ruleset && before.risk.acts() == after.risk.acts();
        let blocks = home.first_block..home.first_block + home.blocks();
        let starts = blocks.clone().step_by(PART_BLOCKS as usize).filter(|_| !same);
        let part = |first: u32| ((home, before, after), first..blocks.end.min(first + PART_BLOCKS));
        parts.extend(starts.map(part));
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

/// Until when what persons are shown lasts under a program, remembered by their facts.
struct Ends<'a> {
    census: &'a Census,
    program: &'a Program<'a>,
    /// The words that a rule reads.
    read: WordSet,
    /// Those of them that mean nothing where [`Program::near`] says so.
    only_near: WordSet,
    known: Box<[Known]>,
    events: Vec<Event>,
}

/// The facts of a person that are read, and when what they amount to ends.
#[derive(Clone, Copy)]
struct Known {
    of: Key,
    end: Option<Day>,
}

/// The facts of a person that are read, and the first block of the home if a stay there is a fact as well.
type Key = ([Packed; FACTS], u32);

impl<'a> Ends<'a> {
    fn of(census: &'a Census, program: &'a Program<'a>) -> Self {
        let set = |of: &dyn Fn(Word) -> bool| {
            Word::all()
                .filter(|word| of(*word))
                .fold(WordSet::EMPTY, |all, word| all.with(WordSet::only(word)))
        };
        let placed = WordSet::of_kind(Kind::Stay).with(WordSet::of_kind(Kind::ForeignStatus));
        // Nobody's end is known by facts that nobody has.
        let nobody = Known { of: ([NONE; FACTS], u32::MAX), end: None };
        Self {
            census,
            program,
            read: set(&|word| program.reads(word)),
            only_near: set(&|word| placed.contains(word) && program.is_told_by_bits(word)),
            known: vec![nobody; KNOWN].into(),
            events: Vec::new(),
        }
    }

    /// The first day on which a person is shown something else, if nothing new is recorded.
    fn of_person(&mut self, home: &Home, number: Number) -> Option<Day> {
        let Some(key) = self.key(home, number) else { return self.asked(home, number) };
        let hash = key.0.iter().fold(u64::from(key.1), |hash, fact| {
            (hash.rotate_left(5) ^ u64::from(*fact)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        let place = (hash >> 32) as usize % KNOWN;
        if let Some(known) = self.known.get(place)
            && known.of == key
        {
            return known.end;
        }
        let end = self.asked(home, number);
        if let Some(known) = self.known.get_mut(place) {
            *known = Known { of: key, end };
        }
        end
    }

    /// By what a person's end is remembered; none where facts are too many, of no packed form, or later than the columns.
    fn key(&self, home: &Home, number: Number) -> Option<Key> {
        if self.census.later.of(number).is_some() {
            return None;
        }
        let mut facts = [NONE; FACTS];
        let mut free = facts.iter_mut();
        for column in [&self.census.notable, &self.census.routine] {
            for fact in column.of(number).1 {
                let word = word_of(*fact);
                if word == WIDE {
                    return None;
                }
                if self.matters(*fact, word) {
                    *free.next()? = fact & !LAST;
                }
            }
        }
        Some((facts, self.census.home_event(home).map_or(0, |_| home.first_block + 1)))
    }

    fn matters(&self, fact: Packed, word: u8) -> bool {
        let has = |set: WordSet| set.bits() >> word & 1 == 1;
        let region = usize::from(region_of(fact));
        let near = || self.program.near.get(region).is_none_or(|near| near & LOOK_NEAR != 0);
        has(self.read) && (!has(self.only_near) || near())
    }

    fn asked(&mut self, home: &Home, number: Number) -> Option<Day> {
        self.events.clear();
        self.census.events_at(home, number, self.program.today(), &mut self.events);
        self.program.judge().until(&self.events, self.program.today())
    }
}
