//! A data folder of so many residents, written through the store's own writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_credential::status::Initials;
use mingma_domain::Fact;
use mingma_domain::fact::{Evidence, RawFact};
use mingma_registry::acts::{AppointStaff, add_staff};
use mingma_registry::id::FactId;
use mingma_registry::journal::Entry;
use mingma_registry::policy::Office;
use mingma_registry::row::{PersonRow, PublicRow, RecordedFact, Registration, RulesetEntry};
use mingma_registry::store::Newcomer;
use mingma_registry::words::ActName;
use mingma_registry::{Applied, Change, NoEntropy, PersonId, Rng, Store as _};
use mingma_server::{Session, SessionId, SessionKey, Who};
use mingma_store::{Settings, SqliteStore};
use pollster::block_on;
use tempfile::TempDir;

use crate::facts::Laboratory;

/// Real rules, of which only the time in force is set to the time of the bench.
const RULES: &str = include_str!("../../../../rulesets/guangxi/2021-12/ruleset.toml");
/// The most changes of one call.
const GROUP: u32 = 4_096;

/// Chance that every run repeats.
pub(crate) struct Seeded(pub(crate) AtomicU64);

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

/// The folder, closed.
pub(crate) struct Folder {
    pub(crate) dir: TempDir,
    pub(crate) phone: SigningKey,
    pub(crate) laboratory: Laboratory,
    sessions: SessionKey,
    persons: Vec<PersonId>,
}

impl Folder {
    /// A folder in which rules are in force, a laboratory is appointed and everybody is registered with a negative test.
    pub(crate) fn filled(residents: u32) -> Self {
        let rng: Arc<dyn Rng> = Arc::new(Seeded(AtomicU64::new(1)));
        let dir = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let store = SqliteStore::open(dir.path(), Settings::default(), Arc::clone(&rng)).unwrap();
        let now = Timestamp::now();
        publish(&store, &*rng, now);
        let laboratory = Laboratory::appointed(&store, &*rng, now);
        let mut persons = Vec::with_capacity(residents as usize);
        // Two acts a resident.
        let half = GROUP / 2;
        for first in (0..residents).step_by(half as usize) {
            let part = first..residents.min(first + half);
            let newcomers = part.map(|n| {
                let document = format!("passport:JP:TR{n:07}").parse().unwrap();
                Newcomer { document, candidate: PersonId::new(drawn(&*rng)) }
            });
            let part = block_on(store.identify(newcomers.collect())).unwrap();
            let changes = part.iter().flat_map(|person| registered(&*rng, *person, now)).collect();
            let applied = block_on(store.apply(changes)).unwrap();
            assert!(applied.iter().all(|applied| *applied == Applied::Done));
            persons.extend(part);
        }
        let sessions = SessionKey::new(&store.secret("sessions"));
        drop(store);
        let phone = SigningKey::generate(&mut SystemEntropy).unwrap();
        Self { dir, phone, laboratory, sessions, persons }
    }

    /// So many of the residents, the first, have been in a district of the rules' region.
    pub(crate) fn were_in(&self, residents: u32, region: &str) {
        let rng: Arc<dyn Rng> = Arc::new(Seeded(AtomicU64::new(3)));
        let store = SqliteStore::open(self.dir.path(), Settings::default(), Arc::clone(&rng)).unwrap();
        let now = Timestamp::now();
        let day = day(now, -3);
        let raw = RawFact {
            kind: "stay",
            value: "declared",
            at: &day,
            region,
            issuer: "self",
            ..RawFact::default()
        };
        let fact = Fact::parse(&raw).unwrap();
        let change = |person: &PersonId| {
            let id = FactId::new(now, drawn(&*rng));
            let row = PersonRow::Fact(RecordedFact { id, fact: fact.clone(), recorded: now });
            about(&*rng, ActName::Declare, (*person, row), now)
        };
        for part in self.persons[..residents as usize].chunks(GROUP as usize) {
            let applied = block_on(store.apply(part.iter().map(change).collect())).unwrap();
            assert!(applied.iter().all(|applied| *applied == Applied::Done));
        }
    }

