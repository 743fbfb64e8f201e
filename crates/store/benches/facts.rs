//! Facts kept durably, in groups: how many a second, and the CPU time that each costs.
//!
//! `cargo bench -p mingma-store` prints a table; `bench/README.md` says what was measured and how. The folder lies below
//! the build's target directory, on a real disk: a memory disk would make the wait for it free.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a bench reads the clock, prints, and may fail by panicking"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use cpu_time::ProcessTime;
use jiff::SignedDuration;
use mingma_registry::conformance::{fact, instant};
use mingma_registry::id::FactId;
use mingma_registry::journal::Entry;
use mingma_registry::row::{PersonRow, RecordedFact};
use mingma_registry::store::Newcomer;
use mingma_registry::words::ActName;
use mingma_registry::{Applied, Change, NoEntropy, PersonId, Rng, Store as _};
use mingma_store::{Settings, SqliteStore};
use pollster::block_on;
use rusqlite::{Connection, params};
use tempfile::TempDir;

/// Whose facts they are: a district.
const PERSONS: u32 = 100_000;
const FACTS: u32 = 200_000;

struct Seeded(AtomicU64);

impl Rng for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let drawn = (z ^ (z >> 31)).to_le_bytes();
            chunk.iter_mut().zip(drawn).for_each(|(to, from)| *to = from);
        }
        Ok(())
    }
}

/// An act about somebody, the nth: a fact with its entry, or the entry alone, of an act that keeps no row. Ten thousand are made a second.
fn change(rng: &dyn Rng, persons: &[PersonId], (nth, is_fact): (u32, bool)) -> Change {
    let at = instant() + SignedDuration::from_micros(100 * i64::from(nth));
    let mut drawn = [0; 10];
    rng.fill(&mut drawn).unwrap();
    let number =
        u64::from_le_bytes([drawn[0], drawn[1], drawn[2], drawn[3], drawn[4], drawn[5], drawn[6], drawn[7]]);
    let person = persons[usize::try_from(number % u64::from(PERSONS)).unwrap()];
    let row = PersonRow::Fact(RecordedFact { id: FactId::new(at, drawn), ..fact(1) });
    let rows = if is_fact { vec![row] } else { Vec::new() };
    let entry = Entry::about(rng, ActName::Record, at, person, &rows).unwrap();
    Change::Person { person, rows, notices: Vec::new(), entry }
}

/// A folder in which everybody is known.
fn filled(rng: &Arc<dyn Rng>) -> (TempDir, SqliteStore, Vec<PersonId>) {
    let dir = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let store = SqliteStore::open(dir.path(), Settings::default(), Arc::clone(rng)).unwrap();
    let newcomers: Vec<Newcomer> = (0..PERSONS)
        .map(|n| {
            let mut chance = [0; 16];
            rng.fill(&mut chance).unwrap();
            let document = format!("passport:JP:TR{n:07}").parse().unwrap();
            Newcomer { document, candidate: PersonId::new(chance) }
        })
        .collect();
    let (cpu, wall) = (ProcessTime::now(), Instant::now());
    let mut persons = Vec::new();
    for part in newcomers.chunks(4_096) {
        persons.extend(block_on(store.identify(part.to_vec())).unwrap());
    }
    told("persons made known, 4,096 a call", 1, PERSONS, cpu, wall);
    (dir, store, persons)
}

/// The same acts with their entries and without, each in a folder of its own: the difference is what the journal takes.
fn share(rng: &Arc<dyn Rng>) {
    for is_journaled in [true, false] {
        let (dir, store, persons) = filled(rng);
        let groups: Vec<Vec<Change>> = (0..FACTS / 4_096)
            .map(|group| (0..4_096).map(|n| change(&**rng, &persons, (4_096 * group + n, true))).collect())
            .collect();
        let what = if is_journaled { "facts with their entries" } else { "facts without their entries" };
        let what = format!("{what}, 4096 a call");
        let (cpu, wall) = (ProcessTime::now(), Instant::now());
        if is_journaled {
            for group in groups {
                drop(block_on(store.apply(group)).unwrap());
            }
        } else {
            drop(store);
            rows_alone(&dir.path().join("mingma.db"), &groups);
        }
        told(&what, 1, FACTS / 4_096 * 4_096, cpu, wall);
    }
}

