//! The certificates that EU states published for testing, with every kind of key they use, in the browser.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use base64ct::{Base64, Encoding as _};
use mingma_credential::trust::TrustEntry;
use mingma_credential::{Certificate, UnixSeconds};

use crate::both::{Both, everything, signed};
use crate::support::{House, shared};

/// May 2021, when most of them were issued.
const MAY: UnixSeconds = UnixSeconds::new(1_621_000_000);

#[test]
fn the_published_certificates_are_judged_the_same() {
    let Some(root) = shared("dcc-codes", "56 certificates in the module") else { return };
    let mut files: Vec<PathBuf> = ["AT", "DK", "LT", "common"]
        .iter()
        .flat_map(|state| std::fs::read_dir(root.join(state).join("2DCode/raw")).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    let cases: Vec<serde_json::Value> = files
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap()
        })
        .collect();

    let signers: BTreeSet<&str> =
        cases.iter().map(|case| case["TESTCTX"]["CERTIFICATE"].as_str().unwrap()).collect();
    let entries = signers.iter().map(|encoded| {
        let certificate = Certificate::from_der(&Base64::decode_vec(encoded).unwrap()).unwrap();
        TrustEntry::of_certificate(certificate, everything(MAY))
    });
    let mut both = Both::new();
    both.set_trust(&signed(entries.collect(), &House::new(151), MAY), MAY).unwrap();
    let mut results = BTreeMap::new();
    for case in &cases {
        *results.entry(both.result(case["PREFIX"].as_str().unwrap().as_bytes(), MAY)).or_insert(0) += 1;
    }
    eprintln!("{} signers, {results:?}", signers.len());
    assert_eq!(results.values().sum::<usize>(), 56);
    assert!(results["valid certificate"] > 0 && results["unreadable"] > 0, "{results:?}");
}
