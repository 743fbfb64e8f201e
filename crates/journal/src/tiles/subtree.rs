//! The tree inside a tile: 256 hashes at its foot, all complete nodes above them.

use crate::hash::Hash;
use crate::merkle::fold;

/// The nodes of a tile, by level; the row at the foot first.
#[derive(Debug, Clone)]
pub(crate) struct Subtree {
    rows: Vec<Vec<Hash>>,
}

impl Subtree {
    /// The nodes above these hashes.
    pub(crate) fn of(hashes: Vec<Hash>) -> Self {
        let mut rows = vec![hashes];
        while let Some(row) = rows.last().filter(|row| row.len() > 1) {
            let above = pairs(row);
            rows.push(above);
        }
        Self { rows }
    }

    /// The node of this height and place; none if it is not complete.
    pub(crate) fn node(&self, height: u32, place: u64) -> Option<Hash> {
        let row = self.rows.get(usize::try_from(height).ok()?)?;
        row.get(usize::try_from(place).ok()?).copied()
    }

    /// The complete subtrees that the tile falls into, the largest and leftmost first.
    pub(crate) fn peaks(&self) -> impl DoubleEndedIterator<Item = Hash> {
        self.rows
            .iter()
            .rev()
            .filter(|row| !row.len().is_multiple_of(2))
            .filter_map(|row| row.last())
            .copied()
    }
}

/// The hash over all of these; that of a full tile is what stands in the tile above it.
pub(crate) fn top(hashes: &[Hash]) -> Hash {
    let mut row = hashes.to_vec();
    let mut peaks = Vec::new();
    while !row.is_empty() {
        if !row.len().is_multiple_of(2) {
            peaks.extend(row.last());
        }
        row = pairs(&row);
    }
    peaks.reverse();
    fold(peaks)
}

/// The nodes above a row; a last one without a sibling has none.
fn pairs(row: &[Hash]) -> Vec<Hash> {
    let (pairs, _) = row.as_chunks::<2>();
    pairs.iter().map(|[left, right]| Hash::node(*left, *right)).collect()
}
