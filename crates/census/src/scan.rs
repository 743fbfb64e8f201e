//! The pass over memory: every block's facts once, a table look-up each, and the outcomes of its persons.

use std::ops::Range;

use mingma_domain::assess::Event;

use crate::columns::later::Marks;
use crate::columns::pack::{
    KEY_MASK, KEY_SHIFT, LAST, Packed, REGIONS, WIDE, WIDE_MASK, Wide, region_of, word_of,
};
use crate::columns::{BLOCK, Census, Facts, Home, Number};
use crate::outcomes::{Counts, Planes, code};
use crate::program::{KEYS, LOOK, LOOK_NEAR, Program};

/// What one core needs to go through the blocks: bits under way, and what it has looked up before.
pub(crate) struct Scan<'a> {
    census: &'a Census,
    program: &'a Program<'a>,
    /// The bits of the persons of the present block; all zero between blocks.
    bits: [u64; BLOCK as usize],
    /// Facts that had to be looked at, by a hash of their form: which, and their bits.
    looked: Box<[(Packed, u64)]>,
    /// Bits of persons, by a hash: which, and the code that they amount to.
    decided: Box<[(u64, u8)]>,
    events: Vec<Event>,
}

/// A home region under a program.
#[derive(Clone, Copy)]
pub(crate) struct AtHome<'h> {
    pub(crate) home: &'h Home,
    bits: u64,
    /// What those are who have nothing but their home; `None` if each must be judged.
    code: Option<u8>,
}

impl AtHome<'_> {
    /// The code of everybody there, if the stay at home alone makes it certain.
    pub(crate) fn certain(&self, program: &Program<'_>) -> Option<u8> {
        program.certain(self.bits).map(code)
    }

    /// The code of most; the scan tells who has another.
    pub(crate) fn default(&self) -> u8 {
        self.code.unwrap_or(0)
    }
}

/// How many looked-at facts are remembered: stays of two weeks in twenty counties at risk, of five lengths, are 1,400,
/// and with ten places for each few share one; 256 KiB.
const LOOKED: usize = 16_384;
/// How many patterns of bits are remembered; a city shows a few dozen.
const DECIDED: usize = 256;
/// No packed fact without its mark «last» looks like this.
const NONE: Packed = Packed::MAX;

impl<'a> Scan<'a> {
    /// For everybody.
    pub(crate) fn new(census: &'a Census, program: &'a Program<'a>) -> Self {
        Self::remembering(census, program, LOOKED)
    }

    /// For a few thousand persons, for whom making ready must not cost more than the pass.
    pub(crate) fn of_few(census: &'a Census, program: &'a Program<'a>) -> Self {
        Self::remembering(census, program, LOOKED / 16)
    }

    fn remembering(census: &'a Census, program: &'a Program<'a>, looked: usize) -> Self {
        let nothing = (0, code(program.outcome(0)));
        Self {
            census,
            program,
            bits: [0; BLOCK as usize],
            looked: vec![(NONE, 0); looked].into(),
            decided: vec![nothing; DECIDED].into(),
            events: Vec::new(),
        }
    }

