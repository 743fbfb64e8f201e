//! The name of a tile or bundle, and which of them a tree of some size has.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::text::decimal;

/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH: u16 = 256;

/// The logarithm of [`WIDTH`]: levels of the tree in one tile.
pub(crate) const HEIGHT: u32 = 8;

/// The highest level that a path may name.
///
/// # Source
/// C2SP `tlog-tiles`, "Merkle Tree": `<L>` is between 0 and 63.
const MAX_LEVEL: u8 = 63;

/// The highest level of tiles that a tree of at most 2^63 − 1 entries has: 256^7 is 2^56, 256^8 is 2^64.
pub(crate) const TOP: u8 = 7;

/// What stands in the files of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// Hashes over 256^level entries each.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

/// The path of a tile or bundle, such as `tile/0/x001/234/067.p/112` or `tile/entries/000`.
///
/// # Source
/// C2SP `tlog-tiles`, "Merkle Tree", "Partial Tiles" and "Log entries".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TilePath {
    row: Row,
    index: u64,
    width: u16,
}

/// The text is not the path of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not the path of a tile; one looks like `tile/0/x001/234.p/112` or `tile/entries/001`")]
pub struct NotATile;

impl Row {
    /// How many hashes or entries the row has in a tree of this size.
    #[must_use]
    pub fn width_in(self, size: u64) -> u64 {
        match self {
            Self::Entries => size,
            Self::Hashes(level) => size.checked_shr(HEIGHT * u32::from(level)).unwrap_or(0),
        }
    }
}

impl TilePath {
    /// This tile as it stands in a tree of `size` entries; none if the tree does not reach it.
    #[must_use]
    pub fn in_tree(row: Row, index: u64, size: u64) -> Option<Self> {
        let first = index.checked_mul(u64::from(WIDTH))?;
        let rest = row.width_in(size).checked_sub(first).filter(|rest| *rest > 0)?;
        Some(Self { row, index, width: u16::try_from(rest).map_or(WIDTH, |rest| rest.min(WIDTH)) })
    }

    /// The tiles, then the bundles, that must be written when a tree grows from `from` to `to` entries.
    ///
    /// The partial ones are those of `to` alone.
    pub fn grown(from: u64, to: u64) -> impl Iterator<Item = Self> {
        let rows = (0..=TOP).map(Row::Hashes).chain([Row::Entries]);
        rows.flat_map(move |row| {
            let (was, is) = (row.width_in(from), row.width_in(to));
            let (first, end) =
                if was < is { (was / u64::from(WIDTH), is.div_ceil(u64::from(WIDTH))) } else { (0, 0) };
            (first..end).filter_map(move |index| Self::in_tree(row, index, to))
        })
    }

    /// What stands in it.
    #[must_use]
    pub const fn row(&self) -> Row {
        self.row
    }

    /// Its place in the row, counted from 0.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries it has: 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// The width as a number of things in memory.
    pub(crate) fn len(&self) -> usize {
        usize::from(self.width)
    }

    /// Whether more may come.
    #[must_use]
    pub const fn is_partial(&self) -> bool {
        self.width < WIDTH
    }

    /// The same tile when it is full.
    #[must_use]
    pub const fn full(&self) -> Self {
        Self { width: WIDTH, ..*self }
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            Row::Hashes(level) => write!(f, "tile/{level}")?,
            Row::Entries => f.write_str("tile/entries")?,
        }
        // 2^64 − 1 has 20 digits: at most seven groups of three, of which the last has no `x`.
        let mut above = 1_000_000_000_000_000_000;
        while above >= 1_000 {
            if self.index >= above {
                write!(f, "/x{:03}", self.index / above % 1_000)?;
            }
            above /= 1_000;
        }
        write!(f, "/{:03}", self.index % 1_000)?;
        if self.is_partial() { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for TilePath {
    type Err = NotATile;

    fn from_str(text: &str) -> Result<Self, NotATile> {
        let rest = text.strip_prefix("tile/").ok_or(NotATile)?;
        let (row, rest) = rest.split_once('/').ok_or(NotATile)?;
        let row = match row {
            "entries" => Row::Entries,
            level => {
                let level = decimal(level).and_then(|level| u8::try_from(level).ok());
                Row::Hashes(level.filter(|level| *level <= MAX_LEVEL).ok_or(NotATile)?)
            }
        };
        let (groups, width) = match rest.split_once(".p/") {
            None => (rest, WIDTH),
            Some((groups, width)) => {
                let width = decimal(width).and_then(|width| u16::try_from(width).ok());
                (groups, width.filter(|width| (1..WIDTH).contains(width)).ok_or(NotATile)?)
            }
        };
        let mut index = 0_u64;
        for digits in groups.split('/').map(|group| group.strip_prefix('x').unwrap_or(group)) {
            let group = digits.parse::<u16>().ok().filter(|_| digits.len() == 3).ok_or(NotATile)?;
            index = index
                .checked_mul(1_000)
                .and_then(|index| index.checked_add(u64::from(group)))
                .ok_or(NotATile)?;
        }
        // A path has one way to be written: a missing or superfluous `x`, `+12`, or a group of zeros in front is none.
        let path = Self { row, index, width };
        if path.to_string() == text { Ok(path) } else { Err(NotATile) }
    }
}
