//! The contract that is written on the trait, over SQLite.

use std::collections::BTreeSet;
use std::pin::pin;
use std::task::{Context, Waker};

use mingma_registry::conformance::{self, change, document, fact, person};
use mingma_registry::journal::Former;
use mingma_registry::memory::MemoryStore;
use mingma_registry::row::{PersonRow, RowKind};
use mingma_registry::store::Newcomer;
use mingma_registry::{Applied, Change, Store as _};
use mingma_store::{Cached, Settings, SqliteStore};
use pollster::block_on;
use tempfile::TempDir;

use crate::chance::seeded;

#[test]
fn sqlite_keeps_the_contract() {
    let dir = TempDir::new().unwrap();
    let mut n = 0;
    let fresh = || {
        n += 1;
        SqliteStore::open(&dir.path().join(n.to_string()), Settings::default(), seeded(n)).unwrap()
    };
    assert_eq!(block_on(conformance::all(fresh)), 47);
}

#[test]
fn records_in_memory_keep_the_contract_however_few_there_are() {
    for records in [0, 1, 64, 100_000] {
        let fresh = || Cached::new(MemoryStore::default(), records);
        assert_eq!(block_on(conformance::all(fresh)), 47);
    }
}

#[test]
fn what_was_answered_is_there_after_closing_and_opening() {
    let dir = TempDir::new().unwrap();
    let open = || SqliteStore::open(dir.path(), Settings::default(), seeded(1)).unwrap();
    let store = open();
    let newcomer = Newcomer { document: document(1), candidate: person(1) };
    block_on(store.identify(vec![newcomer])).unwrap();
    let rows: Vec<PersonRow> = conformance::one_of_each().into_iter().map(|(row, _)| row).collect();
    block_on(store.apply(vec![change(person(1), rows, vec![], 1)])).unwrap();
    let before = block_on(store.record(person(1))).unwrap();
    drop(store);
    let store = open();
    assert_eq!(block_on(store.record(person(1))).unwrap(), before);
    assert_eq!(block_on(store.document(person(1))).unwrap(), Some(document(1)));
    store.check().unwrap();
}

#[test]
fn a_caller_who_hangs_up_cuts_nothing() {
    let dir = TempDir::new().unwrap();
    let store = SqliteStore::open(dir.path(), Settings::default(), seeded(1)).unwrap();
    let newcomer = Newcomer { document: document(1), candidate: person(1) };
    block_on(store.identify(vec![newcomer])).unwrap();
    for n in 0..50 {
        // Polled once, so that the store has taken it in, and dropped before the answer.
        let mut call = pin!(store.apply(vec![change(person(1), vec![PersonRow::Fact(fact(n))], vec![], n)]));
        let _pending = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    drop(store);
    let store = SqliteStore::open(dir.path(), Settings::default(), seeded(1)).unwrap();
    let kept = block_on(store.record(person(1))).unwrap().facts.len();
    assert_eq!(kept, block_on(store.entries(Some(person(1)))).unwrap().len());
    assert_eq!(kept, 50);
}

/// Changes of one call are tried together; one that stops half-way takes nothing of the others with it, and leaves nothing of itself.
#[test]
fn where_one_of_many_changes_is_there_already_each_other_is_kept_once() {
    let dir = TempDir::new().unwrap();
    let store = SqliteStore::open(dir.path(), Settings::default(), seeded(1)).unwrap();
    let newcomer = Newcomer { document: document(1), candidate: person(1) };
    block_on(store.identify(vec![newcomer])).unwrap();
    let one = |n| change(person(1), vec![PersonRow::Fact(fact(n))], vec![], n);
    let mut changes: Vec<Change> = (0..100).map(one).collect();
    // Its first row is new, its second that of the tenth.
    let both = vec![PersonRow::Fact(fact(200)), PersonRow::Fact(fact(10))];
    changes.insert(50, change(person(1), both, vec![], 200));
    let mut kept = vec![Applied::Done; 101];
    kept[50] = Applied::Exists(RowKind::Fact);
    assert_eq!(block_on(store.apply(changes.clone())), Ok(kept));
    assert_eq!(block_on(store.apply(changes)), Ok(vec![Applied::Exists(RowKind::Fact); 101]));
    let facts: BTreeSet<_> = (0..100).map(|n| fact(n).id).collect();
    let record = block_on(store.record(person(1))).unwrap();
    assert_eq!(record.facts.iter().map(|fact| fact.id).collect::<BTreeSet<_>>(), facts);
    let numbered = block_on(store.journal(0, 1_000)).unwrap();
    assert_eq!(numbered.iter().map(|entry| entry.number).collect::<Vec<_>>(), (1..=100).collect::<Vec<_>>());
    let mut last = Former::None;
    for entry in numbered {
        assert_eq!(entry.entry.former, last, "entry {}", entry.number);
        last = Former::Leaf(entry.entry.leaf);
    }
    assert_eq!(block_on(store.fed()), Ok(100));
}

#[test]
fn no_document_initials_contact_or_code_stands_in_any_file_in_clear() {
    let dir = TempDir::new().unwrap();
    let store = SqliteStore::open(dir.path(), Settings::default(), seeded(1)).unwrap();
    let newcomer = Newcomer { document: document(1), candidate: person(1) };
    block_on(store.identify(vec![newcomer])).unwrap();
    let mut rows: Vec<PersonRow> = conformance::one_of_each().into_iter().map(|(row, _)| row).collect();
    let access = conformance::one_of_each_access();
    rows.extend(access.into_iter().map(|(row, _)| PersonRow::Access(row)));
    assert_eq!(block_on(store.apply(vec![change(person(1), rows, vec![], 1)])), Ok(vec![Applied::Done]));
    let mut read = 0;
    let look = |read: &mut usize| {
        for entry in std::fs::read_dir(dir.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            *read += bytes.len();
            for clear in ["TR0000001", "张三", "13800138000", "zhang.san", "271828", "3141592653"] {
                assert!(
                    !bytes.windows(clear.len()).any(|w| w == clear.as_bytes()),
                    "`{clear}` stands in a file"
                );
            }
        }
    };
    look(&mut read);
    drop(store);
    look(&mut read);
    assert!(read > 100_000, "{read} bytes were looked at");
}

#[test]
fn of_many_callers_with_one_key_one_is_kept_and_the_others_are_told() {
    let dir = TempDir::new().unwrap();
    let store = SqliteStore::open(dir.path(), Settings::default(), seeded(1)).unwrap();
    let newcomer = Newcomer { document: document(99), candidate: person(1) };
    block_on(store.identify(vec![newcomer])).unwrap();
    for n in 0..20 {
        let answers: Vec<_> = std::thread::scope(|scope| {
            let callers: Vec<_> = (0..8_u8)
                .map(|caller| {
                    let store = &store;
                    let rows = vec![PersonRow::Fact(fact(n))];
                    let change = change(person(1), rows, vec![], 8 * n + caller);
                    let newcomer = Newcomer { document: document(n), candidate: person(8 * n + caller + 2) };
                    scope.spawn(move || {
                        let known = block_on(store.identify(vec![newcomer])).unwrap();
                        (known, block_on(store.apply(vec![change])).unwrap())
                    })
                })
                .collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).collect()
        });
        let kept = answers.iter().filter(|(_, applied)| *applied == [Applied::Done]).count();
        assert_eq!(kept, 1, "round {n}");
        let told = answers.iter().filter(|(_, applied)| *applied == [Applied::Exists(RowKind::Fact)]).count();
        assert_eq!(told, 7);
        assert!(answers.iter().all(|(known, _)| *known == answers[0].0), "one document is one person");
    }
}
