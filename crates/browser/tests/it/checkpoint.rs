//! The checkpoint: which lists it takes, what they make of a code, and when it falls silent.

use mingma_browser::{Checkpoint, Code};
use mingma_credential::VerdictKind;
use mingma_credential::status::Color;

use crate::support::{House, NOON, full_order};
use crate::{status_list, trust_file};

#[test]
fn nothing_is_said_without_keys_or_with_keys_out_of_date() {
    let house = House::new(101);
    let code = house.paper(&full_order(Color::Green));
    let mut checkpoint = Checkpoint::default();
    assert_eq!(checkpoint.verify(&code, NOON).unwrap_err().code(), Code::NoTrust);
    assert_eq!(checkpoint.holdings(NOON).unwrap_err().code(), Code::NoTrust);
    checkpoint.set_trust(&trust_file(&house, &house, 1, NOON), &[], NOON).unwrap();
    let rows = [(0, false), (3_600, false), (3_601, true)];
    for (later, stale) in rows {
        let now = NOON.plus(later);
        let holdings = checkpoint.holdings(now).unwrap();
        assert_eq!((holdings.stale, holdings.age_seconds, holdings.number), (stale, later, 1), "{later} s");
        match checkpoint.verify(&code, now) {
            Ok(verdict) => assert_eq!((verdict.kind(), stale), (VerdictKind::Green, false), "{later} s"),
            Err(refusal) => assert_eq!((refusal.code(), stale), (Code::Stale, true), "{later} s"),
        }
    }
}

#[test]
fn a_list_that_is_not_taken_leaves_the_one_held() {
    let (house, stranger) = (House::new(101), House::new(102));
    let mut checkpoint = Checkpoint::default();
    checkpoint.set_trust(&trust_file(&house, &house, 5, NOON), &[], NOON).unwrap();
    let held = checkpoint.holdings(NOON).unwrap();
    let own = house.certificate.as_der();
    let mut bent = trust_file(&house, &house, 6, NOON);
    let last = bent.len() - 1;
    bent[last] ^= 1;
    let rows = [
        (trust_file(&stranger, &stranger, 6, NOON), &[][..], Code::OtherSigner, "another's list"),
        (
            trust_file(&stranger, &stranger, 6, NOON),
            own,
            Code::BadSignature,
            "another's list under an anchor",
        ),
        (
            trust_file(&house, &house, 6, NOON),
            stranger.certificate.as_der(),
            Code::BadSignature,
            "its anchor is another",
        ),
        (trust_file(&house, &house, 6, NOON), &own[1..], Code::Unreadable, "a broken anchor"),
        (trust_file(&house, &house, 4, NOON), own, Code::Older, "an older list"),
        (trust_file(&house, &house, 6, NOON.plus(31)), own, Code::Ahead, "from the future"),
        (trust_file(&house, &house, 6, NOON.plus(-3_601)), own, Code::Stale, "out of date"),
        (bent, own, Code::BadSignature, "a bent bit"),
        (house.paper(&full_order(Color::Green)).into_bytes(), own, Code::Unreadable, "no list"),
        (vec![], own, Code::Unreadable, "nothing"),
    ];
    for (file, anchor, code, what) in rows {
        let refusal = checkpoint.set_trust(&file, anchor, NOON).unwrap_err();
        assert_eq!(refusal.code(), code, "{what}: {}", refusal.message());
        assert_eq!(checkpoint.holdings(NOON), Ok(held.clone()), "{what}");
    }
    for number in [5, 7] {
        checkpoint.set_trust(&trust_file(&house, &house, number, NOON), own, NOON).unwrap();
        assert_eq!(checkpoint.holdings(NOON).unwrap().number, number);
    }
}

#[test]
fn a_code_is_looked_up_in_the_lists_held_and_a_new_trust_list_does_not_make_it_green() {
    let house = House::new(101);
    let code = house.paper(&full_order(Color::Green));
    let mut checkpoint = Checkpoint::default();
    let refusal = checkpoint.add_status_list(&status_list(&house, 0, NOON), NOON).unwrap_err();
    assert_eq!(refusal.code(), Code::NoTrust);
    checkpoint.set_trust(&trust_file(&house, &house, 1, NOON), &[], NOON).unwrap();
    let kind = |checkpoint: &Checkpoint| checkpoint.verify(&code, NOON).unwrap().kind();

    let foreign = status_list(&House::new(102), 0, NOON);
    assert_eq!(checkpoint.add_status_list(&foreign, NOON).unwrap_err().code(), Code::BadSignature);
    assert_eq!(checkpoint.holdings(NOON).unwrap().status_lists, 0);
    assert_eq!(kind(&checkpoint), VerdictKind::Green, "a refused list is none");

    checkpoint.add_status_list(&status_list(&house, 1, NOON.plus(-1)), NOON).unwrap();
    assert_eq!(
        (kind(&checkpoint), checkpoint.holdings(NOON).unwrap().status_lists),
        (VerdictKind::Revoked, 1)
    );
    checkpoint.add_status_list(&status_list(&house, 0, NOON), NOON).unwrap();
    assert_eq!((kind(&checkpoint), checkpoint.holdings(NOON).unwrap().status_lists), (VerdictKind::Green, 1));
    let older = checkpoint.add_status_list(&status_list(&house, 1, NOON.plus(-1)), NOON).unwrap_err();
    assert_eq!(older.code(), Code::Older);

    checkpoint.set_trust(&trust_file(&house, &house, 2, NOON), &[], NOON).unwrap();
    assert_eq!(checkpoint.holdings(NOON).unwrap().status_lists, 0);
    assert_eq!(kind(&checkpoint), VerdictKind::Unsupported, "what was asked is asked on");
    checkpoint.add_status_list(&status_list(&house, 0, NOON), NOON).unwrap();
    assert_eq!(kind(&checkpoint), VerdictKind::Green);
}
