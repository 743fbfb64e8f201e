//! The log that everybody can check: leaves, tree, tiles, checkpoints, proofs, witnesses, policies.
//!
//! Everything that can change anybody's colour is an entry of a Merkle tree (RFC 6962) that only grows. The tree is
//! stored as static files ([`tiles`]), its head is signed as a note ([`checkpoint`], [`note`]), independent witnesses sign
//! that they saw it grow ([`witness`]), and a reader says whose word is enough ([`policy`]). A person keeps a
//! [`proof_file`] that needs none of them any more.
//!
//! This crate does no input or output, reads no clock and draws no chance: bytes, times and seeds are arguments. It
//! does not know what an act means or whom it is about: an entry holds words and a commitment ([`leaf`]).
//!
//! # Example
//!
//! ```
//! use mingma_journal::checkpoint::Checkpoint;
//! use mingma_journal::hash::Hash;
//! use mingma_journal::leaf::{Act, Leaf};
//! use mingma_journal::merkle::inclusion;
//! use mingma_journal::note::key::PosixSeconds;
//! use mingma_journal::note::sign::LogSigner;
//! use mingma_journal::policy::Policy;
//! use mingma_journal::proof_file::ProofFile;
//! use mingma_journal::quarter::Quarter;
//! use mingma_journal::tiles::{Growing, MemoryTiles, StoredTree};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let origin = Quarter::of_month(2022, 6)?.origin("journal.henan.example")?;
//! let signer = LogSigner::from_seed(origin.as_str().parse()?, &[7; 32])?;
//!
//! // The sequencer: entries in, files and a checkpoint out.
//! let noon = PosixSeconds::new(1_655_092_800).ok_or("a time")?;
//! let act = Act {
//!     name: "declare".parse()?,
//!     at: noon,
//!     issuer: None,
//!     region: None,
//!     subject: None,
//!     commitment: Hash::EMPTY,
//! };
//! let entries: Vec<Vec<u8>> = (0..1_000_u32)
//!     .map(|n| Leaf::Act(Act { commitment: Hash::leaf(&n.to_be_bytes()), ..act.clone() }).to_bytes())
//!     .collect();
//! let mut log = Growing::new();
//! let growth = log.append(&entries)?;
//! let tiles: MemoryTiles = growth.files.into_iter().collect();
//! let checkpoint = Checkpoint::new(origin, growth.to, growth.root).sign(&signer)?;
//!
//! // The person: a file that proves entry 700, and its verification by a stranger.
//! let mut tree = StoredTree::open(&tiles, growth.to, growth.root)?;
//! let path = inclusion(&mut tree, 700, growth.to)?.path;
//! let file = ProofFile { extra: None, index: 700, path, checkpoint: checkpoint.into_note() }.to_string();
//!
//! let policy = Policy::from_bytes(format!("log {}\nquorum none\n", signer.key()).as_bytes())?;
//! let entry = entries.get(700).ok_or("an entry")?;
//! let accepted = file.parse::<ProofFile>()?.verify(entry, &policy)?;
//! assert_eq!(accepted.checkpoint().size, 1_000);
//! # Ok(())
//! # }
//! ```

pub mod checkpoint;
pub mod hash;
pub mod leaf;
pub mod merkle;
pub mod note;
pub mod policy;
pub mod proof_file;
pub mod quarter;
pub mod sequencer;
mod text;
pub mod tiles;
pub mod witness;
