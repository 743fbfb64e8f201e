//! The tree: its root at any size, the proofs that an entry is in it and that it only grew.
//!
//! What is computed here needs nothing but complete subtrees ([`Nodes`]), so it is the same over memory
//! ([`MemoryTree`]) and over tiles ([`crate::tiles::StoredTree`]).

mod memory;
mod proof;

pub use memory::{MemoryTree, NoNode};
pub use proof::{ConsistencyProof, InclusionProof, ProofError};
use thiserror::Error;

use crate::hash::Hash;

/// The largest tree. Two things set it: sizes of the log's texts fit the signed numbers of other implementations,
/// and a proof has at most 63 hashes.
pub const MAX_SIZE: u64 = (1 << 63) - 1;

/// The most hashes in a proof: the logarithm of [`MAX_SIZE`], rounded up.
///
/// # Source
/// C2SP `tlog-witness`, "add-checkpoint": at most 63 lines of a consistency proof.
pub const MAX_PROOF_HASHES: usize = 63;

/// What gives the hashes of complete subtrees.
pub trait Nodes {
    /// Why a hash cannot be given.
    type Error;

    /// How many entries there are.
    fn size(&self) -> u64;

    /// The hash over the entries from `index << level` up to, not including, `(index + 1) << level`.
    ///
    /// # Errors
    /// Whatever the reading may meet. Only subtrees that are wholly below [`Nodes::size`] are asked for.
    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// Why there is no such root or proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProveError<E> {
    /// The tree is smaller.
    #[error("the tree has {has} entries, {asked} were asked for")]
    Size {
        /// Its entries.
        has: u64,
        /// Those asked for.
        asked: u64,
    },
    /// The entry is not below the size.
    #[error("entry {index} is not in a tree of {size} entries")]
    Entry {
        /// The entry's place, counted from 0.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// A hash could not be read.
    #[error(transparent)]
    Nodes(#[from] E),
}

/// The root of the first `size` entries.
///
/// # Errors
/// [`ProveError::Size`], or [`ProveError::Nodes`].
pub fn root<N: Nodes>(nodes: &mut N, size: u64) -> Result<Hash, ProveError<N::Error>> {
    reach(nodes, size)?;
    Ok(span(nodes, 0, size)?)
}

/// The proof that the entry at `index` is among the first `size`.
///
/// # Errors
/// [`ProveError::Size`], [`ProveError::Entry`], or [`ProveError::Nodes`].
///
/// # Source
/// RFC 6962 §2.1.1, `PATH(m, D[n])`.
pub fn inclusion<N: Nodes>(
    nodes: &mut N,
    index: u64,
    size: u64,
) -> Result<InclusionProof, ProveError<N::Error>> {
    reach(nodes, size)?;
    if index >= size {
        return Err(ProveError::Entry { index, size });
    }
    let (mut from, mut to, mut path) = (0, size, Vec::new());
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(span(nodes, middle, to)?);
            to = middle;
        } else {
            path.push(span(nodes, from, middle)?);
            from = middle;
        }
    }
    // The walk went down from the root; a proof is read from the leaf up.
    path.reverse();
    Ok(InclusionProof { index, size, path })
}

/// The proof that the first `from` entries are the beginning of the first `to`; empty when `from` is 0 or `to`.
///
/// # Errors
/// [`ProveError::Size`] if there are not so many entries or `from` is above `to`; [`ProveError::Nodes`].
///
/// # Source
/// RFC 6962 §2.1.2, `SUBPROOF(m, D[n], b)`.
pub fn consistency<N: Nodes>(
    nodes: &mut N,
    from: u64,
    to: u64,
) -> Result<ConsistencyProof, ProveError<N::Error>> {
    reach(nodes, to)?;
    if from > to {
        return Err(ProveError::Size { has: to, asked: from });
    }
    let (mut low, mut high, mut whole, mut path) = (0, to, true, Vec::new());
    while from != 0 && from != high {
        let middle = low + split(high - low);
        if from <= middle {
            path.push(span(nodes, middle, high)?);
            high = middle;
        } else {
            path.push(span(nodes, low, middle)?);
            low = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(span(nodes, low, high)?);
    }
    path.reverse();
    Ok(ConsistencyProof { from, to, path })
}

fn reach<N: Nodes>(nodes: &N, size: u64) -> Result<(), ProveError<N::Error>> {
    let has = nodes.size();
    if size > has { Err(ProveError::Size { has, asked: size }) } else { Ok(()) }
}

/// The largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The hash over the entries `from..to`, where `from` begins a subtree at least as large.
fn span<N: Nodes>(nodes: &mut N, from: u64, to: u64) -> Result<Hash, N::Error> {
    let (mut at, mut peaks) = (from, Vec::new());
    while at < to {
        let level = (to - at).ilog2();
        peaks.push(nodes.node(level, at >> level)?);
        at += 1 << level;
    }
    Ok(fold(peaks))
}

/// The root above the complete subtrees that a tree falls into, the largest and leftmost first.
pub(crate) fn fold(peaks: impl IntoIterator<Item = Hash, IntoIter: DoubleEndedIterator>) -> Hash {
    peaks.into_iter().rev().reduce(|right, left| Hash::node(left, right)).unwrap_or(Hash::EMPTY)
}
