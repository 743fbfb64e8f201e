//! The trust list as a file: what it carries, and what it refuses.

use ciborium::value::Value;
use mingma_credential::key::{KeyId, SigningKey};
use mingma_credential::limits::{MAX_TRUST_ENTRIES, MAX_TRUST_LIST_BYTES};
use mingma_credential::status::Color;
use mingma_credential::trust::file::{Anchor, Edition, EntryError, TrustError, TrustFile, sign};
use mingma_credential::trust::{Scope, TrustEntry, Use};
use mingma_credential::{Certificate, TrustList, UnixSeconds, VerdictKind, Verifier};

use crate::forge::{bytes, map};
use crate::support::{House, NOON, Seeded, full_order, region, shared};

const MEDIA_TYPE: &str = "application/vnd.mingma.trust-list+cbor";

fn edition() -> Edition {
    Edition { number: 3, issued_at: NOON, next_update: NOON.plus(86_400) }
}

fn limited(code: &str, kind: Use) -> Scope {
    Scope::Limited { regions: vec![region(code)], uses: vec![kind], from: NOON, until: NOON.plus(86_400) }
}

#[test]
fn a_list_comes_back_as_it_was_and_its_keys_count() {
    let (root, house) = (House::new(41), House::new(42));
    let bare = SigningKey::generate(&mut Seeded(43)).unwrap();
    let list = TrustList::of_entries(vec![
        TrustEntry::of_certificate(house.certificate.clone(), limited("41", Use::Status)),
        TrustEntry::of_key(
            KeyId::from_bytes(&[9; 8]).unwrap(),
            bare.verifying_key(),
            limited("IT", Use::Certificate),
        ),
    ]);
    let file = sign(&list, edition(), &root.key, &root.certificate).unwrap();
    for anchor in [Anchor::Certificate(&root.certificate), Anchor::InFile] {
        let opened = TrustFile::open(&file, anchor, NOON).unwrap();
        assert_eq!(opened.list(), &list);
        assert_eq!((opened.edition(), opened.signer()), (edition(), root.certificate.key_id()));
        let verifier = Verifier { trust: opened.list(), status: None, now: NOON };
        assert_eq!(verifier.verify(&house.paper(&full_order(Color::Red))).kind(), VerdictKind::Red);
    }
}

#[test]
fn certificates_of_other_states_fit_with_their_kinds_of_key() {
    let Some(folder) = shared("dcc-codes", "the signers of 56 files in one trust list") else { return };
    let root = House::new(41);
    let mut certificates = Vec::new();
    for state in ["AT", "DK", "LT", "common"] {
        for entry in std::fs::read_dir(folder.join(state).join("2DCode/raw")).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let json: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
            let encoded = json["TESTCTX"]["CERTIFICATE"].as_str().unwrap();
            let der = <base64ct::Base64 as base64ct::Encoding>::decode_vec(encoded).unwrap();
            certificates.push(Certificate::from_der(&der).unwrap());
        }
    }
    certificates.sort_by_key(Certificate::key_id);
    certificates.dedup_by_key(|certificate| certificate.key_id());
    assert!(certificates.iter().any(|certificate| !certificate.key().is_p256()), "RSA is among them");
    let entries = certificates
        .iter()
        .map(|certificate| TrustEntry::of_certificate(certificate.clone(), limited("EU", Use::Certificate)));
    let list = TrustList::of_entries(entries.collect());
    let file = sign(&list, edition(), &root.key, &root.certificate).unwrap();
    let opened = TrustFile::open(&file, Anchor::Certificate(&root.certificate), NOON).unwrap();
    assert_eq!((opened.list().entries().len(), opened.list()), (certificates.len(), &list));
}

#[test]
fn another_signer_a_bent_byte_and_another_time_are_refused() {
    let (root, stranger) = (House::new(41), House::new(44));
    let list = TrustList::of_entries(vec![]);
    let file = sign(&list, edition(), &root.key, &root.certificate).unwrap();
    let open = |bytes: &[u8], now| TrustFile::open(bytes, Anchor::Certificate(&root.certificate), now);
    assert!(open(&file, NOON).is_ok());
    assert!(matches!(
        TrustFile::open(&file, Anchor::Certificate(&stranger.certificate), NOON),
        Err(TrustError::Signature(_))
    ));
    let foreign = sign(&list, edition(), &stranger.key, &stranger.certificate).unwrap();
    assert!(matches!(open(&foreign, NOON), Err(TrustError::Signature(_))));
    assert!(TrustFile::open(&foreign, Anchor::InFile, NOON).is_ok(), "which is why an anchor is needed");
    assert!(matches!(sign(&list, edition(), &root.key, &stranger.certificate), Err(TrustError::NoSigner)));
    for (at, good) in [(-31, false), (-30, true), (86_400, true), (86_401, false)] {
        assert_eq!(open(&file, NOON.plus(at)).is_ok(), good, "{at}");
    }
    let mut refused = 0;
    for position in 0..file.len() {
        let mut bent = file.clone();
        bent[position] ^= 0x10;
        // The certificate that lies beside is not signed and not asked for when there is an anchor.
        refused += usize::from(open(&bent, NOON).is_err());
    }
    assert!(refused + root.certificate.as_der().len() + 8 >= file.len(), "{refused} of {}", file.len());
    assert!(matches!(open(&vec![0; MAX_TRUST_LIST_BYTES + 1], NOON), Err(TrustError::TooLong(_))));
}