/// Writes facts and their places in the feed as the store's writer does, under the same settings, and no entry.
fn rows_alone(path: &Path, groups: &[Vec<Change>]) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 32768; \
             PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;",
        )
        .unwrap();
    let mut number = 0;
    for group in groups {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        for together in group.chunks(256) {
            connection.execute_batch("SAVEPOINT change").unwrap();
            for change in together {
                let Change::Person { person, rows, entry, .. } = change else { panic!("of a person") };
                let [PersonRow::Fact(RecordedFact { id, fact, recorded })] = &rows[..] else {
                    panic!("a fact alone")
                };
                number += 1;
                let sql = "INSERT INTO facts (person, fact, kind, value, at, issuer, evidence, recorded, entry) \
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING";
                let (kind, value, at) = (fact.kind().word(), fact.value().to_string(), fact.at().to_string());
                let (issuer, evidence) = (fact.issuer().to_string(), fact.evidence().unwrap().as_str());
                let recorded = i64::try_from(recorded.as_nanosecond()).unwrap();
                let (who, id, by) = (person.as_bytes(), id.as_bytes(), entry.id.as_bytes());
                let values = params![who, id, kind, value, at, issuer, evidence, recorded, by];
                assert_eq!(connection.prepare_cached(sql).unwrap().execute(values).unwrap(), 1);
                let sql = "INSERT INTO feed (person, entry, at, added, number) VALUES (?1, ?2, ?3, ?4, ?5)";
                let added = [&[2][..], id].concat();
                let values = params![who, by, recorded, added, number];
                connection.prepare_cached(sql).unwrap().execute(values).unwrap();
            }
            connection.execute_batch("RELEASE change").unwrap();
        }
        connection.execute_batch("COMMIT").unwrap();
    }
}

fn main() {
    let rng: Arc<dyn Rng> = Arc::new(Seeded(AtomicU64::new(1)));
    let (dir, store, persons) = filled(&rng);
    let mut made = 0;
    let mut next = |is_fact| {
        made += 1;
        change(&*rng, &persons, (made, is_fact))
    };
    for (callers, group, facts, is_fact) in [
        (1, 1, 2_000, true),
        (64, 1, 20_000, true),
        (4, 64, FACTS, true),
        (4, 1_024, FACTS, true),
        (1, 4_096, FACTS, true),
        (1, 4_096, FACTS, false),
    ] {
        let calls: u32 = facts / callers / group;
        let batches: Vec<Vec<Vec<Change>>> = (0..callers)
            .map(|_| (0..calls).map(|_| (0..group).map(|_| next(is_fact)).collect()).collect())
            .collect();
        let (cpu, wall) = (ProcessTime::now(), Instant::now());
        std::thread::scope(|scope| {
            for calls in batches {
                let store = &store;
                scope.spawn(move || {
                    for call in calls {
                        let applied = block_on(store.apply(call)).unwrap();
                        assert!(applied.iter().all(|a| *a == Applied::Done));
                    }
                });
            }
        });
        let what = if is_fact { "facts" } else { "entries alone" };
        told(&format!("{what}, {group} a call"), callers, calls * callers * group, cpu, wall);
    }

    let (cpu, wall) = (ProcessTime::now(), Instant::now());
    let mut read = 0;
    for person in persons.iter().take(20_000) {
        read += block_on(store.record(*person)).unwrap().facts.len();
    }
    assert!(read > 0);
    told("records read whole", 1, 20_000, cpu, wall);
    drop(store);
    let wall = Instant::now();
    let store = SqliteStore::open(dir.path(), Settings::default(), Arc::clone(&rng)).unwrap();
    let size = std::fs::metadata(dir.path().join("mingma.db")).unwrap().len();
    println!("the folder of {} MB opens in {:.2} s", size >> 20, wall.elapsed().as_secs_f64());
    drop(store);
    share(&rng);
}

fn told(what: &str, callers: u32, count: u32, cpu: ProcessTime, wall: Instant) {
    let (cpu, wall) = (cpu.elapsed().as_secs_f64(), wall.elapsed().as_secs_f64());
    let count = f64::from(count);
    println!(
        "{what:34} {callers:3} callers: {:9.0} a second, {:7.1} µs CPU each, {:8.0} a CPU-second",
        count / wall,
        cpu * 1e6 / count,
        count / cpu
    );
}
