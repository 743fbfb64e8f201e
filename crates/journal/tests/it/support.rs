//! What the tests of this crate share: chance that repeats, a slow tree by the definition, logs and their keys.

use std::path::PathBuf;

use mingma_journal::checkpoint::{Checkpoint, SignedCheckpoint};
use mingma_journal::hash::Hash;
use mingma_journal::leaf::Act;
use mingma_journal::note::key::PosixSeconds;
use mingma_journal::note::sign::{LogSigner, WitnessSigner};
use mingma_journal::tiles::{Growing, MemoryTiles};

pub(crate) const ORIGIN: &str = "journal.henan.example/2022q2";

/// The folder of data that others wrote, if it is there.
pub(crate) fn shared(folder: &str, cases: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    #[expect(clippy::disallowed_methods, reason = "the one setting of the tests: where the shared data lie")]
    let root = std::env::var("MINGMA_SHARED").map_or_else(|_| beside(), PathBuf::from);
    let path = root.join("conformance").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped {cases}: no folder conformance/{folder} beside the project and none at MINGMA_SHARED");
    None
}

/// `SplitMix64`: chance that is the same every time.
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn place(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(u64::try_from(bound).unwrap())).unwrap()
    }
}

/// The entry at a place: short ones of many lengths.
pub(crate) fn entry(n: u64) -> Vec<u8> {
    format!("entry {n} {}", "·".repeat(usize::try_from(n % 7).unwrap())).into_bytes()
}

pub(crate) fn entries(from: u64, to: u64) -> Vec<Vec<u8>> {
    (from..to).map(entry).collect()
}

pub(crate) fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|n| Hash::leaf(&entry(n))).collect()
}

/// `MTH` as RFC 6962 §2.1 writes it, over leaves that are hashed already.
pub(crate) fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::EMPTY,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(below(leaves.len()));
            Hash::node(mth(left), mth(right))
        }
    }
}

/// `PATH` as RFC 6962 §2.1.1 writes it.
pub(crate) fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = below(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut rest, last) = if m < k { (path(m, left), mth(right)) } else { (path(m - k, right), mth(left)) };
    rest.push(last);
    rest
}

/// `SUBPROOF` as RFC 6962 §2.1.2 writes it.
pub(crate) fn subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if whole { Vec::new() } else { vec![mth(leaves)] };
    }
    let k = below(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut rest, last) = if m <= k {
        (subproof(m, left, whole), mth(right))
    } else {
        (subproof(m - k, right, false), mth(left))
    };
    rest.push(last);
    rest
}

/// The largest power of two smaller than `n`.
fn below(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

/// An act of a person's own at noon, with this commitment.
pub(crate) fn act(commitment: Hash) -> Act {
    Act {
        name: "declare".parse().unwrap(),
        at: noon(),
        issuer: None,
        region: None,
        subject: None,
        commitment,
    }
}

pub(crate) fn signer(seed: u8) -> LogSigner {
    LogSigner::from_seed(ORIGIN.parse().unwrap(), &[seed; 32]).unwrap()
}

pub(crate) fn witness(n: u8) -> WitnessSigner {
    WitnessSigner::from_seed(format!("witness.example/w{n}").parse().unwrap(), &[100 + n; 32]).unwrap()
}

pub(crate) fn at(seconds: u64) -> PosixSeconds {
    PosixSeconds::new(seconds).unwrap()
}

/// Noon of 13 June 2022 in Zhengzhou.
pub(crate) fn noon() -> PosixSeconds {
    at(1_655_092_800)
}

/// A log of so many entries: its files and its checkpoint.
pub(crate) fn log(size: u64) -> (MemoryTiles, SignedCheckpoint) {
    let growth = Growing::new().append(&entries(0, size)).unwrap();
    let checkpoint = head(size, growth.root);
    (growth.files.into_iter().collect(), checkpoint)
}

pub(crate) fn head(size: u64, root: Hash) -> SignedCheckpoint {
    Checkpoint::new(ORIGIN.parse().unwrap(), size, root).sign(&signer(1)).unwrap()
}
