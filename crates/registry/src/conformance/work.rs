//! The lists of work: an issuer's submissions, what waits for a second organisation, open appeals.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use mingma_domain::Fact;
use mingma_domain::fact::{Evidence, Issuer, Kind, RawFact, RetractionReason};

use super::{change, contact, document, fact, instant, intake, known, one_of_each};
use crate::id::{AppealId, FactId};
use crate::row::{AppealOpened, Countersignature, PersonRow, RecordedFact, RecordedRetraction, RowKind};
use crate::store::{Applied, Change, Store, Waiting};
use crate::witnessed::Witnessed;
use crate::words::Ground;

/// Runs every case; gives how many there were.
pub(super) async fn all<S: Store>(fresh: &mut impl FnMut() -> S) -> usize {
    a_submission_reads_back_with_its_refusals(&fresh()).await;
    submissions_are_paged_by_time_and_key(&fresh()).await;
    an_issuer_reads_its_own_facts_as_they_stand(&fresh()).await;
    an_issuer_finds_what_it_recorded_by_its_evidence(&fresh()).await;
    a_fact_waits_until_it_is_countersigned_or_taken_back(&fresh()).await;
    an_appeal_is_open_until_it_is_answered(&fresh()).await;
    6
}

fn issuer(name: &str) -> Issuer {
    name.parse().unwrap()
}

/// The nth diagnosis.
fn diagnosis(n: u8, value: &str) -> RecordedFact {
    let (at, issuer, evidence) = ("2022-06-12", "cdc:1", "CASE-1");
    let raw = RawFact { kind: "diagnosis", value, at, issuer, evidence, ..RawFact::default() };
    RecordedFact { fact: Fact::parse(&raw).unwrap(), ..contact(n, issuer) }
}

fn later(seconds: i64) -> Timestamp {
    instant().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

async fn take_in<S: Store>(store: &S, name: &str, n: u8, key: &str, at: Timestamp) -> Applied {
    let change = Change::Submission { issuer: issuer(name), intake: intake(n, key, at), counted: Vec::new() };
    store.apply(vec![change]).await.unwrap()[0]
}

/// The refusals are kept with the request or not at all, and the first ones stay.
async fn a_submission_reads_back_with_its_refusals<S: Store>(store: &S) {
    let key = "k-1".parse().unwrap();
    assert_eq!(store.submission(&issuer("cdc:1"), &key).await, Ok(None));
    assert_eq!(take_in(store, "cdc:1", 1, "k-1", instant()).await, Applied::Done);
    assert_eq!(take_in(store, "cdc:1", 2, "k-1", later(1)).await, Applied::Exists(RowKind::Request));
    assert_eq!(take_in(store, "cdc:2", 3, "k-1", later(2)).await, Applied::Done);
    assert_eq!(store.submission(&issuer("cdc:1"), &key).await, Ok(Some(intake(1, "k-1", instant()))));
    assert_eq!(store.submission(&issuer("cdc:2"), &key).await, Ok(Some(intake(3, "k-1", later(2)))));
    assert_eq!(store.submission(&issuer("cdc:3"), &key).await, Ok(None));
}

/// Newest first; two of one instant by their keys; nothing is told twice and nothing is left out.
async fn submissions_are_paged_by_time_and_key<S: Store>(store: &S) {
    let all = [("a", 0), ("b", 5), ("c", 5), ("d", 5), ("e", 9)];
    for (n, (key, at)) in (1..).zip(all) {
        take_in(store, "cdc:1", n, key, later(at)).await;
        take_in(store, "cdc:2", n, key, later(at)).await;
    }
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = store.submissions(&issuer("cdc:1"), before.clone(), 2).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some((last.request.received, last.request.key.clone()));
        seen.extend(page.iter().map(|intake| intake.request.key.to_string()));
    }
    assert_eq!(seen, ["e", "d", "c", "b", "a"]);
    let first = store.submissions(&issuer("cdc:1"), None, 1).await.unwrap();
    assert_eq!(first, [intake(5, "e", later(9))], "with its refusals");
    assert_eq!(store.submissions(&issuer("cdc:3"), None, 9).await, Ok(vec![]));
}

