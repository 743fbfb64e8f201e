//! The end of data: what is named is destroyed and nothing else, and what is destroyed is told of.

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::Kind;
use mingma_domain::retention::Ties;
use mingma_domain::time::Zone;

use super::{change, fact, instant, intake, known, notice, one_of_each, one_of_each_access, person};
use crate::id::{CodeId, PersonId, RulesetNumber};
use crate::journal::Entry;
use crate::retention::{Aged, Erasure, Holding, Passed, Purged, Sealed, over, sealed_by};
use crate::row::{IssuedCode, PersonRow, PublicRow, Requester};
use crate::store::{Applied, Change, MAX_ERASURES, Page, Purge, Spent, Store, StoreError};
use crate::words::ActName;

/// Runs every case; gives how many there were.
pub(super) async fn all<S: Store>(fresh: &mut impl FnMut() -> S) -> usize {
    the_aged_are_told_in_pages(&fresh()).await;
    whoever_has_something_over_is_aged(&fresh()).await;
    what_is_named_is_destroyed_and_nothing_else(&fresh()).await;
    a_salt_goes_with_the_last_fact_of_its_entry(&fresh()).await;
    what_is_sealed_is_told_by_act_with_its_newest_day(&fresh()).await;
    what_has_passed_is_destroyed(&fresh()).await;
    too_many_erasures_are_refused_whole(&fresh()).await;
    7
}

/// Something that was destroyed, with its entry.
pub(super) fn told(erasures: Vec<Erasure>, n: u8) -> Purge {
    let mut row = Purged::none(instant());
    for day in ["2022-08-13", "2022-08-11"] {
        row.count(Kind::Test, day.parse().unwrap());
    }
    row.count(Kind::Stay, "2022-07-14".parse().unwrap());
    row.others = 3;
    let entry =
        Entry::public(&super::Same(n), ActName::Purge, instant(), &PublicRow::Purged(row.clone())).unwrap();
    Purge { erasures, row, entry }
}

/// In the order of ids, none twice and none left out; a page tells of whom something is old, and goes on behind those of whom nothing is.
async fn the_aged_are_told_in_pages<S: Store>(store: &S) {
    let aged = Aged::at(instant());
    for n in [5, 1, 3, 2, 4] {
        let who = known(store, n).await;
        let old = PersonRow::Code(IssuedCode {
            id: CodeId::new(instant(), [n; 10]),
            ruleset: RulesetNumber(17),
            paper: false,
            issued: aged.codes,
            expires: aged.codes,
            listed: None,
        });
        let rows = if n == 1 { vec![] } else { vec![old.clone()] };
        store.apply(vec![change(who, rows, vec![], n)]).await.unwrap();
    }
    let page = |items: &[u8], next: Option<u8>| {
        Ok(Page { items: items.iter().map(|n| person(*n)).collect(), next: next.map(person) })
    };
    assert_eq!(store.aged(None, 1, Some(&aged)).await, page(&[], Some(1)));
    assert_eq!(store.aged(Some(person(1)), 2, Some(&aged)).await, page(&[2, 3], Some(3)));
    assert_eq!(store.aged(Some(person(3)), 9, Some(&aged)).await, page(&[4, 5], Some(5)));
    assert_eq!(store.aged(Some(person(5)), 9, Some(&aged)).await, page(&[], None));
}

/// A store's columns tell what the record does, day by day until everything is old, and whoever has something over is told.
async fn whoever_has_something_over_is_aged<S: Store>(store: &S) {
    let (all, one) = (full(store, 1).await, known(store, 2).await);
    store.apply(vec![change(one, vec![PersonRow::Fact(fact(1))], vec![], 5)]).await.unwrap();
    let zone = Zone::named("Pacific/Kiritimati").unwrap();
    let mut turns = 0;
    let mut before = Vec::new();
    for day in -2..260 {
        let now = instant().checked_add(SignedDuration::from_hours(24 * day)).unwrap();
        let aged = Aged::at(now);
        let told = store.aged(None, 9, Some(&aged)).await.unwrap().items;
        for who in [all, one] {
            let held = store.holding(who).await.unwrap();
            assert_eq!(aged.touches(&held), told.contains(&who), "day {day}");
            let over = over(who, &held, &Ties::of([], zone.clone()), now, &mut Purged::none(now));
            assert!(over.is_empty() || told.contains(&who), "day {day}: {over:?}");
        }
        turns += usize::from(before != told);
        before = told;
    }
    assert_eq!((before, turns), (vec![all, one], 2), "each is young once, and old from a day on");
}

async fn full<S: Store>(store: &S, n: u8) -> PersonId {
    let who = known(store, n).await;
    let mut rows: Vec<PersonRow> = one_of_each().into_iter().map(|(row, _)| row).collect();
    rows.extend(one_of_each_access().into_iter().map(|(row, _)| PersonRow::Access(row)));
    rows.extend([PersonRow::Fact(fact(2)), PersonRow::Fact(fact(3))]);
    let change = change(who, rows, vec![notice(who, 1), notice(who, 2)], n);
    assert_eq!(store.apply(vec![change]).await, Ok(vec![Applied::Done]));
    // Whatever is kept in memory is there to be forgotten.
    store.record(who).await.unwrap();
    who
}

