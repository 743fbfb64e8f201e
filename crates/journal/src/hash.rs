//! The hash of the tree: SHA-256 of an entry or of two hashes, told apart by the byte before them.
//!
//! SHA-256 is AWS-LC's. Its one-shot function hashes without allocating; therefore what is hashed is laid out on the
//! stack first.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use base64ct::{Base64, Encoding as _};
use thiserror::Error;

/// Bytes of a hash.
pub const HASH_BYTES: usize = 32;

/// A node of the tree, or its root.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash([u8; HASH_BYTES]);

/// The text is not the Base64 of 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not the Base64 of a hash of {HASH_BYTES} bytes")]
pub struct NotAHash;

impl Hash {
    /// The root of the tree without entries: the SHA-256 of nothing.
    ///
    /// # Source
    /// RFC 6962 §2.1: `MTH({}) = SHA-256()`.
    pub const EMPTY: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
        0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ]);

    /// The hash that these bytes are.
    #[must_use]
    pub const fn new(bytes: [u8; HASH_BYTES]) -> Self {
        Self(bytes)
    }

    /// The hash of an entry.
    ///
    /// # Source
    /// RFC 6962 §2.1: `SHA-256(0x00 || d(0))`.
    #[must_use]
    pub fn leaf(entry: &[u8]) -> Self {
        let mut short = [0; SHORT];
        match short.get_mut(1..=entry.len()) {
            Some(space) => {
                space.copy_from_slice(entry);
                sha256(short.get(..=entry.len()).unwrap_or_default())
            }
            None => sha256(&[&[0], entry].concat()),
        }
    }

    /// The hash of the node above these two.
    ///
    /// # Source
    /// RFC 6962 §2.1: `SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n]))`.
    #[must_use]
    pub fn node(left: Self, right: Self) -> Self {
        let mut laid = [1; 1 + 2 * HASH_BYTES];
        for (to, from) in laid.iter_mut().skip(1).zip(left.0.iter().chain(&right.0)) {
            *to = *from;
        }
        sha256(&laid)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }
}

/// Entries below this length are hashed from the stack: a leaf of an act has about 130 bytes, three blocks of SHA-256 are 192.
const SHORT: usize = 192;

pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    let mut hash = [0; HASH_BYTES];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    Hash(hash)
}

/// Standard Base64 with padding, as every text of the log writes it.
impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Base64::encode_string(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let mut bytes = [0; HASH_BYTES];
        match Base64::decode(text, &mut bytes) {
            Ok(decoded) if decoded.len() == HASH_BYTES => Ok(Self(bytes)),
            Ok(_) | Err(_) => Err(NotAHash),
        }
    }
}
