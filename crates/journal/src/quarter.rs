//! One log a quarter: what each is called, and how each begins with the end of the one before.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::checkpoint::{CheckpointError, OpenError, Origin, SignedCheckpoint};
use crate::leaf::{Leaf, LeafError};
use crate::note::key::LogKey;
use crate::text::decimal;

/// Three months of a year: `2022q2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter {
    year: u16,
    /// INVARIANT: 1 to 4.
    number: u8,
}

/// The years of which facts may speak.
const YEARS: std::ops::RangeInclusive<u16> = 2000..=2100;

/// The text or the numbers are no quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a quarter from 2000q1 to 2100q4; one looks like `2022q2`")]
pub struct NotAQuarter;

/// Why a log does not continue the one before.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChainError {
    /// The first entry cannot be read.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// The first entry is an act.
    #[error("the log of {0} does not begin with the last checkpoint of the quarter before")]
    NotFormer(Quarter),
    /// There is no quarter before.
    #[error("no quarter comes before {0}")]
    First(Quarter),
    /// The key is not that of the quarter before.
    #[error("the key is not that of the log `{0}`")]
    AnotherKey(Origin),
    /// The journal's name gives no origin.
    #[error(transparent)]
    Origin(#[from] CheckpointError),
    /// The checkpoint is not believed.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl Quarter {
    /// The quarter of this year with this number.
    ///
    /// # Errors
    /// [`NotAQuarter`].
    pub fn new(year: u16, number: u8) -> Result<Self, NotAQuarter> {
        if YEARS.contains(&year) && (1..=4).contains(&number) {
            Ok(Self { year, number })
        } else {
            Err(NotAQuarter)
        }
    }

    /// The quarter in which this month (1 to 12) lies.
    ///
    /// # Errors
    /// [`NotAQuarter`].
    pub fn of_month(year: u16, month: u8) -> Result<Self, NotAQuarter> {
        Self::new(year, month.checked_sub(1).ok_or(NotAQuarter)? / 3 + 1)
    }

    /// The one after, if it is not past 2100.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        if self.number == 4 { Self::new(self.year + 1, 1) } else { Self::new(self.year, self.number + 1) }
            .ok()
    }

    /// The one before, if it is not before 2000.
    #[must_use]
    pub fn former(self) -> Option<Self> {
        if self.number == 1 { Self::new(self.year - 1, 4) } else { Self::new(self.year, self.number - 1) }
            .ok()
    }

    /// The origin of this quarter's log of a journal, such as `journal.henan.example` + `2022q2` =
    /// `journal.henan.example/2022q2`.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`], if the journal's name cannot stand in a line.
    pub fn origin(self, journal: &str) -> Result<Origin, CheckpointError> {
        if journal.is_empty() {
            return Err(CheckpointError::Origin);
        }
        format!("{journal}/{self}").parse()
    }

    /// The last checkpoint of the quarter before, from the first entry of this quarter's log.
    ///
    /// That it is the *last* one is for the caller to compare with the former log's own checkpoint: a log that is closed is
    /// signed no more.
    ///
    /// # Errors
    /// [`ChainError`].
    pub fn continues(
        self,
        journal: &str,
        entry: &[u8],
        former: &LogKey,
    ) -> Result<SignedCheckpoint, ChainError> {
        let before = self.former().ok_or(ChainError::First(self))?.origin(journal)?;
        if former.name().as_str() != before.as_str() {
            return Err(ChainError::AnotherKey(before));
        }
        match Leaf::from_bytes(entry)? {
            Leaf::Act(_) => Err(ChainError::NotFormer(self)),
            Leaf::Former(note) => Ok(SignedCheckpoint::open(note, former)?),
        }
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}q{}", self.year, self.number)
    }
}

impl FromStr for Quarter {
    type Err = NotAQuarter;

    fn from_str(text: &str) -> Result<Self, NotAQuarter> {
        let (year, number) = text.split_once('q').ok_or(NotAQuarter)?;
        let year = decimal(year).and_then(|year| u16::try_from(year).ok()).ok_or(NotAQuarter)?;
        let number = decimal(number).and_then(|number| u8::try_from(number).ok()).ok_or(NotAQuarter)?;
        Self::new(year, number)
    }
}
