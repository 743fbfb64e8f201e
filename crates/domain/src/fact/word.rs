//! The numbering of all values of all kinds that evaluators and packed columns use.

use crate::fact::kind::Kind;

/// The number of one value among all values of all kinds, below [`Word::COUNT`].
///
/// Entries of all countries share a number, and so do vaccinations of all doses: the vocabulary fits one machine
/// word, which is what makes «does this person have anything that this rule reads?» one instruction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Word(u8);

impl Word {
    /// How many there are.
    pub const COUNT: u8 = 39;

    /// The word with this number, which [`super::Value::word`] gives.
    pub(super) const fn numbered(number: u8) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Every one.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(Self)
    }

    /// The kind that it belongs to.
    #[must_use]
    pub fn kind(self) -> Kind {
        // INVARIANT: `of_kind` covers every number below COUNT exactly once; the test below holds it.
        Kind::ALL.iter().copied().find(|k| WordSet::of_kind(*k).contains(self)).unwrap_or(Kind::ForeignStatus)
    }
}

/// A set of [`Word`]s.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct WordSet(u64);

impl WordSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);
    /// Every word.
    pub const ALL: Self = Self((1 << Word::COUNT) - 1);

    /// The set of one.
    #[must_use]
    pub const fn only(word: Word) -> Self {
        Self(1 << word.0)
    }

    /// All values of a kind.
    #[must_use]
    pub const fn of_kind(kind: Kind) -> Self {
        let (first, count) = match kind {
            Kind::Diagnosis => (0, 5),
            Kind::Discharge => (5, 2),
            Kind::Contact => (7, 5),
            Kind::Isolation => (12, 2),
            Kind::Release => (14, 2),
            Kind::Test => (16, 4),
            Kind::Screening => (20, 1),
            Kind::Stay => (21, 4),
            Kind::Entry => (25, 1),
            Kind::Symptom => (26, 7),
            Kind::Checkin => (33, 2),
            Kind::Vaccination => (35, 1),
            Kind::ForeignStatus => (36, 3),
        };
        Self(((1 << count) - 1) << first)
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the word is in it.
    #[must_use]
    pub const fn contains(self, word: Word) -> bool {
        self.0 & (1 << word.0) != 0
    }

    /// Whether the two have a word in common.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is no word in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The words in it, in the order of the vocabulary.
    pub fn iter(self) -> impl Iterator<Item = Word> {
        Word::all().filter(move |word| self.contains(*word))
    }

    /// The set as bits, the word's number being the bit's.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }
}
