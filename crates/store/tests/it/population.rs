//! Everybody is read as of one moment, each with what counts of their record, while others write.

use jiff::Timestamp;
use mingma_registry::conformance::{FACTS, change, document, every_fact, one_of_each, person};
use mingma_registry::feed::AsOf;
use mingma_registry::row::{Countersignature, PersonRow, RecordedRetraction, Registration};
use mingma_registry::store::Newcomer;
use mingma_registry::{Resident, Store as _, Witnessed};
use mingma_store::{OpenError, Settings, Snapshot, SqliteStore};
use pollster::block_on;
use tempfile::TempDir;

use crate::chance::seeded;

/// More than one page of persons has.
const MANY: u16 = 5_000;

fn far() -> Timestamp {
    "2030-01-01T00:00:00Z".parse().unwrap()
}

fn known(store: &SqliteStore, n: u8) {
    let newcomer = Newcomer { document: document(n), candidate: person(n) };
    block_on(store.identify(vec![newcomer])).unwrap();
}

#[test]
fn everybody_is_read_with_what_counts_of_their_record_and_as_of_one_moment() {
    let dir = TempDir::new().unwrap();
    let store = SqliteStore::open(dir.path(), Settings::default(), seeded(1)).unwrap();
    let at: Timestamp = "2022-06-14T00:00:00Z".parse().unwrap();
    for n in [9, 1, 5] {
        known(&store, n);
        let mut rows: Vec<PersonRow> = (0..FACTS).map(|f| PersonRow::Fact(every_fact(f))).collect();
        rows.push(PersonRow::Registration(Registration {
            home: "410105".parse().unwrap(),
            initials: None,
            at,
        }));
        let issuer: mingma_domain::fact::Issuer = "cdc:1".parse().unwrap();
        if n == 5 {
            let fact = every_fact(2).id;
            rows.push(PersonRow::Countersignature(Countersignature { fact, issuer: issuer.clone(), at }));
            let (fact, reason) = (every_fact(5).id, mingma_domain::fact::RetractionReason::WrongPerson);
            rows.push(PersonRow::Retraction(RecordedRetraction { fact, issuer, reason, at }));
        }
        block_on(store.apply(vec![change(person(n), rows, vec![], n)])).unwrap();
    }
    known(&store, 7);
    let snapshot = Snapshot::open(dir.path()).unwrap();
    // After the snapshot: not seen.
    let rows = one_of_each().into_iter().map(|(row, _)| row).collect();
    block_on(store.apply(vec![change(person(7), rows, vec![], 100)])).unwrap();
    known(&store, 3);
    let read: Vec<Resident> = snapshot.residents(far()).map(Result::unwrap).collect();
    assert_eq!(read.iter().map(|r| r.person).collect::<Vec<_>>(), [1, 5, 7, 9].map(person));
    assert_eq!(snapshot.size().unwrap(), [4, 39, 9]);
    for resident in &read {
        let record = block_on(store.record(resident.person)).unwrap();
        if resident.person == person(7) {
            assert_eq!((resident.home, resident.facts.len()), (None, 0));
            assert_eq!(record.facts.len(), 1);
        } else {
            assert_eq!(*resident, Resident::of(resident.person, (*record).clone(), far()));
        }
    }
    // A contact counts with its second organisation, an isolation and an entry wait for theirs; a test was taken back.
    assert_eq!(read.iter().map(|r| r.facts.len()).collect::<Vec<_>>(), [10, 10, 0, 10]);
    let early = snapshot.residents(at.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap());
    assert!(early.map(Result::unwrap).all(|r| r.home.is_none()), "nobody had registered a second before");
}

