//! One result for each thing that can be true of a code, and both sides of every instant.

use ciborium::value::Value;
use mingma_credential::issue::{Issuer, Jitter, Order};
use mingma_credential::key::SigningKey;
use mingma_credential::limits::{CODE_LIFE_SECONDS, MAX_CLOCK_SKEW_SECONDS, MAX_JITTER_SECONDS};
use mingma_credential::status::Color;
use mingma_credential::trust::{Scope, TrustEntry, Use};
use mingma_credential::{
    Code, TrustList, UnixSeconds, UnknownKey, Unsupported, Verdict, VerdictKind, Verifier, decode,
};

use crate::forge::{self, Forgery, map};
use crate::support::{House, NOON, Seeded, full_order, region};

fn judge(house: &House, text: &str, now: UnixSeconds) -> Verdict {
    Verifier { trust: &house.trust(), status: None, now }.verify(text)
}

#[test]
fn each_colour_is_its_own_result_on_a_phone_and_on_paper() {
    let house = House::new(1);
    let rows = [
        (Color::Green, VerdictKind::Green),
        (Color::Yellow, VerdictKind::Yellow),
        (Color::Red, VerdictKind::Red),
    ];
    for (color, kind) in rows {
        let order = full_order(color);
        for text in [house.shown(&order, NOON), house.paper(&order)] {
            let verdict = judge(&house, &text, NOON);
            assert_eq!((verdict.kind(), verdict.is_valid()), (kind, true), "{color}");
            let (Verdict::Green(code) | Verdict::Yellow(code) | Verdict::Red(code)) = verdict else {
                panic!("a colour")
            };
            assert_eq!(code.key_id(), house.certificate.key_id());
            assert_eq!(code.code().status.color, color);
            assert_eq!(code.code().status.initials, order.initials);
            assert_eq!(code.code().status.birthday, order.birthday);
            assert_eq!(code.code().status.revocation, order.revocation);
            assert_eq!((code.code().status.ruleset, code.code().issuer.as_str()), (17, "41"));
        }
    }
}

#[test]
fn a_colour_that_is_not_zero_is_never_green() {
    let house = House::new(1);
    for number in [-1, 3, 4, 255, 256, i64::MAX, i64::MIN] {
        let mut forgery = Forgery::of(&house);
        forgery.status[1].1 = number.into();
        let verdict = judge(&house, &forgery.text(&house.key), NOON);
        assert_eq!(verdict, Verdict::Unsupported(Unsupported::Color(number.into())), "{number}");
    }
    for value in [Value::Text("0".into()), Value::Null, Value::Bool(false), Value::Float(0.0)] {
        let mut forgery = Forgery::of(&house);
        forgery.status[1].1 = value.clone();
        assert_eq!(
            judge(&house, &forgery.text(&house.key), NOON).kind(),
            VerdictKind::Unreadable,
            "{value:?}"
        );
    }
}

#[test]
fn a_code_lives_from_its_issue_to_the_second_before_its_end() {
    let house = House::new(2);
    let order = Order::new(Color::Green, region("410100"), 1);
    let text = house.issuer().paper_code(&order, NOON, 3_600).unwrap();
    let rows = [
        (-MAX_CLOCK_SKEW_SECONDS - 1, VerdictKind::NotYetValid),
        (-MAX_CLOCK_SKEW_SECONDS, VerdictKind::Green),
        (0, VerdictKind::Green),
        (3_599, VerdictKind::Green),
        (3_600, VerdictKind::Expired),
        (i64::MAX, VerdictKind::Expired),
        (i64::MIN, VerdictKind::NotYetValid),
    ];
    for (later, kind) in rows {
        assert_eq!(judge(&house, &text, NOON.plus(later)).kind(), kind, "{later} s after the issue");
    }
}

#[test]
fn the_jitter_shortens_a_day_by_at_most_its_limit() {
    let house = House::new(2);
    let order = Order::new(Color::Green, region("410100"), 1);
    let mut entropy = Seeded(9);
    let mut lives = Vec::new();
    for _ in 0..50 {
        let jitter = Jitter::draw(&mut entropy).unwrap();
        let text = house.issuer().device_code(&order, &house.phone.device_point(), NOON, jitter).unwrap();
        let Code::Status(code) = decode(&text).unwrap().claims().unwrap() else { panic!("ours") };
        lives.push(code.expires_at.since(code.issued_at));
    }
    assert!(
        lives.iter().all(|life| (CODE_LIFE_SECONDS - MAX_JITTER_SECONDS..=CODE_LIFE_SECONDS).contains(life))
    );
    lives.sort_unstable();
    lives.dedup();
    assert!(lives.len() > 40, "50 draws give different ends: {lives:?}");
    assert_eq!(Jitter::from_seconds(MAX_JITTER_SECONDS + 1), None);
    assert_eq!(Jitter::from_seconds(-1), None);
}

