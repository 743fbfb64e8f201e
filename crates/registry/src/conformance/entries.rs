//! The journal's entries about a person: each behind the former one, with what stands beside its content.

use super::{Same, additive_rows, change, document, fact, instant, known, public};
use crate::doer::Doer;
use crate::id::{AssistanceId, EntryId, GrantId};
use crate::journal::{Beside, Entry, Former};
use crate::retention::Erasure;
use crate::row::PersonRow;
use crate::signed::Signature;
use crate::store::{Change, Store};
use crate::words::{ActName, Tie};

/// Runs every case; gives how many there were.
pub(super) async fn all<S: Store>(fresh: &mut impl FnMut() -> S) -> usize {
    each_entry_names_the_persons_former_one(&fresh()).await;
    a_signature_is_kept_with_its_entry(&fresh()).await;
    who_did_it_is_kept_with_its_entry(&fresh()).await;
    3
}

/// In the order of their commits, within one call and over several; a refused change is no link, and the ids do not matter.
async fn each_entry_names_the_persons_former_one<S: Store>(store: &S) {
    let (one, two) = (known(store, 1).await, known(store, 2).await);
    let of = |who, f, entry| change(who, vec![PersonRow::Fact(fact(f))], vec![], entry);
    store.apply(vec![of(one, 1, 9), of(two, 1, 1), of(one, 1, 8), of(one, 2, 3)]).await.unwrap();
    store.apply(vec![change(one, vec![], vec![], 5), of(two, 2, 7)]).await.unwrap();
    let risk = additive_rows().remove(0);
    store.apply(vec![public(risk, 1), of(one, 3, 1)]).await.unwrap();
    for (who, ids) in [(one, &[9_u8, 3, 5, 1][..]), (two, &[1, 7])] {
        let entries = store.entries(Some(who)).await.unwrap();
        let mut former = Former::None;
        for n in ids {
            let entry = entries.iter().find(|entry| entry.id == EntryId::new(instant(), [*n; 10])).unwrap();
            assert_eq!(entry.former, former, "entry {n}");
            former = Former::Leaf(entry.leaf);
        }
        assert_eq!(entries.len(), ids.len());
        let opened = entries.iter().find(|entry| entry.id == EntryId::new(instant(), [ids[1]; 10])).unwrap();
        let rows = [PersonRow::Fact(fact(2))];
        assert!(opened.commits_to(who, &rows));
        for former in [Former::Unsaid, Former::None, Former::Leaf([7; 32])] {
            let other = Entry { former, ..opened.clone() };
            assert!(!other.commits_to(who, &rows), "the commitment says which one is the former");
        }
    }
    assert_eq!(store.entries(None).await.unwrap()[0].former, Former::Unsaid);
}

/// And the entry commits to it: with another one, or with none, nothing opens it.
async fn a_signature_is_kept_with_its_entry<S: Store>(store: &S) {
    let one = known(store, 1).await;
    let row = PersonRow::Fact(fact(1));
    let signature = Signature::of([5; 32], &document(1), [6; 64]);
    let signed = change(one, vec![row.clone()], vec![], 1).signed(signature.clone());
    store.apply(vec![signed, change(one, vec![PersonRow::Fact(fact(2))], vec![], 2)]).await.unwrap();
    let [first, second] = &store.entries(Some(one)).await.unwrap()[..] else { panic!("two entries") };
    assert_eq!((first.signature(), second.signature()), (Some(&signature), None));
    assert!(first.commits_to(one, std::slice::from_ref(&row)));
    for beside in [None, Some(Beside::Signature(Signature::of([5; 32], &document(1), [7; 64])))] {
        let other = Entry { beside, ..first.clone() };
        assert!(!other.commits_to(one, std::slice::from_ref(&row)));
    }
    assert_eq!(second.former, Former::Leaf(first.leaf));
}

/// And the entry commits to it: with somebody else, or with nobody, nothing opens it. It ends with the salt.
async fn who_did_it_is_kept_with_its_entry<S: Store>(store: &S) {
    let (one, id) = (known(store, 1).await, GrantId::from_bytes([7; 16]));
    let staff = || "worker-3".parse().unwrap();
    let doers = [
        Doer::Person,
        Doer::Visitor,
        Doer::Agent { binding: id, tie: Tie::Family },
        Doer::Worker { staff: staff(), consent: Some(AssistanceId::from_bytes([9; 16])) },
        Doer::Worker { staff: staff(), consent: None },
        Doer::App { app: "scanner".parse().unwrap(), grant: id },
    ];
    let done = |(n, doer): (u8, &Doer)| {
        let rows = vec![PersonRow::Fact(fact(n))];
        let entry = Entry::about(&Same(n), ActName::Declare, instant(), one, &rows).unwrap();
        Change::Person { person: one, rows, notices: vec![], entry: entry.done_by(Some(doer.clone())) }
    };
    store.apply((1..).zip(&doers).map(done).collect()).await.unwrap();
    let entries = store.entries(Some(one)).await.unwrap();
    assert_eq!(entries.iter().map(|entry| entry.doer().unwrap().clone()).collect::<Vec<_>>(), doers);
    for (n, entry) in (1..).zip(&entries) {
        let rows = [PersonRow::Fact(fact(n))];
        assert!(entry.commits_to(one, &rows));
        let others = doers.iter().filter(|doer| Some(*doer) != entry.doer()).cloned().map(Beside::Doer);
        for beside in others.map(Some).chain([None]) {
            let other = Entry { beside, ..entry.clone() };
            assert!(!other.commits_to(one, &rows), "{n}");
        }
    }
    let all: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
    store.purge(super::purge::told(vec![Erasure { salts: all, ..Erasure::of(one) }], 9)).await.unwrap();
    let entries = store.entries(Some(one)).await.unwrap();
    assert!(entries.iter().all(|entry| entry.salt.is_none() && entry.beside.is_none()));
}
