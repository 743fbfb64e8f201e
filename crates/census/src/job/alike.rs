//! Persons who have the same facts have the same future: what was asked about one is remembered for the others.
//!
//! Facts that no rule of the programs reads are left out. Of a city that is not green most have one or two facts, of a few
//! weeks, so each of a few thousand questions is asked of the domain's evaluator once.

use mingma_domain::fact::{Word, WordSet};

use crate::columns::pack::{LAST, Packed, WIDE, is_in, region_of, word_of};
use crate::columns::{Census, Home, Number};
use crate::program::{PLACED, Program};

/// How many answers are remembered: of one fact in two months with a time of day to the quarter of an hour there are 5,760.
const KNOWN: usize = 8_192;
/// With how many facts that are read a person's answer is remembered.
const FACTS: usize = 6;
/// Stands for no fact.
const NONE: Packed = Packed::MAX;

/// Answers about persons under some programs, remembered by what those read.
pub(super) struct Alike<'a, T> {
    census: &'a Census,
    reads: Vec<Reads<'a>>,
    known: Box<[Known<T>]>,
}

/// What a program reads.
struct Reads<'a> {
    program: &'a Program<'a>,
    /// The words that a rule reads.
    all: WordSet,
    /// Those of them that mean nothing where [`Program::near`] says so.
    only_near: WordSet,
}

/// The facts of a person that are read, and the answer.
#[derive(Clone, Copy)]
struct Known<T> {
    of: Key,
    answer: T,
}

/// The facts of a person that are read, and the first block of the home if a stay there is a fact as well.
type Key = ([Packed; FACTS], u32);

impl<'a, T: Copy + Default> Alike<'a, T> {
    pub(super) fn under(census: &'a Census, programs: impl IntoIterator<Item = &'a Program<'a>>) -> Self {
        // Nobody's answer is known by facts that nobody has.
        let nobody = Known { of: ([NONE; FACTS], u32::MAX), answer: T::default() };
        let reads = programs.into_iter().map(Reads::of).collect();
        Self { census, reads, known: vec![nobody; KNOWN].into() }
    }

    /// The answer about a person: the one that was given about somebody who has the same facts, or else what is asked now.
    pub(super) fn of(&mut self, home: &Home, number: Number, ask: impl FnOnce() -> T) -> T {
        let Some(key) = self.key(home, number) else { return ask() };
        let hash = key.0.iter().fold(u64::from(key.1), |hash, fact| {
            (hash.rotate_left(5) ^ u64::from(*fact)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        let Some(known) = self.known.get_mut((hash >> 32) as usize % KNOWN) else { return ask() };
        if known.of != key {
            *known = Known { of: key, answer: ask() };
        }
        known.answer
    }

    /// By what a person is known; none where facts are too many, of no packed form, or later than the columns.
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
                if self.reads.iter().any(|reads| reads.it(*fact, word)) {
                    *free.next()? = fact & !LAST;
                }
            }
        }
        Some((facts, self.census.home_event(home).map_or(0, |_| home.first_block + 1)))
    }
}

impl<'a> Reads<'a> {
    fn of(program: &'a Program<'a>) -> Self {
        let set = |of: &dyn Fn(Word) -> bool| {
            Word::all()
                .filter(|word| of(*word))
                .fold(WordSet::EMPTY, |all, word| all.with(WordSet::only(word)))
        };
        Self {
            program,
            all: set(&|word| program.reads(word)),
            only_near: set(&|word| PLACED.contains(word) && program.is_told_by_bits(word)),
        }
    }

    fn it(&self, fact: Packed, word: u8) -> bool {
        is_in(self.all, word) && (!is_in(self.only_near, word) || self.program.is_near(region_of(fact)))
    }
}
