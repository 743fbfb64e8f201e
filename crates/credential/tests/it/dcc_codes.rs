//! Health certificates that EU states published for testing: prefix, Base45 and signature as they expect.
//!
//! Expiry and schema are not judged here: several of these files carry wrong flags for them.

use std::path::{Path, PathBuf};

use mingma_credential::envelope::{base45_decode, unprefix};
use mingma_credential::{Certificate, TrustList, UnixSeconds, Verdict, Verifier, decode};
use serde_json::Value;

struct Case {
    name: String,
    json: Value,
}

impl Case {
    fn expects(&self, flag: &str) -> Option<bool> {
        self.json["EXPECTEDRESULTS"][flag].as_bool()
    }

    fn prefixed(&self) -> &str {
        self.json["PREFIX"].as_str().unwrap()
    }

    fn trust(&self) -> TrustList {
        let encoded = self.json["TESTCTX"]["CERTIFICATE"].as_str().unwrap();
        let der = <base64ct::Base64 as base64ct::Encoding>::decode_vec(encoded).unwrap();
        TrustList::of_certificate(Certificate::from_der(&der).unwrap())
    }

    /// Judged in May 2021 or at the file's own clock, whichever lets the signature alone decide.
    fn signature_counts(&self) -> bool {
        let trust = self.trust();
        let verdict = Verifier { trust: &trust, status: None, now: UnixSeconds::new(1_621_000_000) };
        match verdict.verify(self.prefixed()) {
            Verdict::Certificate(_) | Verdict::Expired(_, _) | Verdict::NotYetValid(_, _) => true,
            Verdict::Green(_)
            | Verdict::Yellow(_)
            | Verdict::Red(_)
            | Verdict::Revoked(_)
            | Verdict::Clock(_, _) => {
                panic!("{}: judged as a code of ours", self.name)
            }
            Verdict::UnknownKey(_)
            | Verdict::BadSignature
            | Verdict::Unreadable(_)
            | Verdict::Unsupported(_) => false,
        }
    }
}

fn cases(root: &Path) -> Vec<Case> {
    let mut files: Vec<PathBuf> = ["AT", "DK", "LT", "common"]
        .iter()
        .flat_map(|state| std::fs::read_dir(root.join(state).join("2DCode/raw")).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let json = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
            Case { name: path.strip_prefix(root).unwrap().display().to_string(), json }
        })
        .collect()
}

#[test]
fn every_published_expectation_about_prefix_base45_and_signature_is_met() {
    let Some(root) = crate::support::shared("dcc-codes", "79 expectations in 56 files") else { return };
    let cases = cases(&root);
    let (mut prefixes, mut base45s, mut signatures) = (0, 0, 0);
    for case in &cases {
        let inner = unprefix(case.prefixed());
        if let Some(expected) = case.expects("EXPECTEDUNPREFIX") {
            assert_eq!(inner.is_ok(), expected, "{}: prefix", case.name);
            if let (Ok(inner), Some(given)) = (inner, case.json["BASE45"].as_str()) {
                assert_eq!(inner, given, "{}: what follows the prefix", case.name);
            }
            prefixes += 1;
        }
        if let Some(expected) = case.expects("EXPECTEDB45DECODE") {
            let bytes = inner.ok().and_then(|inner| base45_decode(inner).ok());
            assert_eq!(bytes.is_some(), expected, "{}: Base45", case.name);
            if let (Some(bytes), Some(given)) = (bytes, case.json["COMPRESSED"].as_str()) {
                assert_eq!(bytes, crate::support::unhex(given), "{}: the zlib stream", case.name);
            }
            base45s += 1;
        }
        if let Some(expected) = case.expects("EXPECTEDVERIFY") {
            assert_eq!(case.signature_counts(), expected, "{}: signature", case.name);
            signatures += 1;
        }
        if case.expects("EXPECTEDCOMPRESSION") == Some(false) {
            assert!(decode(case.prefixed()).is_err(), "{}: zlib", case.name);
        }
    }
    assert_eq!(
        (cases.len(), prefixes, base45s, signatures),
        (56, 26, 23, 30),
        "files, prefixes, Base45, signatures"
    );
}

#[test]
fn a_certificate_of_another_state_does_not_count() {
    let Some(root) = crate::support::shared("dcc-codes", "every file against a foreign key") else { return };
    let cases = cases(&root);
    let foreign = crate::support::House::new(4).trust();
    for case in &cases {
        let verifier = Verifier { trust: &foreign, status: None, now: UnixSeconds::new(1_621_000_000) };
        assert!(!verifier.verify(case.prefixed()).is_valid(), "{}", case.name);
    }
    assert_eq!(cases.len(), 56);
}
