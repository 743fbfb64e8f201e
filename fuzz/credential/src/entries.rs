//! What the fuzz targets do with their bytes; the crate's own tests run the same functions over seeded mutations.
//!
//! Each function panics only if a law is broken: what reads must write and read the same, what a stranger's
//! bytes say must never become a verified code, and nothing else may panic at all.

use mingma_credential::cose::Sign1;
use mingma_credential::key::{Entropy, NoEntropy, SigningKey};
use mingma_credential::status_list::token::StatusListToken;
use mingma_credential::status_list::{StatusList, StatusLists};
use mingma_credential::trust::file::{Anchor, TrustFile};
use mingma_credential::{Certificate, TrustList, UnixSeconds, Verdict, Verifier, decode, envelope};

const NOW: UnixSeconds = UnixSeconds::new(1_655_092_800);

/// The text of a QR symbol.
pub(crate) fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(token) = decode(&text) {
        let again = decode(&token.encode()).expect("what was read can be written and read");
        assert_eq!(again.envelope().payload(), token.envelope().payload());
        assert_eq!(again.envelope().signature(), token.envelope().signature());
        assert_eq!(again.envelope().to_be_signed(&[]), token.envelope().to_be_signed(&[]));
        if let Ok(claims) = token.claims() {
            assert_eq!(again.claims().ok().map(|claims| format!("{claims:?}")), Some(format!("{claims:?}")));
        }
    }
    let trust = TrustList::of_certificate(stranger());
    let verdict = Verifier { trust: &trust, status: None, now: NOW }.verify(&text);
    assert!(!verdict.is_valid(), "a key that signed nothing verifies nothing");
}

/// The bytes inside zlib.
pub(crate) fn token(bytes: &[u8]) {
    let sealed = envelope::seal(bytes);
    if let Ok(opened) = envelope::open(&sealed) {
        assert_eq!(opened, bytes, "what was sealed is opened");
    }
    text(sealed.as_bytes());
    if let Ok(envelope) = Sign1::from_bytes(bytes) {
        let _named = (envelope.algorithm(), envelope.key_id());
        assert!(
            envelope.verify(stranger().key(), &[]).is_err(),
            "a key that signed nothing verifies nothing"
        );
    }
}

/// A status list: signed, as bare CBOR, and taken in by a verifier.
pub(crate) fn status_list(bytes: &[u8]) {
    let trust = TrustList::of_certificate(stranger());
    assert!(StatusLists::new().add(bytes, &trust, NOW).is_err(), "a key that signed nothing brings no list");
    let _token = StatusListToken::from_bytes(bytes);
    if let Ok(list) = StatusList::from_cbor(bytes) {
        assert_eq!(StatusList::from_cbor(&list.to_cbor()).as_ref(), Ok(&list));
        assert_eq!(StatusList::from_json(&list.to_json()).as_ref(), Ok(&list));
        let end = u32::try_from(list.states()).expect("a list has at most 2^25 states");
        assert_eq!(list.get(end), None);
    }
}

/// A trust list's file.
pub(crate) fn trust_list(bytes: &[u8]) {
    let stranger = stranger();
    assert!(TrustFile::open(bytes, Anchor::Certificate(&stranger), NOW).is_err());
    if let Ok(file) = TrustFile::open(bytes, Anchor::InFile, NOW) {
        let verifier = Verifier { trust: file.list(), status: None, now: NOW };
        assert!(matches!(verifier.verify("HC1:"), Verdict::Unreadable(_)));
    }
}

/// A certificate in DER.
pub(crate) fn certificate(bytes: &[u8]) {
    if let Ok(certificate) = Certificate::from_der(bytes) {
        assert_eq!(certificate.as_der(), bytes);
        let _used = certificate.key().verifies(mingma_credential::key::Algorithm::Es256, bytes, &[0; 64]);
    }
    let _key = SigningKey::from_pkcs8_der(bytes);
    let _key = SigningKey::from_pkcs8_pem(&String::from_utf8_lossy(bytes));
}

/// A key that no input of any target was signed with.
fn stranger() -> Certificate {
    use std::sync::OnceLock;
    static STRANGER: OnceLock<Certificate> = OnceLock::new();
    STRANGER
        .get_or_init(|| {
            let key = SigningKey::generate(&mut Sevens).expect("7, 7, … is below the group's order");
            Certificate::self_signed(&key, "stranger", NOW, NOW.plus(1)).expect("a plain certificate")
        })
        .clone()
}

struct Sevens;

impl Entropy for Sevens {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        bytes.fill(7);
        Ok(())
    }
}
