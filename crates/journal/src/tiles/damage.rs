//! What may be wrong with stored tiles, each with the file's name.

use thiserror::Error;

use super::bundle::BundleError;
use super::path::{Row, TilePath};

/// Why the tiles do not answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TileError<E> {
    /// The reader failed: nothing is known about the file.
    #[error("`{path}` could not be read: {error}")]
    Read {
        /// The file.
        path: TilePath,
        /// What the reader said.
        error: E,
    },
    /// The file is not what the tree says it is.
    #[error(transparent)]
    Damaged(#[from] Damage),
}

/// How a file differs from what the tree says of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Damage {
    /// There is no such file.
    #[error("`{path}` is missing")]
    Missing {
        /// The file.
        path: TilePath,
    },
    /// It is too short or too long.
    #[error("`{path}` has {found} bytes instead of {expected}")]
    Length {
        /// The file.
        path: TilePath,
        /// Its bytes.
        found: usize,
        /// 32 for each hash.
        expected: usize,
    },
    /// It is not a sequence of as many entries as it should hold.
    #[error("`{path}`: {error}")]
    Bundle {
        /// The file.
        path: TilePath,
        /// What is wrong.
        error: BundleError,
    },
    /// Its hashes are not those that the rest of the tree stands on.
    #[error("`{path}` holds other hashes than the tree does: it was changed or swapped")]
    Hashes {
        /// The file.
        path: TilePath,
    },
    /// An entry is not the one that the tree holds.
    #[error("`{path}` holds another entry {index} than the tree does: it was changed or swapped")]
    Entry {
        /// The file.
        path: TilePath,
        /// The entry's place in the log.
        index: u64,
    },
    /// The tiles at the tree's end do not give its root, and no single one of them explains it.
    #[error("the tiles at the end of the tree of {size} entries do not give its root: {}", list(.tiles))]
    Edge {
        /// The tree's size.
        size: u64,
        /// The tiles at its end.
        tiles: Vec<TilePath>,
    },
    /// All files agree with each other, and not with the checkpoint.
    #[error("the files are whole, but their tree of {size} entries is not the checkpoint's")]
    AnotherTree {
        /// The tree's size.
        size: u64,
    },
    /// The tree ends before it.
    #[error("a tree of {size} entries has no tile {index} in the row {row:?}")]
    Outside {
        /// The row.
        row: Row,
        /// The tile's place.
        index: u64,
        /// The tree's size.
        size: u64,
    },
}

fn list(tiles: &[TilePath]) -> String {
    tiles.iter().map(|tile| format!("`{tile}`")).collect::<Vec<_>>().join(", ")
}
