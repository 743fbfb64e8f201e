//! A log as the sequencer holds it: entries go in, files to write come out.

use super::bundle::{Bundle, BundleError, MAX_ENTRY_BYTES};
use super::damage::{Damage, TileError};
use super::edge::{Edge, Full};
use super::path::{Row, TilePath, WIDTH};
use super::reader::{TileReader, entries, tile};
use crate::hash::Hash;
use crate::merkle::MAX_SIZE;

/// The end of a log, entries and hashes: all that it needs to grow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Growing {
    edge: Edge,
    /// INVARIANT: the entries of the last bundle, if that is partial; their hashes are the edge's lowest row.
    bundle: Bundle,
}

/// What a growth asks to be written, and the tree after it.
///
/// The checkpoint is signed only when every file is durable and was read back ([`super::audit`]); until then the former
/// tree is the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// The size before.
    pub from: u64,
    /// The size after.
    pub to: u64,
    /// The root after.
    pub root: Hash,
    /// The files, in no order that matters. A full one never changes again; a partial one has a name of its own for
    /// each width, so nothing that a former checkpoint needs is overwritten.
    pub files: Vec<(TilePath, Vec<u8>)>,
}

impl Growing {
    /// A log without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the end of a log; it is believed only if its hashes give the root and its entries the hashes.
    ///
    /// # Errors
    /// [`TileError`]: the file that is missing, short, or not the tree's.
    pub fn load<R: TileReader>(reader: &R, size: u64, root: Hash) -> Result<Self, TileError<R::Error>> {
        let edge = Edge::load(reader, size, root)?;
        let full = u64::from(WIDTH);
        if size.is_multiple_of(full) {
            return Ok(Self { edge, bundle: Bundle::default() });
        }
        let path = tile(Row::Entries, size / full, size)?;
        let bundle = entries(reader, &path)?;
        let differs = bundle.leaves().zip(edge.row(0)).position(|(leaf, hash)| leaf != *hash);
        match differs.and_then(|place| u64::try_from(place).ok()) {
            Some(place) => Err(Damage::Entry { path, index: size - size % full + place }.into()),
            None => Ok(Self { edge, bundle }),
        }
    }

    /// How many entries there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.edge.size()
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.edge.root()
    }

    /// Adds entries at the end.
    ///
    /// # Errors
    /// [`GrowError`]; the log is then as it was.
    pub fn append<E: AsRef<[u8]>>(&mut self, entries: &[E]) -> Result<Growth, GrowError> {
        let from = self.size();
        let room = MAX_SIZE - from;
        if u64::try_from(entries.len()).is_ok_and(|more| more > room) {
            return Err(Full.into());
        }
        if let Some(long) =
            entries.iter().map(|entry| entry.as_ref().len()).find(|len| *len > MAX_ENTRY_BYTES)
        {
            return Err(BundleError::Long { bytes: long }.into());
        }
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry.as_ref();
            self.bundle.push(entry)?;
            self.edge.push(Hash::leaf(entry), &mut files)?;
            if self.bundle.len() == usize::from(WIDTH) {
                self.bundle_into(&mut files);
                self.bundle = Bundle::default();
            }
        }
        files.extend(self.edge.partial(from));
        if self.size() > from && !self.bundle.is_empty() {
            self.bundle_into(&mut files);
        }
        Ok(Growth { from, to: self.size(), root: self.root(), files })
    }

    fn bundle_into(&self, files: &mut Vec<(TilePath, Vec<u8>)>) {
        let index = (self.size() - 1) / u64::from(WIDTH);
        let path = TilePath::in_tree(Row::Entries, index, self.size());
        files.extend(path.map(|path| (path, self.bundle.as_bytes().to_vec())));
    }
}

/// Why a log does not take the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrowError {
    /// An entry is too long.
    #[error(transparent)]
    Entry(#[from] BundleError),
    /// There is no place for so many.
    #[error(transparent)]
    Full(#[from] Full),
}
