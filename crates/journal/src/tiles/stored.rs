//! A tree read from its tiles, none of which is believed before its hash stands in one that is.
//!
//! The checkpoint's root vouches for the tiles at the tree's end, these for the full tiles below them, and so on. A
//! proof out of this tree is therefore right, or the file that prevents it is named.

use std::collections::BTreeMap;

use super::damage::{Damage, TileError};
use super::edge::Edge;
use super::path::{HEIGHT, Row, TOP, WIDTH};
use super::reader::{TileReader, hashes, tile};
use super::subtree::Subtree;
use crate::hash::Hash;
use crate::merkle::Nodes;

/// The most full tiles that a tree keeps in memory: with the nodes above their hashes 16 KiB each, 16 MiB together.
pub const MAX_KEPT_TILES: usize = 1_024;

/// A tree of which a checkpoint gave size and root, over a reader of its tiles.
#[derive(Debug)]
pub struct StoredTree<R> {
    reader: R,
    size: u64,
    edge: Vec<Subtree>,
    full: BTreeMap<(u8, u64), Subtree>,
}

impl<R: TileReader> StoredTree<R> {
    /// Reads the tiles at the tree's end, and believes them only if they give the root.
    ///
    /// # Errors
    /// [`TileError`]: the tile that is missing, short, or not the tree's.
    pub fn open(reader: R, size: u64, root: Hash) -> Result<Self, TileError<R::Error>> {
        let edge = Edge::load(&reader, size, root)?;
        let edge = (0..=TOP).map(|level| Subtree::of(edge.row(level).to_vec())).collect();
        Ok(Self { reader, size, edge, full: BTreeMap::new() })
    }

    /// A node inside a tile.
    fn inside(
        &mut self,
        level: u8,
        index: u64,
        height: u32,
        place: u64,
    ) -> Result<Hash, TileError<R::Error>> {
        let row = Row::Hashes(level);
        let outside = Damage::Outside { row, index, size: self.size };
        let path = tile(row, index, self.size)?;
        if path.is_partial() {
            let edge = self.edge.get(usize::from(level));
            return edge.and_then(|tile| tile.node(height, place)).ok_or_else(|| outside.into());
        }
        if let Some(kept) = self.full.get(&(level, index)) {
            return kept.node(height, place).ok_or_else(|| outside.into());
        }
        // A full tile's hash stands in the level above: in a tile that is itself believed before this one is read.
        let above = self.node(HEIGHT * (u32::from(level) + 1), index)?;
        let read = Subtree::of(hashes(&self.reader, &path)?);
        if read.node(HEIGHT, 0) != Some(above) {
            return Err(Damage::Hashes { path }.into());
        }
        let node = read.node(height, place).ok_or(outside)?;
        if self.full.len() >= MAX_KEPT_TILES {
            self.full.clear();
        }
        self.full.insert((level, index), read);
        Ok(node)
    }
}

impl<R: TileReader> Nodes for StoredTree<R> {
    type Error = TileError<R::Error>;

    fn size(&self) -> u64 {
        self.size
    }

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error> {
        let (tiles, height) = (level / HEIGHT, level % HEIGHT);
        let outside = |size| Damage::Outside { row: Row::Hashes(u8::MAX), index, size };
        let tiles = u8::try_from(tiles).map_err(|_| outside(self.size))?;
        let first = index.checked_mul(1 << height).ok_or_else(|| outside(self.size))?;
        let (tile, place) = (first / u64::from(WIDTH), first % u64::from(WIDTH));
        self.inside(tiles, tile, height, place >> height)
    }
}
