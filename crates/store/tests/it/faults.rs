//! A full database and a busy one: nothing acknowledged is lost, nothing refused is there.

use mingma_registry::conformance::{document, instant, person};
use mingma_registry::journal::Entry;
use mingma_registry::row::{PersonRow, PublicRow, RulesetEntry};
use mingma_registry::store::Newcomer;
use mingma_registry::words::ActName;
use mingma_registry::{Applied, Change, Store as _, StoreError};
use mingma_store::{Settings, SqliteStore};
use pollster::block_on;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::chance::seeded;

/// A public act of 64 KiB.
fn bulky(n: usize) -> Change {
    let row = PublicRow::Ruleset(RulesetEntry {
        region: "410100".parse().unwrap(),
        id: n.to_string(),
        rules: "x".repeat(65_536),
        examples: String::new(),
    });
    let entry =
        Entry::public(&*seeded(u64::try_from(n).unwrap()), ActName::Publish, instant(), &row).unwrap();
    Change::Public { row, entry }
}

fn known(store: &SqliteStore) {
    let newcomer = Newcomer { document: document(1), candidate: person(1) };
    block_on(store.identify(vec![newcomer])).unwrap();
}

/// A small act about a person.
fn small(n: u64) -> Change {
    let rows: Vec<PersonRow> = Vec::new();
    let entry =
        Entry::about(&*seeded(1_000_000 + n), ActName::Register, instant(), person(1), &rows).unwrap();
    Change::Person { person: person(1), rows, notices: Vec::new(), entry }
}

#[test]
fn a_full_disk_is_told_and_loses_nothing_that_was_acknowledged() {
    let dir = TempDir::new().unwrap();
    let tight = Settings { max_pages: Some(200) };
    let store = SqliteStore::open(dir.path(), tight, seeded(1)).unwrap();
    let mut kept = 0;
    let refused = loop {
        match block_on(store.apply(vec![bulky(kept)])) {
            Ok(applied) => assert_eq!(applied, [Applied::Published(u64::try_from(kept).unwrap() + 1)]),
            Err(error) => break error,
        }
        kept += 1;
        assert!(kept < 100, "200 pages never fill up");
    };
    assert_eq!(refused, StoreError::Full);
    assert!(refused.to_string().contains("make room"), "{refused}");
    assert!(kept > 3, "{kept}");
    assert_eq!(block_on(store.published(0)).unwrap().len(), kept, "reading goes on");
    assert_eq!(block_on(store.apply(vec![bulky(kept)])), Err(StoreError::Full), "and the writer lives");
    drop(store);
    // Room is made: the same act is kept under the number that it would have had.
    let store = SqliteStore::open(dir.path(), Settings::default(), seeded(1)).unwrap();
    let next = Applied::Published(u64::try_from(kept).unwrap() + 1);
    assert_eq!(block_on(store.apply(vec![bulky(kept)])), Ok(vec![next]));
    store.check().unwrap();
}

#[test]
fn a_group_that_fails_is_refused_whole_also_to_those_who_would_have_fitted() {
    let dir = TempDir::new().unwrap();
    let store = SqliteStore::open(dir.path(), Settings { max_pages: Some(100) }, seeded(1)).unwrap();
    known(&store);
    let mut changes = vec![small(1)];
    changes.extend((0..20).map(bulky));
    assert_eq!(block_on(store.apply(changes)), Err(StoreError::Full));
    assert_eq!(block_on(store.entries(Some(person(1)))).unwrap(), []);
    assert_eq!(block_on(store.published(0)).unwrap(), []);
    assert_eq!(block_on(store.apply(vec![small(1)])), Ok(vec![Applied::Done]), "a small one fits still");
}

#[test]
fn a_database_that_another_holds_is_busy_and_then_goes_on() {
    let dir = TempDir::new().unwrap();
    let store = SqliteStore::open(dir.path(), Settings::default(), seeded(1)).unwrap();
    known(&store);
    let other = Connection::open(dir.path().join("mingma.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(block_on(store.apply(vec![small(1)])), Err(StoreError::Busy));
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(block_on(store.apply(vec![small(1)])), Ok(vec![Applied::Done]));
}