#[test]
fn a_code_is_no_trust_list() {
    let root = House::new(41);
    let code = mingma_credential::envelope::open(&root.paper(&full_order(Color::Green))).unwrap();
    let opened = TrustFile::open(&code, Anchor::Certificate(&root.certificate), NOON);
    assert_eq!(opened, Err(TrustError::OtherContent));
}

/// A file around this payload, signed by the root.
fn file_of(root: &House, payload: &Value) -> Vec<u8> {
    file_under(root, payload, -7)
}

fn file_under(root: &House, payload: &Value, algorithm: i64) -> Vec<u8> {
    let protected = bytes(&map(vec![(1, algorithm.into()), (3, MEDIA_TYPE.into())]));
    let text = crate::forge::seal(&root.key, &protected, map(vec![]), bytes(payload), |value| value);
    mingma_credential::envelope::open(&text).unwrap()
}

fn payload(entries: Vec<Value>) -> Vec<(i64, Value)> {
    let end = UnixSeconds::new(NOON.get() + 60).get();
    vec![(0, 1.into()), (1, 1.into()), (2, NOON.get().into()), (3, end.into()), (4, Value::Array(entries))]
}

fn entry(house: &House) -> Vec<(i64, Value)> {
    vec![
        (0, Value::Bytes(house.certificate.key_id().as_bytes().to_vec())),
        (1, Value::Bytes(house.certificate.as_der().to_vec())),
        (3, Value::Array(vec!["41".into()])),
        (4, 0.into()),
        (5, i64::MAX.into()),
        (6, Value::Array(vec![0.into()])),
    ]
}

/// What is done to a good entry.
type Bend = Box<dyn Fn(&mut Vec<(i64, Value)>)>;

#[test]
fn an_entry_is_strict() {
    let (root, house) = (House::new(41), House::new(42));
    let open = |entry: Vec<(i64, Value)>| {
        let file = file_of(&root, &map(payload(vec![map(entry)])));
        TrustFile::open(&file, Anchor::Certificate(&root.certificate), NOON)
    };
    assert!(open(entry(&house)).is_ok());
    let rows: Vec<(&str, Bend, EntryError)> = vec![
        ("no name", Box::new(|e| drop(e.remove(0))), EntryError::Shape),
        ("a short name", Box::new(|e| e[0].1 = Value::Bytes(vec![1; 7])), EntryError::Shape),
        ("another name", Box::new(|e| e[0].1 = Value::Bytes(vec![1; 8])), EntryError::Name),
        ("no key", Box::new(|e| drop(e.remove(1))), EntryError::Shape),
        ("two keys", Box::new(|e| e.push((2, Value::Bytes(vec![])))), EntryError::Shape),
        ("a key beyond 6", Box::new(|e| e.push((7, 1.into()))), EntryError::Shape),
        ("no region", Box::new(|e| e[2].1 = Value::Array(vec![])), EntryError::Regions),
        ("an odd region", Box::new(|e| e[2].1 = Value::Array(vec!["Henan".into()])), EntryError::Regions),
        ("65 regions", Box::new(|e| e[2].1 = Value::Array(vec!["41".into(); 65])), EntryError::Regions),
        ("an empty period", Box::new(|e| e[4].1 = (-1).into()), EntryError::Period),
        ("no period", Box::new(|e| drop(e.remove(4))), EntryError::Shape),
        ("no use", Box::new(|e| e[5].1 = Value::Array(vec![])), EntryError::Uses),
        ("use 3", Box::new(|e| e[5].1 = Value::Array(vec![3.into()])), EntryError::Uses),
        ("one use twice", Box::new(|e| e[5].1 = Value::Array(vec![0.into(), 0.into()])), EntryError::Uses),
    ];
    for (what, bend, error) in rows {
        let mut bent = entry(&house);
        bend(&mut bent);
        assert_eq!(open(bent), Err(TrustError::Entry(1, error)), "{what}");
    }
}

#[test]
fn a_list_is_strict() {
    let root = House::new(41);
    let open = |payload: Value| {
        TrustFile::open(&file_of(&root, &payload), Anchor::Certificate(&root.certificate), NOON)
    };
    assert!(open(map(payload(vec![]))).is_ok());
    let es512 = file_under(&root, &map(payload(vec![])), -36);
    let opened = TrustFile::open(&es512, Anchor::Certificate(&root.certificate), NOON);
    assert!(matches!(opened, Err(TrustError::Signature(_))), "ES256 only");
    let mut newer = payload(vec![]);
    newer[0].1 = 2.into();
    assert_eq!(open(map(newer)), Err(TrustError::Shape), "version 2");
    let mut longer = payload(vec![]);
    longer.push((5, 0.into()));
    assert_eq!(open(map(longer)), Err(TrustError::Shape), "a key beyond 4");
    let mut twice = payload(vec![]);
    twice.push((0, 1.into()));
    assert!(matches!(open(map(twice)), Err(TrustError::Cbor(_))), "a key twice");
    let many = vec![Value::Null; MAX_TRUST_ENTRIES + 1];
    assert_eq!(open(map(payload(many))), Err(TrustError::TooMany(MAX_TRUST_ENTRIES + 1)));
    assert_eq!(open(Value::Array(vec![])), Err(TrustError::Shape));
}
