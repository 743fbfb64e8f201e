//! The API, fuzzed from its own description by schemathesis over the real program: no answer is an error of ours, and every
//! answer is one that the description names, in the shape that it gives.
//!
//! `./check` puts schemathesis (from `PyPI`) into `target/schemathesis` where Python is there; `MINGMA_SCHEMATHESIS` names
//! another one. Without it the test says that it is skipped. `MINGMA_FUZZ_SECONDS` says how long each round may take.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use mingma_credential::key::{DevicePoint, Entropy, NoEntropy as NoKeyEntropy, SigningKey};
use mingma_domain::fact::{Evidence, Issuer};
use mingma_registry::acts::{AppointStaff, add_staff};
use mingma_registry::journal::Entry;
use mingma_registry::policy::Office;
use mingma_registry::row::{IssuerEntry, KeyEntry, PersonRow, PublicRow, Registration, RulesetEntry};
use mingma_registry::store::Newcomer;
use mingma_registry::words::ActName;
use mingma_registry::{Applied, Change, NoEntropy, PersonId, Rng, Store as _};
use mingma_server::{Session, SessionId, SessionKey, Who};
use mingma_store::{Settings, SqliteStore};
use pollster::block_on;
use tempfile::TempDir;

/// How long each of the rounds as a visitor and as a resident takes by default, in seconds; those as an official and as an institution
/// take half of it. All four and the start are two minutes.
const SECONDS: u64 = 35;

const HOUR: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// What is looked at in every answer. That what fits the description is taken (`positive_data_acceptance`) is not: a region
/// or a document is more than a schema can say.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
    response_schema_conformance,negative_data_rejection,missing_required_header,unsupported_method,allow_header_conformance,\
    ignored_auth";

/// What the checks take for a refusal.
const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemathesis.toml");

/// The rules that are in force wherever a person of the round lives.
const RULES: &str = include_str!("../../server/tests/it/rules.toml");

struct Seeded(AtomicU64);

impl Seeded {
    fn draw(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            *byte = u8::try_from((z ^ (z >> 31)) & 0xFF).unwrap();
        }
    }
}

impl Rng for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        self.draw(bytes);
        Ok(())
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoKeyEntropy> {
        self.draw(bytes);
        Ok(())
    }
}

/// The program that fuzzes, if it is here.
fn schemathesis() -> Option<PathBuf> {
    let named = std::env::var_os("MINGMA_SCHEMATHESIS").map(PathBuf::from);
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/schemathesis/bin/schemathesis");
    named.into_iter().chain([PathBuf::from(kept)]).find(|path| path.exists())
}

/// Who has signed in, and with which session.
struct Sessions {
    resident: String,
    official: String,
    institution: String,
}

/// A data folder with a person, an official, an institution and rules in force, and a session of each.
fn folder(data: &Path) -> Sessions {
    let rng = Arc::new(Seeded(AtomicU64::new(1)));
    #[expect(clippy::disallowed_methods, reason = "the program that is tested runs by the real clock")]
    let now = Timestamp::now();
    let store = SqliteStore::open(data, Settings::default(), Arc::clone(&rng) as Arc<dyn Rng>).unwrap();
    let person = PersonId::new([7; 16]);
    let document = "passport:JP:TR0000001".parse().unwrap();
    block_on(store.identify(vec![Newcomer { document, candidate: person }])).unwrap();
    let home = Registration { home: "410105".parse().unwrap(), initials: None, at: now };
    let rows = vec![PersonRow::Registration(home)];
    let entry = Entry::about(&*rng, ActName::Register, now, person, &rows).unwrap();
    let registered = Change::Person { person, rows, notices: vec![], entry };
    let term = (now.to_string(), (now + jiff::SignedDuration::from_hours(24 * 90)).to_string());
    let day = |instant: &str| instant.split('T').next().unwrap().to_owned();
    let rules = RULES.replace("2022-06-01", &day(&term.0)).replace("2022-09-01", &day(&term.1));
    let row = PublicRow::Ruleset(RulesetEntry {
        region: "410100".parse().unwrap(),
        id: "2022-06".to_owned(),
        rules,
        examples: String::new(),
    });
    let entry = Entry::public(&*rng, ActName::Publish, now, &row).unwrap();
    let applied = block_on(store.apply(vec![registered, Change::Public { row, entry }])).unwrap();
    assert_eq!(applied, [Applied::Done, Applied::Published(1)]);
    let official = appointed(&store, &*rng, now);
    let institution = let_in(&store, &*rng, now);
    let key = SessionKey::new(&store.secret("sessions"));
    let until = now + HOUR;
    let session =
        |id, who, device| key.seal(&Session { id: SessionId::from_bytes([id; 16]), who, until, device });
    let phone: DevicePoint = SigningKey::generate(&mut Seeded(AtomicU64::new(2))).unwrap().device_point();
    Sessions {
        resident: session(1, Who::Person(person), Some(phone)),
        official: session(2, Who::Staff(official), None),
        institution: session(3, Who::Institution(institution), None),
    }
}

