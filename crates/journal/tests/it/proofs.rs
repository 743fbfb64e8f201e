//! The tree against its definition and against another implementation; proofs with one bit changed.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use mingma_journal::hash::{HASH_BYTES, Hash};
use mingma_journal::merkle::{
    ConsistencyProof, InclusionProof, MemoryTree, ProofError, ProveError, consistency, inclusion,
};
use sha2::Sha256;

use crate::support::{Seeded, entry, leaves, mth, path, subproof};

#[test]
fn roots_and_proofs_are_those_of_the_definition_at_every_size_up_to_300() {
    let leaves = leaves(300);
    let tree: MemoryTree = leaves.iter().copied().collect();
    for size in 0..=leaves.len() {
        let first = &leaves[..size];
        let n = u64::try_from(size).unwrap();
        assert_eq!(tree.root_at(n).unwrap(), mth(first), "root of {size}");
        assert_eq!(first.iter().copied().collect::<MemoryTree>().root(), mth(first), "grown to {size}");
        // Every entry of small trees, a spread of those of larger ones.
        for m in (0..size).step_by(1 + size / 40) {
            let proof = inclusion(&mut &tree, u64::try_from(m).unwrap(), n).unwrap();
            assert_eq!(proof.path, path(m, first), "inclusion of {m} in {size}");
            proof.verify(leaves[m], mth(first)).unwrap();
        }
        for m in (1..=size).step_by(1 + size / 40) {
            let proof = consistency(&mut &tree, u64::try_from(m).unwrap(), n).unwrap();
            assert_eq!(proof.path, subproof(m, first, true), "consistency of {m} with {size}");
            proof.verify(mth(&leaves[..m]), mth(first)).unwrap();
        }
    }
}

#[test]
fn roots_and_proofs_are_those_of_another_implementation_at_random_sizes() {
    const SEED: u64 = 6_962;
    eprintln!("seed {SEED}");
    let mut chance = Seeded(SEED);
    for _ in 0..12 {
        let size = 1 + chance.below(20_000);
        let mut theirs: MemoryBackedTree<Sha256, Vec<u8>> = MemoryBackedTree::new();
        (0..size).for_each(|n| theirs.push(entry(n)));
        let ours: MemoryTree = leaves(size).into_iter().collect();
        assert_eq!(ours.root().as_bytes(), &bytes(theirs.root().as_bytes())[..], "root of {size}");
        for _ in 0..20 {
            let index = chance.below(size);
            let proof = inclusion(&mut &ours, index, size).unwrap();
            let place = usize::try_from(index).unwrap();
            assert_eq!(joined(&proof.path), theirs.prove_inclusion(place).as_bytes(), "{index} in {size}");
            let from = 1 + chance.below(size);
            let proof = consistency(&mut &ours, from, size).unwrap();
            if from < size {
                let added = usize::try_from(size - from).unwrap();
                assert_eq!(
                    joined(&proof.path),
                    theirs.prove_consistency(added).as_bytes(),
                    "{from} to {size}"
                );
            }
        }
    }
}

fn bytes(hash: &[u8]) -> Vec<u8> {
    hash.to_vec()
}

fn joined(path: &[Hash]) -> Vec<u8> {
    path.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

#[test]
fn a_proof_with_one_bit_changed_proves_nothing() {
    let mut refused = 0;
    for size in [1, 2, 3, 7, 8, 100, 255, 256, 257] {
        let leaves = leaves(size);
        let tree: MemoryTree = leaves.iter().copied().collect();
        let root = tree.root();
        for index in [0, size / 2, size - 1] {
            let leaf = leaves[usize::try_from(index).unwrap()];
            let proof = inclusion(&mut &tree, index, size).unwrap();
            proof.verify(leaf, root).unwrap();
            for path in flips(&proof.path) {
                let changed = InclusionProof { path, ..proof.clone() };
                assert_eq!(changed.verify(leaf, root), Err(ProofError::Root));
                refused += 1;
            }
            for hash in flips(&[leaf]) {
                assert_eq!(proof.verify(hash[0], root), Err(ProofError::Root));
            }
            for hash in flips(&[root]) {
                assert_eq!(proof.verify(leaf, hash[0]), Err(ProofError::Root));
            }
        }
        for from in [1, size / 3, size - 1].into_iter().filter(|from| (1..size).contains(from)) {
            let earlier = tree.root_at(from).unwrap();
            let proof = consistency(&mut &tree, from, size).unwrap();
            proof.verify(earlier, root).unwrap();
            for path in flips(&proof.path) {
                let changed = ConsistencyProof { path, ..proof.clone() };
                assert!(changed.verify(earlier, root).is_err());
                refused += 1;
            }
            for hash in flips(&[earlier]) {
                assert!(proof.verify(hash[0], root).is_err());
            }
            for hash in flips(&[root]) {
                assert_eq!(proof.verify(earlier, hash[0]), Err(ProofError::Root));
            }
        }
    }
    assert!(refused > 40_000, "{refused} changed proofs were tried");
}

/// The hashes, each time with another bit changed.
fn flips(path: &[Hash]) -> impl Iterator<Item = Vec<Hash>> {
    (0..path.len() * HASH_BYTES * 8).map(|bit| {
        let mut changed = path.to_vec();
        let mut bytes = *changed[bit / 256].as_bytes();
        bytes[bit % 256 / 8] ^= 1 << (bit % 8);
        changed[bit / 256] = Hash::new(bytes);
        changed
    })
}

#[test]
fn a_proof_speaks_of_its_own_place_and_sizes_alone() {
    let leaves = leaves(100);
    let tree: MemoryTree = leaves.iter().copied().collect();
    let proof = inclusion(&mut &tree, 33, 100).unwrap();
    for index in (0..100).filter(|index| *index != 33) {
        assert!(InclusionProof { index, ..proof.clone() }.verify(leaves[33], tree.root()).is_err());
    }
    let outside = InclusionProof { index: 100, ..proof.clone() };
    assert_eq!(outside.verify(leaves[33], tree.root()), Err(ProofError::Outside { index: 100, size: 100 }));
    let mut short = proof.clone();
    short.path.pop();
    assert_eq!(short.verify(leaves[33], tree.root()), Err(ProofError::Length { hashes: 6 }));
    let mut long = proof;
    long.path.push(Hash::EMPTY);
    assert_eq!(long.verify(leaves[33], tree.root()), Err(ProofError::Length { hashes: 8 }));

    let growth = consistency(&mut &tree, 33, 100).unwrap();
    let earlier = tree.root_at(33).unwrap();
    for from in (0..=100).filter(|from| *from != 33) {
        assert!(ConsistencyProof { from, ..growth.clone() }.verify(earlier, tree.root()).is_err());
    }
    let back = ConsistencyProof { from: 100, to: 33, path: growth.path };
    assert_eq!(back.verify(tree.root(), earlier), Err(ProofError::Shrunk { from: 100, to: 33 }));
}

#[test]
fn what_is_not_in_the_tree_has_no_proof() {
    let tree: MemoryTree = leaves(10).into_iter().collect();
    assert_eq!(inclusion(&mut &tree, 10, 10).unwrap_err(), ProveError::Entry { index: 10, size: 10 });
    assert_eq!(inclusion(&mut &tree, 3, 11).unwrap_err(), ProveError::Size { has: 10, asked: 11 });
    assert_eq!(consistency(&mut &tree, 9, 8).unwrap_err(), ProveError::Size { has: 8, asked: 9 });
    assert_eq!(consistency(&mut &tree, 0, 8).unwrap().path, []);
    assert_eq!(tree.root_at(0).unwrap(), Hash::EMPTY);
}