/// By id, with countersignature and retraction, and never another issuer's.
async fn an_issuer_reads_its_own_facts_as_they_stand<S: Store>(store: &S) {
    let (one, two) = (known(store, 1).await, known(store, 2).await);
    let rows = one_of_each().into_iter().map(|(row, _)| row).collect();
    store.apply(vec![change(one, rows, vec![], 1)]).await.unwrap();
    let rows = vec![PersonRow::Fact(fact(3)), PersonRow::Fact(contact(2, "cdc:1"))];
    store.apply(vec![change(two, rows, vec![], 2)]).await.unwrap();
    let own = fact(1).fact.issuer().clone();
    let asked = [fact(3).id, fact(1).id, contact(2, "cdc:1").id, fact(9).id];
    let issued = store.issued(&own, &asked, Witnessed::EVERYTHING).await.unwrap();
    assert_eq!(issued.iter().map(|f| f.recorded.clone()).collect::<Vec<_>>(), [fact(1), fact(3)]);
    assert_eq!(issued[0].second.as_ref().unwrap().fact, fact(1).id);
    assert_eq!(issued[0].taken_back.as_ref().unwrap().fact, fact(1).id);
    assert_eq!((&issued[1].second, &issued[1].taken_back), (&None, &None));
    assert_eq!(store.issued(&own, &[], Witnessed::EVERYTHING).await, Ok(vec![]));
    for (witnessed, unwitnessed) in
        [(0, [true, true]), (1, [false, true]), (2, [false, false]), (Witnessed::EVERYTHING, [false, false])]
    {
        let issued = store.issued(&own, &asked, witnessed).await.unwrap();
        assert_eq!(issued.iter().map(|f| f.is_unwitnessed).collect::<Vec<_>>(), unwitnessed, "{witnessed}");
    }
}

/// About this person, by this evidence, and neither another issuer's nor what it took back itself; what others took back stays.
async fn an_issuer_finds_what_it_recorded_by_its_evidence<S: Store>(store: &S) {
    let (one, two) = (known(store, 1).await, known(store, 2).await);
    let rows = vec![PersonRow::Fact(contact(1, "cdc:1")), PersonRow::Fact(contact(2, "cdc:2"))];
    store.apply(vec![change(one, rows, vec![], 1)]).await.unwrap();
    store.apply(vec![change(two, vec![PersonRow::Fact(contact(3, "cdc:1"))], vec![], 2)]).await.unwrap();
    let by = |n| contact(n, "cdc:1").fact.evidence().unwrap().clone();
    let another: Evidence = "another-1".parse().unwrap();
    let of = [
        (document(2), by(3)),
        (document(1), by(1)),
        (document(1), another),
        (document(1), by(2)),
        (document(9), by(1)),
    ];
    let found = async |name| store.recorded_by(&issuer(name), &of).await.unwrap();
    let (first, third) = (contact(1, "cdc:1"), contact(3, "cdc:1"));
    assert_eq!(found("cdc:1").await, [vec![third.clone()], vec![first.clone()], vec![], vec![], vec![]]);
    assert_eq!(found("cdc:9").await, [vec![], vec![], vec![], vec![], vec![]]);
    let taken_back = |n, by| {
        let reason = RetractionReason::EnteredInError;
        let fact = contact(n, "cdc:1").id;
        PersonRow::Retraction(RecordedRetraction { fact, issuer: issuer(by), reason, at: instant() })
    };
    store.apply(vec![change(one, vec![taken_back(1, "cdc:1")], vec![], 3)]).await.unwrap();
    store.apply(vec![change(two, vec![taken_back(3, "appeal:1")], vec![], 4)]).await.unwrap();
    assert_eq!(found("cdc:1").await, [vec![third], vec![], vec![], vec![], vec![]]);
}

