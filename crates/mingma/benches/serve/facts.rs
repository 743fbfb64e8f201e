//! Facts submitted and kept durably: the whole act, from a signed batch to the answers, in the process and over HTTP.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_credential::status::RegionCode;
use mingma_credential::{Certificate, UnixSeconds};
use mingma_domain::fact::{Entitlement, Issuer, Kind};
use mingma_registry::acts::{Record, record};
use mingma_registry::intake::RowAnswer;
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::ports::KeySigner;
use mingma_registry::row::{EntitlementEntry, IdempotencyKey, IssuerEntry, KeyEntry, Limit, PublicRow};
use mingma_registry::submission::{RawRow, Submission, signed_bytes};
use mingma_registry::words::{ActName, Capacity};
use mingma_registry::{Clock, Registry, Rng};
use mingma_store::{Cached, RECORDS, Settings, SqliteStore};
use pollster::block_on;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::folder::{Seeded, publish, say};
use crate::load::Load;
use crate::request;
use crate::server::Server;

/// About how many people.
const PERSONS: usize = 50_000;
/// How many facts a submission holds, and how many there are of them.
const ROWS: usize = 4_096;
const SUBMISSIONS: usize = 24;
/// How many submit at a time over HTTP.
const SUBMITTERS: usize = 4;

struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The laboratory that submits.
pub(crate) struct Laboratory {
    issuer: Issuer,
    key: SigningKey,
}

/// Tests of a laboratory, of which each batch is about other people until all `persons` have had their turn.
struct Batch {
    name: IdempotencyKey,
    sampled: String,
    texts: Vec<(String, String)>,
}

impl Batch {
    fn new(n: usize, persons: usize, now: Timestamp) -> Self {
        let text = |row: usize| {
            let person = format!("passport:JP:TR{:07}", (n * ROWS + row) % persons);
            (person, format!("S-{n}-{row}"))
        };
        let name = format!("batch-{n}").parse().unwrap();
        Self { name, sampled: now.to_string(), texts: (0..ROWS).map(text).collect() }
    }

    fn rows(&self) -> Vec<RawRow<'_>> {
        let row = |(person, evidence)| RawRow {
            person,
            kind: "test",
            value: "negative",
            at: &self.sampled,
            evidence,
            ..RawRow::default()
        };
        self.texts.iter().map(|(person, evidence)| row((person, evidence))).collect()
    }
}

/// What hides whom a row is about, in what is measured.
const SALT: [u8; 32] = [7; 32];

impl Laboratory {
    /// A laboratory that is appointed in this folder.
    pub(crate) fn appointed(store: &SqliteStore, rng: &dyn Rng, now: Timestamp) -> Self {
        let issuer: Issuer = "laboratory:07".parse().unwrap();
        let key = SigningKey::generate(&mut SystemEntropy).unwrap();
        appoint(store, rng, &issuer, &key, now);
        Self { issuer, key }
    }

    fn signature(&self, batch: &Batch) -> [u8; 64] {
        self.key.sign(&signed_bytes(&self.issuer, &batch.name, &SALT, &batch.rows())).unwrap()
    }

    /// The body of a request that submits a batch.
    fn body(&self, batch: &Batch) -> String {
        let rows = batch.rows().into_iter().map(|row| {
            let RawRow { person, kind, value, at, evidence, .. } = row;
            json!({ "person": person, "kind": kind, "value": value, "at": at, "evidence": evidence })
        });
        let signature =
            self.signature(batch).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        json!({
            "issuer": self.issuer.to_string(),
            "idempotency_key": batch.name.to_string(),
            "rows": rows.collect::<Vec<_>>(),
            "salt": "07".repeat(32),
            "signature": signature,
        })
        .to_string()
    }

