//! Looking at a folder from outside, and at an open store from beside it.

use std::fs;

use jiff::Timestamp;
use mingma_registry::conformance::{change, document, instant, notice, person};
use mingma_registry::journal::Entry;
use mingma_registry::row::NoticeState;
use mingma_registry::store::Newcomer;
use mingma_registry::words::ActName;
use mingma_registry::{Change, Store as _};
use mingma_store::{Backlog, Depth, OpenError, Settings, SqliteStore, backup_of, in_use, look, restore};
use pollster::block_on;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::chance::seeded;

fn open(dir: &TempDir) -> SqliteStore {
    SqliteStore::open(dir.path(), Settings::default(), seeded(1)).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// An act about the first person, recorded at an instant.
fn act(n: u64, second: i64) -> Change {
    let entry = Entry::about(&*seeded(n), ActName::Declare, at(second), person(1), &[]).unwrap();
    Change::Person { person: person(1), rows: Vec::new(), notices: Vec::new(), entry }
}

#[test]
fn the_newest_entrys_time_is_noted_with_it_and_never_goes_back() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    assert_eq!(store.newest(), None);
    block_on(store.identify(vec![Newcomer { document: document(1), candidate: person(1) }])).unwrap();
    block_on(store.apply(vec![act(2, 2_000), act(3, 3_000), act(4, 1_000)])).unwrap();
    block_on(store.apply(vec![act(5, 2_500)])).unwrap();
    drop(store);
    assert_eq!(open(&dir).newest(), Some(at(3_000)));
    // A folder of a program that did not note it.
    let database = Connection::open(dir.path().join("mingma.db")).unwrap();
    database.execute("DELETE FROM folder WHERE name = 'newest'", []).unwrap();
    drop(database);
    assert_eq!(look(dir.path(), Depth::Whole).unwrap().newest, Some(at(3_000)));
    assert_eq!(open(&dir).newest(), Some(at(3_000)));
}

#[test]
fn a_folder_is_looked_at_in_use_and_not_and_leaves_no_trace() {
    let dir = TempDir::new().unwrap();
    assert!(matches!(look(dir.path(), Depth::AsOpening), Err(OpenError::NoData { .. })));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    let store = open(&dir);
    block_on(store.identify(vec![Newcomer { document: document(1), candidate: person(1) }])).unwrap();
    let told = change(person(1), vec![], vec![notice(person(1), 1)], 1);
    block_on(store.apply(vec![told])).unwrap();
    assert!(in_use(dir.path()).unwrap());
    let seen = look(dir.path(), Depth::AsOpening).unwrap();
    assert_eq!((seen.checked, seen.older, seen.newest), (false, false, Some(instant())));
    assert_eq!(seen.backlog.waiting, 1);
    assert!(look(dir.path(), Depth::Whole).unwrap().checked);
    drop(store);
    let names = || {
        let mut names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    assert!(!in_use(dir.path()).unwrap());
    let at_rest = look(dir.path(), Depth::AsOpening).unwrap();
    assert_eq!((at_rest.checked, at_rest.newest), (true, seen.newest));
    assert_eq!(names(), before);

    let copies = TempDir::new().unwrap();
    let (copy, back) = (copies.path().join("a copy, 100 %"), copies.path().join("back?#"));
    let keys = copies.path().join("keys");
    backup_of(dir.path(), (&copy, &keys), instant(), seeded(2), |_| Ok(())).unwrap();
    restore(&copy, &keys, &back, |_| Ok(())).unwrap();
    assert_eq!(
        look(&back, Depth::Whole).unwrap().newest,
        seen.newest,
        "also one without a lock, oddly named"
    );
}

#[test]
fn an_observer_sees_what_was_kept_and_what_waits_and_keeps_nothing_open() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    let observer = store.observer();
    let before = observer.look().unwrap();
    assert_eq!((before.changes, before.queued, before.writes), (0, 0, true));
    block_on(store.identify(vec![Newcomer { document: document(1), candidate: person(1) }])).unwrap();
    let told = change(person(1), vec![], vec![notice(person(1), 1), notice(person(1), 2)], 1);
    block_on(store.apply(vec![told])).unwrap();
    block_on(store.apply((10..15).map(|n| act(n, 2_000)).collect())).unwrap();
    let seen = observer.look().unwrap();
    assert_eq!((seen.changes, seen.entries, seen.failures), (7, 6, 0));
    assert_eq!(seen.groups[..3], [2, 0, 1], "two groups of one, one of five");
    assert_eq!((seen.backlog.waiting, seen.backlog.oldest.is_some()), (2, true));
    for n in 1..=2 {
        let id = notice(person(1), n).id;
        block_on(store.settle(person(1), id, NoticeState::Delivered { at: instant() })).unwrap();
    }
    assert_eq!(observer.look().unwrap().backlog, Backlog::default());
    drop(store);
    assert!(!dir.path().join("mingma.db-wal").exists(), "the log was folded in");
    assert!(!observer.look().unwrap().writes);
}

#[test]
fn whoever_else_writes_into_the_database_is_noticed_with_the_next_group() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    let observer = store.observer();
    block_on(store.identify(vec![Newcomer { document: document(1), candidate: person(1) }])).unwrap();
    block_on(store.apply(vec![act(1, 1_000)])).unwrap();
    block_on(store.scrub(at(2_000))).unwrap();
    block_on(observer.look_around()).unwrap();
    assert_eq!(observer.edits(), 0, "what the program does itself is no edit, and reading is none");
    let other = Connection::open(dir.path().join("mingma.db")).unwrap();
    let entries: i64 = other.query_row("SELECT count(*) FROM journal", [], |row| row.get(0)).unwrap();
    block_on(observer.look_around()).unwrap();
    assert_eq!((entries, observer.edits()), (1, 0));
    other.execute("UPDATE journal SET sealed_opening = NULL", []).unwrap();
    block_on(observer.look_around()).unwrap();
    assert_eq!(observer.edits(), 1);
    block_on(store.apply(vec![act(2, 3_000)])).unwrap();
    assert_eq!((observer.edits(), observer.look().unwrap().edits), (1, 1));
}
