//! Revoked codes, and lists that are missing, old, foreign or too short.

use mingma_credential::issue::{Issuer, Order};
use mingma_credential::status::{Color, StatusRef};
use mingma_credential::status_list::lists::NotTaken;
use mingma_credential::status_list::{
    INVALID, SUSPENDED, StatusList, StatusLists, StatusUnknown, Width, token,
};
use mingma_credential::trust::{Scope, TrustEntry, Use};
use mingma_credential::{Revocation, TrustList, UnixSeconds, Unsupported, Verdict, VerdictKind, Verifier};

use crate::support::{House, NOON, region};

const SHARD: u32 = 1_226_112;
const LIFE: u32 = 3_600;

fn order(index: u32) -> Order {
    let revocation = Some(StatusRef { shard: SHARD, index });
    Order { revocation, ..Order::new(Color::Green, region("410100"), 1) }
}

fn list(house: &House, shard: u32, at: UnixSeconds) -> Vec<u8> {
    let mut list = StatusList::new(Width::Two, 1_000).unwrap();
    list.set(5, INVALID).unwrap();
    list.set(6, SUSPENDED).unwrap();
    list.set(7, 3).unwrap();
    token::sign(&list, shard, &house.issuer(), at, LIFE).unwrap()
}

fn judge(house: &House, index: u32, lists: &StatusLists, now: UnixSeconds) -> Verdict {
    Verifier { trust: &house.trust(), status: Some(lists), now }.verify(&house.paper(&order(index)))
}

#[test]
fn a_code_is_revoked_by_every_state_but_zero() {
    let house = House::new(21);
    let mut lists = StatusLists::new();
    lists.add(&list(&house, SHARD, NOON), &house.trust(), NOON).unwrap();
    for (index, kind) in [
        (4, VerdictKind::Green),
        (5, VerdictKind::Revoked),
        (6, VerdictKind::Revoked),
        (7, VerdictKind::Revoked),
        (8, VerdictKind::Green),
        (999, VerdictKind::Green),
    ] {
        assert_eq!(judge(&house, index, &lists, NOON).kind(), kind, "{index}");
    }
    let Verdict::Green(code) = judge(&house, 4, &lists, NOON) else { panic!("green") };
    assert_eq!(code.revocation(), Revocation::Checked);
}

#[test]
fn what_cannot_be_looked_up_is_not_green() {
    let house = House::new(21);
    let empty = StatusLists::new();
    let mut lists = StatusLists::new();
    lists.add(&list(&house, SHARD + 1, NOON), &house.trust(), NOON).unwrap();
    let unknown = |why| Verdict::Unsupported(Unsupported::Revocation(why));
    assert_eq!(judge(&house, 4, &empty, NOON), unknown(StatusUnknown::NoList(SHARD)));
    assert_eq!(judge(&house, 4, &lists, NOON), unknown(StatusUnknown::NoList(SHARD)), "only another shard");
    lists.add(&list(&house, SHARD, NOON), &house.trust(), NOON).unwrap();
    assert_eq!(judge(&house, 1_000, &lists, NOON), unknown(StatusUnknown::NoPlace(SHARD, 1_000)));
    assert_eq!(judge(&house, u32::MAX, &lists, NOON), unknown(StatusUnknown::NoPlace(SHARD, u32::MAX)));
    let end = NOON.plus(i64::from(LIFE));
    assert_eq!(judge(&house, 4, &lists, end.plus(-1)).kind(), VerdictKind::Green);
    assert_eq!(judge(&house, 4, &lists, end), unknown(StatusUnknown::Stale(SHARD)));
}

#[test]
fn without_lists_the_verdict_says_that_nothing_was_asked() {
    let house = House::new(21);
    let paper = house.paper(&order(5));
    let verdict = Verifier { trust: &house.trust(), status: None, now: NOON }.verify(&paper);
    let Verdict::Green(code) = verdict else { panic!("green") };
    assert_eq!(code.revocation(), Revocation::NotChecked);
    let unlisted = house.paper(&Order::new(Color::Green, region("410100"), 1));
    let lists = StatusLists::new();
    let verdict = Verifier { trust: &house.trust(), status: Some(&lists), now: NOON }.verify(&unlisted);
    let Verdict::Green(code) = verdict else { panic!("green") };
    assert_eq!(code.revocation(), Revocation::NotListed);
}