    /// The rate at which tests about a folder's residents are kept over HTTP, and a second of the server's CPU time keeps.
    pub(crate) fn kept_over_http(&self, server: &Server, residents: usize) -> [f64; 2] {
        let now = Timestamp::now();
        let bodies = (0..SUBMISSIONS).map(|n| self.body(&Batch::new(n, residents, now)));
        let requests: Vec<Vec<u8>> =
            bodies.map(|body| request("POST", "/api/v1/submissions", None, &body)).collect();
        let before = server.cpu();
        let outcome = Load::of(&server.address, &requests).once(SUBMITTERS);
        let told: Value = serde_json::from_slice(&outcome.body).unwrap();
        assert_eq!(told["recorded"], ROWS, "{told}");
        let facts = (SUBMISSIONS * ROWS) as f64;
        [facts / outcome.seconds, facts / (server.cpu() - before)].map(f64::round)
    }
}

/// The rate at which a laboratory's tests are kept: about people seen for the first time, and about people who are known.
pub(crate) fn kept() -> Value {
    let dir = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let rng = || Seeded(AtomicU64::new(1));
    let shared: Arc<dyn Rng> = Arc::new(rng());
    let store = SqliteStore::open(dir.path(), Settings::default(), Arc::clone(&shared)).unwrap();
    let now = Timestamp::now();
    publish(&store, &*shared, now);
    let laboratory = Laboratory::appointed(&store, &*shared, now);

    let authority = SigningKey::generate(&mut SystemEntropy).unwrap();
    let (from, until) = (UnixSeconds::new(now.as_second() - 60), UnixSeconds::new(now.as_second() + 86_400));
    let certificate = Certificate::self_signed(&authority, "bench", from, until).unwrap();
    let signer = KeySigner::new(authority, certificate, RegionCode::parse("45").unwrap()).unwrap();
    let store = Box::new(Cached::new(store, RECORDS));
    let registry = Registry::new(store, Box::new(Now), Box::new(signer), Box::new(rng()));

    let keep = |n: usize| {
        let batch = Batch::new(n, PERSONS, now);
        let signature = laboratory.signature(&batch);
        let started = Instant::now();
        let issuer = laboratory.issuer.clone();
        let submission =
            Submission::read(issuer.clone(), batch.name.clone(), &batch.rows(), SALT, signature).unwrap();
        let allowed =
            authorize(Actor::Institution(issuer), Purpose::OutbreakControl, Record(submission)).unwrap();
        let answers = block_on(record(&registry, allowed)).unwrap();
        assert!(answers.iter().all(|answer| matches!(answer, RowAnswer::Recorded { .. })));
        started.elapsed().as_secs_f64()
    };
    let strangers = PERSONS / ROWS;
    let first: f64 = (0..strangers).map(keep).sum();
    let known: f64 = (strangers + 1..SUBMISSIONS).map(keep).sum();
    let rate = |batches: usize, seconds: f64| (batches * ROWS) as f64 / seconds;
    json!({
        "rows_a_submission": ROWS,
        "about_strangers_per_second": rate(strangers, first).round(),
        "about_known_persons_per_second": rate(SUBMISSIONS - strangers - 1, known).round(),
    })
}

fn appoint(store: &SqliteStore, rng: &dyn Rng, issuer: &Issuer, key: &SigningKey, now: Timestamp) {
    let region = "450000".parse().unwrap();
    let organisation = "kang-lab".parse().unwrap();
    let later = now.checked_add(SignedDuration::from_hours(48)).unwrap();
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string().parse().unwrap();
    let entitlement = Entitlement {
        issuer: issuer.clone(),
        kind: "test".parse().unwrap(),
        region,
        from: day(now),
        until: day(later),
    };
    for row in [
        PublicRow::Issuer(IssuerEntry { issuer: issuer.clone(), organisation, region }),
        PublicRow::Key(KeyEntry {
            issuer: issuer.clone(),
            point: key.device_point(),
            from: now,
            until: later,
        }),
        PublicRow::Entitlement(EntitlementEntry { capacity: Capacity::Submit, entitlement }),
        // More within an hour than a laboratory may without being asked.
        PublicRow::Limit(Limit { issuer: issuer.clone(), kind: Kind::Test, per_hour: u32::MAX }),
    ] {
        say(store, rng, ActName::Appoint, row, now);
    }
}
