//! What was destroyed is nowhere: not in the database, its free pages or its log, and in no backup, whatever keys are still there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use mingma_domain::Fact;
use mingma_domain::fact::RawFact;
use mingma_domain::retention::Ties;
use mingma_domain::time::Zone;
use mingma_registry::conformance::{change, document, instant, notice, person};
use mingma_registry::journal::{Entry, Former};
use mingma_registry::retention::{Aged, Passed, Purged, over};
use mingma_registry::row::{PersonRow, PublicRow, RecordedFact};
use mingma_registry::store::{Newcomer, Purge};
use mingma_registry::words::ActName;
use mingma_registry::{Applied, FactId, PersonId, Store, StoreError};
use mingma_store::{
    BackupError, Cached, OpenError, RECORDS, Restored, Settings, SqliteStore, backup_of, restore,
};
use pollster::block_on;
use tempfile::TempDir;

use crate::chance::seeded;

/// How many persons there are, and how many facts of each: enough that pages split, and are freed again.
pub(crate) const PERSONS: u8 = 60;
const FACTS: u16 = 40;

pub(crate) fn later(days: i64) -> Timestamp {
    instant().checked_add(SignedDuration::from_hours(24 * days)).unwrap()
}

pub(crate) fn open(dir: &Path, n: u64) -> SqliteStore {
    SqliteStore::open(dir, Settings::default(), seeded(n)).unwrap()
}

/// The nth fact of a person: a test, whose evidence is planted to be looked for; or a vaccination, kept thrice as long.
pub(crate) fn planted(who: PersonId, n: u16) -> RecordedFact {
    let mark = if n.is_multiple_of(8) { "KEPT" } else { "GONE" };
    let evidence = format!("{mark}-{}-{n}", who.as_bytes()[0]);
    let raw = match n {
        n if n.is_multiple_of(8) => {
            RawFact { kind: "vaccination", value: "2", issuer: "hospital:7", ..RawFact::default() }
        }
        _ => {
            RawFact { kind: "test", value: "negative", issuer: "laboratory:410100-07", ..RawFact::default() }
        }
    };
    let raw = RawFact { at: "2022-06-13T09:40:00+08:00", evidence: &evidence, ..raw };
    let mut chance = [who.as_bytes()[0]; 10];
    chance[8..].copy_from_slice(&n.to_be_bytes());
    RecordedFact { id: FactId::new(instant(), chance), fact: Fact::parse(&raw).unwrap(), recorded: instant() }
}

/// A city whose people have facts, notices and something in the journal.
pub(crate) fn settle(store: &impl Store) {
    for p in 1..=PERSONS {
        let newcomer = Newcomer { document: document(p), candidate: person(p) };
        block_on(store.identify(vec![newcomer])).unwrap();
    }
    for n in 0..FACTS {
        for p in 1..=PERSONS {
            let who = person(p);
            let rows = vec![PersonRow::Fact(planted(who, n))];
            let entry = Entry::about(
                &*seeded(u64::from(p) * 1_000 + u64::from(n)),
                ActName::Record,
                instant(),
                who,
                &rows,
            );
            let notices = if n == 1 { vec![notice(who, 1)] } else { vec![] };
            let change =
                mingma_registry::Change::Person { person: who, rows, notices, entry: entry.unwrap() };
            assert_eq!(block_on(store.apply(vec![change])), Ok(vec![Applied::Done]));
        }
    }
}

/// One night, as the act does it.
pub(crate) fn night(store: &impl Store, now: Timestamp, n: u64) -> Purged {
    let ties = Ties::of([], Zone::named("Asia/Shanghai").unwrap());
    let mut row = Purged::none(now);
    let persons = block_on(store.aged(None, 512, Some(&Aged::at(now)))).unwrap().items;
    let erasures = persons.into_iter().map(|who| {
        let held = block_on(store.holding(who)).unwrap();
        over(who, &held, &ties, now, &mut row)
    });
    let erasures: Vec<_> = erasures.filter(|erasure| !erasure.is_empty()).collect();
    if !erasures.is_empty() {
        let entry = Entry::public(&*seeded(n), ActName::Purge, now, &PublicRow::Purged(row.clone())).unwrap();
        block_on(store.purge(Purge { erasures, row: row.clone(), entry })).unwrap();
    }
    block_on(store.pass(Passed::at(now))).unwrap();
    block_on(store.scrub(now)).unwrap();
    row
}

