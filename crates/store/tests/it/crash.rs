//! A killed process: every acknowledged act is there, and no half of one.
//!
//! The child is this test binary again, running `the_child_streams_writes` alone: it writes from four threads and
//! prints each acknowledgement, and each block of places that it was given. The parent kills it with SIGKILL at a moment drawn from the seed, opens the folder
//! and looks. `MINGMA_CRASH_ROUNDS` sets how many rounds there are; the ordinary run makes a few.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use mingma_registry::conformance::{document, fact, instant};
use mingma_registry::id::FactId;
use mingma_registry::journal::Entry;
use mingma_registry::row::{Notice, PersonRow, RecordedFact};
use mingma_registry::store::Newcomer;
use mingma_registry::words::{ActName, NoticeKind};
use mingma_registry::{Applied, Change, NoticeId, PersonId, Store as _};
use mingma_store::{Settings, SqliteStore};
use pollster::block_on;
use tempfile::TempDir;

use crate::chance::seeded;

const ROUNDS: u64 = 6;
const DIR: &str = "MINGMA_CRASH_DIR";
const THREADS: u8 = 4;

fn id(thread: u8, n: u32) -> [u8; 10] {
    let mut id = [0; 10];
    id[0] = thread;
    id[1..5].copy_from_slice(&n.to_be_bytes());
    id
}

/// The nth act of a thread: two facts, a notice and the journal's entry.
fn act(person: PersonId, thread: u8, n: u32) -> Change {
    let one = |part: u8| {
        let mut chance = id(thread, n);
        chance[9] = part;
        PersonRow::Fact(RecordedFact { id: FactId::new(instant(), chance), ..fact(1) })
    };
    let rows = vec![one(0), one(1)];
    let notice = Notice {
        person,
        id: NoticeId::new(instant(), id(thread, n)),
        kind: NoticeKind::FactRecorded,
        about: [0; 16],
        created: instant(),
    };
    let seed = (u64::from(thread) << 40) | u64::from(n) << 8;
    let entry = Entry::about(&*seeded(seed), ActName::Record, instant(), person, &rows).unwrap();
    Change::Person { person, rows, notices: vec![notice], entry }
}

/// A block of the first list that has one.
async fn given(store: &SqliteStore) -> (u32, u32) {
    let mut shard = 0;
    loop {
        if let Some(first) = store.reserve(shard).await.unwrap() {
            return (shard, first);
        }
        shard += 1;
    }
}

#[test]
#[ignore = "the parent runs it as a child of its own"]
#[expect(clippy::disallowed_methods, reason = "how the parent tells its child where to write")]
fn the_child_streams_writes() {
    let dir = std::env::var(DIR).unwrap();
    let seed = u64::from(std::process::id());
    let store = SqliteStore::open(Path::new(&dir), Settings::default(), seeded(seed)).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let store = &store;
            scope.spawn(move || {
                let newcomer =
                    Newcomer { document: document(thread), candidate: PersonId::new([thread + 1; 16]) };
                let person = block_on(store.identify(vec![newcomer])).unwrap()[0];
                let from = block_on(store.entries(Some(person))).unwrap().len();
                for n in u32::try_from(from).unwrap().. {
                    let applied = block_on(store.apply(vec![act(person, thread, n)])).unwrap();
                    assert_eq!(applied, [Applied::Done]);
                    // One write for each line, so that a kill cannot tear one.
                    std::io::stdout().lock().write_all(format!("kept {thread} {n}\n").as_bytes()).unwrap();
                    if n % 8 == 0 {
                        let (shard, first) = block_on(given(store));
                        let line = format!("given {shard} {first}\n");
                        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                    }
                }
            });
        }
    });
}

/// What a child said before it died.
#[derive(Default)]
struct Heard {
    /// The highest number that it acknowledged for each thread.
    last: [Option<u32>; 4],
    /// The blocks that it was given: list and first place.
    given: Vec<(u32, u32)>,
}

