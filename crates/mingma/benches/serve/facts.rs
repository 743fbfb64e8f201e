//! Facts submitted and kept durably: the whole act, from a signed batch to the answers, without HTTP.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_credential::status::RegionCode;
use mingma_credential::{Certificate, UnixSeconds};
use mingma_domain::fact::{Entitlement, Issuer};
use mingma_registry::acts::{Record, record};
use mingma_registry::intake::RowAnswer;
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::ports::KeySigner;
use mingma_registry::row::{EntitlementEntry, IdempotencyKey, IssuerEntry, KeyEntry, PublicRow};
use mingma_registry::submission::{RawRow, Submission, signed_bytes};
use mingma_registry::words::{ActName, Capacity};
use mingma_registry::{Clock, Registry, Rng};
use mingma_store::{Cached, RECORDS, Settings, SqliteStore};
use pollster::block_on;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::folder::{Seeded, publish, say};

/// About how many people.
const PERSONS: usize = 50_000;
/// How many facts a submission holds, and how many there are of them.
const ROWS: usize = 4_096;
const SUBMISSIONS: usize = 24;

struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        Timestamp::now()
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
    let issuer: Issuer = "laboratory:07".parse().unwrap();
    let key = SigningKey::generate(&mut SystemEntropy).unwrap();
    appoint(&store, &*shared, &issuer, &key, now);

    let authority = SigningKey::generate(&mut SystemEntropy).unwrap();
    let (from, until) = (UnixSeconds::new(now.as_second() - 60), UnixSeconds::new(now.as_second() + 86_400));
    let certificate = Certificate::self_signed(&authority, "bench", from, until).unwrap();
    let signer = KeySigner::new(authority, certificate, RegionCode::parse("45").unwrap()).unwrap();
    let store = Box::new(Cached::new(store, RECORDS));
    let registry = Registry::new(store, Box::new(Now), Box::new(signer), Box::new(rng()));

    let documents: Vec<String> = (0..PERSONS).map(|n| format!("passport:JP:TR{n:07}")).collect();
    let sampled = now.to_string();
    let batch = |n: usize| {
        let evidence: Vec<String> = (0..ROWS).map(|row| format!("S-{n}-{row}")).collect();
        let rows: Vec<RawRow<'_>> = (0..ROWS)
            .map(|row| RawRow {
                person: &documents[(n * ROWS + row) % PERSONS],
                kind: "test",
                value: "negative",
                at: &sampled,
                evidence: &evidence[row],
                ..RawRow::default()
            })
            .collect();
        let name: IdempotencyKey = format!("batch-{n}").parse().unwrap();
        let signature = key.sign(&signed_bytes(&issuer, &name, &rows)).unwrap();
        (name, evidence, signature)
    };
    let keep = |n: usize| {
        let (name, evidence, signature) = batch(n);
        let started = Instant::now();
        let rows: Vec<RawRow<'_>> = (0..ROWS)
            .map(|row| RawRow {
                person: &documents[(n * ROWS + row) % PERSONS],
                kind: "test",
                value: "negative",
                at: &sampled,
                evidence: &evidence[row],
                ..RawRow::default()
            })
            .collect();
        let submission = Submission::read(issuer.clone(), name, &rows, signature).unwrap();
        let actor = Actor::Institution(issuer.clone());
        let allowed = authorize(actor, Purpose::OutbreakControl, Record(submission)).unwrap();
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
        "over_http_per_second": Value::Null,
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
    ] {
        say(store, rng, ActName::Appoint, row, now);
    }
}
