//! The tree over the rows of a submission: pairs are hashed together, level by level, and the last of an odd number goes up as it is.

use crate::canonical::{Canonical, Hash};

/// Every level, the rows first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Tree(Vec<Vec<Hash>>);

impl Tree {
    /// Of what stands for each row.
    pub(crate) fn new(rows: Vec<Hash>) -> Self {
        let mut levels = vec![rows];
        while let Some(last) = levels.last().filter(|level| level.len() > 1) {
            let above = last.chunks(2).map(|pair| match pair {
                [left, right] => node(left, right),
                odd => odd.first().copied().unwrap_or_default(),
            });
            let above = above.collect();
            levels.push(above);
        }
        Self(levels)
    }

    /// What stands for all rows; zeros if there are none.
    pub(crate) fn root(&self) -> Hash {
        self.0.last().and_then(|level| level.first()).copied().unwrap_or_default()
    }

    /// The hashes beside the way of a row to the root, from below.
    pub(crate) fn path(&self, place: usize) -> Vec<Hash> {
        let beside = |(level, hashes): (usize, &Vec<Hash>)| hashes.get((place >> level) ^ 1).copied();
        let below = self.0.len().saturating_sub(1);
        self.0.iter().take(below).enumerate().filter_map(beside).collect()
    }
}

/// The root to which a path leads from the row at a place; none if it does not fit so many rows.
pub(super) fn root_of(row: Hash, place: usize, rows: usize, path: &[Hash]) -> Option<Hash> {
    if place >= rows {
        return None;
    }
    let (mut hash, mut place, mut width, mut path) = (row, place, rows, path.iter());
    while width > 1 {
        if place % 2 == 1 {
            hash = node(path.next()?, &hash);
        } else if place + 1 < width {
            hash = node(&hash, path.next()?);
        }
        (place, width) = (place / 2, width.div_ceil(2));
    }
    path.next().is_none().then_some(hash)
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut text = Canonical::new("mingma/rows/2");
    text.bytes(left);
    text.bytes(right);
    text.hash()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_leads_to_the_root_by_its_own_path_and_by_no_other() {
        for rows in (1..=33).chain([4_095, 4_096]) {
            let hashes: Vec<Hash> =
                (0..rows).map(|n| crate::canonical::sha256(&n.to_string().into_bytes())).collect();
            let tree = Tree::new(hashes.clone());
            let step = if rows > 40 { 511 } else { 1 };
            for (place, row) in hashes.iter().enumerate().step_by(step) {
                let path = tree.path(place);
                assert!(path.len() <= 12, "4,096 rows are twelve levels");
                assert_eq!(root_of(*row, place, rows, &path), Some(tree.root()), "{place} of {rows}");
                assert_ne!(root_of([0; 32], place, rows, &path), Some(tree.root()));
                assert_eq!(root_of(*row, rows, rows, &path), None);
                if rows > 1 {
                    let other = (place + 1) % rows;
                    assert_ne!(root_of(*row, other, rows, &path), Some(tree.root()), "{place} of {rows}");
                    assert_eq!(root_of(*row, place, rows, &path[1..]), None);
                    assert_eq!(root_of(*row, place, rows, &[&path[..], &[[0; 32]]].concat()), None);
                }
            }
        }
    }
}
