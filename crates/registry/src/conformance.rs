//! The store's contract as tests: whoever says that a backend is one, runs [`all`] over it.
//!
//! Each case takes a fresh, empty store, and a way to open the same store again as after a crash of the process.
//! What needs a killed process (durability) is each backend's own test.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod access;
mod bulk;
mod codes;
mod entries;
mod feed;
mod purge;
mod samples;
mod work;

use std::sync::Arc;

pub use access::*;
pub use codes::*;
pub use feed::*;
use jiff::{SignedDuration, Timestamp};
use samples::Same;
pub use samples::*;

use crate::id::{NoticeId, PersonId};
use crate::journal::Numbered;
use crate::policy::Office;
use crate::row::{Notice, NoticeState, PersonRow, Requester, RowKind};
use crate::store::{Applied, Change, MAX_CHANGES, Newcomer, Store, StoreError};
use crate::words::{ActName, NoticeKind};

/// Runs every case, each over a store that `fresh` makes; gives how many there were.
pub async fn all<S: Store>(mut fresh: impl FnMut() -> S) -> usize {
    one_document_is_one_person_for_good(&fresh()).await;
    a_change_is_kept_whole_or_not_at_all(&fresh()).await;
    every_key_is_kept_once(&fresh()).await;
    every_row_reads_back_as_it_was_written(&fresh()).await;
    public_acts_are_numbered_without_gaps(&fresh()).await;
    entries_are_numbered_without_gaps_in_the_order_of_their_commits(&fresh()).await;
    public_keys_are_kept_once(&fresh()).await;
    the_changes_of_one_call_are_independent(&fresh()).await;
    requests_of_different_requesters_do_not_meet(&fresh()).await;
    notices_wait_until_they_are_settled(&fresh()).await;
    persons_do_not_see_each_others_rows(&fresh()).await;
    too_many_changes_are_refused_whole(&fresh()).await;
    what_lets_a_person_in_is_kept_once_and_read_until_its_end(&fresh()).await;
    the_days_codes_are_numbered(&fresh()).await;
    a_way_in_is_kept_whole(&fresh()).await;
    what_is_spent_is_spent_once(&fresh()).await;
    a_name_of_the_staff_list_is_one_persons_for_good(&fresh()).await;
    holders_hold_what_is_neither_revoked_nor_past_its_end(&fresh()).await;
    a_place_is_reserved_once(&fresh()).await;
    a_list_tells_its_own_revoked_places(&fresh()).await;
    a_record_tells_the_birthday_of_its_document(&fresh()).await;
    21 + entries::all(&mut fresh).await
        + work::all(&mut fresh).await
        + bulk::all(&mut fresh).await
        + feed::all(&mut fresh).await
        + purge::all(&mut fresh).await
}

/// A document keeps the id that it was given first.
pub async fn one_document_is_one_person_for_good<S: Store>(store: &S) {
    let (zhang, li) = (document(1), document(2));
    assert_eq!(store.find(&zhang).await, Ok(None));
    let newcomer = |document: &mingma_domain::document::Document, n| Newcomer {
        document: document.clone(),
        candidate: person(n),
    };
    let first = store.identify(vec![newcomer(&zhang, 1), newcomer(&li, 2), newcomer(&zhang, 3)]).await;
    assert_eq!(
        first,
        Ok(vec![person(1), person(2), person(1)]),
        "the first candidate wins, also in one call"
    );
    assert_eq!(store.identify(vec![newcomer(&zhang, 9)]).await, Ok(vec![person(1)]));
    assert_eq!(store.find(&zhang).await, Ok(Some(person(1))));
    assert_eq!(store.document(person(1)).await, Ok(Some(zhang)));
    assert_eq!(store.document(person(9)).await, Ok(None));
}