    /// The session of somebody who holds an office in the rules' region from now on.
    pub(crate) fn official(&self, name: &str, office: Office) -> String {
        let rng: Arc<dyn Rng> = Arc::new(Seeded(AtomicU64::new(u64::from(name.as_bytes()[0]))));
        let store = SqliteStore::open(self.dir.path(), Settings::default(), Arc::clone(&rng)).unwrap();
        let (now, name) = (Timestamp::now(), name.parse::<Evidence>().unwrap());
        let until = now.checked_add(SignedDuration::from_hours(24)).unwrap();
        let region = "450000".parse().unwrap();
        let wish = AppointStaff { name: name.clone(), office, region, from: now, until };
        block_on(add_staff(&store, &*rng, now, &wish)).unwrap();
        self.sessions.seal(&Session {
            id: SessionId::from_bytes([8; 16]),
            who: Who::Staff(name),
            until,
            device: None,
        })
    }

    /// Everybody.
    pub(crate) fn persons(&self) -> &[PersonId] {
        &self.persons
    }

    /// The session of the nth resident, as a process with the folder's key can make it.
    pub(crate) fn token(&self, n: u32) -> String {
        self.sessions.seal(&Session {
            id: SessionId::from_bytes([7; 16]),
            who: Who::Person(self.persons[n as usize]),
            until: Timestamp::now().checked_add(SignedDuration::from_hours(1)).unwrap(),
            device: Some(self.phone.device_point()),
        })
    }
}

/// The day so many days from an instant, as it is written.
pub(crate) fn day(now: Timestamp, days: i64) -> String {
    now.checked_add(SignedDuration::from_hours(24 * days)).unwrap().strftime("%Y-%m-%d").to_string()
}

/// Rules that came into force a month ago.
pub(crate) fn publish(store: &SqliteStore, rng: &dyn Rng, now: Timestamp) {
    let dated = |line: &str| match line.split(' ').next() {
        Some("effect") => format!("effect = {}", day(now, -30)),
        Some("sunset") => format!("sunset = {}", day(now, 120)),
        _ => line.to_owned(),
    };
    let rules = RULES.lines().map(dated).collect::<Vec<_>>().join("\n");
    let examples = String::new();
    let row = RulesetEntry { region: "450000".parse().unwrap(), id: "2021-12".to_owned(), rules, examples };
    say(store, rng, ActName::Publish, PublicRow::Ruleset(row), now);
}

/// Makes a row public, without asking anybody.
pub(crate) fn say(store: &SqliteStore, rng: &dyn Rng, act: ActName, row: PublicRow, now: Timestamp) {
    let entry = Entry::public(rng, act, now, &row).unwrap();
    let applied = block_on(store.apply(vec![Change::Public { row, entry }])).unwrap();
    assert!(matches!(applied[..], [Applied::Published(_)]));
}

/// The acts by which a person is registered and tested: an entry each, as the acts themselves write them.
fn registered(rng: &dyn Rng, person: PersonId, now: Timestamp) -> [Change; 2] {
    let initials = Some(Initials::parse("ZS").unwrap());
    let registration = Registration { home: "450100".parse().unwrap(), initials, at: now };
    let sampled = now.to_string();
    let raw = RawFact {
        kind: "test",
        value: "negative",
        at: &sampled,
        issuer: "laboratory:07",
        evidence: "S-1",
        ..RawFact::default()
    };
    let id = FactId::new(now, drawn(rng));
    let test = RecordedFact { id, fact: Fact::parse(&raw).unwrap(), recorded: now };
    [
        about(rng, ActName::Register, (person, PersonRow::Registration(registration)), now),
        about(rng, ActName::Record, (person, PersonRow::Fact(test)), now),
    ]
}

/// An act about a person, with its entry.
pub(crate) fn about(
    rng: &dyn Rng,
    act: ActName,
    (person, row): (PersonId, PersonRow),
    now: Timestamp,
) -> Change {
    let rows = vec![row];
    let entry = Entry::about(rng, act, now, person, &rows).unwrap();
    Change::Person { person, rows, notices: Vec::new(), entry }
}

pub(crate) fn drawn<const N: usize>(rng: &dyn Rng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill(&mut bytes).unwrap();
    bytes
}
