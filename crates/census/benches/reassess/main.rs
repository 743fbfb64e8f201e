//! The reassessment workload: ten million persons, and the jobs that a change of rules, of risk or of the day asks for.
//!
//! `bench/run reassess` makes the workload and gives `--data DIR --ruleset FILE --json FILE`; without arguments there is
//! nothing to measure. Every job is timed by the CPU time of the process on one core, compilation of the ruleset
//! included, and its answer is printed so that the other engines' can be compared.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench that cannot run stops, and prints what it measured"
)]

mod brake;
mod draw;
mod workload;

use std::hint::black_box;
use std::path::Path;

use cpu_time::ProcessTime;
use mingma_census::job::{Schedule, reassess, risk_changes_into};
use mingma_census::{Census, Number, Program, Work};
use mingma_domain::assess::Outcome;
use mingma_domain::assess::judge::Judge;
use mingma_domain::fact::Color;
use mingma_domain::{RiskMap, Ruleset};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::json;
use workload::Workload;

/// How often each job is done; the median counts.
const ROUNDS: usize = 9;
/// How often job B is done: it takes little, and others use the machine.
const B_ROUNDS: usize = 101;
/// The most persons for whom the turn of the day, and the brake's look, are measured.
const MAX_SCHEDULE: u32 = 20_000_000;
/// The seed of a workload that is drawn here.
const SEED: u64 = 20_261_121;
/// How many persons are looked up in one round of job C.
const LOOKUPS: u32 = 1_000_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1));
    let (Some(rules), Some(out)) = (value("--ruleset"), value("--json")) else {
        println!("bench/run reassess --persons N --json FILE");
        return;
    };
    let ruleset = Ruleset::parse(&std::fs::read_to_string(rules).unwrap()).unwrap();
    // From the workload's files, which other engines read, too; or drawn here, for as many as memory holds.
    let seed = value("--seed").map_or(SEED, |seed| seed.parse().unwrap());
    let (workload, build_ms) = match (value("--data"), value("--draw")) {
        (Some(data), _) => time(|| Workload::read(Path::new(data), &ruleset.zone)),
        (None, Some(persons)) => time(|| draw::draw(persons.parse().unwrap(), seed, &ruleset.zone)),
        (None, None) => return println!("bench/run reassess --persons N --json FILE"),
    };
    let report = measure(&workload, (&ruleset, &brake::draft(Path::new(rules))), build_ms);
    std::fs::write(out, serde_json::to_string_pretty(&report).unwrap()).unwrap();
    println!("{report:#}");
}