/// A row that clashes takes the whole change with it: rows before it, notices and the entry.
pub async fn a_change_is_kept_whole_or_not_at_all<S: Store>(store: &S) {
    let who = known(store, 1).await;
    let kept = change(who, vec![PersonRow::Fact(fact(1))], vec![], 1);
    assert_eq!(store.apply(vec![kept]).await, Ok(vec![Applied::Done]));
    let rows = vec![PersonRow::Fact(fact(2)), PersonRow::Fact(fact(1))];
    let clashing = change(who, rows, vec![notice(who, 1)], 2);
    assert_eq!(store.apply(vec![clashing]).await, Ok(vec![Applied::Exists(RowKind::Fact)]));
    assert_eq!(store.record(who).await.unwrap().facts, [fact(1)]);
    assert_eq!(store.entries(Some(who)).await.unwrap().len(), 1);
    assert_eq!(store.due(Timestamp::MAX, 10).await, Ok(vec![]));
}

/// Each kind of row is refused the second time, and the answer names it.
pub async fn every_key_is_kept_once<S: Store>(store: &S) {
    let who = known(store, 1).await;
    for (n, (row, kind)) in (0_u8..).zip(one_of_each()) {
        let first = store.apply(vec![change(who, vec![row.clone()], vec![], 2 * n)]).await;
        assert_eq!(first, Ok(vec![Applied::Done]), "{kind:?}");
        let again = store.apply(vec![change(who, vec![row], vec![], 2 * n + 1)]).await;
        assert_eq!(again, Ok(vec![Applied::Exists(kind)]));
    }
    // The same entry again is the same request again.
    let entry = change(who, vec![], vec![], 0);
    assert_eq!(store.apply(vec![entry]).await, Ok(vec![Applied::Exists(RowKind::Entry)]));
}

/// What is read is what was written, of every kind and with every optional part.
pub async fn every_row_reads_back_as_it_was_written<S: Store>(store: &S) {
    let who = known(store, 1).await;
    let rows: Vec<PersonRow> = one_of_each().into_iter().map(|(row, _)| row).collect();
    let mut expected = crate::PersonRecord::default();
    for row in &rows {
        match row.clone() {
            PersonRow::Request(_) | PersonRow::Access(_) => {}
            PersonRow::Registration(row) => expected.registration = Some(row),
            PersonRow::Amendment(row) => expected.amendments.push(row),
            PersonRow::Fact(row) => expected.facts.push(row),
            PersonRow::Countersignature(row) => expected.countersignatures.push(row),
            PersonRow::Retraction(row) => expected.retractions.push(row),
            PersonRow::Code(row) => expected.codes.push(row),
            PersonRow::Grant(row) => expected.grants.push(row),
            PersonRow::Binding(row) => expected.bindings.push(row),
            PersonRow::Appeal(row) => expected.appeals.push(row),
            PersonRow::AppealAnswer(row) => expected.answers.push(row),
            PersonRow::Disclosure(row) => expected.disclosures.push(row),
            PersonRow::Revocation(row) => expected.revocations.push(row),
            PersonRow::Confirmation(row) => expected.confirmations.push(row),
        }
    }
    let change = change(who, rows.clone(), vec![notice(who, 1)], 1);
    let Change::Person { entry, .. } = change.clone() else { return };
    assert_eq!(store.apply(vec![change]).await, Ok(vec![Applied::Done]));
    assert_eq!(store.record(who).await, Ok(Arc::new(expected)));
    let entry = entry.after(None);
    assert_eq!(store.entries(Some(who)).await, Ok(vec![entry.clone()]));
    assert!(entry.commits_to(who, &rows), "the entry that is read commits to the rows");
    for n in 0..FACTS {
        let change = self::change(who, vec![PersonRow::Fact(every_fact(n))], vec![], 10 + n);
        assert_eq!(store.apply(vec![change]).await, Ok(vec![Applied::Done]));
    }
    let read = store.record(who).await.unwrap();
    for n in 0..FACTS {
        assert_eq!(read.fact(every_fact(n).id), Some(&every_fact(n)));
    }
}

