//! The COSE working group's examples of `COSE_Sign1`: those by ECDSA and `EdDSA`, good and bad.

use std::path::{Path, PathBuf};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use mingma_credential::cose::{Sign1, verify_sign1};
use mingma_credential::key::{Algorithm, VerifyingKey};
use serde_json::Value;

use crate::support;

#[test]
fn seventeen_examples_and_the_six_that_must_fail() {
    let Some(root) = support::shared("cose", "17 examples of COSE_Sign1") else { return };
    let (mut ran, mut failing) = (0, 0);
    for file in files(&root) {
        let json: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let input = &json["input"]["sign0"];
        if input.is_null() {
            continue; // several signers, a MAC or encryption
        }
        let name = file.strip_prefix(&root).unwrap().display().to_string();
        let bytes = support::unhex(json["output"]["cbor"].as_str().unwrap());
        let external = input["external"].as_str().map(support::unhex).unwrap_or_default();
        let must_fail = json["fail"] == true;
        assert_eq!(verifies(&input["key"], &bytes, &external), !must_fail, "{name}");
        if !must_fail {
            let to_be_signed = support::unhex(json["intermediates"]["ToBeSign_hex"].as_str().unwrap());
            assert_eq!(Sign1::from_bytes(&bytes).unwrap().to_be_signed(&external), to_be_signed, "{name}");
        }
        ran += 1;
        failing += usize::from(must_fail);
    }
    assert_eq!((ran, failing), (17, 6));
}

fn verifies(key: &Value, bytes: &[u8], external: &[u8]) -> bool {
    let part = |name: &str| match key[format!("{name}_hex")].as_str() {
        Some(hex) => support::unhex(hex),
        None => Base64UrlUnpadded::decode_vec(key[name].as_str().unwrap()).unwrap(),
    };
    let point = || [vec![4], part("x"), part("y")].concat();
    let key = match key["crv"].as_str().unwrap() {
        "P-256" => VerifyingKey::p256(&point()),
        "P-384" => VerifyingKey::p384(&point()),
        "P-521" => VerifyingKey::p521(&point()),
        "Ed25519" => VerifyingKey::ed25519(&part("x").try_into().unwrap()),
        "Ed448" => return verifies_ed448(&part("x"), bytes, external),
        other => panic!("curve {other}"),
    };
    verify_sign1(bytes, &key, external).is_ok()
}

/// No health code is signed with Ed448 and the library does not know it: the envelope hands its bytes to one
/// that does.
fn verifies_ed448(key: &[u8], bytes: &[u8], external: &[u8]) -> bool {
    let envelope = Sign1::from_bytes(bytes).unwrap();
    assert_eq!(envelope.algorithm(), Some(Algorithm::EdDsa));
    let key: [u8; 57] = key.try_into().unwrap();
    let key = ed448_goldilocks::VerifyingKey::from_bytes(&key).unwrap();
    let signature: [u8; 114] = envelope.signature().try_into().unwrap();
    let signature = ed448_goldilocks::Signature::from_bytes(&signature);
    key.verify_raw(&signature, &envelope.to_be_signed(external)).is_ok()
}

fn files(root: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = ["CWT", "RFC8152", "ecdsa-examples", "eddsa-examples", "sign1-tests"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}
