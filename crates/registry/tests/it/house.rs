//! A city to try the acts in: an authority, a laboratory, two organisations, rules in force.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use mingma_credential::key::{Entropy, NoEntropy as NoKeyEntropy, SigningKey};
use mingma_credential::status::{Initials, RegionCode};
use mingma_credential::{Certificate, TrustList, UnixSeconds};
use mingma_domain::document::Document;
use mingma_domain::fact::{Entitlement, Issuer};
use mingma_registry::acts::{
    Appoint, AppointError, Approve, Assess, AssessError, Assessment, BrakeError, Declare, Less,
    ProposeAppointment, Publish, Record, RecordError, Register, appoint, approve, assess, declare,
    propose_appointment, publish, record, register,
};
use mingma_registry::authority::Authority;
use mingma_registry::intake::RowAnswer;
use mingma_registry::memory::MemoryStore;
use mingma_registry::policy::{Actor, Office, Purpose, authorize};
use mingma_registry::ports::{Clock, KeySigner, NoEntropy, Rng};
use mingma_registry::row::{EntitlementEntry, IssuerEntry, KeyEntry};
use mingma_registry::submission::{RawRow, Submission, signed_bytes};
use mingma_registry::words::Capacity;
use mingma_registry::{Appointment, Contact, FactId, PersonId, Registry, Steady, Store};
use pollster::block_on;

/// Noon of 13 June 2022 in Beijing.
pub(crate) const NOON: i64 = 1_655_092_800;
const YEAR: i64 = 365 * 86_400;

pub(crate) const RULES: &str = r#"
[ruleset]
id = "2022-06"
region = "410100"
zone = "Asia/Shanghai"
effect = 2022-06-01
sunset = 2022-09-01
title = { zh-Hans = "示例", zh-Hant = "示例", en = "An example" }
authority = { zh-Hans = "示例", zh-Hant = "示例", en = "An example" }

[[rule]]
code = "A1"
color = "red"
article = "1"
when = { fact = "contact", value = "close", within_days = 7 }
text = { zh-Hans = "密切接触者", zh-Hant = "密切接觸者", en = "You are a close contact." }
clears = { zh-Hans = "满 7 天", zh-Hant = "滿 7 天", en = "It ends after day 7." }
"#;

pub(crate) const EXAMPLES: &str = r#"
[[example]]
name = "the day of contact"
on = 2022-06-10
facts = [{ kind = "contact", value = "close", at = 2022-06-10, issuer = "cdc" }]
expect = { color = "red", reasons = ["A1"], until = 2022-06-18 }

[[example]]
name = "the seventh day"
on = 2022-06-17
facts = [{ kind = "contact", value = "close", at = 2022-06-10, issuer = "cdc" }]
expect = { color = "red", reasons = ["A1"], until = 2022-06-18 }

[[example]]
name = "the eighth day"
on = 2022-06-18
facts = [{ kind = "contact", value = "close", at = 2022-06-10, issuer = "cdc" }]
expect = { color = "green" }
"#;

#[derive(Clone, Default)]
pub(crate) struct Watch(Arc<AtomicI64>);

impl Watch {
    pub(crate) fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::Relaxed);
    }
}

