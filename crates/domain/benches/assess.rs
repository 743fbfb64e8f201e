//! What one assessment costs: CPU time and allocations, for a typical person and for one whom several rules hold.
//!
//! `cargo bench -p mingma-domain` prints a table; `bench/README.md` says what was measured and how.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints and may fail by panicking")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};

use cpu_time::ProcessTime;
use mingma_domain::assess::{Record, assess, path_to_green};
use mingma_domain::fact::{Fact, RawFact};
use mingma_domain::{RiskMap, Ruleset};

/// Counts what is asked of the system's allocator.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

#[expect(
    unsafe_code,
    reason = "the one way to count allocations; every call goes on to the system's allocator"
)]
// SAFETY: both functions forward to `System` with what they were given.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const ROUNDS: u32 = 200_000;

fn facts(rows: &[&str]) -> Vec<Fact> {
    let fact = |row: &&str| {
        let words: Vec<&str> = row.split(',').collect();
        let [kind, value, at, region, issuer, evidence] = words[..] else { return None };
        Fact::parse(&RawFact { kind, value, at, until: "", region, issuer, evidence }).ok()
    };
    let facts: Vec<Fact> = rows.iter().filter_map(fact).collect();
    assert_eq!(facts.len(), rows.len(), "a row is no fact");
    facts
}

fn main() {
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rulesets/guangxi/2021-12/ruleset.toml");
    let ruleset = Ruleset::parse(&std::fs::read_to_string(rules).unwrap()).unwrap();
    let now = "2022-01-10T10:00:00+08:00".parse().unwrap();
    let risk = RiskMap::default();
    // Ten facts, as a resident of January 2022 had them.
    let typical = [
        "vaccination,1,2021-08-02,,hospital,B-1",
        "vaccination,2,2021-09-03,,hospital,B-2",
        "test,negative,2021-12-28T09:10:00+08:00,,laboratory,S-1",
        "test,negative,2022-01-04T09:40:00+08:00,,laboratory,S-2",
        "stay,declared,2022-01-02,440100,self,",
        "stay,carrier,2022-01-03,440300,carrier,R-1",
        "checkin,well,2022-01-08,,self,",
        "checkin,well,2022-01-09,,self,",
        "checkin,well,2022-01-10,,self,",
        "symptom,cough,2021-12-12,,self,",
    ];
    let held =
        [&typical[..], &["contact,close,2022-01-01,,cdc,I-1", "contact,spatiotemporal,2022-01-05,,cdc,I-2"]]
            .concat();
    println!("{:<44}{:>12}{:>14}", "one assessment (Guangxi, 14 rules)", "CPU, ns", "allocations");
    for (name, rows) in [
        ("nothing recorded", &[][..]),
        ("ten facts, no rule holds", &typical),
        ("twelve facts, two rules hold", &held),
    ] {
        let facts = facts(rows);
        let record = Record { facts: &facts, retractions: &[] };
        measure(name, || black_box(assess(&ruleset, black_box(&record), &risk, now)));
        let reasons = assess(&ruleset, &record, &risk, now).reasons().len();
        assert_eq!(reasons, if rows.len() == 12 { 2 } else { 0 }, "{name}");
    }
    let facts = facts(&held);
    let record = Record { facts: &facts, retractions: &[] };
    measure("the path to green of the last", || {
        black_box(path_to_green(&ruleset, black_box(&record), &risk, now))
    });
}

fn measure<T>(name: &str, work: impl Fn() -> T) {
    for _ in 0..1_000 {
        black_box(work());
    }
    let allocations = ALLOCATIONS.load(Ordering::Relaxed);
    let start = ProcessTime::now();
    for _ in 0..ROUNDS {
        black_box(work());
    }
    let nanoseconds = start.elapsed().as_nanos() / u128::from(ROUNDS);
    let allocations = (ALLOCATIONS.load(Ordering::Relaxed) - allocations) / u64::from(ROUNDS);
    println!("{name:<44}{nanoseconds:>12}{allocations:>14}");
}
