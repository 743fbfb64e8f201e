//! What issuers sign, so that each person can be given their own part of it, and that part proves itself.
//!
//! Whoever a statement is about stands in it as the hash of their document and of a salt that the issuer drew. So an auditor, who is
//! given no document, checks the signature all the same; and the person, who is given the salt, checks that they are meant. A submission is
//! one signature over the root of a tree of its rows: what proves one row are the hashes beside its way to the root, from which nobody learns
//! what another row says, for each has a salt of its own.
//!
//! All of it is SHA-256 over the canonical encoding: `mingma/about/1`, the salt, the document; `mingma/row-salt/1`, the submission's salt, the row's
//! place from 0; `mingma/row/2`, whom it is about, the six other columns, the code of another region's status; `mingma/rows/2`, the left hash, the right one, where the last of an odd
//! number goes up as it is.

mod proof;
mod tree;

pub(crate) use proof::keys;
pub use proof::{Proof, SignedRow};
pub(crate) use tree::Tree;

use mingma_domain::document::Document;

use crate::canonical::{Canonical, Hash, sha256};
use crate::submission::RawRow;

/// What keeps a document from being guessed by its hash; whoever signs draws it.
pub type Salt = [u8; 32];

/// Whom a statement is about, for whoever does not know the document.
#[must_use]
pub fn about(salt: &Salt, document: &str) -> Hash {
    let mut text = Canonical::new("mingma/about/1");
    text.bytes(salt);
    text.text(document);
    text.hash()
}

/// The salt of a row of a submission, whose person is given it and nobody else.
#[must_use]
pub fn row_salt(salt: &Salt, place: usize) -> Salt {
    let mut text = Canonical::new("mingma/row-salt/1");
    text.bytes(salt);
    text.text(place);
    text.hash()
}

/// What stands for a row in the tree.
pub(crate) fn row_hash(about: &Hash, row: &RawRow<'_>) -> Hash {
    let mut text = Canonical::new("mingma/row/2");
    text.bytes(about);
    for column in [row.kind, row.value, row.at, row.until, row.region, row.evidence, row.credential] {
        text.text(column);
    }
    text.hash()
}

/// A signature as it is kept with the entry of what was signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// With it the person sees that they are meant; nobody else is given it.
    pub salt: Salt,
    /// The [`Proof`], in bytes.
    pub proof: Vec<u8>,
}

impl Signature {
    /// Of something by itself about whoever has this document.
    #[must_use]
    pub fn of(salt: Salt, document: &Document, signature: [u8; 64]) -> Self {
        let proof = Proof { signature, about: about(&salt, &document.to_wire()), row: None };
        Self { salt, proof: proof.to_bytes() }
    }

    /// What the entry commits to.
    #[must_use]
    pub fn hash(&self) -> Hash {
        sha256(&self.proof)
    }

    /// The bytes that a store keeps, sealed beside what opens the entry: the salt, and the proof.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.salt[..], &self.proof].concat()
    }

    /// The signature in these bytes; none if there is none.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (salt, proof) = bytes.split_first_chunk()?;
        Some(Self { salt: *salt, proof: proof.to_vec() })
    }
}

/// The next field of a canonical encoding.
pub(crate) fn field<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, after) = rest.split_first_chunk()?;
    let (field, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *rest = after;
    Some(field)
}

pub(crate) fn text<'b>(rest: &mut &'b [u8]) -> Option<&'b str> {
    str::from_utf8(field(rest)?).ok()
}