/// How often each mark stands in the files of a folder.
fn marks(dir: &Path, marks: &[&[u8]]) -> (Vec<usize>, u64) {
    let (mut found, mut read) = (vec![0; marks.len()], 0);
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = fs::read(path).unwrap();
            read += bytes.len() as u64;
            for (count, mark) in found.iter_mut().zip(marks) {
                *count += bytes.windows(mark.len()).filter(|window| window == mark).count();
            }
        }
    }
    (found, read)
}

#[test]
fn what_was_destroyed_stands_in_no_file_of_the_folder_and_the_journal_stands() {
    let dir = TempDir::new().unwrap();
    let store = Cached::new(open(dir.path(), 1), RECORDS);
    settle(&store);
    let entries = |p| block_on(store.entries(Some(person(p)))).unwrap();
    let before: BTreeMap<u8, Vec<Entry>> = (1..=PERSONS).map(|p| (p, entries(p))).collect();
    let salt = |p: u8, n| {
        let rows = [PersonRow::Fact(planted(person(p), n))];
        before[&p].iter().find(|entry| entry.commits_to(person(p), &rows)).unwrap().salt.unwrap()
    };
    let gone: Vec<[u8; 32]> = (1..=PERSONS).step_by(10).flat_map(|p| [salt(p, 1), salt(p, 39)]).collect();
    let mut looked_for = vec![&b"GONE-"[..], b"KEPT-"];
    let kept = salt(1, 8);
    looked_for.push(&kept);
    looked_for.extend(gone.iter().map(<[u8; 32]>::as_slice));
    let (found, _) = marks(dir.path(), &looked_for);
    assert!(found[0] > 0 && found[1] > 0, "planted: {found:?}");
    assert_eq!(
        found[2..].iter().sum::<usize>(),
        0,
        "what opens an entry about a person stands nowhere in clear"
    );

    // Nothing is over on the sixtieth day after the tests, everything but the vaccinations on the sixty-first.
    assert_eq!(night(&store, later(59), 5).facts(), 0);
    let purged = night(&store, later(61), 6);
    let gone = u64::from(PERSONS) * 35;
    assert_eq!((purged.facts(), purged.others), (gone, u32::from(PERSONS)), "with a notice each");
    assert_eq!(format!("{}", purged.facts[0].first), "2022-08-13", "when they were due");
    let (found, read) = marks(dir.path(), &looked_for);
    let left = found[0] + found[3..].iter().sum::<usize>();
    assert_eq!(left, 0, "nothing stands in the database, its free pages and its log");
    assert!(found[1] >= usize::from(PERSONS) * 5 && read > 100_000, "{:?} in {read} bytes", &found[..3]);
    assert_eq!(fs::metadata(dir.path().join("mingma.db-wal")).unwrap().len(), 0, "the log is empty");

    // Every entry is there with its leaf; those of kept facts still commit to them, and nothing opens the others.
    for (p, before) in &before {
        let after = entries(*p);
        let leaves = |all: &[Entry]| {
            all.iter().map(|e| (e.id, e.act, e.at, e.leaf, e.clear.clone())).collect::<Vec<_>>()
        };
        assert_eq!(leaves(before), leaves(&after));
        let kept = (0..FACTS).map(|n| vec![PersonRow::Fact(planted(person(*p), n))]);
        let open = kept.filter(|rows| after.iter().any(|entry| entry.commits_to(person(*p), rows))).count();
        assert_eq!(open, 5, "the vaccinations");
        assert_eq!(after.iter().filter(|entry| entry.salt.is_some()).count(), 5);
        assert_eq!(block_on(store.record(person(*p))).unwrap().facts.len(), 5, "nor does memory know it");
    }
    let told = block_on(store.published(0)).unwrap();
    assert!(matches!(&told[..], [act] if act.row == PublicRow::Purged(purged.clone())));
    store.below().check().unwrap();
    drop(store);
    let store = open(dir.path(), 9);
    assert_eq!(block_on(store.document(person(7))), Ok(Some(document(7))), "those who live on are known");
}

