//! What is counted: rows by hour and sort, disputes for their issuer, the spans of appeals.

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::{Issuer, Kind, RetractionReason};

use super::{change, contact, instant, intake, known, notice};
use crate::bulk::hour_of;
use crate::digest::day_of;
use crate::id::AppealId;
use crate::intake::Cause;
use crate::row::{
    AppealAnswer, AppealOpened, AppealSpan, Confirmation, Counted, Countersignature, Moved, MovedOn,
    PersonRow, RecordedRetraction, RowKind, Said, Spoken, Tally,
};
use crate::store::{Applied, Asked, Change, Confirms, Store, Told};
use crate::witnessed::Witnessed;
use crate::words::{Doing, Ground, Mover};

/// Runs every case; gives how many there were.
pub(super) async fn all<S: Store>(fresh: &mut impl FnMut() -> S) -> usize {
    rows_are_counted_with_their_submission_or_not_at_all(&fresh()).await;
    a_dispute_waits_for_its_issuer_until_one_has_answered(&fresh()).await;
    what_is_done_to_facts_is_counted_by_act_kind_and_hour(&fresh()).await;
    what_is_said_of_facts_is_counted_by_what_and_why(&fresh()).await;
    whoever_is_told_of_a_change_is_counted_once_on_the_day_that_is_given(&fresh()).await;
    5
}

/// The bounds are the first instant inside and the first outside; one word on two disputes of a fact is one.
async fn what_is_said_of_facts_is_counted_by_what_and_why<S: Store>(store: &S) {
    let later = |seconds| instant().checked_add(SignedDuration::from_secs(seconds)).unwrap();
    let who = known(store, 1).await;
    let facts = [1, 2, 3].map(|n| contact(n, "cdc:1"));
    let back = |n: usize, reason, at| {
        let issuer = "cdc:1".parse().unwrap();
        PersonRow::Retraction(RecordedRetraction { fact: facts[n].id, issuer, reason, at })
    };
    let disputes = |n: usize, ground, at| AppealOpened::of(facts[n].id, ground, at);
    let appeals = [
        disputes(2, Ground::NotMe, later(1)),
        disputes(2, Ground::NoEvidence, later(2)),
        disputes(1, Ground::NotMe, later(3)),
    ];
    let word = |n: usize, appeal: &AppealOpened, confirmed, at| {
        let (fact, issuer) = (facts[n].id, "cdc:1".parse().unwrap());
        PersonRow::Confirmation(Confirmation { fact, issuer, appeal: Some(appeal.id), confirmed, at })
    };
    let mut rows: Vec<PersonRow> = facts.iter().cloned().map(PersonRow::Fact).collect();
    rows.extend(appeals.iter().copied().map(PersonRow::Appeal));
    rows.extend([
        back(0, RetractionReason::WrongPerson, later(0)),
        back(1, RetractionReason::EnteredInError, later(9)),
        word(2, &appeals[0], false, later(5)),
        word(2, &appeals[1], false, later(5)),
        word(1, &appeals[2], true, later(6)),
    ]);
    store.apply(vec![change(who, rows, vec![], 1)]).await.unwrap();
    let expected = vec![
        (Spoken::TakenBack(RetractionReason::WrongPerson), 1),
        (Spoken::Confirmed, 1),
        (Spoken::Denied, 1),
        (Spoken::Disputed(Ground::NotMe), 2),
        (Spoken::Disputed(Ground::NoEvidence), 1),
    ];
    assert_eq!(store.spoken(later(0), later(9)).await, Ok(expected));
    let last = vec![(Spoken::TakenBack(RetractionReason::EnteredInError), 1)];
    assert_eq!(
        (store.spoken(later(9), later(10)).await, store.spoken(later(10), later(99)).await),
        (Ok(last), Ok(vec![]))
    );
}