/// Starts a child and kills it after `wait`.
fn killed_after(dir: &Path, wait: Duration) -> Heard {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::the_child_streams_writes", "--exact", "--ignored", "--nocapture"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut heard = Heard::default();
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            // The first line may follow the test runner's own words.
            let words: Vec<&str> = line.split(' ').collect();
            if let ["given", shard, first] = words[..] {
                heard.given.push((shard.parse().unwrap(), first.parse().unwrap()));
            }
            let Some(at) = words.iter().position(|word| word.ends_with("kept")) else { continue };
            if let [_, thread, n] = words[at..] {
                heard.last[thread.parse::<usize>().unwrap()] = Some(n.parse().unwrap());
            }
        }
        heard
    });
    std::thread::sleep(wait);
    child.kill().unwrap();
    child.wait().unwrap();
    reading.join().unwrap()
}

/// Looks at every thread's person; gives how many acts there are.
fn inspect(dir: &Path, acknowledged: &[Option<u32>; 4], round: u64) -> usize {
    let store = SqliteStore::open(dir, Settings::default(), seeded(round)).unwrap();
    let mut acts = 0;
    let due = block_on(store.due(jiff::Timestamp::MAX, u32::MAX)).unwrap();
    for (thread, last) in (0_u8..).zip(acknowledged) {
        let Some(person) = block_on(store.find(&document(thread))).unwrap() else {
            assert_eq!(*last, None, "round {round}: an acknowledged person is gone");
            continue;
        };
        assert_eq!(block_on(store.document(person)), Ok(Some(document(thread))));
        let record = block_on(store.record(person)).unwrap();
        let entries = block_on(store.entries(Some(person))).unwrap();
        let kept = entries.len();
        assert!(
            kept > last.map_or(0, |n| usize::try_from(n).unwrap()) || last.is_none(),
            "round {round}: an acknowledged act is gone"
        );
        assert_eq!(record.facts.len(), 2 * kept, "round {round}: half of an act");
        assert_eq!(
            due.iter().filter(|(n, _)| n.person == person).count(),
            kept,
            "round {round}: half of an act"
        );
        let mut former = None;
        for n in 0..u32::try_from(kept).unwrap() {
            let Change::Person { rows, entry, .. } = act(person, thread, n) else { panic!() };
            // Also across kills each entry names the one before it.
            let entry = entry.after(former);
            former = Some(entry.leaf);
            assert!(entries.contains(&entry), "round {round}: act {n} is not the one that was sent");
            assert!(entry.commits_to(person, &rows));
        }
        acts += kept;
    }
    acts
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long the full run is")]
fn a_killed_process_has_lost_nothing_that_it_acknowledged() {
    let rounds = std::env::var("MINGMA_CRASH_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let mut dir = TempDir::new().unwrap();
    let (mut acts, mut acknowledged, mut blocks) = (0, 0, 0);
    let mut given = BTreeSet::new();
    for round in 1..=rounds {
        // A folder is used for ten rounds: recovery upon recovery.
        if round % 10 == 0 {
            dir = TempDir::new().unwrap();
            given.clear();
        }
        let mut byte = [0; 2];
        seeded(round).fill(&mut byte).unwrap();
        let wait = Duration::from_millis(30 + u64::from(u16::from_le_bytes(byte)) % 250);
        let heard = killed_after(dir.path(), wait);
        acknowledged += heard.last.iter().flatten().count();
        blocks += heard.given.len();
        for block in heard.given {
            assert!(given.insert(block), "round {round}: a block of places was given twice");
        }
        acts += inspect(dir.path(), &heard.last, round);
    }
    assert!(acknowledged > 0 && acts > 0 && blocks > 0, "no child got as far as an acknowledgement");
    eprintln!("{rounds} rounds, {acts} acts found in all, threads with an acknowledgement: {acknowledged}");
}
