//! A bundle: up to 256 entries, each with its length before it.

use std::ops::Range;

use thiserror::Error;

use super::path::WIDTH;
use crate::hash::Hash;

/// The longest entry: what the two bytes of its length can say.
///
/// # Source
/// C2SP `tlog-tiles`, "Log entries": big-endian uint16 length-prefixed entries.
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// The entries of a bundle, over its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bundle {
    bytes: Vec<u8>,
    entries: Vec<Range<usize>>,
}

/// Why the bytes are no bundle of so many entries, or an entry does not go into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BundleError {
    /// The bytes end within an entry or before it.
    #[error("entry {place} of {width} is cut short")]
    Short {
        /// Its place in the bundle, counted from 0.
        place: u16,
        /// How many entries there should be.
        width: u16,
    },
    /// Bytes follow the last entry.
    #[error("{bytes} bytes follow the last of {width} entries")]
    Trailing {
        /// How many.
        bytes: usize,
        /// How many entries there should be.
        width: u16,
    },
    /// The entry is too long.
    #[error("an entry of {bytes} bytes; at most {MAX_ENTRY_BYTES} are possible")]
    Long {
        /// Its bytes.
        bytes: usize,
    },
    /// The bundle has 256 entries.
    #[error("a bundle has at most {WIDTH} entries")]
    Full,
}

impl Bundle {
    /// Reads exactly `width` entries.
    ///
    /// # Errors
    /// [`BundleError`], with the entry that is cut short or the bytes that are too many.
    pub fn parse(bytes: Vec<u8>, width: u16) -> Result<Self, BundleError> {
        let (mut entries, mut at) = (Vec::with_capacity(usize::from(width)), 0);
        for place in 0..width {
            let short = BundleError::Short { place, width };
            let length = bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or(short)?;
            let start = at + length.len();
            at = start + usize::from(u16::from_be_bytes(*length));
            if at > bytes.len() {
                return Err(short);
            }
            entries.push(start..at);
        }
        match bytes.len() - at {
            0 => Ok(Self { bytes, entries }),
            more => Err(BundleError::Trailing { bytes: more, width }),
        }
    }

    /// Adds an entry at the end.
    ///
    /// # Errors
    /// [`BundleError::Long`] or [`BundleError::Full`]; the bundle is then as it was.
    pub fn push(&mut self, entry: &[u8]) -> Result<(), BundleError> {
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::Long { bytes: entry.len() })?;
        if self.entries.len() >= usize::from(WIDTH) {
            return Err(BundleError::Full);
        }
        self.bytes.extend_from_slice(&length.to_be_bytes());
        let start = self.bytes.len();
        self.bytes.extend_from_slice(entry);
        self.entries.push(start..self.bytes.len());
        Ok(())
    }

    /// The entries in their order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.entries.iter().map(|entry| self.bytes.get(entry.clone()).unwrap_or_default())
    }

    /// The hashes of the entries.
    #[must_use]
    pub fn leaves(&self) -> impl ExactSizeIterator<Item = Hash> {
        self.iter().map(Hash::leaf)
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The bytes as they are stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Keeps the first `width` entries.
    pub(crate) fn truncate(&mut self, width: u16) {
        self.entries.truncate(usize::from(width));
        self.bytes.truncate(self.entries.last().map_or(0, |entry| entry.end));
    }
}