#[test]
fn everybody_is_read_as_of_a_place_of_the_feed_whatever_came_later() {
    let dir = TempDir::new().unwrap();
    let store = SqliteStore::open(dir.path(), Settings::default(), seeded(1)).unwrap();
    for n in [2, 1] {
        known(&store, n);
        let rows = (0..FACTS).map(|f| PersonRow::Fact(every_fact(f))).collect();
        block_on(store.apply(vec![change(person(n), rows, vec![], n)])).unwrap();
    }
    let at = far();
    let as_of = AsOf { disputes: at, witnessed: Witnessed::EVERYTHING };
    let registration = Registration { home: "410105".parse().unwrap(), initials: None, at };
    let second = Countersignature { fact: every_fact(2).id, issuer: "cdc:1".parse().unwrap(), at };
    let rows = vec![PersonRow::Registration(registration), PersonRow::Countersignature(second)];
    block_on(store.apply(vec![change(person(1), rows, vec![], 3)])).unwrap();
    let snapshot = Snapshot::open(dir.path()).unwrap();
    assert_eq!(snapshot.fed(), Ok(3));
    let by = |place| -> Vec<(bool, usize)> {
        let read = snapshot.residents_by(place, as_of).unwrap().map(Result::unwrap);
        read.map(|r| (r.home.is_some(), r.facts.len())).collect()
    };
    assert_eq!(by(0), [(false, 0), (false, 0)]);
    assert_eq!(by(1), [(false, 0), (false, 10)]);
    assert_eq!(by(2), [(false, 10), (false, 10)]);
    assert_eq!(by(3), [(true, 11), (false, 10)]);
    let fed = block_on(store.feed(2, 9, as_of)).unwrap();
    assert_eq!(fed[0].resident, snapshot.residents_by(3, as_of).unwrap().next().unwrap().unwrap());
    // What may wait for its witnesses is told of each in the same way.
    let as_of = AsOf { witnessed: 1, ..as_of };
    let read: Vec<Resident> = snapshot.residents_by(3, as_of).unwrap().map(Result::unwrap).collect();
    let later = |resident: &Resident| {
        let record = resident.beyond.as_ref();
        record.map(|record| record.later.iter().map(|entry| entry.number).collect::<Vec<_>>())
    };
    assert_eq!(read.iter().map(later).collect::<Vec<_>>(), [Some(vec![2, 3]), None]);
    for resident in read {
        assert_eq!(block_on(store.resident(resident.person, 3, as_of)).unwrap(), resident);
    }
}

#[test]
fn many_persons_come_page_by_page_each_once() {
    let dir = TempDir::new().unwrap();
    let store = SqliteStore::open(dir.path(), Settings::default(), seeded(1)).unwrap();
    let newcomers = |from: u16, to: u16| {
        (from..to).map(|n| Newcomer {
            document: format!("passport:JP:TS{n:07}").parse().unwrap(),
            candidate: mingma_registry::PersonId::new(
                [[0; 14].as_slice(), &n.to_be_bytes()].concat().try_into().unwrap(),
            ),
        })
    };
    for from in (0..MANY).step_by(2_500) {
        block_on(store.identify(newcomers(from, from + 2_500).collect())).unwrap();
    }
    let snapshot = Snapshot::open(dir.path()).unwrap();
    let read: Vec<_> = snapshot.residents(far()).map(|r| r.unwrap().person).collect();
    assert_eq!(read.len(), usize::from(MANY));
    assert!(read.is_sorted_by(|a, b| a < b));
}

#[test]
fn what_is_no_data_folder_is_refused() {
    let dir = TempDir::new().unwrap();
    assert!(matches!(Snapshot::open(dir.path()), Err(OpenError::Folder { .. })));
    let old = rusqlite_of_version_0(dir.path());
    assert!(matches!(old, Err(OpenError::Older { found: 0 })), "{:?}", old.err());
}

/// A database without tables, as before the first step.
fn rusqlite_of_version_0(dir: &std::path::Path) -> Result<Snapshot, OpenError> {
    std::fs::write(dir.join("mingma.db"), b"").unwrap();
    Snapshot::open(dir)
}