/// Numbers run from 1, in order, and a refused act takes none.
pub async fn public_acts_are_numbered_without_gaps<S: Store>(store: &S) {
    assert_eq!(store.published(0).await, Ok(vec![]));
    for (n, row) in (1_u8..).zip(public_rows()) {
        assert_eq!(
            store.apply(vec![public(row.clone(), n)]).await,
            Ok(vec![Applied::Published(u64::from(n))])
        );
        let again = store.apply(vec![public(row, 100 + n)]).await.unwrap();
        if let [Applied::Published(_)] = again[..] {
            panic!("the {n}th public row was taken twice");
        }
    }
    let read = store.published(0).await.unwrap();
    assert_eq!(read.iter().map(|act| act.row.clone()).collect::<Vec<_>>(), public_rows());
    assert!(read.iter().map(|act| act.number).eq(1..=u64::try_from(read.len()).unwrap()));
    assert_eq!(store.published(2).await.unwrap(), read[2..]);
    assert_eq!(store.publications(1, 2).await.unwrap(), read[1..3]);
    assert_eq!(store.publications(0, 0).await, Ok(vec![]));
    let (entries, numbers) = (store.entries(None).await.unwrap(), store.numbers(None).await.unwrap());
    assert_eq!(entries.len(), read.len());
    for act in &read {
        let entry = entries.iter().find(|entry| entry.commits_to_public(&act.row)).unwrap();
        assert_eq!(act.at, entry.at);
        assert!(numbers.contains(&(entry.id, act.entry)), "{act:?}");
        assert_eq!(act.alone, None);
    }
    // Which office did it alone is its entry's to say.
    let last = u64::try_from(read.len()).unwrap();
    let mut change = public(additive_rows().remove(0), 99);
    let Change::Public { entry, .. } = &mut change else { panic!("a public act") };
    entry.clear.subject = Some("health-commission:410000".parse().unwrap());
    store.apply(vec![change]).await.unwrap();
    let alone = (Office::HealthCommission, "410000".parse().unwrap());
    assert_eq!(store.published(last).await.unwrap()[0].alone, Some(alone));
}