    /// What the stay at home means in a region.
    pub(crate) fn at_home<'h>(&mut self, home: &'h Home) -> AtHome<'h> {
        let bits = self.program.home_bits(self.census, home);
        let code = (bits & self.program.guards == 0).then(|| self.amounts_to(bits));
        AtHome { home, bits, code }
    }

    /// The outcomes of a block of a home region. `counts` is told who is not what most there are.
    pub(crate) fn block(&mut self, home: &AtHome<'_>, block: u32, counts: &mut Counts) -> Planes {
        let AtHome { home, bits: home_bits, code: at_home } = *home;
        let later = self.census.later.marks(block);
        let who = persons_of(home, block) & !later.gone;
        let mut touched = self.gather(&self.census.notable, block);
        if self.program.reads_routine {
            touched |= self.gather(&self.census.routine, block);
        }
        let default = at_home.unwrap_or(0);
        if later != Marks::default() {
            touched = self.overlay(block, later, touched);
            counts.fewer(default, later.gone.count_ones());
        }
        if at_home.is_none() {
            touched = who;
        }
        let mut planes = Planes::all(default, who);
        while touched != 0 {
            let place = touched.trailing_zeros();
            touched &= touched - 1;
            let Some(bits) = self.bits.get_mut(place as usize) else { continue };
            let all = std::mem::take(bits) | home_bits;
            let code = self.judge(home, block * BLOCK + place, all);
            if code != default {
                planes.set(place, code);
                counts.shift(default, code);
            }
        }
        planes
    }

    /// The bits of those of a block whose facts are later than the columns, instead of what the columns say.
    #[cold]
    fn overlay(&mut self, block: u32, later: Marks, mut touched: u64) -> u64 {
        for place in 0..BLOCK {
            if (later.replaced | later.gone) >> place & 1 == 0 {
                continue;
            }
            let bits = self.later_bits(block * BLOCK + place).unwrap_or(0);
            if let Some(known) = self.bits.get_mut(place as usize) {
                *known = bits;
            }
            touched = touched & !(1 << place) | u64::from(bits != 0) << place;
        }
        touched
    }

    /// The bits of what is later than the columns about a person; `None` if nothing is.
    fn later_bits(&self, number: Number) -> Option<u64> {
        let counts = |taken_back: &Option<_>| taken_back.is_none_or(|day| self.program.today < day);
        let known = self.census.later.of(number)?.iter().filter(|(_, taken_back)| counts(taken_back));
        Some(known.fold(0, |bits, (event, _)| bits | self.program.bits(event)))
    }

    /// The code of one person.
    pub(crate) fn person(&mut self, home: &AtHome<'_>, number: Number) -> u8 {
        if let Some(bits) = self.later_bits(number) {
            return self.judge(home.home, number, home.bits | bits);
        }
        let mut bits = home.bits;
        let routine = self.program.reads_routine.then_some(&self.census.routine);
        for facts in std::iter::once(&self.census.notable).chain(routine) {
            let (wide, packed) = facts.of(number);
            for packed in packed {
                let seen = self.seen(*packed);
                bits |= if seen & (LOOK | LOOK_NEAR) == 0 { seen } else { self.look(*packed, wide) };
            }
        }
        self.judge(home.home, number, bits)
    }

    fn judge(&mut self, home: &Home, number: Number, bits: u64) -> u8 {
        if bits & self.program.guards == 0 {
            return self.amounts_to(bits);
        }
        let mut events = std::mem::take(&mut self.events);
        events.clear();
        self.census.events_at(home, number, self.program.today, &mut events);
        let code = if self.program.is_judged {
            code(self.program.judge().outcome(&events, self.program.today).0)
        } else {
            self.amounts_to(self.program.decide(bits, &events))
        };
        self.events = events;
        code
    }

    /// The code of decided bits, remembered.
    fn amounts_to(&mut self, decided: u64) -> u8 {
        let place = (decided.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize;
        let Some(entry) = self.decided.get_mut(place) else { return 0 };
        if entry.0 != decided {
            *entry = (decided, code(self.program.outcome(decided)));
        }
        entry.1
    }

    /// Or-s the bits of a block's facts by person, and tells of whom there were any.
    #[expect(
        clippy::indexing_slicing,
        reason = "a key has fifteen bits and the table 2^15 entries; a region twelve, and `near` 2^12; a place is \
                  the number of trailing zeros of a word that is not zero, below 64"
    )]
    fn gather(&mut self, facts: &Facts, block: u32) -> u64 {
        let at = block as usize;
        let (Some(this), Some(next)) = (facts.blocks.get(at), facts.blocks.get(at + 1)) else { return 0 };
        let packed = facts.packed.get(this.first as usize..next.first as usize).unwrap_or_default();
        // Of a known length, the two need no check of bounds.
        let table = <&[u64; KEYS]>::try_from(&*self.program.table);
        let near = <&[u64; REGIONS as usize]>::try_from(&*self.program.near);
        let (Ok(table), Ok(near)) = (table, near) else { return 0 };
        let mut rest = this.has;
        let mut touched = 0_u64;
        for fact in packed {
            let mut bits =
                table[(fact >> KEY_SHIFT & KEY_MASK) as usize] & near[usize::from(region_of(*fact))];
            if bits != 0 {
                if bits & (LOOK | LOOK_NEAR) != 0 {
                    let wide = facts.wide.get(this.first_wide as usize..next.first_wide as usize);
                    bits = self.look(*fact, wide.unwrap_or_default());
                }
                let place = rest.trailing_zeros() & (BLOCK - 1);
                self.bits[place as usize] |= bits;
                touched |= u64::from(bits != 0) << place;
            }
            // After the last fact of a person comes the next who has some.
            rest &= rest.wrapping_sub(u64::from(fact >> LAST.trailing_zeros()));
        }
        touched
    }

    /// The table's answer about a fact.
    fn seen(&self, fact: Packed) -> u64 {
        let table = self.program.table.get((fact >> KEY_SHIFT & KEY_MASK) as usize);
        let near = self.program.near.get(usize::from(region_of(fact)));
        table.zip(near).map_or(0, |(table, near)| table & near)
    }

    /// The bits of a fact that the table does not answer for.
    fn look(&mut self, fact: Packed, wides: &[Wide]) -> u64 {
        if word_of(fact) == WIDE {
            let Some(wide) = wides.get((fact & WIDE_MASK) as usize) else { return 0 };
            if wide.taken_back().is_some_and(|day| day <= self.program.today) {
                return 0;
            }
            return self.census.codec.unpack_wide(wide).map_or(0, |event| self.program.bits(&event));
        }
        let fact = fact & !LAST;
        let place = (fact.wrapping_mul(0x9e37_79b1) >> 18) as usize & (self.looked.len() - 1);
        let Some(entry) = self.looked.get_mut(place) else { return 0 };
        if entry.0 != fact {
            let event = self.census.codec.unpack(fact);
            *entry = (fact, event.map_or(0, |event| self.program.bits(&event)));
        }
        entry.1
    }
}

/// Which places of a block have a person.
pub(crate) fn persons_of(home: &Home, block: u32) -> u64 {
    let before = (block - home.first_block) * BLOCK;
    let here = home.persons.saturating_sub(before).min(BLOCK);
    if here == BLOCK { u64::MAX } else { (1 << here) - 1 }
}

/// How many persons a run of blocks has.
pub(crate) fn persons_in(home: &Home, blocks: &Range<u32>) -> u32 {
    let until = |block: u32| ((block - home.first_block) * BLOCK).min(home.persons);
    if blocks.is_empty() { 0 } else { until(blocks.end) - until(blocks.start) }
}
