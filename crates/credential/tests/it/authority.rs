//! What an authority signs apart: what comes back, and what is refused.

use mingma_credential::authority::{Act, ActError, MEDIA_TYPE, open, sign, unproved};
use mingma_credential::cose::SignatureError;
use mingma_credential::export;
use mingma_credential::issue::Issuer;
use mingma_credential::limits::MAX_ACT_BYTES;

use crate::support::{House, NOON, region};

fn act() -> Act {
    Act {
        region: region("410000"),
        name: "set-risk".to_owned(),
        content: b"risk 410105 high 2022-06-13 2022-06-27".to_vec(),
        until: NOON.plus(86_400),
        id: [7; 16],
    }
}

#[test]
fn an_act_comes_back_as_it_was_signed_and_one_act_has_one_encoding() {
    let house = House::new(51);
    let (one, two) =
        (sign(&act(), &house.key, &house.certificate), sign(&act(), &house.key, &house.certificate));
    for file in [one.unwrap(), two.unwrap()] {
        assert_eq!(open(&file, &house.certificate), Ok(act()));
        assert_eq!(unproved(&file), Ok((act(), Some(house.certificate.key_id()))));
    }
    let other = Act { id: [8; 16], ..act() };
    assert_ne!(act().to_bytes(), other.to_bytes());
}

#[test]
fn no_byte_of_an_act_can_be_changed() {
    let house = House::new(51);
    let file = sign(&act(), &house.key, &house.certificate).unwrap();
    for place in 0..file.len() {
        let mut changed = file.clone();
        changed[place] ^= 0x01;
        assert_ne!(open(&changed, &house.certificate), Ok(act()), "byte {place}");
    }
    for end in 0..file.len() {
        assert!(open(&file[..end], &house.certificate).is_err(), "cut at {end}");
    }
}

#[test]
fn anothers_act_and_what_is_no_act_are_told_apart() {
    let (house, other) = (House::new(51), House::new(52));
    let file = sign(&act(), &other.key, &other.certificate).unwrap();
    let (named, anchor) = (Some(other.certificate.key_id()), house.certificate.key_id());
    assert_eq!(open(&file, &house.certificate), Err(ActError::OtherKey { named, anchor }));
    // Under the authority's name, with another key.
    let forged = sign(&act(), &other.key, &house.certificate).unwrap();
    assert_eq!(open(&forged, &house.certificate), Err(ActError::Signature(SignatureError::Invalid)));
    let issuer = Issuer::new(&house.key, &house.certificate, region("410000")).unwrap();
    let export = export::sign(act().to_bytes(), &issuer).unwrap();
    assert_eq!(open(&export, &house.certificate), Err(ActError::OtherContent), "{MEDIA_TYPE}");
    // The empty unprotected header follows what is signed; with one member of nobody's it is another file of the same act.
    let mut added = sign(&act(), &house.key, &house.certificate).unwrap();
    let empty = added.iter().position(|byte| *byte == 0xa0).unwrap();
    added.splice(empty..=empty, [0xa1, 0x18, 0x2a, 0x00]);
    assert_eq!(open(&added, &house.certificate), Err(ActError::Unsigned));
    assert!(matches!(open(b"no envelope", &house.certificate), Err(ActError::Cose(_))));
    let long = vec![0; MAX_ACT_BYTES + 1];
    assert_eq!(open(&long, &house.certificate), Err(ActError::TooLong(MAX_ACT_BYTES + 1)));
    let heavy = Act { content: vec![0; MAX_ACT_BYTES], ..act() };
    assert!(matches!(sign(&heavy, &house.key, &house.certificate), Err(ActError::TooLong(_))));
}