/// A health commission's official, who may do the most of what an office does.
fn appointed(store: &SqliteStore, rng: &dyn Rng, now: Timestamp) -> Evidence {
    let name: Evidence = "commission".parse().unwrap();
    let region = "410000".parse().unwrap();
    let wish = AppointStaff {
        name: name.clone(),
        office: Office::HealthCommission,
        region,
        from: now - HOUR,
        until: now + HOUR,
    };
    block_on(add_staff(store, rng, now, &wish)).unwrap();
    name
}

/// A hospital with a key.
fn let_in(store: &SqliteStore, rng: &dyn Rng, now: Timestamp) -> Issuer {
    let issuer: Issuer = "hospital:07".parse().unwrap();
    let point = SigningKey::generate(&mut Seeded(AtomicU64::new(3))).unwrap().device_point();
    let region = "410100".parse().unwrap();
    let entry = IssuerEntry { issuer: issuer.clone(), organisation: "hospital-07".parse().unwrap(), region };
    let key = KeyEntry { issuer: issuer.clone(), point, from: now - HOUR, until: now + HOUR };
    for row in [PublicRow::Issuer(entry), PublicRow::Key(key)] {
        let entry = Entry::public(rng, ActName::Appoint, now, &row).unwrap();
        block_on(store.apply(vec![Change::Public { row, entry }])).unwrap();
    }
    issuer
}

/// A program that is ended with the test.
struct Served {
    process: Child,
    address: String,
}

impl Served {
    fn start(dir: &Path) -> Self {
        let keys = dir.join("keys");
        let mut keygen = Command::new(env!("CARGO_BIN_EXE_mingma"));
        let made = keygen
            .args(["keygen", "--region", "410000", "--out"])
            .arg(&keys)
            .arg("--authority")
            .arg(dir.join("authority"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut serve = Command::new(env!("CARGO_BIN_EXE_mingma"));
        serve
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(dir.join("data"))
            .arg("--keys")
            .arg(&keys);
        let mut process = serve.stdout(Stdio::piped()).spawn().unwrap();
        let mut told = String::new();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        while !told.contains("http://") {
            told.clear();
            assert!(lines.read_line(&mut told).unwrap() > 0, "the program ended before it served");
        }
        let address = told.split("http://").nth(1).unwrap().trim().to_owned();
        Self { process, address: format!("http://{address}") }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _gone = self.process.wait();
    }
}

#[test]
fn no_request_that_the_description_leads_to_breaks_the_api() {
    let Some(schemathesis) = schemathesis() else {
        eprintln!("skipped: schemathesis is not here; `./check` installs it where Python is");
        return;
    };
    let dir = TempDir::new().unwrap();
    let sessions = folder(&dir.path().join("data"));
    let served = Served::start(dir.path());
    let seconds = std::env::var_os("MINGMA_FUZZ_SECONDS")
        .and_then(|text| text.to_str()?.parse().ok())
        .unwrap_or(SECONDS);
    let (half, Sessions { resident, official, institution }) = (seconds / 2, sessions);
    for (who, session, seconds) in [
        ("a visitor", None, seconds),
        ("a resident", Some(resident), seconds),
        ("an official", Some(official), half),
        ("an institution", Some(institution), half),
    ] {
        let mut fuzz = Command::new(&schemathesis);
        fuzz.args([
            "--config-file",
            CONFIG,
            "run",
            &format!("{}/openapi.json", served.address),
            "--checks",
            CHECKS,
        ])
        .args(["--max-time", &seconds.to_string(), "--max-examples", "60", "--workers", "1", "--seed", "1"])
        .args(["--phases", "examples,coverage,fuzzing", "--warnings", "off", "--no-shrink", "--no-color"])
        .args(["--request-timeout", "10"])
        .current_dir(dir.path());
        if let Some(token) = session {
            fuzz.args(["--header", &format!("Authorization: Bearer {token}")]);
        }
        let ran = fuzz.output().unwrap();
        let told = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(ran.status.success(), "as {who}:\n{told}\n{}", String::from_utf8_lossy(&ran.stderr));
        let tried = told.lines().find(|line| line.contains(" generated")).map(str::trim);
        eprintln!("as {who}: {}", tried.unwrap_or_else(|| panic!("as {who}, nothing was tried:\n{told}")));
    }
}
