//! The proof that the phone holds the code: fresh, its own, and of this code.

use ciborium::value::Value;
use mingma_credential::issue::{Jitter, Order};
use mingma_credential::limits::{MAX_CLOCK_SKEW_SECONDS, MAX_PROOF_AGE_SECONDS, PROOF_RENEWAL_SECONDS};
use mingma_credential::proof::{self, ProofError};
use mingma_credential::status::Color;
use mingma_credential::{UnixSeconds, VerdictKind, Verifier, decode, envelope};

use crate::support::{House, NOON, full_order, region};

fn kind(house: &House, text: &str, now: UnixSeconds) -> VerdictKind {
    Verifier { trust: &house.trust(), status: None, now }.verify(text).kind()
}

fn order() -> Order {
    Order::new(Color::Green, region("410100"), 1)
}

#[test]
fn a_code_bound_to_a_phone_is_nothing_without_its_proof() {
    let house = House::new(11);
    assert_eq!(kind(&house, &house.device_code(&order()), NOON), VerdictKind::Clock);
}

#[test]
fn a_proof_counts_for_ninety_seconds_and_not_from_the_future() {
    let house = House::new(11);
    let shown_at = NOON.plus(1_000);
    let text = house.shown(&order(), shown_at);
    let rows = [
        (-MAX_CLOCK_SKEW_SECONDS - 1, VerdictKind::Clock),
        (-MAX_CLOCK_SKEW_SECONDS, VerdictKind::Green),
        (0, VerdictKind::Green),
        (MAX_PROOF_AGE_SECONDS, VerdictKind::Green),
        (MAX_PROOF_AGE_SECONDS + 1, VerdictKind::Clock),
        (3_600, VerdictKind::Clock),
    ];
    for (later, expected) in rows {
        assert_eq!(kind(&house, &text, shown_at.plus(later)), expected, "{later} s after the proof");
    }
    assert_eq!(MAX_PROOF_AGE_SECONDS, 3 * PROOF_RENEWAL_SECONDS);
}

#[test]
fn a_renewed_proof_takes_the_place_of_the_old_one() {
    let house = House::new(11);
    let mut text = house.shown(&order(), NOON);
    let length = text.len();
    for round in 1..=10 {
        let now = NOON.plus(round * PROOF_RENEWAL_SECONDS);
        text = proof::renew(&text, &house.phone, now).unwrap();
        assert_eq!(kind(&house, &text, now), VerdictKind::Green);
        assert!(text.len().abs_diff(length) <= 3, "it does not grow");
    }
}

#[test]
fn a_proof_signed_elsewhere_is_the_one_signed_here() {
    let (house, thief) = (House::new(11), House::new(12));
    let code = house.device_code(&order());
    let message = proof::to_sign(&code, NOON).unwrap();
    let signature = house.phone.sign(&message).unwrap();
    let shown = proof::attach(&code, NOON, &signature).unwrap();
    assert_eq!(kind(&house, &shown, NOON), VerdictKind::Green);
    assert_eq!(proof::to_sign(&shown, NOON), Ok(message.clone()), "an older proof is not what is signed");
    assert_ne!(proof::to_sign(&code, NOON.plus(1)), Ok(message.clone()), "but the time is");
    assert_eq!(proof::attach(&code, NOON.plus(1), &signature), Err(ProofError::OtherDevice));
    let stolen = thief.phone.sign(&message).unwrap();
    assert_eq!(proof::attach(&code, NOON, &stolen), Err(ProofError::OtherDevice));
    assert_eq!(proof::to_sign(&house.paper(&order()), NOON), Err(ProofError::NotBound));
    assert_eq!(proof::attach(&house.paper(&order()), NOON, &signature), Err(ProofError::NotBound));
}

#[test]
fn another_phone_can_neither_make_a_proof_nor_use_one() {
    let (house, thief) = (House::new(11), House::new(12));
    let code = house.device_code(&order());
    assert_eq!(proof::renew(&code, &thief.phone, NOON), Err(ProofError::OtherDevice));
    // The thief's own code carries a good proof; moved to the victim's code it proves nothing.
    let own = house.issuer().device_code(&order(), &thief.phone.device_point(), NOON, Jitter::NONE).unwrap();
    let own = proof::renew(&own, &thief.phone, NOON).unwrap();
    assert_eq!(kind(&house, &own, NOON), VerdictKind::Green);
    assert_eq!(kind(&house, &with_proof(&code, proof_of(&own)), NOON), VerdictKind::Clock);
    // Nor does a proof of another code of the same phone.
    let other = house.shown(&full_order(Color::Green), NOON);
    assert_eq!(kind(&house, &with_proof(&code, proof_of(&other)), NOON), VerdictKind::Clock);
    // Its own does, so the moving itself is not what failed.
    let shown = house.shown(&order(), NOON);
    let shown_token = decode(&shown).unwrap();
    assert_eq!(kind(&house, &with_proof(&shown_token.encode(), proof_of(&shown)), NOON), VerdictKind::Green);
}

#[test]
fn the_time_in_a_proof_is_signed() {
    let house = House::new(11);
    let text = house.shown(&order(), NOON);
    let Value::Array(parts) = proof_of(&text) else { panic!("an array") };
    for moved in [1, 30, 90, 3_600] {
        let later = Value::Array(vec![NOON.plus(moved).get().into(), parts[1].clone()]);
        assert_eq!(kind(&house, &with_proof(&text, later), NOON.plus(moved)), VerdictKind::Clock, "{moved}");
    }
}

#[test]
fn what_is_not_a_proof_is_no_proof() {
    let house = House::new(11);
    let text = house.shown(&order(), NOON);
    let signature = Value::Bytes(vec![7; 64]);
    let odd = [
        Value::Null,
        Value::Array(vec![]),
        Value::Array(vec![NOON.get().into()]),
        Value::Array(vec![NOON.get().into(), Value::Bytes(vec![])]),
        Value::Array(vec![NOON.get().into(), "signature".into()]),
        Value::Array(vec![Value::Float(1e300), signature.clone()]),
        Value::Array(vec![i64::MIN.into(), signature.clone()]),
        Value::Array(vec![u64::MAX.into(), signature.clone()]),
        Value::Array(vec![NOON.get().into(), signature, Value::Null]),
    ];
    for proof in odd {
        assert_eq!(kind(&house, &with_proof(&text, proof.clone()), NOON), VerdictKind::Clock, "{proof:?}");
    }
}

#[test]
fn paper_and_certificates_take_no_proof() {
    let house = House::new(11);
    assert_eq!(proof::renew(&house.paper(&order()), &house.phone, NOON), Err(ProofError::NotBound));
}

const LABEL: i64 = -70_001;

fn parts_of(text: &str) -> Vec<Value> {
    let token: Value = ciborium::de::from_reader(envelope::open(text).unwrap().as_slice()).unwrap();
    let Value::Tag(18, inner) = token else { panic!("tag 18") };
    inner.into_array().unwrap()
}

fn proof_of(text: &str) -> Value {
    let header = parts_of(text)[1].clone().into_map().unwrap();
    header.into_iter().find(|(label, _)| *label == LABEL.into()).unwrap().1
}

fn with_proof(text: &str, proof: Value) -> String {
    let mut parts = parts_of(text);
    parts[1] = Value::Map(vec![(LABEL.into(), proof)]);
    envelope::seal(&crate::forge::bytes(&Value::Tag(18, Box::new(Value::Array(parts)))))
}