/// Of a person everything that is named is gone at once, also from memory; another person keeps the same rows.
async fn what_is_named_is_destroyed_and_nothing_else<S: Store>(store: &S) {
    let (one, two) = (full(store, 1).await, full(store, 2).await);
    let held = store.holding(one).await.unwrap();
    let (record, access) = (&held.record, &held.access);
    assert_eq!(*record, *store.record(one).await.unwrap());
    assert_eq!((held.notices.len(), held.entries.len()), (2, 1));
    let erasure = Erasure {
        facts: vec![fact(1).id, fact(3).id],
        codes: record.codes.iter().map(|row| row.id).collect(),
        grants: record.grants.iter().map(|row| row.id).collect(),
        bindings: record.bindings.iter().map(|row| row.id).collect(),
        disclosures: record.disclosures.iter().map(|row| row.id).collect(),
        challenges: access.challenges.iter().take(1).map(|row| row.id).collect(),
        sign_ins: access.sign_ins.iter().take(1).map(|row| row.id).collect(),
        assistances: access.assistances.iter().map(|row| row.id).collect(),
        wards: access.wards.iter().take(1).map(|row| row.binding).collect(),
        reaches: vec![0],
        notices: vec![notice(one, 1).id],
        ..Erasure::of(one)
    };
    let first = challenge_of(&erasure);
    let applied = store.purge(told(vec![erasure], 9)).await;
    assert_eq!(applied, Ok(Applied::Published(1)));
    let left = store.holding(one).await.unwrap();
    assert_eq!(left.record, *store.record(one).await.unwrap());
    assert_eq!(left.record.facts, [fact(2)]);
    // With the fact go its countersignature, its retraction, its appeals and their answers; with a code its revocation.
    let bare = crate::PersonRecord {
        registration: record.registration.clone(),
        amendments: record.amendments.clone(),
        facts: left.record.facts.clone(),
        birthday: record.birthday,
        ..crate::PersonRecord::default()
    };
    assert_eq!(left.record, bare);
    assert_eq!(left.access.reaches, access.reaches[1..]);
    assert_eq!(left.access.challenges, access.challenges[1..]);
    assert!(left.access.tries.iter().all(|row| Some(row.challenge) != first));
    assert_eq!(left.access.sign_ins, access.sign_ins[1..]);
    assert_eq!(left.access.assistances, []);
    assert_eq!(left.access.wards, access.wards[1..]);
    assert_eq!(left.notices.iter().map(|(notice, _)| *notice).collect::<Vec<_>>(), [notice(one, 2)]);
    assert_eq!(left.entries, held.entries, "a fact of the entry is left, so its salt is too");
    let other = store.holding(two).await.unwrap();
    assert_eq!(other.record.facts.len(), 3);
    let rows = |held: &Holding| (held.access.clone(), held.entries.len(), held.notices.len());
    assert_eq!(rows(&other), (access.clone(), 1, 2));
    // And the public is told, with an entry that commits to what it is told.
    let published = store.published(0).await.unwrap();
    assert_eq!(published.len(), 1);
    let PublicRow::Purged(row) = &published[0].row else { panic!("{published:?}") };
    assert_eq!(*row, told(vec![], 9).row);
    assert!(store.entries(None).await.unwrap()[0].commits_to_public(&published[0].row));
}

fn challenge_of(erasure: &Erasure) -> Option<crate::id::ChallengeId> {
    erasure.challenges.first().copied()
}

/// The entry stays with its leaf; nothing opens it any more.
async fn a_salt_goes_with_the_last_fact_of_its_entry<S: Store>(store: &S) {
    let who = known(store, 1).await;
    let rows = vec![PersonRow::Fact(fact(1)), PersonRow::Fact(fact(2))];
    store.apply(vec![change(who, rows.clone(), vec![], 1), change(who, vec![], vec![], 2)]).await.unwrap();
    let made = store.entries(Some(who)).await.unwrap();
    assert!(made[0].commits_to(who, &rows));
    for (n, left) in [(1, true), (2, false)] {
        let erasure = Erasure { facts: vec![fact(n).id], ..Erasure::of(who) };
        store.purge(told(vec![erasure], 10 + n)).await.unwrap();
        let entries = store.entries(Some(who)).await.unwrap();
        assert_eq!(entries[0].salt.is_some(), left, "after fact {n}");
        assert_eq!((entries[0].id, entries[0].leaf), (made[0].id, made[0].leaf));
        assert_eq!(entries[0].commits_to(who, &rows), left);
        assert_eq!(entries[1], made[1]);
    }
    let erasure = Erasure { salts: vec![made[1].id], ..Erasure::of(who) };
    store.purge(told(vec![erasure], 13)).await.unwrap();
    let entries = store.entries(Some(who)).await.unwrap();
    assert_eq!((entries[1].salt, entries[1].leaf), (None, made[1].leaf));
    store.scrub(instant()).await.unwrap();
    assert_eq!(store.entries(Some(who)).await.unwrap(), entries, "a night changes no entry");
    assert!(store.holding(who).await.unwrap().record.birthday.is_none());
}