#[test]
fn only_a_believed_key_of_that_issuer_brings_a_list() {
    let (house, stranger) = (House::new(21), House::new(22));
    let mut lists = StatusLists::new();
    let foreign = lists.add(&list(&stranger, SHARD, NOON), &house.trust(), NOON);
    assert_eq!(foreign, Err(NotTaken::UnknownKey));
    let scope = |code: &str, uses: &[Use]| Scope::Limited {
        regions: vec![region(code)],
        uses: uses.to_vec(),
        from: NOON,
        until: NOON,
    };
    let trust =
        |scope| TrustList::of_entries(vec![TrustEntry::of_certificate(house.certificate.clone(), scope)]);
    let bytes = list(&house, SHARD, NOON);
    let mut add = |trust: &TrustList| lists.add(&bytes, trust, NOON);
    assert_eq!(add(&trust(scope("42", &[Use::StatusList]))), Err(NotTaken::UnknownKey), "another region");
    assert_eq!(add(&trust(scope("41", &[Use::Status]))), Err(NotTaken::UnknownKey), "no lists");
    assert_eq!(add(&trust(scope("41", &[Use::StatusList]))), Ok(()));
}

#[test]
fn a_list_must_be_of_its_time_of_two_bits_and_newer() {
    let house = House::new(21);
    let trust = house.trust();
    let mut lists = StatusLists::new();
    let early = list(&house, SHARD, NOON);
    let late = list(&house, SHARD, NOON.plus(60));
    assert_eq!(lists.add(&early, &trust, NOON.plus(i64::from(LIFE))), Err(NotTaken::Stale(NOON.plus(3_600))));
    assert_eq!(lists.add(&late, &trust, NOON), Err(NotTaken::Ahead(NOON.plus(60))));
    assert!(lists.is_empty());
    assert_eq!(lists.add(&late, &trust, NOON.plus(60)), Ok(()));
    assert_eq!(lists.add(&early, &trust, NOON.plus(60)), Err(NotTaken::Older));
    assert_eq!(lists.add(&late, &trust, NOON.plus(60)), Ok(()), "the same again does no harm");
    let wide = StatusList::new(Width::Eight, 10).unwrap();
    let wide = token::sign(&wide, SHARD, &house.issuer(), NOON, LIFE).unwrap();
    assert_eq!(lists.add(&wide, &trust, NOON), Err(NotTaken::Form));
    assert_eq!(lists.len(), 1);
    let mut bent = late.clone();
    *bent.last_mut().unwrap() ^= 1;
    assert!(matches!(lists.add(&bent, &trust, NOON.plus(60)), Err(NotTaken::Token(_))));
}

#[test]
fn a_code_is_no_list_and_a_list_is_no_code() {
    let house = House::new(21);
    let code = mingma_credential::envelope::open(&house.paper(&order(1))).unwrap();
    assert!(StatusLists::new().add(&code, &house.trust(), NOON).is_err());
    let list = mingma_credential::envelope::seal(&list(&house, SHARD, NOON));
    let verdict = Verifier { trust: &house.trust(), status: None, now: NOON }.verify(&list);
    assert_eq!(verdict.kind(), VerdictKind::Unsupported);
}

#[test]
fn shards_are_numbered_by_the_day_of_expiry() {
    assert_eq!(StatusRef::shard_for(NOON, 0), Some(19_156 * 64));
    assert_eq!(StatusRef::shard_for(NOON, 63), Some(19_156 * 64 + 63));
    assert_eq!(StatusRef::shard_for(NOON, 64), None);
    assert_eq!(StatusRef::shard_for(UnixSeconds::new(-1), 0), None);
    assert_eq!(token::parse_subject("urn:mingma:status:41:77"), Some((region("41"), 77)));
    for odd in ["urn:mingma:status:41:077", "urn:mingma:status:41:+7", "urn:mingma:status:41", "urn:x:41:7"] {
        assert_eq!(token::parse_subject(odd), None, "{odd}");
    }
}

#[test]
fn an_issuer_of_the_same_key_but_another_region_has_its_own_lists() {
    let house = House::new(21);
    let zhengzhou = Issuer::new(&house.key, &house.certificate, region("410100")).unwrap();
    let mut lists = StatusLists::new();
    let mut revoking = StatusList::new(Width::Two, 10).unwrap();
    revoking.set(4, INVALID).unwrap();
    let bytes = token::sign(&revoking, SHARD, &zhengzhou, NOON, LIFE).unwrap();
    lists.add(&bytes, &house.trust(), NOON).unwrap();
    // The code's issuer is 41, whose list of this number is not at hand; the city's list is not asked.
    assert_eq!(judge(&house, 4, &lists, NOON).kind(), VerdictKind::Unsupported);
}
