//! What everybody is shown: three bits a person, sixty-four persons at a time.
//!
//! Outcomes live in memory while a day is compared with the next, or today's rules with a draft. Nothing writes them
//! down, and nothing makes them but a pass over the facts.

use mingma_domain::assess::Outcome;
use mingma_domain::fact::Color;

use crate::columns::{BLOCK, Census, Number};

/// Stands for a person for whom no rules are in force.
pub(crate) const NO_RULES: u8 = 5;

/// How many outcomes there are.
pub(crate) const OUTCOMES: usize = 5;

/// The outcome of everybody of a census.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcomes {
    pub(crate) blocks: Vec<Planes>,
}

/// The codes of sixty-four persons: bit by bit, three words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Planes(pub(crate) [u64; 3]);

/// How many persons are shown what.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts(pub(crate) [u64; OUTCOMES]);

impl Outcomes {
    /// The outcome of a person; `None` if nobody has the number.
    #[must_use]
    pub fn of(&self, number: Number) -> Option<Outcome> {
        let planes = self.blocks.get((number / BLOCK) as usize)?;
        outcome(planes.code(number % BLOCK))
    }

    /// How many bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(self.blocks.as_slice())
    }

    /// Of nobody yet: everybody of the census is without an outcome.
    #[must_use]
    pub fn of_nobody(census: &Census) -> Self {
        let nobody = Planes::all(NO_RULES, u64::MAX);
        Self { blocks: vec![nobody; census.blocks() as usize] }
    }

    /// Makes room for those who came since; they are without an outcome.
    pub(crate) fn reach(&mut self, census: &Census) {
        self.blocks.resize(census.blocks() as usize, Planes::all(NO_RULES, u64::MAX));
    }

    pub(crate) fn code(&self, number: Number) -> u8 {
        self.blocks.get((number / BLOCK) as usize).map_or(NO_RULES, |planes| planes.code(number % BLOCK))
    }

    pub(crate) fn set(&mut self, number: Number, code: u8) {
        if let Some(planes) = self.blocks.get_mut((number / BLOCK) as usize) {
            planes.set(number % BLOCK, code);
        }
    }
}

impl Planes {
    /// Everybody of `who` with one code.
    pub(crate) const fn all(code: u8, who: u64) -> Self {
        Self([
            if code & 1 == 1 { who } else { 0 },
            if code >> 1 & 1 == 1 { who } else { 0 },
            if code >> 2 & 1 == 1 { who } else { 0 },
        ])
    }

    pub(crate) const fn code(&self, place: u32) -> u8 {
        let bit = 1_u64 << place;
        let [a, b, c] = self.0;
        (a & bit != 0) as u8 | ((b & bit != 0) as u8) << 1 | ((c & bit != 0) as u8) << 2
    }

    pub(crate) fn set(&mut self, place: u32, code: u8) {
        let bit = 1_u64 << place;
        for (plane, at) in self.0.iter_mut().zip(0..) {
            *plane = *plane & !bit | u64::from(code >> at & 1) << place;
        }
    }

    /// How many of `who` are shown what.
    pub(crate) fn counts(&self, who: u64) -> Counts {
        let [a, b, c] = self.0;
        let of = |code: u8| {
            let plane = |plane: u64, bit: u8| if code >> bit & 1 == 1 { plane } else { !plane };
            u64::from((plane(a, 0) & plane(b, 1) & plane(c, 2) & who).count_ones())
        };
        Counts([of(0), of(1), of(2), of(3), of(4)])
    }

    /// Who is shown anything but green.
    pub(crate) const fn not_green(&self) -> u64 {
        let [a, b, c] = self.0;
        // Under no rules (five) nobody is shown anything.
        (a | b | c) & !(a & !b & c)
    }

    /// Who differs.
    pub(crate) const fn differ(&self, other: &Self) -> u64 {
        let ([a, b, c], of) = (self.0, other.0);
        (a ^ of[0]) | (b ^ of[1]) | (c ^ of[2])
    }
}

impl Counts {
    /// How many are shown this.
    #[must_use]
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.0.get(usize::from(code(outcome))).copied().unwrap_or(0)
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// So many more with this code.
    pub(crate) fn many(&mut self, code: u8, persons: u32) {
        if let Some(count) = self.0.get_mut(usize::from(code)) {
            *count += u64::from(persons);
        }
    }

    /// So many fewer with this code than were counted.
    pub(crate) fn fewer(&mut self, code: u8, persons: u32) {
        if let Some(count) = self.0.get_mut(usize::from(code)) {
            *count = count.wrapping_sub(u64::from(persons));
        }
    }

    /// One person with another code than was counted; they may be counted before or after.
    #[inline]
    pub(crate) fn shift(&mut self, from: u8, to: u8) {
        if let Some(count) = self.0.get_mut(usize::from(from)) {
            *count = count.wrapping_sub(1);
        }
        if let Some(count) = self.0.get_mut(usize::from(to)) {
            *count = count.wrapping_add(1);
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(count, more)| *count += more);
    }
}

/// The three bits of an outcome.
pub(crate) const fn code(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Code(Color::Green) => 0,
        Outcome::Code(Color::Yellow) => 1,
        Outcome::Code(Color::Red) => 2,
        Outcome::Popup => 3,
        Outcome::NotIssued => 4,
    }
}

/// The outcome of three bits.
pub(crate) const fn outcome(code: u8) -> Option<Outcome> {
    Some(match code {
        0 => Outcome::Code(Color::Green),
        1 => Outcome::Code(Color::Yellow),
        2 => Outcome::Code(Color::Red),
        3 => Outcome::Popup,
        4 => Outcome::NotIssued,
        _ => return None,
    })
}
