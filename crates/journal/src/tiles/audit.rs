//! Reads a log back and computes it again: every entry, every tile, the root.
//!
//! A sequencer does this with each growth before it signs (one flipped bit ended the Yeti log of 2022), an auditor with
//! the whole log.

use super::damage::{Damage, TileError};
use super::edge::{Edge, bytes};
use super::path::{Row, TilePath, WIDTH};
use super::reader::{TileReader, entries, hashes, tile};
use super::subtree::top;
use crate::hash::Hash;

/// The tree from which on the log is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The first entry.
    Beginning,
    /// A tree that was checked earlier; what lies wholly before its end is not read again.
    After {
        /// Its size.
        size: u64,
        /// Its root.
        root: Hash,
    },
}

/// Checks that the files of a log are the tree of `size` entries with this root, and shows each entry that was read.
///
/// Each entry comes with its place in the log, before the root over it is checked: what `each` gathers counts only if the
/// whole answer is `Ok`. That the later tree grew out of the earlier one follows.
///
/// # Errors
/// [`TileError`], with the file that is missing, short or changed. Where a bundle and its tile differ, the one that
/// the rest of the tree contradicts is named.
pub fn audit<R: TileReader>(
    reader: &R,
    start: Start,
    size: u64,
    root: Hash,
    mut each: impl FnMut(u64, &[u8]),
) -> Result<(), TileError<R::Error>> {
    let edge = match start {
        Start::Beginning => Edge::new(),
        Start::After { size: from, root } => Edge::load(reader, from, root)?,
    };
    let known = edge.size();
    if known > size {
        return Err(Damage::AnotherTree { size }.into());
    }
    let mut reading = Reading { reader, size, root, edge };
    for index in known / FULL..size.div_ceil(FULL) {
        reading.bundle(index, known, &mut each)?;
    }
    for path in TilePath::grown(known, size).filter(TilePath::is_partial) {
        if let Row::Hashes(level) = path.row()
            && hashes(reader, &path)? != reading.edge.row(level)
        {
            return Err(Damage::Hashes { path }.into());
        }
    }
    if reading.edge.root() == root { Ok(()) } else { Err(Damage::AnotherTree { size }.into()) }
}

const FULL: u64 = WIDTH as u64;

/// A log being read: what it should be, and the end of what was computed so far.
struct Reading<'a, R> {
    reader: &'a R,
    size: u64,
    root: Hash,
    edge: Edge,
}

impl<R: TileReader> Reading<'_, R> {
    /// Reads a bundle, and compares with it the tiles that it fills.
    fn bundle(
        &mut self,
        index: u64,
        known: u64,
        each: &mut impl FnMut(u64, &[u8]),
    ) -> Result<(), TileError<R::Error>> {
        let path = tile(Row::Entries, index, self.size)?;
        let bundle = entries(self.reader, &path)?;
        let believed = self.edge.row(0).to_vec();
        let mut leaves = Vec::with_capacity(usize::from(WIDTH));
        let mut filled = Vec::new();
        for (at, entry) in (index * FULL..).zip(bundle.iter()) {
            let leaf = Hash::leaf(entry);
            if at >= known {
                each(at, entry);
                self.edge.push(leaf, &mut filled).map_err(|_| Damage::AnotherTree { size: self.size })?;
            } else if believed.get(leaves.len()) != Some(&leaf) {
                // An entry of the earlier tree, whose hash was believed before this bundle was read.
                return Err(Damage::Entry { path, index: at }.into());
            }
            leaves.push(leaf);
        }
        let lowest = tile(Row::Hashes(0), index, self.size)?;
        let stored = hashes(self.reader, &lowest)?;
        if let Some(place) = stored.iter().zip(&leaves).position(|(stored, leaf)| stored != leaf) {
            let place = u64::try_from(place).unwrap_or(FULL);
            let damage = if self.tree_holds(&lowest, &stored)? {
                Damage::Entry { path, index: index * FULL + place }
            } else {
                Damage::Hashes { path: lowest }
            };
            return Err(damage.into());
        }
        for (path, computed) in filled {
            if path != lowest && bytes(&hashes(self.reader, &path)?) != computed {
                return Err(Damage::Hashes { path }.into());
            }
        }
        Ok(())
    }

    /// Whether the rest of the tree stands on these hashes of a lowest tile.
    fn tree_holds(&self, lowest: &TilePath, stored: &[Hash]) -> Result<bool, TileError<R::Error>> {
        if lowest.is_partial() {
            return Ok(self.edge.with_row(0, stored).root() == self.root);
        }
        let above = hashes(self.reader, &tile(Row::Hashes(1), lowest.index() / FULL, self.size)?)?;
        let place = usize::try_from(lowest.index() % FULL).ok();
        Ok(place.and_then(|place| above.get(place)) == Some(&top(stored)))
    }
}
