//! Backup while serving, and restore.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use mingma_registry::conformance::{change, document, fact, instant, person};
use mingma_registry::row::PersonRow;
use mingma_registry::store::Newcomer;
use mingma_registry::{Applied, Store as _};
use mingma_store::{BackupError, OpenError, Settings, SqliteStore, backup_of, restore};
use pollster::block_on;
use tempfile::TempDir;

use crate::chance::seeded;

/// A backup with its keys beside it, made when the samples are.
fn backup(data: &Path, to: &Path) -> Result<(), BackupError> {
    backup_of(data, (to, &to.with_file_name("keys")), instant(), seeded(77), |_| Ok(()))
}

#[test]
fn a_backup_made_while_writing_is_whole_and_comes_back() {
    let dir = TempDir::new().unwrap();
    let store = SqliteStore::open(&dir.path().join("data"), Settings::default(), seeded(1)).unwrap();
    block_on(store.identify(vec![Newcomer { document: document(1), candidate: person(1) }])).unwrap();
    let stop = AtomicBool::new(false);
    let (acknowledged, written) = std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let mut n = 0_u8;
            while !stop.load(Ordering::Relaxed) && n < 255 {
                let rows = vec![PersonRow::Fact(fact(n))];
                assert_eq!(
                    block_on(store.apply(vec![change(person(1), rows, vec![], n)])),
                    Ok(vec![Applied::Done])
                );
                n += 1;
            }
            n
        });
        while block_on(store.record(person(1))).unwrap().facts.len() < 20 {
            std::thread::yield_now();
        }
        let acknowledged = block_on(store.record(person(1))).unwrap().facts.len();
        backup(&dir.path().join("data"), &dir.path().join("backup")).unwrap();
        stop.store(true, Ordering::Relaxed);
        (acknowledged, usize::from(writing.join().unwrap()))
    });
    let came =
        restore(&dir.path().join("backup"), &dir.path().join("keys"), &dir.path().join("back"), |_| Ok(()))
            .unwrap();
    assert_eq!(came.closed, 0);
    let back = SqliteStore::open(&dir.path().join("back"), Settings::default(), seeded(2)).unwrap();
    let kept = block_on(back.record(person(1))).unwrap().facts.len();
    assert!((acknowledged..=written).contains(&kept), "{acknowledged} ≤ {kept} ≤ {written}");
    assert_eq!(block_on(back.entries(Some(person(1)))).unwrap().len(), kept, "no half of an act");
    assert_eq!(block_on(back.document(person(1))), Ok(Some(document(1))));
    back.check().unwrap();
}

#[test]
fn what_was_restored_is_backed_up_before_anybody_opens_it() {
    let dir = TempDir::new().unwrap();
    let path = |name: &str| dir.path().join(name);
    let store = SqliteStore::open(&path("data"), Settings::default(), seeded(1)).unwrap();
    block_on(store.identify(vec![Newcomer { document: document(1), candidate: person(1) }])).unwrap();
    drop(store);
    let mut data = path("data");
    for round in ["once", "twice"] {
        let (to, back) = (path(round).join("backup"), path(round).join("data"));
        fs::create_dir(path(round)).unwrap();
        backup(&data, &to).unwrap();
        restore(&to, &to.with_file_name("keys"), &back, |_| Ok(())).unwrap();
        data = back;
    }
    let back = SqliteStore::open(&data, Settings::default(), seeded(2)).unwrap();
    assert_eq!(block_on(back.document(person(1))), Ok(Some(document(1))));
}

#[test]
fn a_backup_overwrites_nothing_and_a_damaged_one_does_not_come_back() {
    let dir = TempDir::new().unwrap();
    let (data, copy, back) = (dir.path().join("data"), dir.path().join("copy"), dir.path().join("back"));
    let _store = SqliteStore::open(&data, Settings::default(), seeded(1)).unwrap();
    assert!(matches!(backup(&data, &data), Err(BackupError::Exists { .. })));
    // A draft that a killed run left behind is no obstacle.
    fs::create_dir(dir.path().join("copy.draft")).unwrap();
    fs::write(dir.path().join("copy.draft/backup.db"), "half").unwrap();
    backup(&data, &copy).unwrap();
    assert!(matches!(restore(&copy, &data, &data, |_| Ok(())), Err(BackupError::Exists { .. })));
    assert!(matches!(restore(dir.path(), &data, &back, |_| Ok(())), Err(BackupError::NotABackup { .. })));
    let mut bytes = fs::read(copy.join("backup.db")).unwrap();
    let middle = bytes.len() / 2 / 4_096 * 4_096;
    bytes[middle..middle + 4_096].fill(0xA5);
    fs::write(copy.join("backup.db"), bytes).unwrap();
    assert!(matches!(
        restore(&copy, &data, &back, |_| Ok(())),
        Err(BackupError::Refused(OpenError::Damaged { .. }))
    ));
    assert!(!back.exists());
}
