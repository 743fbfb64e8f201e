//! Where tiles come from: a folder, a server, memory. What is read is not believed yet.

use std::collections::BTreeMap;
use std::convert::Infallible;

use super::bundle::Bundle;
use super::damage::{Damage, TileError};
use super::path::{Row, TilePath, WIDTH};
use crate::hash::{HASH_BYTES, Hash};

/// Gives the bytes of a tile or bundle.
pub trait TileReader {
    /// What can go wrong.
    type Error;

    /// The bytes at this path; none if there is no such file.
    ///
    /// A reader caps what it reads: a tile has at most 8,192 bytes, a bundle 256 × 65,537.
    ///
    /// # Errors
    /// If it cannot be told whether the file is there, or what is in it.
    fn read(&self, path: &TilePath) -> Result<Option<Vec<u8>>, Self::Error>;
}

impl<R: TileReader> TileReader for &R {
    type Error = R::Error;

    fn read(&self, path: &TilePath) -> Result<Option<Vec<u8>>, R::Error> {
        (**self).read(path)
    }
}

/// Tiles in memory, by path.
pub type MemoryTiles = BTreeMap<TilePath, Vec<u8>>;

impl TileReader for MemoryTiles {
    type Error = Infallible;

    fn read(&self, path: &TilePath) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.get(path).cloned())
    }
}

/// The hashes of a tile, as many as its width.
pub(crate) fn hashes<R: TileReader>(reader: &R, path: &TilePath) -> Result<Vec<Hash>, TileError<R::Error>> {
    let (found, bytes) = fetch(reader, path)?;
    if bytes.len() != found.len() * HASH_BYTES {
        let (found, expected) = (bytes.len(), found.len() * HASH_BYTES);
        return Err(Damage::Length { path: *path, found, expected }.into());
    }
    let (chunks, _) = bytes.as_chunks::<HASH_BYTES>();
    Ok(chunks.iter().take(path.len()).map(|chunk| Hash::new(*chunk)).collect())
}

/// The entries of a bundle, as many as its width.
pub(crate) fn entries<R: TileReader>(reader: &R, path: &TilePath) -> Result<Bundle, TileError<R::Error>> {
    let (found, bytes) = fetch(reader, path)?;
    let mut bundle =
        Bundle::parse(bytes, found.width()).map_err(|error| Damage::Bundle { path: *path, error })?;
    bundle.truncate(path.width());
    Ok(bundle)
}

/// The entry at this place in a log of `size` entries, as its bundle has it: what is believed is the tree's hash of it.
///
/// # Errors
/// [`TileError`]: the bundle is missing or none, or the log ends before the entry.
pub fn entry<R: TileReader>(reader: &R, index: u64, size: u64) -> Result<Vec<u8>, TileError<R::Error>> {
    let path = tile(Row::Entries, index / u64::from(WIDTH), size)?;
    let place = usize::try_from(index % u64::from(WIDTH)).ok();
    let bundle = entries(reader, &path)?;
    let found = place.and_then(|place| bundle.iter().nth(place)).map(<[u8]>::to_vec);
    found.ok_or_else(|| Damage::Outside { row: Row::Entries, index: path.index(), size }.into())
}

/// The bytes of a file; the full one's where a partial one is no longer kept.
///
/// # Source
/// C2SP `tlog-tiles`, "Partial Tiles": a log may delete a partial tile once the full one is there, and clients may
/// fall back on that.
fn fetch<R: TileReader>(reader: &R, path: &TilePath) -> Result<(TilePath, Vec<u8>), TileError<R::Error>> {
    let read = |path: &TilePath| reader.read(path).map_err(|error| TileError::Read { path: *path, error });
    if let Some(bytes) = read(path)? {
        return Ok((*path, bytes));
    }
    if path.is_partial()
        && let Some(bytes) = read(&path.full())?
    {
        return Ok((path.full(), bytes));
    }
    Err(Damage::Missing { path: *path }.into())
}

const _: () = assert!(WIDTH == 256, "the limits that `TileReader::read` names are those of 256");

/// The tile of this row and place in a tree of `size` entries, which the caller has seen to reach so far.
pub(crate) fn tile(row: Row, index: u64, size: u64) -> Result<TilePath, Damage> {
    TilePath::in_tree(row, index, size).ok_or(Damage::Outside { row, index, size })
}