#[test]
fn a_foreign_key_is_unknown_and_a_borrowed_name_does_not_help() {
    let (house, stranger) = (House::new(3), House::new(4));
    let order = Order::new(Color::Green, region("410100"), 1);
    let verdict = judge(&house, &stranger.paper(&order), NOON);
    assert_eq!(verdict, Verdict::UnknownKey(UnknownKey::NotListed));
    let borrowed = Forgery::of(&house).text(&stranger.key);
    assert_eq!(judge(&house, &borrowed, NOON), Verdict::BadSignature);
}

#[test]
fn without_a_name_only_a_single_key_is_tried() {
    let (house, other) = (House::new(3), House::new(4));
    let mut forgery = Forgery::of(&house);
    forgery.protected.pop();
    let text = forgery.text(&house.key);
    assert_eq!(judge(&house, &text, NOON).kind(), VerdictKind::Green);
    let entry = |house: &House| TrustEntry::of_certificate(house.certificate.clone(), Scope::Everything);
    let two = TrustList::of_entries(vec![entry(&house), entry(&other)]);
    let verifier = Verifier { trust: &two, status: None, now: NOON };
    assert_eq!(verifier.verify(&text), Verdict::UnknownKey(UnknownKey::Unnamed));
    forgery.unprotected.push((4, Value::Bytes(house.certificate.key_id().as_bytes().to_vec())));
    assert_eq!(verifier.verify(&forgery.text(&house.key)).kind(), VerdictKind::Green);
    forgery.protected.push((4, Value::Bytes(vec![1; 8])));
    let verdict = verifier.verify(&forgery.text(&house.key));
    assert_eq!(verdict, Verdict::UnknownKey(UnknownKey::NotListed), "the protected name goes first");
}

#[test]
fn two_keys_of_one_name_are_both_tried() {
    let (house, other) = (House::new(3), House::new(4));
    let name = house.certificate.key_id();
    let scope = Scope::Everything;
    let trust = TrustList::of_entries(vec![
        TrustEntry::of_key(name, other.key.verifying_key(), scope.clone()),
        TrustEntry::of_key(name, house.key.verifying_key(), scope),
    ]);
    let text = Forgery::of(&house).text(&house.key);
    let verdict = Verifier { trust: &trust, status: None, now: NOON }.verify(&text);
    assert_eq!(verdict.kind(), VerdictKind::Green);
}

#[test]
fn a_key_counts_for_its_regions_its_uses_and_its_time() {
    let house = House::new(5);
    let scope = |regions: &[&str], uses: &[Use], from: i64, until: i64| Scope::Limited {
        regions: regions.iter().map(|code| region(code)).collect(),
        uses: uses.to_vec(),
        from: NOON.plus(from),
        until: NOON.plus(until),
    };
    let rows = [
        (scope(&["41"], &[Use::Status], 0, 0), None),
        (scope(&["IT", "410000"], &[Use::StatusList, Use::Status], -5, 5), None),
        (scope(&["4101"], &[Use::Status], 0, 0), Some(UnknownKey::Region)),
        (scope(&["IT"], &[Use::Status], 0, 0), Some(UnknownKey::Region)),
        (scope(&["41"], &[Use::Certificate, Use::StatusList], 0, 0), Some(UnknownKey::Use)),
        (scope(&["41"], &[Use::Status], 1, 9), Some(UnknownKey::Period)),
        (scope(&["41"], &[Use::Status], -9, -1), Some(UnknownKey::Period)),
    ];
    let text = house.paper(&Order::new(Color::Green, region("410100"), 1));
    for (scope, refusal) in rows {
        let trust =
            TrustList::of_entries(vec![TrustEntry::of_certificate(house.certificate.clone(), scope.clone())]);
        let verdict = Verifier { trust: &trust, status: None, now: NOON }.verify(&text);
        match refusal {
            None => assert_eq!(verdict.kind(), VerdictKind::Green, "{scope:?}"),
            Some(refusal) => assert_eq!(verdict, Verdict::UnknownKey(refusal), "{scope:?}"),
        }
    }
}

