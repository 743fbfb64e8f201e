//! The living census beside the acts: how soon it has what was recorded, how soon the person is told, and what it costs.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mingma_domain::Fact;
use mingma_domain::fact::RawFact;
use mingma_registry::row::{PersonRow, RecordedFact};
use mingma_registry::words::ActName;
use mingma_registry::{Applied, FactId, PersonId, Rng, Store as _};
use mingma_store::{Settings, SqliteStore};
use pollster::block_on;
use serde_json::{Value, json};

use crate::folder::{Folder, Seeded, about, drawn};
use crate::load::one;
use crate::request;
use crate::server::Server;

/// How many declarations are made one after another, each looked for in the census.
const LOOKED_FOR: u32 = 200;
/// How many facts the census finds when it is started, for what one of them costs: above ten ticks of the kernel's clock each way.
const BEHIND: usize = 40_960;
/// How many of them are written together.
const GROUP: usize = 4_096;
/// By when half of what was recorded must be in the census. The rest may wait for a machine that does something else.
const SOON_MS: f64 = 100.0;
/// How long something may take at all.
const PATIENCE: Duration = Duration::from_mins(2);

/// Everything that is measured of the census of a folder.
pub(crate) fn measured(residents: u32) -> Value {
    let folder = Folder::filled(residents);
    let server = Server::start(&folder);
    until(|| is_current(&server));
    let idle = server.cpu();
    std::thread::sleep(Duration::from_secs(10));
    let idle = (server.cpu() - idle) / 10.0;
    let (known, told) = declared(&folder, &server);
    drop(server);
    // What a start takes with nothing new, and with many facts that the census has to take in.
    let nothing = started(&folder);
    record(&folder);
    let many = started(&folder);
    let [known, told] =
        [known, told].map(|times| json!({ "p50": part(&times, 50), "p99": part(&times, 99) }));
    json!({
        "residents": residents,
        "known_to_the_census_ms": known,
        "told_to_the_person_ms": told,
        "idle_share_of_a_core": idle,
        "micros_of_cpu_a_fact": ((many - nothing) / BEHIND as f64 * 1e6).round(),
    })
}

/// For each of some declarations, how long after its answer it was in the census, and the person told; in milliseconds, sorted.
fn declared(folder: &Folder, server: &Server) -> (Vec<f64>, Vec<f64>) {
    let today = Timestamp::now().to_zoned(TimeZone::get("Asia/Shanghai").unwrap()).date();
    let body = json!({ "on": today.to_string(), "feeling": "unwell", "symptoms": ["fever"] }).to_string();
    let (mut known, mut told) = (Vec::new(), Vec::new());
    for n in 0..LOOKED_FOR {
        let token = folder.token(n);
        let head = format!("{token}\r\nidempotency-key: living-{n}");
        let declare = request("POST", "/api/v1/persons/me/health-declarations", Some(&head), &body);
        let notices = request("GET", "/api/v1/persons/me/notices", Some(&token), "");
        one(&server.address, &declare);
        let answered = Instant::now();
        until(|| is_current(server));
        known.push(answered.elapsed().as_secs_f64() * 1_000.0);
        until(|| {
            let notices = one(&server.address, &notices);
            notices["items"].as_array().unwrap().iter().any(|notice| notice["kind"] == "status-changed")
        });
        told.push(answered.elapsed().as_secs_f64() * 1_000.0);
    }
    known.sort_by(f64::total_cmp);
    told.sort_by(f64::total_cmp);
    assert!(
        part(&known, 50) <= SOON_MS,
        "half of what was recorded came into the census after {} ms",
        part(&known, 50)
    );
    (known, told)
}

/// Whether nothing is known that the census has not taken in.
pub(crate) fn is_current(server: &Server) -> bool {
    let ready = one(&server.address, &request("GET", "/health/ready", None, ""));
    ready["census"]["entries"] == 0 && ready["census"]["seconds"].is_i64()
}

/// The CPU time of a server from its start until its census is current.
fn started(folder: &Folder) -> f64 {
    let server = Server::start(folder);
    until(|| is_current(&server));
    server.cpu()
}

/// Records facts while nobody serves the folder, of which none changes a status.
fn record(folder: &Folder) {
    let rng: Arc<dyn Rng> = Arc::new(Seeded(AtomicU64::new(2)));
    let store = SqliteStore::open(folder.dir.path(), Settings::default(), Arc::clone(&rng)).unwrap();
    let now = Timestamp::now();
    let sampled = now.to_string();
    let change = |person: &PersonId| {
        let raw = RawFact {
            kind: "test",
            value: "negative",
            at: &sampled,
            issuer: "laboratory:07",
            evidence: "S-2",
            ..RawFact::default()
        };
        let id = FactId::new(now, drawn(&*rng));
        let row = PersonRow::Fact(RecordedFact { id, fact: Fact::parse(&raw).unwrap(), recorded: now });
        about(&*rng, ActName::Record, (*person, row), now)
    };
    let persons: Vec<&PersonId> = folder.persons().iter().cycle().take(BEHIND).collect();
    for group in persons.chunks(GROUP) {
        let applied = block_on(store.apply(group.iter().map(|person| change(person)).collect())).unwrap();
        assert!(applied.iter().all(|applied| *applied == Applied::Done));
    }
}

pub(crate) fn until(mut truth: impl FnMut() -> bool) {
    let began = Instant::now();
    while !truth() {
        assert!(began.elapsed() < PATIENCE, "it does not come");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The time that so many of a hundred did not exceed.
fn part(sorted: &[f64], of_100: usize) -> f64 {
    (sorted[(sorted.len() - 1) * of_100 / 100] * 10.0).round() / 10.0
}
