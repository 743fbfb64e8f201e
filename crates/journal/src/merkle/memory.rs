//! A tree held in memory: every complete subtree's hash, by level. About 64 bytes an entry.

use super::{MAX_SIZE, Nodes, ProveError};
use crate::hash::Hash;

/// A tree that grows in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryTree {
    /// `levels[l][i]` is the hash over the entries `i << l..(i + 1) << l`.
    levels: Vec<Vec<Hash>>,
}

/// The subtree is not complete: a caller asked past the tree's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no complete subtree {index} of level {level}")]
pub struct NoNode {
    /// The logarithm of its entries.
    pub level: u32,
    /// Its place in the level.
    pub index: u64,
}

impl MemoryTree {
    /// The tree without entries.
    #[must_use]
    pub const fn new() -> Self {
        Self { levels: Vec::new() }
    }

    /// How many entries there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| u64::try_from(leaves.len()).unwrap_or(MAX_SIZE))
    }

    /// The root of all entries.
    #[must_use]
    pub fn root(&self) -> Hash {
        // A row of odd length ends in a subtree that no larger one holds.
        let peaks =
            self.levels.iter().filter(|row| !row.len().is_multiple_of(2)).filter_map(|row| row.last());
        super::fold(peaks.rev().copied())
    }

    /// The root of the first `size` entries.
    ///
    /// # Errors
    /// [`ProveError::Size`] if there are fewer.
    pub fn root_at(&self, size: u64) -> Result<Hash, ProveError<NoNode>> {
        super::root(&mut &*self, size)
    }

    /// Adds the leaf with this hash at the end.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let Some(row) = self.levels.get_mut(level) else { return };
            row.push(node);
            match row.as_slice() {
                [.., left, right] if row.len().is_multiple_of(2) => node = Hash::node(*left, *right),
                _ => return,
            }
        }
    }
}

impl Nodes for &MemoryTree {
    type Error = NoNode;

    fn size(&self) -> u64 {
        MemoryTree::size(self)
    }

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, NoNode> {
        let row = usize::try_from(level).ok().and_then(|level| self.levels.get(level));
        let place = usize::try_from(index).ok();
        row.zip(place).and_then(|(row, place)| row.get(place)).copied().ok_or(NoNode { level, index })
    }
}

impl FromIterator<Hash> for MemoryTree {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        let mut tree = Self::new();
        leaves.into_iter().for_each(|leaf| tree.push(leaf));
        tree
    }
}
