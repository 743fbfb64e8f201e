//! The Token Status List draft's examples: four widths in JSON and CBOR, and its two signed tokens.

use std::path::Path;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use mingma_credential::UnixSeconds;
use mingma_credential::cose::verify_sign1;
use mingma_credential::key::VerifyingKey;
use mingma_credential::status_list::token::StatusListToken;
use mingma_credential::status_list::{JsonForm, StatusList, Width};
use serde_json::Value;

use crate::support::{shared, unhex};

fn expected(root: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(root.join("expected.json")).unwrap()).unwrap()
}

fn example(root: &Path, name: &str) -> String {
    let text = std::fs::read_to_string(root.join("examples").join(name)).unwrap();
    // The short examples begin with the array they encode.
    text.split_once("encoded:").map_or(text.clone(), |(_, encoded)| encoded.to_owned())
}

fn json(root: &Path, name: &str) -> StatusList {
    let text: String = example(root, name).chars().filter(|c| !c.is_whitespace()).collect();
    let form: JsonForm = serde_json::from_str(&text).unwrap();
    StatusList::from_json(&form).unwrap()
}

fn cbor(root: &Path, name: &str) -> StatusList {
    StatusList::from_cbor(&unhex(&example(root, name))).unwrap()
}

#[test]
fn every_width_reads_the_same_from_json_and_from_cbor() {
    let Some(root) = shared("status-list", "12 lists of 4 widths in 2 forms") else { return };
    let expected = expected(&root);
    let rows = [
        ("example-1bit", "status_list_encoding", Width::One, 16),
        ("example-2bit", "status_list_encoding2", Width::Two, 12),
        ("1bit-2^20", "status_list_encoding1_long", Width::One, 1 << 20),
        ("2bit-2^20", "status_list_encoding2_long", Width::Two, 1 << 20),
        ("4bit-2^20", "status_list_encoding4", Width::Four, 1 << 20),
        ("8bit-2^20", "status_list_encoding8", Width::Eight, 1 << 20),
    ];
    let (mut lists, mut states) = (0, 0);
    for (name, file, width, length) in rows {
        let places = expected[name].as_object().unwrap();
        let forms = [json(&root, &format!("{file}_json.md")), cbor(&root, &format!("{file}_cbor.md"))];
        for list in forms {
            assert_eq!((list.width(), list.states()), (width, length), "{name}");
            for (place, state) in places {
                let state = u8::try_from(state.as_u64().unwrap()).unwrap();
                assert_eq!(list.get(place.parse().unwrap()), Some(state), "{name} at {place}");
                states += 1;
            }
            let set = (0..u32::try_from(length).unwrap()).filter(|place| list.get(*place) != Some(0)).count();
            let named = places.values().filter(|state| state.as_u64() != Some(0)).count();
            assert_eq!(set, named, "{name}: every other state is 0");
            assert_eq!(StatusList::from_cbor(&list.to_cbor()).as_ref(), Ok(&list), "{name}: CBOR and back");
            assert_eq!(StatusList::from_json(&list.to_json()).as_ref(), Ok(&list), "{name}: JSON and back");
            lists += 1;
        }
    }
    assert_eq!((lists, states), (12, 2 * (16 + 12 + 11 + 11 + 15 + 256)));
}

#[test]
fn the_two_signed_tokens_verify_and_read() {
    let Some(root) = shared("status-list", "2 signed tokens") else { return };
    // The draft's example key.
    let coordinate = |text| Base64UrlUnpadded::decode_vec(text).unwrap();
    let x = coordinate("I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo");
    let y = coordinate("6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M");
    let key = VerifyingKey::p256(&[vec![4], x, y].concat());

    let bytes = unhex(&example(&root, "status_list_cwt.md"));
    let token = StatusListToken::from_bytes(&bytes).unwrap();
    assert_eq!(token.key_id(), Some(b"12".as_slice()));
    let signed = token.verify(&key).unwrap();
    assert_eq!(signed.subject, "https://example.com/statuslists/1");
    assert_eq!((signed.issued_at.get(), signed.ttl_seconds), (1_686_920_170, Some(43_200)));
    assert_eq!(signed.expires_at.map(UnixSeconds::get), Some(2_291_720_170));
    assert_eq!(signed.list, cbor(&root, "status_list_encoding_cbor.md"));
    let mut bent = bytes;
    *bent.last_mut().unwrap() ^= 1;
    assert!(StatusListToken::from_bytes(&bent).unwrap().verify(&key).is_err());

    let bytes = unhex(&example(&root, "referenced_token_cwt.md"));
    let payload = verify_sign1(&bytes, &key, &[]).unwrap();
    let claims: ciborium::value::Value = ciborium::de::from_reader(payload.as_slice()).unwrap();
    let status = claims.as_map().unwrap().iter().find(|(claim, _)| *claim == 65_535.into()).unwrap();
    assert!(format!("{status:?}").contains("https://example.com/statuslists/1"), "{status:?}");
    assert!(StatusListToken::from_bytes(&bytes).is_err(), "a token that refers to a list is none");
}