fn measure(workload: &Workload, (ruleset, draft): (&Ruleset, &Ruleset), build_ms: f64) -> serde_json::Value {
    let census = &workload.census;
    let work = Work::default();
    let (yesterday, today) = (workload.day(99), workload.day(100));
    let (risk_before, risk) = (workload.risk(99, None), workload.risk(100, None));
    let before = Program::compile(census, ruleset, &risk_before, yesterday).unwrap();
    let before = reassess(census, &before, None, &work).unwrap().outcomes;

    let (a, a_ms) = median(|| {
        let program = Program::compile(census, ruleset, &risk, today).unwrap();
        reassess(census, &program, Some(&before), &work).unwrap()
    });
    let program = Program::compile(census, ruleset, &risk, today).unwrap();
    let (_, compile_ms) = median(|| Program::compile(census, ruleset, &risk, today).unwrap());
    let ids = |numbers: &mut dyn Iterator<Item = Number>| -> u64 {
        numbers.map(|number| u64::from(census.entered_as(number).unwrap())).sum()
    };

    let list = std::cell::RefCell::new(Vec::new());
    let least = std::cell::Cell::new(f64::MAX);
    let ((), b_ms) = median_of(B_ROUNDS, || {
        let start = ProcessTime::now();
        let high = RiskMap::new(&workload.acts(100, Some(workload.lowest_low())));
        risk_changes_into(census, &program, &a.outcomes, &high, &mut list.borrow_mut()).unwrap();
        least.set(least.get().min(start.elapsed().as_secs_f64() * 1_000.0));
    });
    let b = list.into_inner();
    let (_, map_ms) = median(|| workload.risk(100, Some(workload.lowest_low())));
    // The workload asks who turns red, whatever they were.
    let red: Vec<Number> =
        b.iter().filter(|c| c.to() == Outcome::Code(Color::Red)).map(|c| c.number).collect();

    let mut chance = ChaCha8Rng::seed_from_u64(1);
    let persons = census.persons();
    let mut who: Vec<u32> = (0..LOOKUPS).map(|_| chance.next_u32() % persons).collect();
    let order = who.clone();
    who.sort_unstable();
    let mut numbers = census.numbers().enumerate().peekable();
    let mut found = std::collections::BTreeMap::new();
    for place in &who {
        while numbers.next_if(|(at, _)| *at < *place as usize).is_some() {}
        found.insert(*place, numbers.peek().unwrap().1);
    }
    let who: Vec<Number> = order.iter().map(|place| found[place]).collect();
    let ((), c_ms) = median(|| {
        let mut events = Vec::new();
        for number in &who {
            black_box(census.outcome(&program, *number, &mut events));
        }
    });

    // Of a nation the schedule alone would take longer than all else.
    let d = (persons <= MAX_SCHEDULE).then(|| {
        let mut outcomes = a.outcomes.clone();
        let (mut schedule, schedule_ms) = time(|| Schedule::after(census, &program, &work).unwrap());
        let judge = |_| Some(Judge::new(ruleset, &risk));
        let (turned, d_ms) =
            time(|| schedule.turn(census, &judge, (&mut outcomes, today.plus(1)), &work).unwrap());
        json!({ "cpu_ms": d_ms, "changed": turned.len(), "schedule_cpu_ms": schedule_ms })
    });

    let e =
        (persons <= MAX_SCHEDULE).then(|| brake::look(census, (ruleset, draft), (&risk, today), &a.outcomes));

    let (floor_ms, gigabytes) = floor(census, &a.outcomes);
    let bytes = census.bytes();
    // With the order of entry a person is found by name; without it the numbers stand for themselves.
    let without_order = bytes.facts + bytes.places + 2 * a.outcomes.bytes();
    let counts = a.counts();
    json!({
        "persons": persons,
        "counties": workload.counties.iter().map(|county| county.code()).collect::<Vec<_>>(),
        "facts": census.facts(),
        "times_read_floor": a_ms / floor_ms,
        "a": { "cpu_ms": a_ms, "compile_ms": compile_ms, "red": counts.of(Outcome::Code(Color::Red)),
            "yellow": counts.of(Outcome::Code(Color::Yellow)), "green": counts.of(Outcome::Code(Color::Green)),
            "changed": a.changes.len(), "sum": ids(&mut a.changes.iter().map(|c| c.number)) },
        "b": { "cpu_ms": b_ms, "least_cpu_ms": least.get(), "risk_map_ms": map_ms, "n": red.len(), "sum": ids(&mut red.iter().copied()) },
        "c": { "per_cpu_s": f64::from(LOOKUPS) / c_ms * 1_000.0 },
        "d": d,
        "e": e,
        "build_cpu_ms": build_ms,
        "bytes": { "facts": bytes.facts, "places": bytes.places, "order": bytes.order,
            "outcomes_of_two_days": 2 * a.outcomes.bytes() },
        "bytes_per_person": per(without_order + bytes.order, persons),
        "bytes_per_person_without_order": per(without_order, persons),
        "read_floor_ms": floor_ms,
        "read_gb_per_s": gigabytes,
    })
}

/// What it takes only to read what a full reassessment reads: milliseconds, and the bandwidth at which memory was read.
/// It is measured on more than any cache holds, because between two days something else is in the cache.
fn floor(census: &Census, outcomes: &mingma_census::Outcomes) -> (f64, f64) {
    let memory: Vec<u64> = (0..READ_BYTES as u64 / 8).collect();
    let (_, ms) = median(|| black_box(&memory).iter().fold(0_u64, |sum, word| sum ^ word));
    let gigabytes = per(READ_BYTES, 1_000_000) / ms;
    let bytes = census.bytes_of_a_pass() + 2 * outcomes.bytes();
    (per(bytes, 1_000_000) / gigabytes, gigabytes)
}

/// How much is read to measure the bandwidth: eight times a large cache.
const READ_BYTES: usize = 256 << 20;

fn per(bytes: usize, of: u32) -> f64 {
    let bytes = u32::try_from(bytes / 1_024).unwrap();
    f64::from(bytes) * 1_024.0 / f64::from(of)
}

fn time<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = ProcessTime::now();
    let done = work();
    (done, start.elapsed().as_secs_f64() * 1_000.0)
}

fn median<T>(work: impl Fn() -> T) -> (T, f64) {
    median_of(ROUNDS, work)
}

fn median_of<T>(rounds: usize, work: impl Fn() -> T) -> (T, f64) {
    let mut all: Vec<(f64, T)> = (0..rounds).map(|_| time(&work)).map(|(done, ms)| (ms, done)).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (ms, done) = all.swap_remove(rounds / 2);
    (done, ms)
}