#[test]
fn a_former_backup_gives_back_nothing_that_was_destroyed_since() {
    let dir = TempDir::new().unwrap();
    let at = |name: &str| dir.path().join(name);
    let store = open(&at("data"), 1);
    settle(&store);
    night(&store, instant(), 2);
    let copy = |to: &str, keys: &str, now, n| {
        backup_of(&at("data"), (&at(to), &at(keys)), now, seeded(n), |_| Ok(()))
    };
    copy("old", "keys-then", instant(), 3).unwrap();
    // The disk as it was: whoever copies it has the wrapped keys of that day, and that day's key only with it.
    let (then, _) = marks(&at("old"), &[b"GONE-", b"KEPT-", b"negative", b"TR0000001", person(7).as_bytes()]);
    assert_eq!(then, [0; 5], "nothing of anybody stands in a backup in clear");
    let stale = fs::read(at("keys-then/keys.db")).unwrap();

    let purged = night(&store, later(61), 4);
    assert!(purged.facts() > 0);
    // The month in which the tests ended is over; its key goes with the next night.
    night(&store, later(61 + 31), 5);
    copy("new", "keys-now", later(61 + 31), 6).unwrap();

    // The former backup with today's keys: what lives on comes back, what was destroyed does not.
    for (from, keys) in [("old", at("keys-now")), ("new", at("keys-now")), ("old", at("data"))] {
        let back = at("back");
        let came = restore(&at(from), &keys, &back, |_| Ok(())).unwrap();
        assert_eq!(came.closed > 0, from == "old", "{came:?}");
        let (found, read) = marks(&back, &[b"GONE-", b"KEPT-"]);
        assert!(found[0] == 0 && found[1] >= usize::from(PERSONS) && read > 100_000, "{from}: {found:?}");
        let again = open(&back, 7);
        let record = block_on(again.record(person(7))).unwrap();
        assert_eq!(record.facts.len(), 5, "{from}");
        assert_eq!(block_on(again.document(person(7))), Ok(Some(document(7))));
        let entries = block_on(again.entries(Some(person(7)))).unwrap();
        assert_eq!(entries.len(), usize::from(FACTS), "every leaf comes back");
        assert_eq!(entries.iter().filter(|entry| entry.salt.is_some()).count(), 5);
        let leaves: Vec<_> = entries.iter().map(|entry| Former::Leaf(entry.leaf)).collect();
        let follow = entries.iter().filter(|entry| leaves.contains(&entry.former)).count();
        assert_eq!(follow, entries.len() - 1, "each names the one before it, and the first none");
        again.check().unwrap();
        drop(again);
        fs::remove_dir_all(&back).unwrap();
    }

    // A stale copy of the wrapped keys is of no use with the keys of today.
    let forged = at("forged");
    fs::create_dir(&forged).unwrap();
    for entry in fs::read_dir(at("keys-now")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, forged.join(path.file_name().unwrap())).unwrap();
    }
    fs::write(forged.join("keys.db"), &stale).unwrap();
    let refused = restore(&at("old"), &forged, &at("back"), |_| Ok(()));
    assert!(matches!(refused, Err(BackupError::Refused(OpenError::KeyLost { .. }))), "{refused:?}");
    // Told that it is of today, it opens nothing at all.
    let table = rusqlite::Connection::open(forged.join("keys.db")).unwrap();
    let day: [u8; 4] = rusqlite::Connection::open(at("keys-now/keys.db"))
        .unwrap()
        .query_row("SELECT value FROM folder WHERE name = 'day'", [], |row| row.get(0))
        .unwrap();
    table.execute("UPDATE folder SET value = ?1 WHERE name = 'day'", [day]).unwrap();
    drop(table);
    let Restored { opened, closed } = restore(&at("old"), &forged, &at("back"), |_| Ok(())).unwrap();
    assert!(opened == 0 && closed > 0);
}