/// What an end of data tells of entries is what a store then seals: with the last of an entry's facts, or by age, each once.
async fn what_is_sealed_is_told_by_act_with_its_newest_day<S: Store>(store: &S) {
    let who = known(store, 1).await;
    for n in 1..=4 {
        let facts = if n == 4 {
            vec![]
        } else {
            vec![PersonRow::Fact(fact(2 * n)), PersonRow::Fact(fact(2 * n + 1))]
        };
        store.apply(vec![change(who, facts, vec![], n)]).await.unwrap();
    }
    let held = store.holding(who).await.unwrap();
    assert_eq!(held.committed.len(), 6);
    let sealed = |entries: &[Entry]| entries.iter().filter(|entry| entry.salt.is_none()).count();
    let entry = |n: usize| held.entries[n].id;
    // Both facts of the first entry, one of the second; by age the third, of which a fact goes too, and the fourth.
    let erasure = Erasure {
        facts: [2, 3, 4, 6].map(|n| fact(n).id).to_vec(),
        salts: vec![entry(2), entry(3)],
        ..Erasure::of(who)
    };
    let mut row = Purged::none(instant());
    sealed_by(&erasure, &held).for_each(|sealed| row.seal(sealed));
    let day = held.entries.iter().map(|entry| crate::retention::day_of(entry.at)).max().unwrap();
    assert_eq!(row.sealed, Some(vec![Sealed { act: super::SAMPLE_ACT, count: 3, newest: day }]));
    let entry =
        Entry::public(&super::Same(9), ActName::Purge, instant(), &PublicRow::Purged(row.clone())).unwrap();
    store.purge(Purge { erasures: vec![erasure], row: row.clone(), entry }).await.unwrap();
    assert_eq!(sealed(&store.entries(Some(who)).await.unwrap()), 3);
    assert_eq!(store.published(0).await.unwrap()[0].row, PublicRow::Purged(row));
    // What is sealed already is told of no more.
    let again = Erasure { facts: vec![fact(7).id], ..Erasure::of(who) };
    let held = store.holding(who).await.unwrap();
    assert_eq!(sealed_by(&again, &held).count(), 0);
}

/// What ended at the instant or before, of each kind, and what did not.
async fn what_has_passed_is_destroyed<S: Store>(store: &S) {
    let later = |seconds| instant().checked_add(SignedDuration::from_secs(seconds)).unwrap();
    let who = known(store, 1).await;
    let mut changes = Vec::new();
    for (n, at) in [(1, later(0)), (2, later(1)), (3, later(2))] {
        changes.push(Change::Spend(Spent { name: [n; 16], until: at }));
        let key = format!("k-{n}");
        let issuer = "cdc:1".parse().unwrap();
        changes.push(Change::Submission { issuer, intake: intake(n, &key, at), counted: Vec::new() });
        let request = crate::row::Request { received: at, key: key.parse().unwrap(), ..super::request(n) };
        changes.push(change(who, vec![PersonRow::Request(request)], vec![], n));
    }
    store.apply(changes).await.unwrap();
    let passed = Passed { spent: later(0), requests: later(1), submissions: later(1) };
    assert_eq!(store.pass(passed).await, Ok(1 + 2 + 2));
    assert_eq!(store.spent(Timestamp::MIN).await.unwrap().len(), 2);
    let cdc: mingma_domain::fact::Issuer = "cdc:1".parse().unwrap();
    for (key, left) in [("k-1", false), ("k-2", false), ("k-3", true)] {
        let key = key.parse().unwrap();
        assert_eq!(store.submission(&cdc, &key).await.unwrap().is_some(), left);
        assert_eq!(store.request(Requester::Person(who), &key).await.unwrap().is_some(), left);
    }
    assert_eq!(store.pass(passed).await, Ok(0));
    // What was not purged is not hurt by a night, however late it comes.
    store.scrub(later(400 * 86_400)).await.unwrap();
    assert_eq!(store.document(who).await, Ok(Some(super::document(1))));
}

/// One person too many, and nothing is destroyed.
async fn too_many_erasures_are_refused_whole<S: Store>(store: &S) {
    let who = full(store, 1).await;
    let given = MAX_ERASURES + 1;
    let erasure = Erasure { facts: vec![fact(1).id], ..Erasure::of(who) };
    let purge = told(vec![erasure; given], 9);
    assert_eq!(store.purge(purge).await, Err(StoreError::TooMany { given }));
    assert_eq!(store.record(who).await.unwrap().facts.len(), 3);
    assert_eq!(store.published(0).await, Ok(vec![]));
}