/// Entries of persons and public ones have numbers from 1, in order; a change that is refused takes none.
pub async fn entries_are_numbered_without_gaps_in_the_order_of_their_commits<S: Store>(store: &S) {
    assert_eq!(store.journal(0, 9).await, Ok(vec![]));
    let (one, two) = (known(store, 1).await, known(store, 2).await);
    let of = |who, f, entry| change(who, vec![PersonRow::Fact(fact(f))], vec![], entry);
    // The entry with the lower id comes later: what counts is when it became durable.
    store.apply(vec![of(one, 1, 9), of(one, 1, 3), of(two, 1, 4)]).await.unwrap();
    let risk = additive_rows().remove(0);
    store.apply(vec![public(risk, 1), of(one, 2, 2)]).await.unwrap();
    let read = store.journal(0, u32::MAX).await.unwrap();
    assert_eq!(read.iter().map(|numbered| numbered.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    let whose = [Some(one), Some(two), None];
    for about in whose {
        let entries = store.entries(about).await.unwrap();
        let numbers = store.numbers(about).await.unwrap();
        assert_eq!(numbers.len(), entries.len());
        for ((id, number), entry) in numbers.iter().zip(&entries) {
            let numbered = read.iter().find(|read| read.number == *number).unwrap();
            assert_eq!((*id, &numbered.entry), (entry.id, &entry.clone().sealed()));
        }
    }
    assert_eq!(store.numbers(Some(one)).await.unwrap().iter().map(|(_, n)| *n).collect::<Vec<_>>(), [4, 1]);
    assert_eq!(store.journal(1, 2).await.unwrap(), read[1..3]);
    assert_eq!(store.journal(4, 2).await, Ok(vec![]));
    // What a log remembers comes back under the numbers that follow, and under no others.
    let lost = |n: u8| {
        let Change::Person { entry, .. } = of(one, 9, n) else { panic!("not a person's") };
        Numbered { number: u64::from(n), entry: entry.after(None).sealed() }
    };
    assert_eq!(store.adopt(vec![lost(6)]).await, Ok(Some(5)));
    assert_eq!(store.journal(4, 2).await, Ok(vec![]));
    assert_eq!(store.adopt(vec![lost(5), lost(6)]).await, Ok(None));
    assert_eq!(store.journal(4, 9).await, Ok(vec![lost(5), lost(6)]));
    assert_eq!(store.entries(Some(one)).await.unwrap().len(), 2, "they are about nobody who is known");
}

/// Risk and entitlements add up; everything else that is public has a key.
pub async fn public_keys_are_kept_once<S: Store>(store: &S) {
    for (n, row) in (1_u8..).zip(additive_rows()) {
        for again in [0, 100] {
            let applied = store.apply(vec![public(row.clone(), n + again)]).await.unwrap();
            assert!(matches!(applied[..], [Applied::Published(_)]));
        }
    }
    assert_eq!(store.published(0).await.unwrap().len(), 2 * additive_rows().len());
}

/// One that clashes does not hold up the others, and each is answered in its place.
pub async fn the_changes_of_one_call_are_independent<S: Store>(store: &S) {
    let (one, two) = (known(store, 1).await, known(store, 2).await);
    let of = |who, f, entry| change(who, vec![PersonRow::Fact(fact(f))], vec![], entry);
    let answers =
        store.apply(vec![of(one, 1, 1), of(one, 1, 2), of(two, 1, 3), of(one, 2, 4)]).await.unwrap();
    assert_eq!(answers, [Applied::Done, Applied::Exists(RowKind::Fact), Applied::Done, Applied::Done]);
    assert_eq!(store.record(one).await.unwrap().facts.len(), 2);
    assert_eq!(store.record(two).await.unwrap().facts.len(), 1);
    assert_eq!(store.apply(vec![]).await, Ok(vec![]));
}

/// A key is its requester's own.
pub async fn requests_of_different_requesters_do_not_meet<S: Store>(store: &S) {
    let (one, two) = (known(store, 1).await, known(store, 2).await);
    for (n, who) in [(1, one), (2, two)] {
        let row = PersonRow::Request(request(n));
        assert_eq!(store.apply(vec![change(who, vec![row], vec![], n)]).await, Ok(vec![Applied::Done]));
    }
    let issuer = |name: &str| name.parse::<mingma_domain::fact::Issuer>().unwrap();
    for (n, name) in [(3, "cdc:1"), (4, "cdc:2")] {
        let intake = crate::intake::Intake { request: request(n), rows: Some(1), refused: Vec::new() };
        let taken = Change::Submission { issuer: issuer(name), intake, counted: Vec::new() };
        assert_eq!(store.apply(vec![taken.clone()]).await, Ok(vec![Applied::Done]));
        assert_eq!(store.apply(vec![taken]).await, Ok(vec![Applied::Exists(RowKind::Request)]));
    }
    let key = request(1).key;
    assert_eq!(store.request(Requester::Person(one), &key).await, Ok(Some(request(1))));
    assert_eq!(store.request(Requester::Person(two), &key).await, Ok(Some(request(2))));
    assert_eq!(store.requests(one).await, Ok(vec![request(1)]), "another's are not among them");
    assert_eq!(store.request(Requester::Issuer(issuer("cdc:2")), &key).await, Ok(Some(request(4))));
    assert_eq!(store.request(Requester::Issuer(issuer("cdc")), &key).await, Ok(None));
}

/// A notice is due once it was written with its change, waits as told, and once delivered never comes again.
pub async fn notices_wait_until_they_are_settled<S: Store>(store: &S) {
    let who = known(store, 1).await;
    let (first, second) = (notice(who, 1), notice(who, 2));
    let told = change(who, vec![], vec![first, second], 1);
    assert_eq!(store.apply(vec![told]).await, Ok(vec![Applied::Done]));
    assert_eq!(store.due(before(first.created), 10).await, Ok(vec![]));
    assert_eq!(store.due(first.created, 10).await, Ok(vec![(first, 0), (second, 0)]));
    assert_eq!(store.due(first.created, 1).await, Ok(vec![(first, 0)]));
    let later = first.created.checked_add(SignedDuration::from_secs(30)).unwrap();
    let waiting = NoticeState::Waiting { attempts: 1, due: later };
    assert_eq!(store.settle(who, first.id, waiting).await, Ok(()));
    assert_eq!(store.due(before(later), 10).await, Ok(vec![(second, 0)]));
    assert_eq!(store.settle(who, second.id, NoticeState::Delivered { at: later }).await, Ok(()));
    assert_eq!(store.settle(who, second.id, waiting).await, Ok(()), "one that is delivered stays so");
    assert_eq!(store.due(later, 10).await, Ok(vec![(first, 1)]));
    assert_eq!(store.settle(who, first.id, NoticeState::Undeliverable { at: later }).await, Ok(()));
    assert_eq!(store.due(Timestamp::MAX, 10).await, Ok(vec![]));
    let told =
        [(first, NoticeState::Undeliverable { at: later }), (second, NoticeState::Delivered { at: later })];
    assert_eq!(store.notices(who).await.unwrap(), told, "the person finds all of them");
    for state in [NoticeState::PassedOn { at: later }, NoticeState::OnPage { at: later }] {
        assert_eq!(store.settle(who, first.id, state).await, Ok(()));
        assert_eq!(store.notices(who).await.unwrap()[0], (first, state));
        assert_eq!(store.due(Timestamp::MAX, 10).await, Ok(vec![]), "no channel is asked for it");
    }
    assert_eq!(store.notices(person(9)).await, Ok(vec![]));
    assert_eq!(store.settle(who, NoticeId::new(later, [9; 10]), waiting).await, Ok(()), "an unknown one");
    // Whoever waits for a code does not wait for what came before.
    for (n, kind) in (3..).zip(NoticeKind::ALL.iter().copied()) {
        let created = later.checked_add(SignedDuration::from_secs(i64::from(n))).unwrap();
        let told = Notice { kind, created, ..notice(who, n) };
        assert_eq!(store.apply(vec![change(who, vec![], vec![told], n)]).await, Ok(vec![Applied::Done]));
    }
    let due = store.due(Timestamp::MAX, 10).await.unwrap();
    let kinds: Vec<NoticeKind> = due.iter().map(|(notice, _)| notice.kind).collect();
    let (codes, others): (Vec<_>, Vec<_>) = NoticeKind::ALL.iter().partition(|kind| kind.is_code());
    assert_eq!(kinds, [codes, others].concat().into_iter().take(10).collect::<Vec<_>>());
}

/// A person's record holds that person's rows only.
pub async fn persons_do_not_see_each_others_rows<S: Store>(store: &S) {
    let (one, two) = (known(store, 1).await, known(store, 2).await);
    let rows = one_of_each().into_iter().map(|(row, _)| row).collect();
    assert_eq!(store.apply(vec![change(one, rows, vec![], 1)]).await, Ok(vec![Applied::Done]));
    assert_eq!(store.record(two).await, Ok(Arc::default()));
    assert_eq!(store.entries(Some(two)).await, Ok(vec![]));
    assert_eq!(store.entries(None).await, Ok(vec![]));
}

/// One change too many, and none is kept.
pub async fn too_many_changes_are_refused_whole<S: Store>(store: &S) {
    let who = known(store, 1).await;
    let given = MAX_CHANGES + 1;
    let changes = vec![change(who, vec![PersonRow::Fact(fact(1))], vec![], 1); given];
    assert_eq!(store.apply(changes).await, Err(StoreError::TooMany { given }));
    assert_eq!(store.record(who).await, Ok(Arc::default()));
}

pub(crate) async fn known<S: Store>(store: &S, n: u8) -> PersonId {
    let newcomer = Newcomer { document: document(n), candidate: person(n) };
    store.identify(vec![newcomer]).await.unwrap()[0]
}

fn before(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_millis(1)).unwrap()
}

/// The act that the samples' entries name.
pub const SAMPLE_ACT: ActName = ActName::Record;