#[test]
fn each_backup_destroys_the_keys_that_the_one_before_it_wrote_and_nothing_else() {
    let dir = TempDir::new().unwrap();
    let at = |name: &str| dir.path().join(name);
    let store = open(&at("data"), 1);
    let names = |name: &str| {
        let mut names: Vec<String> =
            fs::read_dir(at(name)).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    for n in 1..4 {
        block_on(store.scrub(later(n))).unwrap();
        let day = format!("day-{n}.key");
        assert!(
            names("data").contains(&day)
                && names("data").iter().filter(|name| name.starts_with("day-")).count() == 1
        );
        backup_of(&at("data"), (&at(&format!("b{n}")), &at("keys")), later(n), seeded(9), |_| Ok(()))
            .unwrap();
        assert_eq!(names("keys"), [day.as_str(), "keys.db", "master.key"]);
        assert_eq!(names(&format!("b{n}")), ["backup.db"], "a backup has no key");
    }
    // A folder that holds anything else is somebody's: it stays.
    fs::create_dir(at("other")).unwrap();
    fs::write(at("other/letters.txt"), "dear").unwrap();
    let refused = backup_of(&at("data"), (&at("b9"), &at("other")), later(9), seeded(9), |_| Ok(()));
    assert!(matches!(refused, Err(BackupError::Exists { .. })), "{refused:?}");
    assert!(names("other") == ["letters.txt"] && !at("b9").exists());
    let refused = backup_of(&at("data"), (&at("b9"), &at("data")), later(9), seeded(9), |_| Ok(()));
    assert!(matches!(refused, Err(BackupError::Exists { .. })), "{refused:?}");
}

#[test]
fn a_night_that_broke_off_at_any_step_is_made_good_at_the_next_opening() {
    let dir = TempDir::new().unwrap();
    let day = |n: u32| dir.path().join(format!("day-{n}.key"));
    let store = open(dir.path(), 1);
    let newcomer = Newcomer { document: document(1), candidate: person(1) };
    block_on(store.identify(vec![newcomer])).unwrap();
    block_on(store.scrub(later(1))).unwrap();
    drop(store);
    let former = fs::read(day(1)).unwrap();
    // Killed before the commit: the next day's key is there, and wraps nothing.
    fs::write(day(2), &former).unwrap();
    let store = open(dir.path(), 2);
    assert_eq!(block_on(store.document(person(1))), Ok(Some(document(1))));
    assert!(day(1).exists() && !day(2).exists());
    block_on(store.scrub(later(2))).unwrap();
    drop(store);
    // Killed after it: the former day's key is still there.
    fs::write(day(1), &former).unwrap();
    let store = open(dir.path(), 3);
    assert_eq!(block_on(store.document(person(1))), Ok(Some(document(1))));
    assert!(!day(1).exists() && day(2).exists());
    // Writing goes on under the new day's key.
    let newcomer = Newcomer { document: document(2), candidate: person(2) };
    block_on(store.identify(vec![newcomer])).unwrap();
    block_on(store.apply(vec![change(person(2), vec![], vec![], 1)])).unwrap();
    drop(store);
    assert_eq!(block_on(open(dir.path(), 4).document(person(2))), Ok(Some(document(2))));
    // Without its key nothing opens, and the program says which file it misses.
    let aside: PathBuf = dir.path().with_extension("aside");
    fs::rename(day(2), &aside).unwrap();
    let lost = SqliteStore::open(dir.path(), Settings::default(), seeded(5));
    assert!(matches!(&lost, Err(OpenError::KeyLost { path }) if *path == day(2)), "{lost:?}");
    fs::remove_file(aside).unwrap();
}

#[test]
fn whoever_reads_through_a_night_reads_on() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path(), 1);
    settle(&store);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (1..=2_u8)
            .map(|p| {
                let store = &store;
                scope.spawn(move || {
                    for _ in 0..400 {
                        assert_eq!(block_on(store.document(person(p))), Ok(Some(document(p))));
                    }
                })
            })
            .collect();
        for n in 0..8 {
            match block_on(store.scrub(later(n))) {
                Ok(()) | Err(StoreError::Busy) => {}
                Err(error) => panic!("{error}"),
            }
        }
        for reader in readers {
            reader.join().unwrap();
        }
    });
}
