//! 196 proofs that others wrote, right and wrong: an error exactly where they say so.
//!
//! # Source
//! transparency-dev/merkle, `testdata`.

use std::fs;
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding as _};
use mingma_journal::hash::Hash;
use mingma_journal::merkle::{ConsistencyProof, InclusionProof};
use serde::Deserialize;

use crate::support::shared;

const CASES: usize = 98;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inclusion {
    leaf_idx: u64,
    tree_size: u64,
    root: String,
    leaf_hash: String,
    proof: Option<Vec<String>>,
    desc: String,
    want_err: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Consistency {
    size1: u64,
    size2: u64,
    root1: String,
    root2: String,
    proof: Option<Vec<String>>,
    desc: String,
    want_err: bool,
}

#[test]
fn inclusion_proofs_of_others_hold_exactly_where_they_say() {
    let Some(folder) = shared("merkle", "98 inclusion proofs") else { return };
    let mut right = 0;
    let files = json(&folder.join("inclusion"));
    for file in &files {
        let case: Inclusion = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let held = (|| {
            let proof =
                InclusionProof { index: case.leaf_idx, size: case.tree_size, path: hashes(case.proof)? };
            proof.verify(hash(&case.leaf_hash)?, hash(&case.root)?).ok()
        })();
        assert_eq!(held.is_none(), case.want_err, "{}: {}", file.display(), case.desc);
        right += 1;
    }
    assert_eq!((right, files.len()), (CASES, CASES));
}

#[test]
fn consistency_proofs_of_others_hold_exactly_where_they_say() {
    let Some(folder) = shared("merkle", "98 consistency proofs") else { return };
    let mut right = 0;
    let files = json(&folder.join("consistency"));
    for file in &files {
        let case: Consistency = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let held = (|| {
            let proof = ConsistencyProof { from: case.size1, to: case.size2, path: hashes(case.proof)? };
            proof.verify(root(&case.root1), root(&case.root2)).ok()
        })();
        assert_eq!(held.is_none(), case.want_err, "{}: {}", file.display(), case.desc);
        right += 1;
    }
    assert_eq!((right, files.len()), (CASES, CASES));
}

/// A hash of another length is no hash: that is where the type refuses what the cases test.
fn hash(text: &str) -> Option<Hash> {
    assert!(Base64::decode_vec(text).is_ok(), "the data are Base64");
    text.parse().ok()
}

/// Some cases compare roots that are no hashes ("don't care 1"): each is stood for by a hash of its own.
fn root(text: &str) -> Hash {
    hash(text).unwrap_or_else(|| Hash::leaf(text.as_bytes()))
}

fn hashes(texts: Option<Vec<String>>) -> Option<Vec<Hash>> {
    texts.unwrap_or_default().iter().map(|text| hash(text)).collect()
}

fn json(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "json") {
                found.push(path);
            }
        }
    }
    found
}