impl Clock for Watch {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// Chance that a test can repeat.
pub(crate) struct Seeded(AtomicU64);

impl Seeded {
    fn draw(&self, bytes: &mut [u8]) {
        for byte in bytes {
            // Weyl's sequence through the finalizer of SplitMix64.
            let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
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

/// An issuer with its key.
pub(crate) struct Office1 {
    pub(crate) issuer: Issuer,
    pub(crate) key: SigningKey,
}

impl Office1 {
    pub(crate) fn actor(&self) -> Actor {
        Actor::Institution(self.issuer.clone())
    }
}

pub(crate) struct City {
    pub(crate) registry: Registry,
    pub(crate) store: MemoryStore,
    pub(crate) watch: Watch,
    pub(crate) trust: TrustList,
    pub(crate) phone: SigningKey,
    pub(crate) laboratory: Office1,
    pub(crate) cdc: Office1,
    pub(crate) cdc_branch: Office1,
    pub(crate) community: Office1,
}

pub(crate) fn commissioner() -> Actor {
    official(Office::HealthCommission, "410000")
}

pub(crate) fn arbiter() -> Actor {
    let (office, region) = (Office::Appeals, "410000".parse().unwrap());
    Actor::Official { staff: "staff-9".parse().unwrap(), office, region }
}

pub(crate) fn official(office: Office, region: &str) -> Actor {
    staff("staff-7", office, region)
}

pub(crate) fn staff(name: &str, office: Office, region: &str) -> Actor {
    Actor::Official { staff: name.parse().unwrap(), office, region: region.parse().unwrap() }
}

pub(crate) fn document(n: u32) -> Document {
    format!("passport:JP:TR{n:07}").parse().unwrap()
}

pub(crate) fn phone(n: u32) -> Contact {
    format!("138{n:08}").parse().unwrap()
}

impl City {
    /// A city with issuers and rules.
    pub(crate) fn new() -> Self {
        Self::over(|store| Box::new(store))
    }

    /// One over a store that does what a test wants.
    pub(crate) fn over(front: impl FnOnce(MemoryStore) -> Box<dyn Store>) -> Self {
        let city = Self::empty(front);
        city.appoint(&city.laboratory, "kang-lab", &[(Capacity::Submit, "test")]);
        city.appoint(
            &city.cdc,
            "zhengzhou-cdc",
            &[(Capacity::Submit, "contact"), (Capacity::Countersign, "contact")],
        );
        city.appoint(&city.cdc_branch, "zhengzhou-cdc", &[(Capacity::Countersign, "contact")]);
        city.appoint(&city.community, "community-4", &[(Capacity::Countersign, "contact")]);
        city.publish().unwrap();
        city
    }

    /// A city in which nobody was appointed and nothing published yet.
    pub(crate) fn of_nobody() -> Self {
        Self::empty(|store| Box::new(store))
    }

    fn empty(front: impl FnOnce(MemoryStore) -> Box<dyn Store>) -> Self {
        let mut entropy = Seeded(AtomicU64::new(1));
        let watch = Watch::default();
        watch.set(NOON);
        let now = UnixSeconds::new(NOON);
        let key = SigningKey::generate(&mut entropy).unwrap();
        let certificate = Certificate::self_signed(&key, "Henan", now.plus(-YEAR), now.plus(YEAR)).unwrap();
        let trust = TrustList::of_certificate(certificate.clone());
        let authority = Authority::new(certificate.clone(), "410000".parse().unwrap(), 0);
        let signer = KeySigner::new(key, certificate, RegionCode::parse("41").unwrap()).unwrap();
        let mut office = |issuer: &str| Office1 {
            issuer: issuer.parse().unwrap(),
            key: SigningKey::generate(&mut entropy).unwrap(),
        };
        let laboratory = office("laboratory:07");
        let (cdc, cdc_branch) = (office("cdc:410100"), office("cdc:410105"));
        let community = office("community:4");
        let phone = SigningKey::generate(&mut entropy).unwrap();
        let store = MemoryStore::default();
        let registry = Registry::new(
            front(store.clone()),
            Box::new(Steady::new(watch.clone(), None)),
            Box::new(signer),
            Box::new(entropy),
        )
        .with_authority(authority);
        Self { registry, store, watch, trust, phone, laboratory, cdc, cdc_branch, community }
    }

    pub(crate) fn publish(
        &self,
    ) -> Result<mingma_registry::RulesetNumber, mingma_registry::acts::PublishError> {
        let wish = Publish {
            region: "410100".parse().unwrap(),
            rules: RULES.to_owned(),
            examples: EXAMPLES.to_owned(),
        };
        block_on(publish(&self.registry, authorize(commissioner(), Purpose::Publication, wish).unwrap()))
    }

    /// Appoints, as two offices of the province do it.
    pub(crate) fn say(&self, appointment: Appointment) -> Result<u64, BrakeError> {
        let wish = self.propose(commissioner(), appointment)?;
        self.agree(arbiter(), wish)
    }

    /// Proposes an appointment; what an office sends that agrees.
    pub(crate) fn propose(&self, by: Actor, appointment: Appointment) -> Result<Approve, AppointError> {
        self.propose_for((by, "410000"), appointment)
    }

    /// The same for a region.
    pub(crate) fn propose_for(
        &self,
        (by, region): (Actor, &str),
        appointment: Appointment,
    ) -> Result<Approve, AppointError> {
        let wish = ProposeAppointment { region: region.parse().unwrap(), appointment };
        let wish = authorize(by, Purpose::Publication, wish).unwrap();
        let (proposal, seen) = block_on(propose_appointment(&self.registry, wish))?;
        let region = block_on(self.registry.book()).unwrap().proposal(proposal).unwrap().region();
        Ok(Approve { region, proposal, seen })
    }

    /// Approves a proposal.
    pub(crate) fn agree(&self, by: Actor, wish: Approve) -> Result<u64, BrakeError> {
        block_on(approve(&self.registry, authorize(by, Purpose::Publication, wish).unwrap()))
    }

    /// Takes something away from an issuer, as one office does it.
    pub(crate) fn take(&self, less: Less) -> Result<u64, AppointError> {
        let wish = Appoint { region: "410000".parse().unwrap(), less };
        block_on(appoint(&self.registry, authorize(commissioner(), Purpose::OutbreakControl, wish).unwrap()))
    }

    pub(crate) fn appoint(&self, office: &Office1, organisation: &str, may: &[(Capacity, &str)]) {
        let region = "410100".parse().unwrap();
        let issuer = office.issuer.clone();
        let organisation = organisation.parse().unwrap();
        self.say(Appointment::Issuer(IssuerEntry { issuer: issuer.clone(), organisation, region })).unwrap();
        self.key_of(office);
        for (capacity, kind) in may {
            self.entitle(office, *capacity, kind);
        }
    }

    pub(crate) fn key_of(&self, office: &Office1) {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let (issuer, point) = (office.issuer.clone(), office.key.device_point());
        let (from, until) = (at(NOON - 86_400 * 30), at(NOON + YEAR));
        self.say(Appointment::Key(KeyEntry { issuer, point, from, until })).unwrap();
    }

    pub(crate) fn entitle(&self, office: &Office1, capacity: Capacity, kind: &str) {
        let entitlement = Entitlement {
            issuer: office.issuer.clone(),
            kind: kind.parse().unwrap(),
            region: "410100".parse().unwrap(),
            from: "2022-05-01".parse().unwrap(),
            until: "2022-06-30".parse().unwrap(),
        };
        self.say(Appointment::Entitlement(EntitlementEntry { capacity, entitlement })).unwrap();
    }

    /// Registers the nth person and gives the id, as signing in would.
    pub(crate) fn resident(&self, n: u32) -> PersonId {
        let wish = Register {
            initials: Some(Initials::parse("ZS").unwrap()),
            contact: Some(phone(n)),
            ..Register::new(document(n), "410105".parse().unwrap())
        };
        let allowed = authorize(Actor::Visitor, Purpose::SelfService, wish).unwrap();
        block_on(register(&self.registry, allowed)).unwrap();
        block_on(self.registry.store().find(&document(n))).unwrap().unwrap()
    }

    pub(crate) fn record(
        &self,
        office: &Office1,
        key: &str,
        rows: &[RawRow<'_>],
    ) -> Result<Vec<RowAnswer>, RecordError> {
        let wish = Record(submission(office, key, rows));
        block_on(record(&self.registry, authorize(office.actor(), Purpose::OutbreakControl, wish).unwrap()))
    }

    /// Records that the nth person is a close contact, without the second organisation.
    pub(crate) fn contact(&self, n: u32, key: &str) -> FactId {
        let person = document(n).to_wire();
        let evidence = format!("INV-{key}");
        let row = RawRow { evidence: &evidence, ..close_contact(&person) };
        let answers = self.record(&self.cdc, key, &[row]).unwrap();
        let RowAnswer::Recorded { id, pending: true } = answers[0] else { panic!("{answers:?}") };
        id
    }

    pub(crate) fn assess(&self, person: PersonId) -> Result<Assessment, AssessError> {
        let allowed = authorize(Actor::Resident(person), Purpose::SelfService, Assess { person }).unwrap();
        block_on(assess(&self.registry, allowed))
    }

    pub(crate) fn color(&self, person: PersonId) -> &'static str {
        self.assess(person).unwrap().status().color_word()
    }

    pub(crate) fn declare(&self, wish: Declare) -> Result<Vec<FactId>, mingma_registry::acts::DeclareError> {
        let allowed = authorize(Actor::Resident(wish.person), Purpose::SelfService, wish).unwrap();
        block_on(declare(&self.registry, allowed))
    }
}

pub(crate) fn close_contact(person: &str) -> RawRow<'_> {
    RawRow {
        person,
        kind: "contact",
        value: "close",
        at: "2022-06-12",
        evidence: "INV-7",
        ..RawRow::default()
    }
}

pub(crate) fn negative_test(person: &str) -> RawRow<'_> {
    RawRow {
        person,
        kind: "test",
        value: "negative",
        at: "2022-06-13T09:40:00+08:00",
        evidence: "S-1",
        ..RawRow::default()
    }
}

/// What hides whom a statement is about, in these tests.
pub(crate) const SALT: [u8; 32] = [7; 32];

pub(crate) fn submission(office: &Office1, key: &str, rows: &[RawRow<'_>]) -> Submission {
    let key = key.parse().unwrap();
    let signature = office.key.sign(&signed_bytes(&office.issuer, &key, &SALT, rows)).unwrap();
    Submission::read(office.issuer.clone(), key, rows, SALT, signature).unwrap()
}