/// Told again, nothing is counted; the bounds are the first day inside and the first outside. The day is the caller's: where it is
/// already tomorrow, it need not be the entry's in UTC.
async fn whoever_is_told_of_a_change_is_counted_once_on_the_day_that_is_given<S: Store>(store: &S) {
    let day = day_of(instant()) + 1;
    let (one, two) = (known(store, 1).await, known(store, 2).await);
    let told = |person, n: u8, by, is_worse| {
        let Change::Person { entry, .. } = change(person, vec![], vec![], n) else {
            panic!("not a person's")
        };
        Change::Told(Told { notice: notice(person, n), entry, moved: Moved { by, is_worse }, day })
    };
    let all = vec![
        told(one, 1, Mover::Turn, false),
        told(two, 2, Mover::Turn, false),
        told(two, 3, Mover::Turn, true),
        told(one, 4, Mover::Rule, true),
    ];
    assert_eq!(store.apply(all).await, Ok(vec![Applied::Done; 4]));
    let Change::Told(again) = told(one, 1, Mover::Turn, false) else { panic!("not told") };
    let Change::Person { entry, .. } = change(one, vec![], vec![], 9) else { panic!("not a person's") };
    let again = store.apply(vec![Change::Told(Told { entry, ..again })]).await.unwrap();
    assert!(matches!(again[..], [Applied::Exists(_)]), "{again:?}");
    let on = |by, is_worse, persons| MovedOn { day, moved: Moved { by, is_worse }, persons };
    let expected = [on(Mover::Rule, true, 1), on(Mover::Turn, false, 2), on(Mover::Turn, true, 1)];
    assert_eq!(store.moved(day, day + 1).await.unwrap(), expected);
    assert_eq!(
        (store.moved(day - 1, day).await, store.moved(day + 1, day + 9).await),
        (Ok(vec![]), Ok(vec![]))
    );
    assert_eq!(store.notices(one).await.unwrap().len(), 2, "and the notice waits like any other");
    assert_eq!(store.entries(Some(one)).await.unwrap().len(), 2);
}

fn issuer(name: &str) -> Issuer {
    name.parse().unwrap()
}

