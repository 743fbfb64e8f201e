//! The end of the tree: its partial tiles, which are all that a tree needs to grow.

use super::blame::blame;
use super::damage::{Damage, TileError};
use super::path::{Row, TOP, TilePath, WIDTH};
use super::reader::{TileReader, hashes, tile};
use super::subtree::{Subtree, top};
use crate::hash::Hash;
use crate::merkle::{MAX_SIZE, fold};

/// The partial tiles at the end of a tree, one a level: at most 255 hashes in each of eight levels, 64 KiB.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edge {
    size: u64,
    /// INVARIANT: `rows[l]` has as many hashes as the tile at level `l` has in a tree of `size`: `size >> 8l & 255`.
    rows: [Vec<Hash>; LEVELS],
}

/// Levels of tiles, the lowest is 0.
const LEVELS: usize = TOP as usize + 1;

/// The tree has as many entries as a tree can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tree has at most {MAX_SIZE} entries")]
pub struct Full;

impl Edge {
    /// The end of the tree without entries.
    #[must_use]
    pub const fn new() -> Self {
        Self { size: 0, rows: [const { Vec::new() }; LEVELS] }
    }

    /// Reads the end of a tree and believes it only if it gives the root.
    ///
    /// # Errors
    /// [`TileError`]: the tile that is missing, short, or not the tree's.
    pub fn load<R: TileReader>(reader: &R, size: u64, root: Hash) -> Result<Self, TileError<R::Error>> {
        let mut edge = Self { size, ..Self::new() };
        for (level, row) in (0..=TOP).zip(&mut edge.rows) {
            if let Some(path) = Self::tile(level, size)? {
                *row = hashes(reader, &path)?;
            }
        }
        if edge.root() == root { Ok(edge) } else { Err(blame(reader, &edge, root)) }
    }

    /// The path of the partial tile at this level, if the tree has one.
    pub(crate) fn tile(level: u8, size: u64) -> Result<Option<TilePath>, Damage> {
        let row = Row::Hashes(level);
        let (width, full) = (row.width_in(size), u64::from(WIDTH));
        if width.is_multiple_of(full) { Ok(None) } else { tile(row, width / full, size).map(Some) }
    }

    /// How many entries the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The tree's root.
    #[must_use]
    pub fn root(&self) -> Hash {
        let trees: Vec<Subtree> = self.rows.iter().rev().map(|row| Subtree::of(row.clone())).collect();
        fold(trees.iter().flat_map(Subtree::peaks))
    }

    /// Adds a leaf, and the tiles that it fills to `filled`.
    ///
    /// # Errors
    /// [`Full`]; nothing has changed then.
    pub fn push(&mut self, leaf: Hash, filled: &mut Vec<(TilePath, Vec<u8>)>) -> Result<(), Full> {
        if self.size >= MAX_SIZE {
            return Err(Full);
        }
        self.size += 1;
        let mut hash = leaf;
        for (level, row) in (0..=TOP).zip(&mut self.rows) {
            row.push(hash);
            if row.len() < usize::from(WIDTH) {
                break;
            }
            let index = Row::Hashes(level).width_in(self.size) / u64::from(WIDTH) - 1;
            if let Some(path) = TilePath::in_tree(Row::Hashes(level), index, self.size) {
                filled.push((path, bytes(row)));
            }
            hash = top(row);
            row.clear();
        }
        Ok(())
    }

    /// The partial tiles that a growth from `from` entries has changed.
    pub fn partial(&self, from: u64) -> impl Iterator<Item = (TilePath, Vec<u8>)> {
        (0..=TOP).zip(&self.rows).filter(|(_, row)| !row.is_empty()).filter_map(move |(level, row)| {
            let grew = Row::Hashes(level).width_in(from) < Row::Hashes(level).width_in(self.size);
            let path = Self::tile(level, self.size).ok().flatten().filter(|_| grew)?;
            Some((path, bytes(row)))
        })
    }

    /// The hashes of the partial tile at this level.
    pub(crate) fn row(&self, level: u8) -> &[Hash] {
        self.rows.get(usize::from(level)).map_or(&[], Vec::as_slice)
    }

    /// This end with other hashes at one level.
    pub(crate) fn with_row(&self, level: u8, hashes: &[Hash]) -> Self {
        let mut changed = self.clone();
        if let Some(row) = changed.rows.get_mut(usize::from(level)) {
            *row = hashes.to_vec();
        }
        changed
    }
}

/// The bytes of a tile.
pub(crate) fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.as_bytes().iter().copied()).collect()
}
