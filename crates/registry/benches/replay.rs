//! A million facts about a hundred thousand persons, replayed from what opens them: how long, and the CPU time.
//!
//! `cargo bench -p mingma-registry --bench replay`. The log and the openings are made in memory first; what is measured is
//! reading the openings, holding each against its commitment, following the chains and assessing after every fact.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a bench reads the clock, prints, and may fail by panicking"
)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use mingma_domain::Fact;
use mingma_domain::fact::RawFact;
use mingma_registry::journal::{Entry, Former, person_text, public_text};
use mingma_registry::replay::bundle::{Content, Opened, begin, read};
use mingma_registry::replay::{Case, Extent, Logged, together};
use mingma_registry::row::{
    EntitlementEntry, IssuerEntry, PersonRow, PublicRow, RecordedFact, Registration, RulesetEntry,
};
use mingma_registry::words::{ActName, Capacity};
use mingma_registry::{FactId, NoEntropy, PersonId, Rng};

const PERSONS: usize = 100_000;
const FACTS: usize = 1_000_000;
const RULES: &str = include_str!("../../../rulesets/henan/2021-08/ruleset.toml");
const EXAMPLES: &str = include_str!("../../../rulesets/henan/2021-08/examples.toml");

struct Seeded(AtomicU64);

impl Rng for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let drawn = (z ^ (z >> 31)).to_le_bytes();
            chunk.iter_mut().zip(drawn).for_each(|(to, from)| *to = from);
        }
        Ok(())
    }
}

struct Making {
    rng: Seeded,
    log: Vec<Logged>,
    file: Vec<u8>,
}

impl Making {
    fn add(&mut self, entry: &Entry, content: &[u8]) {
        let Entry { id, at, salt, former, .. } = entry;
        self.log.push(Logged::from(entry));
        let number = u64::try_from(self.log.len()).unwrap();
        let content = Content::Whole(content);
        Opened { number, id: *id, at: *at, salt: salt.unwrap(), former: *former, content, beside: None }
            .write(&mut self.file);
    }

    fn public(&mut self, at: Timestamp, row: &PublicRow) {
        let entry = Entry::public(&self.rng, ActName::Appoint, at, row).unwrap();
        self.add(&entry, &public_text(row));
    }

    fn about(&mut self, act: ActName, at: Timestamp, person: PersonId, row: PersonRow, former: &mut Former) {
        let rows = [row];
        let drafted = Entry::about(&self.rng, act, at, person, &rows).unwrap();
        let drafted = drafted.from_office_in(Some("410000".parse().unwrap()));
        let entry = drafted.after(if let Former::Leaf(leaf) = former { Some(*leaf) } else { None });
        *former = Former::Leaf(entry.leaf);
        self.add(&entry, &person_text(person, &rows));
    }
}

fn main() {
    let start: Timestamp = "2021-08-20T00:00:00Z".parse().unwrap();
    let mut making = Making {
        rng: Seeded(AtomicU64::new(1)),
        log: Vec::new(),
        file: begin("bench.example/2021q3\n1\n", None),
    };
    let region = "410000".parse().unwrap();
    let issuer = || "laboratory:1".parse().unwrap();
    let rules = RulesetEntry { region, id: "2021-08".into(), rules: RULES.into(), examples: EXAMPLES.into() };
    let entitlement = mingma_domain::fact::Entitlement {
        issuer: issuer(),
        kind: "test".parse().unwrap(),
        region,
        from: "2021-01-01".parse().unwrap(),
        until: "2022-12-31".parse().unwrap(),
    };
    for row in [
        PublicRow::Ruleset(rules),
        PublicRow::Issuer(IssuerEntry { issuer: issuer(), organisation: "lab".parse().unwrap(), region }),
        PublicRow::Entitlement(EntitlementEntry { capacity: Capacity::Submit, entitlement }),
    ] {
        making.public(start, &row);
    }
    let mut formers = vec![Former::None; PERSONS];
    let mut persons = Vec::with_capacity(PERSONS);
    for former in &mut formers {
        let mut chance = [0; 16];
        making.rng.fill(&mut chance).unwrap();
        let person = PersonId::new(chance);
        let home = "410105".parse().unwrap();
        let row = PersonRow::Registration(Registration { home, initials: None, at: start });
        making.about(ActName::Register, start, person, row, former);
        persons.push(person);
    }
    for n in 0..FACTS {
        let at = start + SignedDuration::from_secs(i64::try_from(n).unwrap());
        let (day, evidence) = (at.to_string(), format!("S-{n}"));
        let raw = RawFact {
            kind: "test",
            value: if n % 1_000 == 0 { "positive" } else { "negative" },
            at: &day,
            issuer: "laboratory:1",
            evidence: &evidence,
            ..RawFact::default()
        };
        let mut chance = [0; 10];
        making.rng.fill(&mut chance).unwrap();
        let row =
            RecordedFact { id: FactId::new(at, chance), fact: Fact::parse(&raw).unwrap(), recorded: at };
        let who = (n * 7_919) % PERSONS;
        making.about(ActName::Record, at, persons[who], PersonRow::Fact(row), &mut formers[who]);
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    for threads in [1, threads] {
        let (wall, cpu) = (Instant::now(), cpu_time::ProcessTime::now());
        let (_, openings) = read(&making.file).unwrap();
        let case = Case::new(&making.log, &openings, Extent::Everybody).unwrap();
        let sound = std::thread::scope(|scope| {
            let parts: Vec<_> = (0..threads)
                .map(|part| {
                    scope.spawn({
                        let case = &case;
                        move || case.part(part, threads)
                    })
                })
                .collect();
            together(parts.into_iter().map(|part| part.join().unwrap())).unwrap()
        });
        assert_eq!(usize::try_from(sound.facts).unwrap(), FACTS);
        println!(
            "{FACTS} facts about {PERSONS} persons, {} MB of openings, {threads} threads: {:.2} s, {:.2} s CPU, {} transitions",
            making.file.len() >> 20,
            wall.elapsed().as_secs_f64(),
            cpu.elapsed().as_secs_f64(),
            sound.transitions
        );
    }
}
