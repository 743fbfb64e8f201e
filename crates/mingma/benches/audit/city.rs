//! A province whose offices appoint a laboratory and publish rules, by the acts, and the persons whom the laboratory tests.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use mingma_credential::key::{Entropy, NoEntropy as NoKeyEntropy, SigningKey};
use mingma_credential::status::RegionCode;
use mingma_credential::{Certificate, UnixSeconds};
use mingma_domain::document::Document;
use mingma_domain::fact::Entitlement;
use mingma_registry::acts::{
    AppointStaff, Approve, ProposeAppointment, add_staff, approve, open_public, propose_appointment,
};
use mingma_registry::appointment::Appointment;
use mingma_registry::authority::Authority;
use mingma_registry::journal::{Beside, Entry, Former, person_text};
use mingma_registry::memory::MemoryStore;
use mingma_registry::policy::{Actor, Office, Purpose, authorize};
use mingma_registry::ports::{Clock, KeySigner, NoEntropy, Rng};
use mingma_registry::replay::bundle::{Content, Opened};
use mingma_registry::row::{
    EntitlementEntry, IssuerEntry, KeyEntry, PersonRow, PublicRow, RecordedFact, Registration, RulesetEntry,
};
use mingma_registry::submission::{RawRow, Submission, signed_bytes};
use mingma_registry::words::{ActName, Capacity};
use mingma_registry::{Change, FactId, PersonId, Registry, Steady, Store as _};
use pollster::block_on;

use super::files::Files;

const RULES: &str = include_str!("../../../../rulesets/henan/2021-08/ruleset.toml");
const EXAMPLES: &str = include_str!("../../../../rulesets/henan/2021-08/examples.toml");
/// How many rows the laboratory sends at once.
const BATCH: usize = 100;
const REGION: &str = "410000";
const SALT: [u8; 32] = [7; 32];

/// Chance that a run can repeat.
struct Seeded(AtomicU64);

impl Seeded {
    fn draw(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let drawn = (z ^ (z >> 31)).to_le_bytes();
            chunk.iter_mut().zip(drawn).for_each(|(to, from)| *to = from);
        }
    }

    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.draw(&mut bytes);
        bytes
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

/// A clock that stands.
struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }
}

pub(crate) struct City {
    registry: Registry,
    store: MemoryStore,
    laboratory: SigningKey,
    rng: Seeded,
    start: Timestamp,
}

impl City {
    pub(crate) fn new() -> Self {
        let start: Timestamp = "2021-08-20T00:00:00Z".parse().unwrap();
        let mut rng = Seeded(AtomicU64::new(1));
        let [laboratory, key] = [(); 2].map(|()| SigningKey::generate(&mut rng).unwrap());
        let at = |days: i64| UnixSeconds::new(start.as_second() + 86_400 * days);
        let certificate = Certificate::self_signed(&key, "Henan", at(-1), at(300)).unwrap();
        let authority = Authority::new(certificate.clone(), REGION.parse().unwrap(), 0);
        let signer = KeySigner::new(key, certificate, RegionCode::parse("41").unwrap()).unwrap();
        let store = MemoryStore::default();
        let clock = Steady::new(Standing(start), None);
        let chance = Box::new(Seeded(AtomicU64::new(2)));
        let registry = Registry::new(Box::new(store.clone()), Box::new(clock), Box::new(signer), chance)
            .with_authority(authority);
        let city = Self { registry, store, laboratory, rng, start };
        for (name, office) in [("staff-7", Office::HealthCommission), ("staff-9", Office::Appeals)] {
            let (from, until) = (start, start + SignedDuration::from_hours(24));
            let wish = AppointStaff {
                name: name.parse().unwrap(),
                office,
                region: REGION.parse().unwrap(),
                from,
                until,
            };
            block_on(add_staff(&city.store, &city.rng, start, &wish)).unwrap();
        }
        city.appoint();
        let rules = RulesetEntry {
            region: REGION.parse().unwrap(),
            id: "2021-08".into(),
            rules: RULES.into(),
            examples: EXAMPLES.into(),
        };
        let row = PublicRow::Ruleset(rules);
        let entry = Entry::public(&city.rng, ActName::Publish, start, &row).unwrap();
        block_on(city.store.apply(vec![Change::Public { row, entry }])).unwrap();
        city
    }