#[test]
fn an_issuer_speaks_for_no_region_but_its_own() {
    let house = House::new(5);
    let mut forgery = Forgery::of(&house);
    forgery.status[2].1 = "420100".into();
    let verdict = judge(&house, &forgery.text(&house.key), NOON);
    assert_eq!(verdict, Verdict::UnknownKey(UnknownKey::Region));
    let order = Order::new(Color::Green, region("420100"), 1);
    assert!(house.issuer().paper_code(&order, NOON, 60).is_err());
    let other = SigningKey::generate(&mut Seeded(77)).unwrap();
    assert!(Issuer::new(&other, &house.certificate, region("41")).is_err());
    let no_colour = Order::new(Color::Other(3), region("410100"), 1);
    assert!(house.issuer().paper_code(&no_colour, NOON, 60).is_err());
}

#[test]
fn ours_are_signed_by_es256_and_nothing_else() {
    let house = House::new(6);
    for algorithm in [-35_i64, -36, -37, -8, -257, -7_000_000] {
        let mut forgery = Forgery::of(&house);
        forgery.protected[0].1 = algorithm.into();
        let kind = judge(&house, &forgery.text(&house.key), NOON).kind();
        // PS256 is an algorithm of certificates, but none of this key.
        let expected = if algorithm == -37 { VerdictKind::BadSignature } else { VerdictKind::Unsupported };
        assert_eq!(kind, expected, "{algorithm}");
    }
    let mut nameless = Forgery::of(&house);
    nameless.protected.remove(0);
    let verdict = judge(&house, &nameless.text(&house.key), NOON);
    assert_eq!(verdict, Verdict::Unsupported(Unsupported::Algorithm(None)));
    let mut textual = Forgery::of(&house);
    textual.protected[0].1 = "ES256".into();
    assert_eq!(judge(&house, &textual.text(&house.key), NOON).kind(), VerdictKind::Unsupported);
}

#[test]
fn tag_18_tag_61_and_no_tag_mean_the_same_and_other_tags_nothing() {
    let house = House::new(6);
    let forgery = Forgery::of(&house);
    let protected = forge::bytes(&map(forgery.protected.clone()));
    let tagged = |tags: &[u64]| {
        let tags = tags.to_vec();
        forge::seal(&house.key, &protected, map(vec![]), forgery.payload(), |mut value| {
            for tag in tags {
                value = Value::Tag(tag, Box::new(value));
            }
            value
        })
    };
    let rows: [(&[u64], bool); 8] = [
        (&[18], true),
        (&[18, 61], true),
        (&[], true),
        (&[61], false),
        (&[18, 18], false),
        (&[18, 61, 61], false),
        (&[98], false),
        (&[17], false),
    ];
    for (tags, valid) in rows {
        let kind = judge(&house, &tagged(tags), NOON).kind();
        assert_eq!(kind, if valid { VerdictKind::Green } else { VerdictKind::Unreadable }, "{tags:?}");
    }
}

#[test]
fn a_critical_header_is_not_passed_over() {
    let house = House::new(6);
    let mut forgery = Forgery::of(&house);
    forgery.protected.push((2, Value::Array(vec![Value::from(-70_001)])));
    assert_eq!(judge(&house, &forgery.text(&house.key), NOON).kind(), VerdictKind::Unsupported);
}

