//! Facts kept durably, in groups: how many a second, and the CPU time that each costs.
//!
//! `cargo bench -p mingma-store` prints a table; `bench/README.md` says what was measured and how. The folder lies below
//! the build's target directory, on a real disk: a memory disk would make the wait for it free.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a bench reads the clock, prints, and may fail by panicking"
)]

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

fn main() {
    let rng: Arc<dyn Rng> = Arc::new(Seeded(AtomicU64::new(1)));
    let dir = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let store = SqliteStore::open(dir.path(), Settings::default(), Arc::clone(&rng)).unwrap();
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

    // What an act costs that is nothing but its entry is the most that the journal can cost an act: it has its share of the commit, too.
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
    let store = SqliteStore::open(dir.path(), Settings::default(), rng).unwrap();
    let size = std::fs::metadata(dir.path().join("mingma.db")).unwrap().len();
    println!("the folder of {} MB opens in {:.2} s", size >> 20, wall.elapsed().as_secs_f64());
    drop(store);
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
