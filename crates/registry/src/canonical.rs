//! The one encoding over which things are signed, hashed and committed to.
//!
//! A text begins with the name of what it is; each field follows as its length in four bytes, big-endian, and its
//! bytes. So no two different things have the same bytes, and a third party can write it in ten lines of any
//! language. Numbers are written in decimal, moments, regions and words as they are everywhere else.

use std::fmt::Display;

use aws_lc_rs::digest::{SHA256, digest};

/// A SHA-256.
pub type Hash = [u8; 32];

/// Something being written in the canonical encoding.
#[derive(Clone, Debug, Default)]
pub struct Canonical(Vec<u8>);

impl Canonical {
    /// Begins a text of this name, such as `mingma/submission/1`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut text = Self(Vec::with_capacity(256));
        text.bytes(name.as_bytes());
        text
    }

    /// Adds a field.
    pub fn bytes(&mut self, field: &[u8]) {
        // INVARIANT: bodies are capped far below 4 GiB; a longer field would only ever hash to something else.
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(field);
    }

    /// Adds a field as it is printed.
    pub fn text(&mut self, field: impl Display) {
        self.bytes(field.to_string().as_bytes());
    }

    /// Adds a field that may be missing; a missing one is not the same as an empty one.
    pub fn optional(&mut self, field: Option<impl Display>) {
        match field {
            None => self.bytes(&[0]),
            Some(field) => {
                self.bytes(&[1]);
                self.text(field);
            }
        }
    }

    /// The bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    /// The SHA-256 of the bytes.
    #[must_use]
    pub fn hash(self) -> Hash {
        sha256(&self.0)
    }
}

/// The SHA-256 of some bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Hash {
    let mut hash = [0; 32];
    hash.iter_mut().zip(digest(&SHA256, bytes).as_ref()).for_each(|(to, from)| *to = *from);
    hash
}

/// The first ten bytes of the hash of a request and a place in it: what makes an id the same at every repetition.
#[must_use]
pub fn chance_of(request: &Hash, place: usize) -> [u8; 10] {
    let mut text = Canonical::new("mingma/id/1");
    text.bytes(request);
    text.text(place);
    let mut chance = [0; 10];
    chance.iter_mut().zip(text.hash()).for_each(|(to, from)| *to = from);
    chance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_fields_never_give_the_same_bytes() {
        let of = |fields: &[&str]| {
            let mut text = Canonical::new("x");
            for field in fields {
                text.text(field);
            }
            text.finish()
        };
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["", "a"]), of(&["a", ""]));
        let mut missing = Canonical::new("x");
        missing.optional(None::<&str>);
        let mut empty = Canonical::new("x");
        empty.optional(Some(""));
        assert_ne!(missing.finish(), empty.finish());
        assert_eq!(of(&["a"]), [0, 0, 0, 1, b'x', 0, 0, 0, 1, b'a']);
    }
}