#[test]
fn ours_is_closed_and_a_newer_version_is_said_to_be_one() {
    let house = House::new(7);
    let kind = |bend: &dyn Fn(&mut Forgery)| {
        let mut forgery = Forgery::of(&house);
        bend(&mut forgery);
        judge(&house, &forgery.text(&house.key), NOON).kind()
    };
    assert_eq!(kind(&|_| ()), VerdictKind::Green);
    assert_eq!(kind(&|f| f.status[0].1 = 2.into()), VerdictKind::Unsupported, "version 2");
    assert_eq!(kind(&|f| f.status.push((8, 1.into()))), VerdictKind::Unreadable, "a ninth key");
    assert_eq!(kind(&|f| f.claims.push((2, "a name".into()))), VerdictKind::Unreadable, "a subject");
    assert_eq!(kind(&|f| f.claims.push((7, "id".into()))), VerdictKind::Unreadable, "an identity");
    assert_eq!(kind(&|f| drop(f.claims.remove(0))), VerdictKind::Unreadable, "no issuer");
    assert_eq!(kind(&|f| drop(f.claims.remove(1))), VerdictKind::Unreadable, "no end");
    assert_eq!(kind(&|f| drop(f.claims.remove(2))), VerdictKind::Unreadable, "no beginning");
    assert_eq!(kind(&|f| f.claims[1].1 = NOON.get().into()), VerdictKind::Unreadable, "an empty life");
    assert_eq!(kind(&|f| f.status[2].1 = "Zhengzhou".into()), VerdictKind::Unreadable, "no region code");
    assert_eq!(kind(&|f| f.status.push((4, "ABCDEFG".into()))), VerdictKind::Unreadable, "seven initials");
    assert_eq!(kind(&|f| f.status.push((5, "0230".into()))), VerdictKind::Unreadable, "no such day");
    assert_eq!(kind(&|f| f.status.push((6, 7.into()))), VerdictKind::Unreadable, "no place");
    assert_eq!(kind(&|f| f.status.push((7, Value::Bytes(vec![4; 33])))), VerdictKind::Unreadable, "no point");
}

#[test]
fn a_signed_token_without_a_health_claim_is_unsupported() {
    let house = House::new(7);
    let forgery = Forgery::of(&house);
    for payload in [map(forgery.claims.clone()), map(vec![(-260, map(vec![]))])] {
        let text = forgery.text_of(&house.key, forge::bytes(&payload));
        assert_eq!(judge(&house, &text, NOON).kind(), VerdictKind::Unsupported);
    }
}

#[test]
fn a_certificate_of_another_kind_is_valid_without_a_colour_and_shows_its_content() {
    let house = House::new(8);
    let forgery = Forgery::of(&house);
    let entry = Value::Map(vec![("tg".into(), "840539006".into()), ("dn".into(), 2.into())]);
    let dcc = Value::Map(vec![("ver".into(), "1.3.0".into()), ("v".into(), Value::Array(vec![entry]))]);
    let claims = map(vec![
        (1, "IT".into()),
        (4, Value::Float(1_655_100_000.5)),
        (6, Value::Tag(1, Box::new(NOON.get().into()))),
        (99, "a claim of the future".into()),
        (-260, map(vec![(1, dcc)])),
    ]);
    let text = forgery.text_of(&house.key, forge::bytes(&claims));
    let verdict = judge(&house, &text, NOON);
    assert_eq!((verdict.kind().name(), verdict.is_valid()), ("valid certificate", true));
    let json = serde_json::to_value(&verdict).unwrap();
    assert_eq!(json["code"]["hcert"]["1"]["v"][0]["dn"], 2);
    assert_eq!((&json["code"]["issuer"], &json["code"]["expires_at"]), (&"IT".into(), &1_655_100_000.into()));
    assert_eq!(judge(&house, &text, UnixSeconds::new(1_655_100_000)).kind(), VerdictKind::Expired);
}

#[test]
fn a_verdict_in_json_shows_the_code_only_if_it_is_signed() {
    let house = House::new(8);
    let text = house.paper(&full_order(Color::Yellow));
    let json = serde_json::to_value(judge(&house, &text, NOON)).unwrap();
    let expected = serde_json::json!({
        "result": "yellow",
        "key": house.certificate.key_id().to_string(),
        "revocation": "not-checked",
        "code": {
            "issuer": "41",
            "issued_at": NOON.get(),
            "expires_at": NOON.plus(7 * 86_400).get(),
            "status": {
                "color": "yellow", "region": "410100", "ruleset": 17, "initials": "ZS", "birthday": "0229",
                "revocation": {"shard": 1_226_112, "index": 77},
            },
        },
    });
    assert_eq!(json, expected);
    let expired = serde_json::to_value(judge(&house, &text, NOON.plus(8 * 86_400))).unwrap();
    assert_eq!((&expired["result"], expired["code"].is_object()), (&"expired".into(), true));
    let unknown = serde_json::to_value(judge(&House::new(9), &text, NOON)).unwrap();
    assert_eq!((&unknown["result"], unknown.get("code")), (&"unknown key".into(), None));
}
