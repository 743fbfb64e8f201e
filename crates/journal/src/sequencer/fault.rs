//! Why a round ended early. Nothing wrong was signed or published by then.

use thiserror::Error;

use crate::checkpoint::{CheckpointError, OpenError, Origin};
use crate::leaf::LeafError;
use crate::merkle::{ProofError, ProveError};
use crate::note::sign::NotASeed;
use crate::sequencer::NotSigned;
use crate::tiles::{GrowError, TileError};

/// A port failed, in its own words, which name files and never what is in them.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct PortError(pub String);

/// Why a round ended early.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// The database or the disk failed: the next round tries again.
    #[error(transparent)]
    Port(#[from] PortError),
    /// A file of the log is not what was signed.
    #[error(transparent)]
    Tiles(#[from] TileError<PortError>),
    /// The log holds another act than the database, though it was just written: a bit was flipped on the way.
    #[error(
        "entry {number} of the journal is not what was written to the log as its entry {index}: nothing was signed"
    )]
    NotAsWritten {
        /// Its number in the database.
        number: u64,
        /// Its place in the log.
        index: u64,
    },
    /// The database has lost entries that the log holds.
    #[error(
        "the log holds the journal's entry {signed}, the database ends at {has}: entries were taken out of it, or it was restored from an older backup"
    )]
    DatabaseBehind {
        /// The last entry that was signed.
        signed: u64,
        /// The last entry of the database.
        has: u64,
    },
    /// The database has another entry where the log has one.
    #[error(
        "entry {number} of the journal is another one than the log's: this is not the database that was signed"
    )]
    AnotherDatabase {
        /// Its number.
        number: u64,
    },
    /// A number is missing.
    #[error("the journal has entry {found} where {expected} should follow")]
    Gap {
        /// The number that should come.
        expected: u64,
        /// The one that came.
        found: u64,
    },
    /// The log is to be taken up at an earlier end, and need not be.
    #[error("nothing that was signed is lost: the log or the database still has it")]
    NothingLost,
    /// The same, and there is no end.
    #[error("no log is left whose end the signer could go on from")]
    NothingLeft,
    /// There is a log, and the signer does not remember it.
    #[error("the log `{0}` is there, but not what its signer signed last: put that file back beside the key")]
    MemoryLost(Origin),
    /// The signer remembers another tree than the one that it is about to extend.
    #[error("the signer has signed another tree meanwhile: only one program may write a log")]
    AnotherSigner,
    /// The signer signed for another name last.
    #[error("the signer signed the log `{0}` last: a journal keeps its name")]
    AnotherName(Origin),
    /// What the signer remembers cannot be read.
    #[error("what was signed last cannot be read: {0}")]
    Memory(#[from] NotSigned),
    /// The tree does not grow out of the one that was signed last.
    #[error("the tree did not grow out of the one that was signed last: {0}")]
    Fork(#[from] ProofError),
    /// The published checkpoint is not the log's.
    #[error("the published checkpoint: {0}")]
    Published(#[from] OpenError),
    /// The journal's name gives no log's name.
    #[error(transparent)]
    Name(#[from] CheckpointError),
    /// The key's seed gives no key.
    #[error(transparent)]
    Seed(#[from] NotASeed),
    /// The log takes no more.
    #[error(transparent)]
    Full(#[from] GrowError),
    /// The former checkpoint does not fit into an entry.
    #[error(transparent)]
    Leaf(#[from] LeafError),
}

impl From<ProveError<TileError<PortError>>> for Fault {
    fn from(error: ProveError<TileError<PortError>>) -> Self {
        match error {
            ProveError::Nodes(error) => Self::Tiles(error),
            ProveError::Size { .. } | ProveError::Entry { .. } => Self::Fork(ProofError::Root),
        }
    }
}
