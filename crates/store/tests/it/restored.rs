//! A folder that was restored with newer keys lacks what they had ended. That is no difference from its journal, and whatever else is missing is one.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use mingma_registry::conformance::{document, instant, person};
use mingma_registry::journal::{Edit, Ends, Entry, Kept, edits};
use mingma_registry::policy::{Purpose, Role};
use mingma_registry::row::{Disclosure, PersonRow, RecordedFact};
use mingma_registry::store::Proven;
use mingma_registry::words::ActName;
use mingma_registry::{Change, Clock, DisclosureId, FactId, Store as _};
use mingma_store::{Beside, backup_of, restore};
use pollster::block_on;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::chance::seeded;
use crate::purge::{PERSONS, later, night, open, planted, settle};

struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A folder of which a backup was made on the first day, and one that was restored from that with the keys of the 92nd: the tests had ended by
/// then, the vaccinations and whoever looked had not.
fn restored(dir: &TempDir) -> PathBuf {
    let at = |name: &str| dir.path().join(name);
    let store = open(&at("data"), 1);
    settle(&store);
    for p in 1..=PERSONS {
        let look = Disclosure {
            id: DisclosureId::new(instant(), [p; 10]),
            role: Role::Arbiter,
            by: "appeals-410100-3".parse().unwrap(),
            purpose: Purpose::Redress,
            policies: None,
            case: None,
            at: instant(),
        };
        record(&store, p, (vec![PersonRow::Disclosure(look)], ActName::Disclose), instant());
    }
    night(&store, instant(), 2);
    backup_of(&at("data"), (&at("old"), &at("keys-then")), instant(), seeded(3), |_| Ok(())).unwrap();
    assert!(night(&store, later(61), 4).facts() > 0);
    night(&store, later(92), 5);
    backup_of(&at("data"), (&at("new"), &at("keys")), later(92), seeded(6), |_| Ok(())).unwrap();
    let back = at("back");
    assert!(restore(&at("old"), &at("keys"), &back, |_| Ok(())).unwrap().closed > 0);
    back
}

/// Keeps rows of the pth person with their entry.
fn record(store: &impl mingma_registry::Store, p: u8, (rows, act): (Vec<PersonRow>, ActName), at: Timestamp) {
    let entry = Entry::about(&*seeded(u64::from(p) * 7_919 + rows.len() as u64), act, at, person(p), &rows);
    let change = Change::Person { person: person(p), rows, notices: Vec::new(), entry: entry.unwrap() };
    assert_eq!(block_on(store.apply(vec![change])).unwrap().len(), 1);
}

/// How what is kept of everybody differs from the journal, as whoever holds the whole folder against its log asks.
fn differences(dir: &Path, now: Timestamp) -> Vec<Edit> {
    let beside = Beside::open(dir).unwrap();
    let ends = Ends::known(beside.purged(0).unwrap().1, now);
    let mut found = Vec::new();
    for who in beside.persons(None, 1_000).unwrap() {
        let kept = beside.of(who).unwrap();
        let (record, requests, entries) = (&kept.record, &kept.requests, &kept.entries);
        let of = Kept { person: who, record, requests, entries, earlier: entries };
        found.extend(edits(&of, &kept.numbers, Some(1), &ends));
    }
    found
}

/// How often a record that is read is not what the journal commits to, and how many entries' rows are gone.
fn unproven(dir: &Path, now: Timestamp) -> (usize, usize) {
    let store = open(dir, 8);
    let told = Arc::new(AtomicUsize::new(0));
    let (hears, restored) = (Arc::clone(&told), store.restored());
    let store = Proven::new(store, Arc::new(Standing(now)), move |_| {
        hears.fetch_add(1, Ordering::Relaxed);
    });
    let store = store.restored(restored);
    let gone = |p| block_on(store.record(person(p))).unwrap().gone.len();
    ((1..=PERSONS).map(gone).sum(), told.load(Ordering::Relaxed))
}

fn edited(dir: &Path, sql: &str) {
    let edit = Connection::open(dir.join("mingma.db")).unwrap();
    assert_eq!(edit.execute(sql, [person(7).as_bytes()]).unwrap(), 1, "{sql}");
}

#[test]
fn what_a_restored_folders_keys_had_ended_is_no_edit_and_what_was_edited_is() {
    let dir = TempDir::new().unwrap();
    let back = restored(&dir);
    let now = later(92);
    assert_eq!(differences(&back, now), []);
    assert_eq!(unproven(&back, now), (0, 0), "nor does anybody's fact wait for what had ended");

    // What it says of itself goes with it, and is not said of what its own keys open whole.
    backup_of(&back, (&dir.path().join("again"), &dir.path().join("keys-2")), now, seeded(9), |_| Ok(()))
        .unwrap();
    let whole = dir.path().join("whole");
    let parts = restore(&dir.path().join("again"), &dir.path().join("keys-2"), &whole, |_| Ok(())).unwrap();
    assert_eq!((parts.closed, differences(&whole, now)), (0, Vec::new()));
    assert_eq!(open(&dir.path().join("data"), 10).restored(), None);

    let saved = fs::read(back.join("mingma.db")).unwrap();
    let since = "recorded > (SELECT min(recorded) FROM facts)";
    let edits: [(&str, &[&str]); 4] = [
        (
            "a fact that had not ended is taken out",
            &["DELETE FROM facts WHERE fact = (SELECT min(fact) FROM facts WHERE person = ?1)"],
        ),
        ("a look that had not ended is taken out", &["DELETE FROM disclosures WHERE person = ?1"]),
        (
            "a look that had not ended is taken out with what opens its entry",
            &[
                "DELETE FROM disclosures WHERE person = ?1",
                "UPDATE journal SET sealed_opening = NULL WHERE person = ?1 AND act = 'disclose'",
            ],
        ),
        (
            "what was recorded after the folder was restored is taken out with what opens its entry",
            &[
                &format!("DELETE FROM facts WHERE person = ?1 AND {since}"),
                "UPDATE journal SET sealed_opening = NULL WHERE person = ?1 AND at > (SELECT min(at) FROM journal)",
            ],
        ),
    ];
    let forgets = Connection::open(back.join("mingma.db")).unwrap();
    assert_eq!(forgets.execute("DELETE FROM folder WHERE name = 'restored'", []).unwrap(), 1);
    drop(forgets);
    assert!(!differences(&back, now).is_empty(), "it is the note that tells the two apart");
    fs::write(back.join("mingma.db"), &saved).unwrap();
    for (what, sql) in edits {
        let store = open(&back, 11);
        let fact = RecordedFact { id: FactId::new(now, [7; 10]), recorded: now, ..planted(person(7), 41) };
        record(&store, 7, (vec![PersonRow::Fact(fact)], ActName::Record), now);
        drop(store);
        assert_eq!(differences(&back, now), [], "before {what}");
        for sql in sql {
            edited(&back, sql);
        }
        let found = differences(&back, now);
        assert!(matches!(&found[..], [Edit::Unopened { .. }]), "{what}: {found:?}");
        fs::write(back.join("mingma.db"), &saved).unwrap();
    }
    assert_eq!(block_on(open(&back, 12).document(person(7))), Ok(Some(document(7))), "as it was");
}