/// Every fact that waits is told once, the newest first, and none that does not wait or was not asked for.
async fn a_fact_waits_until_it_is_countersigned_or_taken_back<S: Store>(store: &S) {
    let (one, two) = (known(store, 1).await, known(store, 2).await);
    let of = |numbers: &[u8], name: &str| -> Vec<PersonRow> {
        numbers.iter().map(|n| PersonRow::Fact(contact(*n, name))).collect()
    };
    store.apply(vec![change(one, of(&[1, 3, 5, 6], "cdc:1"), vec![], 1)]).await.unwrap();
    store.apply(vec![change(two, of(&[2, 4], "cdc:2"), vec![], 2)]).await.unwrap();
    store.apply(vec![change(two, of(&[8], "cdc:3"), vec![], 3)]).await.unwrap();
    let diagnoses =
        [(9, "suspected"), (10, "confirmed")].map(|(n, value)| PersonRow::Fact(diagnosis(n, value)));
    let others = std::iter::once(PersonRow::Fact(fact(7))).chain(diagnoses).collect();
    store.apply(vec![change(two, others, vec![], 4)]).await.unwrap();
    let second =
        Countersignature { fact: contact(5, "cdc:1").id, issuer: issuer("community:4"), at: instant() };
    store.apply(vec![change(one, vec![PersonRow::Countersignature(second)], vec![], 5)]).await.unwrap();
    let taken_back = RecordedRetraction {
        fact: contact(6, "cdc:1").id,
        issuer: issuer("cdc:1"),
        reason: RetractionReason::EnteredInError,
        at: instant(),
    };
    store.apply(vec![change(one, vec![PersonRow::Retraction(taken_back)], vec![], 6)]).await.unwrap();
    let asked = |before: Option<FactId>, since| Waiting {
        issuers: [issuer("cdc:1"), issuer("cdc:2")].into(),
        kinds: [Kind::Contact, Kind::Diagnosis].into(),
        since,
        before,
    };
    let mut seen: Vec<RecordedFact> = Vec::new();
    let mut before = None;
    loop {
        let page = store.waiting(asked(before, instant()), 2).await.unwrap();
        seen.extend(page.items);
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    let expected = [
        diagnosis(9, "suspected"),
        contact(4, "cdc:2"),
        contact(3, "cdc:1"),
        contact(2, "cdc:2"),
        contact(1, "cdc:1"),
    ];
    assert_eq!(seen, expected);
    assert_eq!(store.waiting(asked(None, later(1)), 9).await.unwrap().items, []);
    let none = Waiting { kinds: BTreeSet::new(), ..asked(None, instant()) };
    assert_eq!(store.waiting(none, 9).await.unwrap().items, []);
}

/// The one that is due first is at the head; an answered one and one of another region are not there.
async fn an_appeal_is_open_until_it_is_answered<S: Store>(store: &S) {
    let (one, two) = (known(store, 1).await, known(store, 2).await);
    let rows = one_of_each();
    let pick = |wanted: RowKind| rows.iter().find(|(_, kind)| *kind == wanted).unwrap().0.clone();
    let (registration, answer) = (pick(RowKind::Registration), pick(RowKind::AppealAnswer));
    let appeal = |n: u8, due| AppealOpened {
        id: AppealId::new(instant(), [n; 10]),
        fact: fact(n).id,
        ground: Ground::NotMe,
        at: instant(),
        due: later(due),
    };
    let opened = [appeal(1, 30), appeal(2, 20), appeal(3, 20)];
    // Of one of them the fact is there, with who countersigned it.
    let second = Countersignature { fact: fact(2).id, issuer: "community:9".parse().unwrap(), at: later(1) };
    let mut all = vec![registration, PersonRow::Fact(fact(2)), PersonRow::Countersignature(second)];
    all.extend(opened.iter().copied().map(PersonRow::Appeal));
    store.apply(vec![change(one, all, vec![], 1)]).await.unwrap();
    // Nobody knows where this one lives.
    store.apply(vec![change(two, vec![PersonRow::Appeal(appeal(4, 10))], vec![], 2)]).await.unwrap();
    let here = "410100".parse().unwrap();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.open_appeals(here, after, 2).await.unwrap();
        for case in &page.items {
            let said: Vec<String> = case.said.iter().map(ToString::to_string).collect();
            let known = if case.opened == appeal(2, 20) { 2 } else { 0 };
            assert!(case.person == one && case.home.is_in(here));
            assert_eq!(said, ["laboratory:410100-07", "community:9"][..known]);
        }
        seen.extend(page.items.iter().map(|case| case.opened));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, [appeal(2, 20), appeal(3, 20), appeal(1, 30)]);
    let elsewhere = store.open_appeals("310000".parse().unwrap(), None, 9).await.unwrap();
    assert_eq!(elsewhere.items, []);
    // The sample's answer is to the third.
    store.apply(vec![change(one, vec![answer], vec![], 3)]).await.unwrap();
    let left = store.open_appeals(here, None, 9).await.unwrap().items;
    assert_eq!(left.iter().map(|case| case.opened).collect::<Vec<_>>(), [appeal(2, 20), appeal(1, 30)]);
}