fn later(seconds: i64) -> Timestamp {
    instant().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

fn contacts(value: &str) -> Counted {
    Counted::Taken { kind: Kind::Contact, value: value.to_owned(), region: "410105".parse().unwrap() }
}

/// A repetition is not counted again; the bounds are the first inside and the first outside.
async fn rows_are_counted_with_their_submission_or_not_at_all<S: Store>(store: &S) {
    let refused = Counted::Refused(Cause::Document);
    let send = |name: &str, key: &str, at, counted| Change::Submission {
        issuer: issuer(name),
        intake: intake(1, key, at),
        counted,
    };
    let first = vec![(contacts("close"), 7), (contacts("general"), 2), (refused.clone(), 1)];
    let all = vec![
        send("cdc:1", "a", later(0), first.clone()),
        send("cdc:1", "b", later(1), vec![(contacts("close"), 5)]),
        send("cdc:1", "c", later(3_600), vec![(contacts("close"), 3)]),
        send("cdc:2", "a", later(1), vec![(contacts("close"), 100)]),
    ];
    assert_eq!(store.apply(all).await, Ok(vec![Applied::Done; 4]));
    let again = store.apply(vec![send("cdc:1", "a", later(9), first)]).await;
    assert_eq!(again, Ok(vec![Applied::Exists(RowKind::Request)]));
    let tally =
        |name, seconds, what, rows| Tally { issuer: issuer(name), hour: hour_of(later(seconds)), what, rows };
    let own = store.tallies(Some(&issuer("cdc:1")), later(0), later(3_601)).await.unwrap();
    let expected = [
        tally("cdc:1", 0, contacts("close"), 12),
        tally("cdc:1", 0, contacts("general"), 2),
        tally("cdc:1", 0, refused, 1),
        tally("cdc:1", 3_600, contacts("close"), 3),
    ];
    assert_eq!(own, expected);
    let between = store.tallies(None, later(1), later(3_600)).await.unwrap();
    let expected = [tally("cdc:1", 1, contacts("close"), 5), tally("cdc:2", 1, contacts("close"), 100)];
    assert_eq!(between, expected);
    assert_eq!(store.tallies(Some(&issuer("cdc:3")), later(0), later(9)).await, Ok(vec![]));
    let one = store.counted(&issuer("cdc:1"), &"a".parse().unwrap()).await.unwrap();
    assert_eq!(
        one,
        [(contacts("close"), 7), (contacts("general"), 2), (Counted::Refused(Cause::Document), 1)]
    );
    assert_eq!(store.counted(&issuer("cdc:1"), &"z".parse().unwrap()).await, Ok(vec![]));
}

/// Whoever denies a fact to each of its disputes denies it once; whoever stands by it denies nothing.
async fn what_is_done_to_facts_is_counted_by_act_kind_and_hour<S: Store>(store: &S) {
    let who = known(store, 1).await;
    let fact = |n| contact(n, "cdc:1").id;
    let second = |n, name, at| {
        PersonRow::Countersignature(Countersignature { fact: fact(n), issuer: issuer(name), at: later(at) })
    };
    let back = |n, at| {
        let reason = RetractionReason::EnteredInError;
        PersonRow::Retraction(RecordedRetraction {
            fact: fact(n),
            issuer: issuer("cdc:1"),
            reason,
            at: later(at),
        })
    };
    let word = |n, appeal: Option<u8>, confirmed| {
        let appeal = appeal.map(|n| AppealId::new(instant(), [n; 10]));
        let word = Confirmation { fact: fact(n), issuer: issuer("cdc:1"), appeal, confirmed, at: later(5) };
        PersonRow::Confirmation(word)
    };
    let facts = (1..=4).map(|n| PersonRow::Fact(contact(n, "cdc:1")));
    let said = [
        second(1, "community:9", 0),
        second(2, "community:9", 1),
        second(3, "community:9", 3_600),
        second(4, "cdc:1", 7),
        back(1, 1),
        back(2, 3_600),
        word(3, Some(1), false),
        word(3, Some(2), false),
        word(4, Some(3), true),
    ];
    store.apply(vec![change(who, facts.chain(said).collect(), vec![], 1)]).await.unwrap();
    let said =
        |doing, seconds, rows| Said { doing, kind: Kind::Contact, hour: hour_of(later(seconds)), rows };
    let of = async |name, until| store.said(&issuer(name), later(0), later(until)).await.unwrap();
    let first = said(Doing::Countersigned, 0, 2);
    assert_eq!(of("community:9", 3_601).await, [first, said(Doing::Countersigned, 3_600, 1)]);
    assert_eq!(of("community:9", 3_600).await, [first]);
    let expected =
        [said(Doing::Countersigned, 7, 1), said(Doing::Retracted, 1, 1), said(Doing::Denied, 5, 1)];
    assert_eq!(of("cdc:1", 3_600).await, expected);
    assert_eq!(of("cdc:2", 9_999).await, []);
}

/// It is its own issuer's and its sources' alone, the one that is due first at the head, and each is told with its answer among the spans.
async fn a_dispute_waits_for_its_issuer_until_one_has_answered<S: Store>(store: &S) {
    let who = known(store, 1).await;
    let appeal = |n: u8, due| AppealOpened {
        id: AppealId::new(instant(), [n; 10]),
        fact: contact(n, "cdc:1").id,
        ground: Ground::NotMe,
        at: instant(),
        due: later(due),
    };
    let opened = [appeal(1, 40), appeal(2, 20), appeal(3, 10), appeal(4, 30)];
    let issuers = ["cdc:1", "cdc:1", "cdc:1", "cdc:2"];
    let facts = (1..).zip(issuers).map(|(n, name)| PersonRow::Fact(contact(n, name)));
    let second =
        Countersignature { fact: contact(2, "cdc:1").id, issuer: issuer("community:9"), at: later(1) };
    let facts = facts.chain([PersonRow::Countersignature(second)]);
    let rows = facts.chain(opened.iter().copied().map(PersonRow::Appeal)).collect();
    assert_eq!(store.apply(vec![change(who, rows, vec![], 1)]).await, Ok(vec![Applied::Done]));
    let ids = |page: crate::store::Page<crate::store::DisputedFact, _>| -> Vec<(AppealId, u8)> {
        let n = |id| opened.iter().position(|appeal| appeal.id == id).unwrap();
        page.items.iter().map(|case| (case.opened.id, u8::try_from(n(case.opened.id)).unwrap())).collect()
    };
    let cdc = Asked { issuer: issuer("cdc:1"), confirms: Vec::new() };
    let all = store.disputes(&cdc, None, 9).await.unwrap();
    assert!(all.items.iter().all(|case| case.recorded.id == case.opened.fact));
    let said =
        |case: &crate::store::DisputedFact| case.said.iter().map(ToString::to_string).collect::<Vec<_>>();
    let said: Vec<_> = all.items.iter().map(said).collect();
    assert_eq!(said, [vec!["cdc:1"], vec!["cdc:1", "community:9"], vec!["cdc:1"]], "and who countersigned");
    assert_eq!(ids(all).iter().map(|(_, n)| *n).collect::<Vec<_>>(), [2, 1, 0]);
    let first = store.disputes(&cdc, None, 1).await.unwrap();
    let rest = store.disputes(&cdc, first.next, 9).await.unwrap();
    assert_eq!(ids(rest).iter().map(|(_, n)| *n).collect::<Vec<_>>(), [1, 0]);
    // Whoever may confirm the kind is asked of the others' too, where it may; of its own it is always.
    let confirms = |region: &str, unplaced| Asked {
        issuer: issuer("hospital:9"),
        confirms: vec![Confirms { kind: Kind::Contact, region: region.parse().unwrap(), unplaced }],
    };
    for (asked, expected) in [
        (confirms("410000", true), &[2, 1, 3, 0][..]),
        (confirms("410000", false), &[]),
        (Asked { issuer: issuer("hospital:9"), confirms: Vec::new() }, &[]),
        (Asked { issuer: issuer("cdc:2"), ..cdc.clone() }, &[3]),
    ] {
        let waits = ids(store.disputes(&asked, None, 9).await.unwrap());
        assert_eq!(waits.iter().map(|(_, n)| *n).collect::<Vec<_>>(), expected, "{asked:?}");
    }
    let answer = AppealAnswer { appeal: appeal(2, 20).id, upheld: false, at: later(5) };
    let word = |name, n| Confirmation {
        fact: contact(n, "cdc:1").id,
        issuer: issuer(name),
        appeal: Some(appeal(n, 0).id),
        confirmed: true,
        at: later(6),
    };
    let rows = vec![
        PersonRow::AppealAnswer(answer),
        PersonRow::Confirmation(word("cdc:1", 3)),
        PersonRow::Confirmation(word("hospital:9", 1)),
    ];
    store.apply(vec![change(who, rows, vec![], 2)]).await.unwrap();
    let left = store.disputes(&cdc, None, 9).await.unwrap();
    assert_eq!(
        ids(left).iter().map(|(_, n)| *n).collect::<Vec<_>>(),
        [0],
        "another's word is not its issuer's"
    );
    let left = ids(store.disputes(&confirms("410000", true), None, 9).await.unwrap());
    assert_eq!(left.iter().map(|(_, n)| *n).collect::<Vec<_>>(), [2, 3], "nor is its issuer's the source's");
    let kind = Kind::Contact;
    let span = |n, due, answered| AppealSpan { at: appeal(n, due).at, due: later(due), answered, kind };
    let spans = store.appeal_spans(later(20)).await.unwrap();
    assert_eq!(spans, [span(2, 20, Some((later(5), false))), span(4, 30, None), span(1, 40, None)]);
    let facts = [contact(1, "cdc:1").id, contact(2, "cdc:1").id];
    let issued = store.issued(&issuer("cdc:1"), &facts, Witnessed::EVERYTHING).await.unwrap();
    let told: Vec<_> =
        issued.iter().map(|f| (f.appeals.len(), f.answers.len(), f.confirmations.len())).collect();
    assert_eq!(told, [(1, 0, 1), (1, 1, 0)]);
}
