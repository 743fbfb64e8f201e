//! A generated city, the shipped rulesets, and a census written and read again.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mingma_census::Census;
use mingma_domain::fact::Fact;
use mingma_domain::{Day, Region, RiskMap, Ruleset};
use mingma_testkit::build::{fact, world};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The seed of the city.
const SEED: u64 = 20_261_121;

/// The census as it comes back from a file.
pub(crate) fn through_a_file(census: &Census) -> Census {
    let mut file = tempfile::tempfile().unwrap();
    census.write(&mut file, Timestamp::MAX).unwrap();
    Census::open(&file, Timestamp::UNIX_EPOCH).unwrap()
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every shipped ruleset with its folder.
pub(crate) fn shipped() -> Vec<(String, Ruleset)> {
    let mut found = Vec::new();
    for region in std::fs::read_dir(root().join("rulesets")).unwrap() {
        for folder in std::fs::read_dir(region.unwrap().path()).unwrap() {
            let path = folder.unwrap().path().join("ruleset.toml");
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            found.push((path.display().to_string(), Ruleset::parse(&text).expect("a shipped ruleset")));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

/// What happened to a person: a home, and statements with days before today.
pub(crate) type Draw = (&'static str, Vec<(&'static str, u16, u16, &'static str)>);

/// Of a thousand, how many have this, and between how many days ago it was.
const HAPPENINGS: &[(u32, &str, u16, u16)] = &[
    (900, "vaccination 2", 60, 170),
    (650, "checkin well", 0, 5),
    (30, "checkin unwell", 0, 5),
    (500, "test negative", 0, 10),
    (300, "test negative", 0, 4),
    (8, "test positive", 0, 20),
    (8, "test pooled-positive", 0, 10),
    (12, "diagnosis suspected", 0, 20),
    (8, "diagnosis confirmed", 0, 40),
    (8, "diagnosis asymptomatic", 0, 40),
    (5, "diagnosis fever", 0, 20),
    (8, "discharge recovered", 0, 20),
    (8, "discharge excluded", 0, 10),
    (30, "contact close", 0, 30),
    (30, "contact secondary", 0, 20),
    (20, "contact same-vehicle", 0, 20),
    (20, "contact spatiotemporal", 0, 20),
    (10, "contact general", 0, 20),
    (15, "isolation home", 0, 20),
    (15, "isolation central", 0, 20),
    (10, "release ended", 0, 10),
    (10, "release early", 0, 10),
    (40, "screening due", 2, 10),
    (20, "entry VN", 0, 30),
    (20, "entry JP", 0, 30),
    (40, "symptom fever", 0, 20),
    (40, "symptom cough", 0, 20),
    (90, "stay declared", 0, 25),
    (40, "stay ticket", 0, 25),
    (20, "stay venue", 0, 25),
    (10, "foreign-status red", 0, 14),
    (10, "foreign-status yellow", 0, 14),
    (10, "foreign-status green", 0, 5),
];

const REGIONS: [&str; 8] = ["410105", "610113", "330604", "440100", "420102", "110105", "450902", "230102"];

/// A city of so many persons.
pub(crate) fn city(persons: usize) -> Vec<Draw> {
    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    let mut below = move |bound: u32| chance.next_u32() % bound;
    let mut city = Vec::new();
    for _ in 0..persons {
        let home = REGIONS[below(8) as usize];
        let mut happened = Vec::new();
        for (of_1000, what, least, most) in HAPPENINGS {
            if below(1_000) < *of_1000 {
                let ago = least + u16::try_from(below(u32::from(most - least) + 1)).unwrap();
                let length = u16::try_from(below(5)).unwrap();
                happened.push((*what, ago, length, REGIONS[below(8) as usize]));
            }
        }
        city.push((home, happened));
    }
    city
}

/// A person of the city, as of a day.
pub(crate) fn person(draw: &Draw, today: Day) -> (Region, Vec<Fact>) {
    let facts = draw.1.iter().enumerate().map(|(n, (what, ago, length, region))| {
        let at = today.minus(*ago);
        let kind = what.split(' ').next().unwrap();
        let line = match kind {
            "stay" | "screening" => format!("{what} {at}..{} ", at.plus(*length)),
            "isolation" | "foreign-status" if length % 2 == 0 => format!("{what} {at}..{} ", at.plus(7)),
            "test" if n % 2 == 0 => format!("{what} {at}T0{length}:30:00+08:00 "),
            _ => format!("{what} {at} "),
        };
        let placed = matches!(kind, "stay" | "entry" | "foreign-status");
        fact(&if placed { line + region } else { line })
    });
    (draw.0.parse().unwrap(), facts.collect())
}

/// The risk of the city's regions.
pub(crate) fn risk(today: Day) -> RiskMap {
    let (a, b, c) = (today.minus(18), today.minus(12), today.minus(6));
    world(&format!(
        "risk 610113 high {a}..; risk 330604 medium {b}..; risk 420102 focus {a}..{b}; risk 110105 lockdown {c}..; \
         risk 230102 control {c}..; risk 440100 precaution {c}.."
    ))
    .risk()
}
