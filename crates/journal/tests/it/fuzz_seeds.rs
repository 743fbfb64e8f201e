//! The fuzz targets' entries over some thousands of mutations of good inputs, in the ordinary test run.

use mingma_journal::hash::Hash;
use mingma_journal::leaf::{Act, Leaf};
use mingma_journal::merkle::{MemoryTree, consistency, inclusion};
use mingma_journal::proof_file::ProofFile;
use mingma_journal::witness::Request;

use crate::fuzz_entries;
use crate::support::{Seeded, act, head, leaves, log, signer, witness};

const SEED: u64 = 20_220_613;
const MUTATIONS: usize = 3_000;

type Entry = fn(&[u8]);

#[test]
fn the_fuzz_entries_hold_over_seeded_mutations() {
    let tree: MemoryTree = leaves(300).into_iter().collect();
    let note = head(300, tree.root()).into_note();
    let proof = consistency(&mut &tree, 77, 300).unwrap().path;
    let request = Request { old: 77, proof, note: note.clone() }.to_string().into_bytes();
    let path = inclusion(&mut &tree, 7, 300).unwrap().path;
    let file = ProofFile { extra: Some(b"salt".to_vec()), index: 7, path, checkpoint: note.clone() };
    let (w1, w2) = (witness(1), witness(2));
    let policy = format!(
        "# ours\nlog {} https://a.example\nwitness A {}\nwitness B {}\ngroup G 1 A B\nquorum G\n",
        signer(1).key(),
        w1.key(),
        w2.key()
    );
    let (tiles, last) = log(300);
    let bundle = tiles[&"tile/entries/001.p/44".parse().unwrap()].clone();
    let issuer = Some("border:410100-01".parse().unwrap());
    let act = Leaf::Act(Act { issuer, ..act(Hash::EMPTY) }).to_bytes();
    let former = Leaf::former(&last).unwrap().to_bytes();
    let key = signer(1).key().to_string().into_bytes();

    eprintln!("seed {SEED}, {MUTATIONS} mutations of each input");
    let mut chance = Seeded(SEED);
    let entries: [(Entry, Vec<Vec<u8>>); 5] = [
        (fuzz_entries::note, vec![note.to_string().into_bytes(), key, b"tile/0/x001/234.p/5".to_vec()]),
        (fuzz_entries::request, vec![request]),
        (fuzz_entries::policy, vec![policy.into_bytes()]),
        (fuzz_entries::proof_file, vec![file.to_string().into_bytes()]),
        (fuzz_entries::stored, vec![bundle, act, former]),
    ];
    for (entry, seeds) in entries {
        entry(&[]);
        for seed in seeds {
            entry(&seed);
            for _ in 0..MUTATIONS {
                entry(&mutate(&seed, &mut chance));
            }
        }
    }
}

/// One to four changes: a bit, a byte, a cut, a doubled piece, an inserted byte.
fn mutate(seed: &[u8], chance: &mut Seeded) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.place(bytes.len().max(1));
        let byte = chance.next().to_le_bytes()[0];
        match (chance.below(5), bytes.get_mut(at)) {
            (0, Some(old)) => *old ^= 1 << (byte % 8),
            (1, Some(old)) => *old = byte,
            (2, _) => bytes.truncate(at),
            (3, _) => {
                let end = (at + chance.place(40)).min(bytes.len());
                let piece = bytes[at.min(end)..end].to_vec();
                bytes.extend_from_slice(&piece);
            }
            _ => bytes.insert(at.min(bytes.len()), byte),
        }
    }
    bytes
}