    /// Two offices of the province let the laboratory in.
    fn appoint(&self) {
        let issuer = || "laboratory:1".parse().unwrap();
        let (region, start) = (REGION.parse().unwrap(), self.start);
        let entitlement = Entitlement {
            issuer: issuer(),
            kind: "test".parse().unwrap(),
            region,
            from: "2021-08-01".parse().unwrap(),
            until: "2022-07-30".parse().unwrap(),
        };
        let (point, until) = (self.laboratory.device_point(), start + SignedDuration::from_hours(24 * 300));
        for appointment in [
            Appointment::Issuer(IssuerEntry {
                issuer: issuer(),
                organisation: "lab".parse().unwrap(),
                region,
            }),
            Appointment::Key(KeyEntry { issuer: issuer(), point, from: start, until }),
            Appointment::Entitlement(EntitlementEntry { capacity: Capacity::Submit, entitlement }),
        ] {
            let official =
                |staff: &str, office| Actor::Official { staff: staff.parse().unwrap(), office, region };
            let wish = ProposeAppointment { region, appointment };
            let wish =
                authorize(official("staff-7", Office::HealthCommission), Purpose::Publication, wish).unwrap();
            let (proposal, seen) = block_on(propose_appointment(&self.registry, wish)).unwrap();
            let wish = authorize(
                official("staff-9", Office::Appeals),
                Purpose::Publication,
                Approve { region, proposal, seen },
            );
            block_on(approve(&self.registry, wish.unwrap())).unwrap();
        }
    }

    /// Writes down what is public.
    pub(crate) fn public(&self, files: &mut Files) {
        let entries = block_on(self.store.journal(0, u32::MAX)).unwrap();
        let opened = block_on(open_public(&self.registry, u64::MAX)).unwrap();
        assert_eq!(entries.len(), opened.len());
        for (numbered, (number, opening)) in entries.iter().zip(opened) {
            assert_eq!(numbered.number, number);
            files.add(&numbered.entry, &opening);
        }
    }

    /// Persons are registered, and so many tests recorded about them: a second each, in submissions that the laboratory signs.
    pub(crate) fn live(&self, facts: usize, persons: usize, files: &mut Files) {
        let known: Vec<(PersonId, String)> = (0..persons)
            .map(|n| {
                let document: Document = format!("passport:JP:TR{n:07}").parse().unwrap();
                (PersonId::new(self.rng.bytes()), document.to_wire())
            })
            .collect();
        let mut formers = vec![Former::None; persons];
        for ((person, _), former) in known.iter().zip(&mut formers) {
            let row = PersonRow::Registration(Registration {
                home: "410105".parse().unwrap(),
                initials: None,
                at: self.start,
            });
            let rows = [row];
            let drafted = Entry::about(&self.rng, ActName::Register, self.start, *person, &rows).unwrap();
            add(files, &drafted.after(None), (*person, &rows), former);
        }
        for first in (0..facts).step_by(BATCH) {
            let of = |n: usize| self.start + SignedDuration::from_secs(i64::try_from(n + 1).unwrap());
            let told: Vec<(usize, String, String)> = (first..facts.min(first + BATCH))
                .map(|n| ((n * 7_919) % persons, of(n).to_string(), format!("S-{n}")))
                .collect();
            let rows: Vec<RawRow<'_>> = told
                .iter()
                .map(|(who, at, evidence)| RawRow {
                    person: &known[*who].1,
                    kind: "test",
                    value: if evidence.ends_with("000") { "positive" } else { "negative" },
                    at,
                    evidence,
                    ..RawRow::default()
                })
                .collect();
            let submission = self.signed(first, &rows);
            for (place, (row, (who, ..))) in submission.rows().iter().zip(&told).enumerate() {
                let (at, person) = (of(first + place), known[*who].0);
                let (id, fact) = (FactId::new(at, self.rng.bytes()), row.clone().unwrap().fact);
                let rows = [PersonRow::Fact(RecordedFact { id, fact, recorded: at })];
                let drafted = Entry::about(&self.rng, ActName::Record, at, person, &rows).unwrap();
                let mut drafted = drafted.from_office_in(Some(REGION.parse().unwrap()));
                drafted.sign(submission.signature(place).unwrap());
                let after = if let Former::Leaf(leaf) = formers[*who] { Some(leaf) } else { None };
                add(files, &drafted.after(after), (person, &rows), &mut formers[*who]);
            }
        }
    }

    fn signed(&self, first: usize, rows: &[RawRow<'_>]) -> Submission {
        let (issuer, key) = ("laboratory:1".parse().unwrap(), format!("k-{first}").parse().unwrap());
        let signature = self.laboratory.sign(&signed_bytes(&issuer, &key, &SALT, rows)).unwrap();
        Submission::read(issuer, key, rows, SALT, signature).unwrap()
    }
}

fn add(files: &mut Files, entry: &Entry, (person, rows): (PersonId, &[PersonRow]), former: &mut Former) {
    let Entry { id, at, salt, former: last, beside, .. } = entry;
    let (text, mut opening) = (person_text(person, rows), Vec::new());
    let beside = beside.as_ref().map(Beside::proof);
    let beside = beside.as_deref();
    let (number, content) = (files.entries + 1, Content::Whole(&text));
    Opened { number, id: *id, at: *at, salt: salt.unwrap(), former: *last, content, beside }
        .write(&mut opening);
    *former = Former::Leaf(entry.leaf);
    files.add(entry, &opening);
}
