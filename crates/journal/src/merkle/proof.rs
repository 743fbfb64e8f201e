//! Proofs and their verification: what a stranger runs, with nothing but two roots and some hashes.

use thiserror::Error;

use crate::hash::Hash;

/// The hashes beside the way from an entry up to the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// The entry's place, counted from 0.
    pub index: u64,
    /// The size of the tree that it is proved to be in.
    pub size: u64,
    /// From the leaf's sibling to the root's child.
    pub path: Vec<Hash>,
}

/// The hashes that give the roots of a tree and of one that grew out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// The size of the earlier tree.
    pub from: u64,
    /// The size of the later one.
    pub to: u64,
    /// As RFC 6962 orders them.
    pub path: Vec<Hash>,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProofError {
    /// The entry would lie past the end.
    #[error("entry {index} is not in a tree of {size} entries")]
    Outside {
        /// The entry's place.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// A later tree has no fewer entries.
    #[error("a tree of {to} entries did not grow out of one of {from}")]
    Shrunk {
        /// The earlier size.
        from: u64,
        /// The later size.
        to: u64,
    },
    /// Every tree grew out of the empty one: there is nothing to prove, and a proof of it would mislead.
    #[error("that a tree grew out of nothing proves nothing")]
    FromNothing,
    /// Too few or too many hashes for the sizes.
    #[error("{hashes} hashes are not a proof for these sizes")]
    Length {
        /// How many there are.
        hashes: usize,
    },
    /// The hashes do not give the root.
    #[error("the proof does not give the root of the tree")]
    Root,
    /// The hashes do not give the earlier root.
    #[error("the proof does not give the root of the earlier tree")]
    EarlierRoot,
}

impl InclusionProof {
    /// Checks that the tree with this root holds this leaf at this place.
    ///
    /// # Errors
    /// [`ProofError`], if it does not.
    ///
    /// # Source
    /// RFC 9162 §2.1.3.2; C2SP `merkle-tree`, "Inclusion proofs".
    pub fn verify(&self, leaf: Hash, root: Hash) -> Result<(), ProofError> {
        if self.index >= self.size {
            return Err(ProofError::Outside { index: self.index, size: self.size });
        }
        let mut way = Way { node: self.index, last: self.size - 1 };
        let mut hash = leaf;
        for sibling in &self.path {
            let side = way.up().ok_or_else(|| self.length())?;
            hash = match side {
                Side::Left => Hash::node(*sibling, hash),
                Side::Right => Hash::node(hash, *sibling),
            };
        }
        if way.last != 0 {
            return Err(self.length());
        }
        if hash == root { Ok(()) } else { Err(ProofError::Root) }
    }

    fn length(&self) -> ProofError {
        ProofError::Length { hashes: self.path.len() }
    }
}

impl ConsistencyProof {
    /// Checks that the tree with the root `later` begins with the tree with the root `earlier`.
    ///
    /// # Errors
    /// [`ProofError`], if it does not; also for an earlier tree without entries.
    ///
    /// # Source
    /// RFC 9162 §2.1.4.2; C2SP `merkle-tree`, "Consistency proofs".
    pub fn verify(&self, earlier: Hash, later: Hash) -> Result<(), ProofError> {
        let Self { from, to, .. } = *self;
        if from > to {
            return Err(ProofError::Shrunk { from, to });
        }
        if from == 0 {
            return Err(ProofError::FromNothing);
        }
        if from == to {
            return match (self.path.is_empty(), earlier == later) {
                (false, _) => Err(self.length()),
                (true, false) => Err(ProofError::Root),
                (true, true) => Ok(()),
            };
        }
        // An earlier tree that is one complete subtree is its own first hash and is left out.
        let mut hashes = self.path.iter().copied();
        let start = if from.is_power_of_two() {
            if self.path.is_empty() {
                return Err(self.length());
            }
            earlier
        } else {
            hashes.next().ok_or_else(|| self.length())?
        };
        let shift = (from - 1).trailing_ones();
        let mut way = Way { node: (from - 1) >> shift, last: (to - 1) >> shift };
        let (mut old, mut new) = (start, start);
        for hash in hashes {
            match way.up().ok_or_else(|| self.length())? {
                Side::Left => {
                    old = Hash::node(hash, old);
                    new = Hash::node(hash, new);
                }
                Side::Right => new = Hash::node(new, hash),
            }
        }
        if way.last != 0 {
            return Err(self.length());
        }
        match (old == earlier, new == later) {
            (false, _) => Err(ProofError::EarlierRoot),
            (true, false) => Err(ProofError::Root),
            (true, true) => Ok(()),
        }
    }

    fn length(&self) -> ProofError {
        ProofError::Length { hashes: self.path.len() }
    }
}

/// On which side of the way the next hash stands.
enum Side {
    Left,
    Right,
}

/// A way up the tree: the node at hand and the last node of its level.
struct Way {
    node: u64,
    last: u64,
}

impl Way {
    /// One hash up; none at the root.
    fn up(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.node % 2 == 1 || self.node == self.last {
            // A last node without a right sibling goes up as it is until it has a left one.
            // INVARIANT: `node` is odd or equals `last`, which is not 0: the shift is below 64.
            let alone = self.node.trailing_zeros();
            self.node >>= alone;
            self.last >>= alone;
            Side::Left
        } else {
            Side::Right
        };
        self.node >>= 1;
        self.last >>= 1;
        Some(side)
    }
}
