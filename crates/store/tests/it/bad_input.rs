//! Data folders that are refused: each with an error that says what to do, and left as they are.

use std::fs;
use std::path::Path;

use mingma_registry::conformance::{change, document, fact, instant, person};
use mingma_registry::row::PersonRow;
use mingma_registry::store::Newcomer;
use mingma_registry::{Store as _, StoreError};
use mingma_store::{Depth, OpenError, Settings, SqliteStore, look};
use pollster::block_on;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::chance::seeded;

fn open(dir: &Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(dir, Settings::default(), seeded(1))
}

/// A folder with a person and a fact in it, closed.
fn filled() -> TempDir {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path()).unwrap();
    block_on(store.identify(vec![Newcomer { document: document(1), candidate: person(1) }])).unwrap();
    block_on(store.apply(vec![change(person(1), vec![PersonRow::Fact(fact(1))], vec![], 1)])).unwrap();
    dir
}

fn sql(dir: &TempDir, statements: &str) {
    Connection::open(dir.path().join("mingma.db")).unwrap().execute_batch(statements).unwrap();
}

#[test]
fn a_folder_is_open_in_one_process_at_a_time() {
    let dir = filled();
    let first = open(dir.path()).unwrap();
    let second = open(dir.path());
    assert!(matches!(second, Err(OpenError::InUse { .. })));
    assert!(second.unwrap_err().to_string().contains("stop that one first"));
    drop(first);
    open(dir.path()).unwrap();
}

#[test]
fn a_newer_version_is_refused_and_left_alone() {
    let dir = filled();
    sql(&dir, "PRAGMA user_version = 99; CREATE TABLE later (x)");
    assert!(matches!(open(dir.path()), Err(OpenError::Newer { found: 99 })));
    sql(&dir, "SELECT * FROM later");
}

#[test]
fn a_half_migrated_folder_is_refused() {
    for half in
        ["DROP TABLE appeals", "PRAGMA user_version = 1", "CREATE TABLE stray (x)", "DROP INDEX outbox_due"]
    {
        let dir = filled();
        sql(&dir, half);
        assert!(matches!(open(dir.path()), Err(OpenError::Torn { .. })), "{half}");
    }
}

#[test]
fn a_lost_or_foreign_or_broken_key_file_is_refused_and_never_replaced() {
    let dir = filled();
    let key = dir.path().join("master.key");
    let kept = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    let lost = open(dir.path()).unwrap_err();
    assert!(
        matches!(lost, OpenError::KeyLost { .. }) && lost.to_string().contains("put the key file"),
        "{lost}"
    );
    assert!(!key.exists(), "a new key would seal over the old one's data");
    fs::write(&key, "00".repeat(32)).unwrap();
    assert!(matches!(open(dir.path()), Err(OpenError::OtherKey { .. })));
    for broken in ["", "00", &"zz".repeat(32), &"é".repeat(32)] {
        fs::write(&key, broken).unwrap();
        let error = open(dir.path()).unwrap_err();
        assert!(matches!(error, OpenError::NotAKey { .. }), "{broken}");
        assert!(broken.is_empty() || !error.to_string().contains(&"z".repeat(8)), "a key is never printed");
    }
    fs::write(&key, kept).unwrap();
    open(dir.path()).unwrap();
}

#[cfg(unix)]
#[test]
fn a_folder_without_its_database_is_refused_and_keeps_its_keys_until_it_is_back() {
    let dir = filled();
    block_on(open(dir.path()).unwrap().scrub(instant())).unwrap();
    let (database, aside) = (dir.path().join("mingma.db"), dir.path().join("aside"));
    let keys = || ["master.key", "day-1.key"].map(|key| fs::read(dir.path().join(key)).unwrap());
    let (before, kept) = (keys(), fs::read(&database).unwrap());
    fs::rename(&database, &aside).unwrap();
    let is_refused = || {
        let lost = open(dir.path()).unwrap_err();
        assert!(matches!(lost, OpenError::DatabaseLost { .. }), "{lost}");
        assert_eq!(lost.to_string(), look(dir.path(), Depth::Whole).unwrap_err().to_string());
        assert_eq!(keys(), before);
    };
    is_refused();
    assert!(!database.exists());
    // As a disk that was full leaves it.
    fs::write(&database, "").unwrap();
    is_refused();
    fs::write(&database, kept).unwrap();
    assert_eq!(block_on(open(dir.path()).unwrap().document(person(1))), Ok(Some(document(1))));
}

#[test]
fn a_lost_key_of_the_day_is_seen_by_whoever_looks() {
    let dir = filled();
    block_on(open(dir.path()).unwrap().scrub(instant())).unwrap();
    fs::remove_file(dir.path().join("day-1.key")).unwrap();
    let lost = open(dir.path()).unwrap_err();
    assert!(matches!(lost, OpenError::KeyLost { .. }), "{lost}");
    assert_eq!(lost.to_string(), look(dir.path(), Depth::AsOpening).unwrap_err().to_string());
}

#[test]
fn the_key_is_for_its_owners_eyes_only() {
    use std::os::unix::fs::PermissionsExt;
    let dir = filled();
    let mode = fs::metadata(dir.path().join("master.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_damaged_page_is_found_at_opening() {
    let dir = filled();
    let path = dir.path().join("mingma.db");
    let whole = fs::read(&path).unwrap();
    let pages = whole.len() / 4_096;
    assert!(pages > 20);
    let mut refused = 0;
    for page in 0..pages {
        let mut bytes = whole.clone();
        bytes[page * 4_096..(page + 1) * 4_096].fill(0xA5);
        fs::write(&path, &bytes).unwrap();
        match open(dir.path()) {
            Err(OpenError::Damaged { detail, .. }) => {
                // Not which database, but where in it.
                assert!(!detail.is_empty() && !detail.starts_with("***"), "page {page}: {detail}");
                refused += 1;
            }
            Err(other) => panic!("page {page}: {other}"),
            Ok(_) => panic!("page {page} was not missed"),
        }
    }
    assert_eq!(refused, pages);
    fs::write(
        &path,
        "this is no database, it is a text that is longer than a header of a database is, by far and wide",
    )
    .unwrap();
    assert!(matches!(open(dir.path()), Err(OpenError::Damaged { .. })));
}

#[test]
fn a_row_that_was_changed_by_hand_is_named_without_its_content() {
    for (damage, place) in [
        ("UPDATE facts SET value = 'TR0000001'", "table `facts`, column `value`"),
        ("UPDATE facts SET issuer = 'cdc'", "table `facts`, column `value`"),
    ] {
        let dir = filled();
        sql(&dir, damage);
        let store = open(dir.path()).unwrap();
        let error = block_on(store.record(person(1))).unwrap_err();
        assert_eq!(error, StoreError::Damaged { place: place.to_owned() });
    }
    let dir = filled();
    sql(&dir, "UPDATE persons SET sealed_identity = zeroblob(40)");
    let error = block_on(open(dir.path()).unwrap().document(person(1))).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }));
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let dir = filled();
    let file = dir.path().join("master.key");
    assert!(matches!(open(&file.join("data")), Err(OpenError::Folder { .. })));
}
