//! Cases about codes: who holds one, which place it has, which places are revoked.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use mingma_credential::key::DevicePoint;
use mingma_credential::status::StatusRef;
use mingma_domain::fact::Color;

use super::{change, instant, known, person};
use crate::id::{CodeId, PersonId, RulesetNumber};
use crate::record::birthday;
use crate::row::{IssuedCode, Listed, PersonRow, Revocation};
use crate::store::{Applied, Newcomer, PLACES_IN_A_BLOCK, PLACES_IN_A_SHARD, Store};
use crate::words::RevocationReason;

const SHARD: u32 = 1_226_112;

/// The nth code, on a phone, at the nth place of a list; it ends an hour after the instant of the samples.
#[must_use]
pub fn listed_code(n: u8) -> IssuedCode {
    let mut bytes = [n; 33];
    bytes[0] = 3;
    let color = Color::ALL[usize::from(n) % 3];
    let place = StatusRef { shard: SHARD, index: u32::from(n) };
    IssuedCode {
        id: CodeId::new(instant(), [n; 10]),
        ruleset: RulesetNumber(17),
        paper: false,
        issued: instant(),
        expires: end(),
        listed: Some(Listed { place, color, device: DevicePoint::from_bytes(&bytes) }),
    }
}

/// The revocation of a listed code.
#[must_use]
pub fn revocation(code: &IssuedCode) -> Revocation {
    let place = code.listed.unwrap().place;
    Revocation { code: code.id, place, why: RevocationReason::TooGood, at: instant() }
}

fn end() -> Timestamp {
    instant().checked_add(SignedDuration::from_hours(1)).unwrap()
}

async fn keep<S: Store>(store: &S, who: PersonId, row: PersonRow, n: u8) {
    assert_eq!(store.apply(vec![change(who, vec![row], vec![], n)]).await, Ok(vec![Applied::Done]));
}

/// A holder has a code with a place that counts and is not revoked; who has none of these is not told.
pub async fn holders_hold_what_is_neither_revoked_nor_past_its_end<S: Store>(store: &S) {
    let mut persons = Vec::new();
    for n in 1..=4 {
        persons.push(known(store, n).await);
    }
    let [phone, revoked, old, none] = persons[..] else { return };
    keep(store, phone, PersonRow::Code(listed_code(1)), 1).await;
    assert_eq!(store.record(phone).await.unwrap().codes, [listed_code(1)], "read back as it was written");
    keep(store, revoked, PersonRow::Code(listed_code(2)), 2).await;
    keep(store, revoked, PersonRow::Revocation(revocation(&listed_code(2))), 3).await;
    keep(store, old, PersonRow::Code(IssuedCode { listed: None, ..listed_code(4) }), 4).await;
    let all = [none, old, phone, revoked, phone];
    assert_eq!(store.holders(&all, instant()).await, Ok(vec![phone, phone]), "in the order of the question");
    assert_eq!(store.holders(&all, end()).await, Ok(vec![]), "the end is exclusive");
    keep(store, revoked, PersonRow::Code(listed_code(5)), 5).await;
    assert_eq!(store.holders(&[revoked], instant()).await, Ok(vec![revoked]), "another one that counts");
    assert_eq!(store.holders(&[], instant()).await, Ok(vec![]));
}

/// Blocks of a list follow each other until it is full; lists do not share.
pub async fn a_place_is_reserved_once<S: Store>(store: &S) {
    let mut firsts = BTreeSet::new();
    for _ in 0..PLACES_IN_A_SHARD / PLACES_IN_A_BLOCK {
        let first = store.reserve(SHARD).await.unwrap().unwrap();
        assert!(first.is_multiple_of(PLACES_IN_A_BLOCK) && first < PLACES_IN_A_SHARD);
        assert!(firsts.insert(first), "the block at {first} was given twice");
    }
    assert_eq!(store.reserve(SHARD).await, Ok(None), "all are given away");
    assert!(store.reserve(SHARD + 1).await.unwrap().is_some(), "another list has its own");
    let all = vec![(SHARD, PLACES_IN_A_SHARD), (SHARD + 1, PLACES_IN_A_BLOCK)];
    assert_eq!(store.reserved(SHARD).await, Ok(all.clone()));
    assert_eq!(store.reserved(SHARD + 1).await.unwrap(), all[1..]);
}

/// A list tells the revoked places of everybody in it, in order, and none of another.
pub async fn a_list_tells_its_own_revoked_places<S: Store>(store: &S) {
    assert_eq!(store.revoked(SHARD).await, Ok(vec![]));
    let (one, two) = (known(store, 1).await, known(store, 2).await);
    for (n, who) in [(9, one), (2, two), (5, one)] {
        keep(store, who, PersonRow::Code(listed_code(n)), n).await;
        keep(store, who, PersonRow::Revocation(revocation(&listed_code(n))), 100 + n).await;
    }
    assert_eq!(store.revoked(SHARD).await, Ok(vec![2, 5, 9]));
    assert_eq!(store.revoked(SHARD + 1).await, Ok(vec![]));
    assert_eq!(store.record(one).await.unwrap().revocations.len(), 2);
}

/// Month and day of birth are the document's, whether or not the person has registered.
pub async fn a_record_tells_the_birthday_of_its_document<S: Store>(store: &S) {
    let citizen: mingma_domain::document::Document = "resident-id:11010519491231002X".parse().unwrap();
    let newcomers = vec![Newcomer { document: citizen.clone(), candidate: person(1) }];
    assert_eq!(store.identify(newcomers).await, Ok(vec![person(1)]));
    let told = store.record(person(1)).await.unwrap().birthday;
    assert!(told.is_some() && told == birthday(&citizen));
    let passport = known(store, 2).await;
    assert_eq!(store.record(passport).await.unwrap().birthday, None, "a passport's number does not tell");
}
