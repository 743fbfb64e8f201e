//! What stands beside an entry's content, within its commitment: an issuer's signature, or who did what a person may do for themselves.
//!
//! Not in the content: what an entry says of a fact is found again from a few dozen candidates where its row was taken out, and who said it
//! would be one more thing to guess. It lies with the salt, in one sealed text, and is destroyed with it.

use crate::canonical::Hash;
use crate::doer::Doer;
use crate::signed::Signature;
use crate::words::ActName;

/// What stands beside an entry's content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Beside {
    /// The issuer's signature under what was done.
    Signature(Signature),
    /// Who did it.
    Doer(Doer),
}

impl Beside {
    /// What the entry commits to. Each kind of bytes begins with its own name, so none stands for the other.
    #[must_use]
    pub fn hash(&self) -> Hash {
        match self {
            Self::Signature(signature) => signature.hash(),
            Self::Doer(doer) => doer.hash(),
        }
    }

    /// The bytes whose hash that is: what whoever is given the entry's content is given with it.
    #[must_use]
    pub fn proof(&self) -> Vec<u8> {
        match self {
            Self::Signature(signature) => signature.proof.clone(),
            Self::Doer(doer) => doer.to_bytes(),
        }
    }

    /// The bytes that a store keeps, sealed behind what opens the entry.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Signature(signature) => signature.to_bytes(),
            Self::Doer(doer) => doer.to_bytes(),
        }
    }

    /// What a store kept of an act's entry; none if it is neither.
    #[must_use]
    pub fn from_bytes(act: ActName, bytes: &[u8]) -> Option<Self> {
        if act.is_signed() {
            Signature::from_bytes(bytes).map(Self::Signature)
        } else {
            Doer::from_bytes(bytes).map(Self::Doer)
        }
    }
}
