//! Texts from strangers: cut, bent, lengthened, inflated, doubled. None is valid, none panics.

use std::collections::BTreeMap;

use ciborium::value::Value;
use mingma_credential::envelope::{self, EnvelopeError};
use mingma_credential::limits::{MAX_INFLATED_BYTES, MAX_TEXT_BYTES};
use mingma_credential::status::Color;
use mingma_credential::{CborError, DecodeError, Verdict, VerdictKind, Verifier};

use crate::forge::{self, Forgery, map};
use crate::support::{House, NOON, full_order};

const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

fn judge(house: &House, text: &str) -> Verdict {
    Verifier { trust: &house.trust(), status: None, now: NOON }.verify(text)
}

fn compressed(text: &str) -> Vec<u8> {
    envelope::base45_decode(envelope::unprefix(text).unwrap()).unwrap()
}

fn text_of(compressed: &[u8]) -> String {
    format!("HC1:{}", base45::encode(compressed))
}

#[test]
fn no_beginning_of_a_code_is_a_code() {
    let house = House::new(31);
    for text in [house.shown(&full_order(Color::Green), NOON), house.paper(&full_order(Color::Green))] {
        assert_eq!(judge(&house, &text).kind(), VerdictKind::Green);
        for end in 0..text.len() {
            assert_eq!(judge(&house, &text[..end]).kind(), VerdictKind::Unreadable, "{end} characters");
        }
        for start in 1..text.len() {
            assert_eq!(judge(&house, &text[start..]).kind(), VerdictKind::Unreadable, "from {start}");
        }
    }
}

#[test]
fn no_letter_can_be_changed() {
    let house = House::new(31);
    let text = house.shown(&full_order(Color::Green), NOON);
    let token = envelope::open(&text).unwrap();
    let mut results = BTreeMap::new();
    for position in 0..text.len() {
        for letter in LETTERS {
            let mut bent = text.clone().into_bytes();
            if bent[position] == *letter {
                continue;
            }
            bent[position] = *letter;
            let bent = String::from_utf8(bent).unwrap();
            let verdict = judge(&house, &bent);
            // Bits that zlib leaves unused may change; the token inside must then be the same, byte for byte.
            if verdict.is_valid() {
                assert_eq!(envelope::open(&bent).as_deref(), Ok(token.as_slice()), "letter {position}");
            }
            *results.entry(verdict.kind().name()).or_insert(0) += 1;
        }
    }
    assert_eq!(results.values().sum::<usize>(), text.len() * (LETTERS.len() - 1));
    eprintln!("changed letters: {results:?}");
}

#[test]
fn no_bit_of_the_token_can_be_flipped() {
    let house = House::new(31);
    for text in [house.shown(&full_order(Color::Green), NOON), house.paper(&full_order(Color::Green))] {
        let token = envelope::open(&text).unwrap();
        let mut results = BTreeMap::new();
        for position in 0..token.len() {
            for bit in 0..8 {
                let mut bent = token.clone();
                bent[position] ^= 1 << bit;
                let verdict = judge(&house, &envelope::seal(&bent));
                assert!(!verdict.is_valid(), "byte {position}, bit {bit}: {verdict:?}");
                *results.entry(verdict.kind().name()).or_insert(0) += 1;
            }
        }
        assert_eq!(results.values().sum::<usize>(), token.len() * 8);
        eprintln!("flipped bits: {results:?}");
    }
}

#[test]
fn bytes_after_the_stream_are_refused_and_so_are_bytes_after_the_token() {
    let house = House::new(32);
    let text = house.paper(&full_order(Color::Green));
    let mut stream = compressed(&text);
    stream.push(0);
    let refused = Verdict::Unreadable(DecodeError::Envelope(EnvelopeError::TrailingBytes));
    assert_eq!(judge(&house, &text_of(&stream)), refused);
    let mut token = envelope::open(&text).unwrap();
    token.push(0xf6);
    assert_eq!(judge(&house, &envelope::seal(&token)).kind(), VerdictKind::Unreadable);
    let forgery = Forgery::of(&house);
    let mut payload = forgery.payload();
    payload.push(0xf6);
    let kind = judge(&house, &forgery.text_of(&house.key, payload)).kind();
    assert_eq!(kind, VerdictKind::Unreadable, "after the claims, though signed");
}

#[test]
fn a_bomb_is_refused_at_its_limit() {
    let house = House::new(32);
    // 4,296 characters of Base45 hold enough zlib for about 3 MB of zeros.
    let bomb = envelope::seal(&vec![0; 2_500_000]);
    assert!(bomb.len() <= MAX_TEXT_BYTES, "{} characters", bomb.len());
    let refused = Verdict::Unreadable(DecodeError::Envelope(EnvelopeError::TooLarge(MAX_INFLATED_BYTES)));
    assert_eq!(judge(&house, &bomb), refused);
    assert_eq!(judge(&house, &"HC1:".repeat(1_100)).kind(), VerdictKind::Unreadable);
}

#[test]
fn no_key_may_stand_twice_in_header_claims_or_below() {
    let house = House::new(33);
    let green = |forgery: &Forgery| forgery.text(&house.key);
    let refused = |text: &str, place: &str| {
        let verdict = judge(&house, text);
        let Verdict::Unreadable(error) = &verdict else { panic!("{place}: {verdict:?}") };
        assert_eq!(error.to_string(), CborError::DuplicateKey.to_string(), "{place}");
    };

    let mut protected = Forgery::of(&house);
    protected.protected.push((1, (-7).into()));
    refused(&green(&protected), "protected header");

    let mut unprotected = Forgery::of(&house);
    unprotected.unprotected = vec![(-70_001, Value::Null), (-70_001, Value::Null)];
    refused(&green(&unprotected), "unprotected header");

    let mut claims = Forgery::of(&house);
    claims.claims.push((4, NOON.plus(9_999_999).get().into()));
    refused(&green(&claims), "claims");

    let mut status = Forgery::of(&house);
    status.status.push((1, 0.into()));
    refused(&green(&status), "status");

    let forgery = Forgery::of(&house);
    let twice = Value::Map(vec![("dn".into(), 1.into()), ("dn".into(), 2.into())]);
    let deep = map(vec![(-260, map(vec![(1, Value::Array(vec![twice]))]))]);
    refused(&forgery.text_of(&house.key, forge::bytes(&deep)), "deep in a certificate");
}

#[test]
fn nesting_without_end_is_refused() {
    let house = House::new(33);
    let forgery = Forgery::of(&house);
    let mut nested = Value::Null;
    for _ in 0..200 {
        nested = Value::Array(vec![nested]);
    }
    let claims = map(vec![(-260, map(vec![(1, nested)]))]);
    let text = forgery.text_of(&house.key, forge::bytes(&claims));
    assert_eq!(judge(&house, &text).kind(), VerdictKind::Unreadable);
}

#[test]
fn texts_of_other_kinds_are_unreadable() {
    let house = House::new(33);
    for text in [
        "",
        "HC1",
        "HC1:",
        "hc1:6BF",
        "https://example.org",
        "HC1:6BFOXN%TS3DH",
        "健康码",
        "HC1:健康码",
        "\u{0}\u{0}",
        "HC1:::::::",
        "SHC:/5676",
    ] {
        assert_eq!(judge(&house, text).kind(), VerdictKind::Unreadable, "{text}");
    }
}
