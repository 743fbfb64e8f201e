//! The sequencer: gives committed entries their places, and signs the tree when it has read back what it wrote.
//!
//! A round is: read what was committed, write files, read them back and compute them again, remember, sign, ask witnesses,
//! publish. What each step may rely on after a crash is said at the step ([`Sequencer::round`]). The ports are the database
//! ([`Source`]), the disk ([`Disk`]) and the witnesses ([`Witnesses`]); nothing here opens a file or reads a clock.
//!
//! # Contract of the ports
//!
//! *Source.* An entry that was once read keeps its number and its bytes for ever; numbers are without gaps.
//!
//! *Disk.* What `write`, `remember` and `publish` have answered without an error is durable. Whatever they answer with an error
//! may be durable, or not, or in part; of one file it is the former or the new content, never a mixture.
//!
//! *Who retries.* The sequencer, in the next round; and after an error it believes nothing that it has in memory, but reads
//! the disk anew.

mod back;
mod fault;
mod rebuild;
mod run;
mod signed;

pub use back::GivenUp;
pub use fault::{Fault, PortError};
pub use run::{GROUP, Sequencer};
pub use signed::{NotSigned, Signed};

use crate::checkpoint::SignedCheckpoint;
use crate::hash::Hash;
use crate::leaf::Act;
use crate::note::Note;
use crate::quarter::Quarter;
use crate::tiles::{TilePath, TileReader};

/// The committed entries, by their numbers.
pub trait Source {
    /// The acts with numbers above `after`, in order; at most `limit`.
    ///
    /// # Errors
    /// If the database cannot say.
    fn after(&mut self, after: u64, limit: usize) -> Result<Vec<(u64, Act)>, PortError>;
}

/// Where the logs' files lie, and the signer's memory. The two lie apart, so that no backup of one brings back the other.
pub trait Disk {
    /// The bytes of a tile or bundle of a log; none if it is not there.
    ///
    /// # Errors
    /// If it cannot be told.
    fn read(&self, log: Quarter, path: &TilePath) -> Result<Option<Vec<u8>>, PortError>;

    /// Writes files of a log.
    ///
    /// # Errors
    /// Some of them may be durable.
    fn write(&mut self, log: Quarter, files: &[(TilePath, Vec<u8>)]) -> Result<(), PortError>;

    /// The checkpoint that everybody reads; none of a log that has none yet.
    ///
    /// # Errors
    /// If it cannot be told.
    fn published(&self, log: Quarter) -> Result<Option<Vec<u8>>, PortError>;

    /// Puts a checkpoint in the place of the one that everybody reads.
    ///
    /// # Errors
    /// It may be durable.
    fn publish(&mut self, log: Quarter, checkpoint: &Note) -> Result<(), PortError>;

    /// What was signed last; none if nothing ever was.
    ///
    /// # Errors
    /// If it cannot be told.
    fn signed(&self) -> Result<Option<String>, PortError>;

    /// Puts what is going to be signed in the place of what was signed last.
    ///
    /// # Errors
    /// It may be durable.
    fn remember(&mut self, signed: &str) -> Result<(), PortError>;
}

/// Who else signs that the log only grew.
pub trait Witnesses {
    /// Asks for cosignatures: the checkpoint's note with those that came, and whether they are enough to publish it.
    ///
    /// `proof` gives the hashes of the consistency proof from a smaller tree to this one.
    fn cosign(
        &mut self,
        checkpoint: &SignedCheckpoint,
        proof: &mut dyn FnMut(u64) -> Option<Vec<Hash>>,
    ) -> (Note, bool);
}

/// Nobody: the log's own signature is enough.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWitnesses;

impl Witnesses for NoWitnesses {
    fn cosign(
        &mut self,
        checkpoint: &SignedCheckpoint,
        _: &mut dyn FnMut(u64) -> Option<Vec<Hash>>,
    ) -> (Note, bool) {
        (checkpoint.note().clone(), true)
    }
}

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// How many entries got their place.
    pub entries: usize,
    /// The number of the last entry under the published checkpoint; 0 if there is none.
    pub published: u64,
    /// Whether more entries wait than one round takes.
    pub more: bool,
    /// Whether what was signed waits for witnesses.
    pub unwitnessed: bool,
}

/// The tiles of one log.
pub(crate) struct Tiles<'d, D> {
    disk: &'d D,
    log: Quarter,
}

impl<D: Disk> TileReader for Tiles<'_, D> {
    type Error = PortError;

    fn read(&self, path: &TilePath) -> Result<Option<Vec<u8>>, PortError> {
        self.disk.read(self.log, path)
    }
}
