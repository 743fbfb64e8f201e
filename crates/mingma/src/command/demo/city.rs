//! A fictional city from a fixed seed: names, homes and facts as a county of January 2022 had them.

use std::sync::Arc;

use mingma_credential::status::Initials;
use mingma_domain::document::Document;
use mingma_domain::fact::{Fact, Kind, RawFact};
use mingma_domain::risk::{Level, RegionRisk};
use mingma_domain::time::Moment;
use mingma_domain::{Day, Region};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{foreign, stories};
use crate::failure::Failure;

/// How many people live in the city.
pub(super) const RESIDENTS: usize = 10_000;
/// The seed of everything: the day on which two officials turned 1,317 people red.
const SEED: u64 = 20_220_613;

/// The city's name; no such place exists. Its people live under the region codes of Yulin, Guangxi.
pub(super) const NAME: [&str; 3] = ["明江市", "明江市", "Mingjiang"];
const HOMES: [&str; 5] = ["450902", "450903", "450921", "450922", "450981"];

const SURNAMES: [(&str, &str); 12] = [
    ("韦", "Wei"),
    ("黄", "Huang"),
    ("覃", "Qin"),
    ("莫", "Mo"),
    ("陆", "Lu"),
    ("蒙", "Meng"),
    ("梁", "Liang"),
    ("农", "Nong"),
    ("罗", "Luo"),
    ("周", "Zhou"),
    ("谭", "Tan"),
    ("甘", "Gan"),
];
const GIVEN: [(&str, &str); 12] = [
    ("小明", "Xiaoming"),
    ("丽华", "Lihua"),
    ("建国", "Jianguo"),
    ("秀英", "Xiuying"),
    ("子轩", "Zixuan"),
    ("雨桐", "Yutong"),
    ("志强", "Zhiqiang"),
    ("桂花", "Guihua"),
    ("海燕", "Haiyan"),
    ("文博", "Wenbo"),
    ("美玲", "Meiling"),
    ("国栋", "Guodong"),
];

/// The city.
pub(super) struct City {
    pub(super) residents: Vec<Arc<Resident>>,
    pub(super) risk: Vec<RegionRisk>,
}

/// One resident; nobody real.
pub(super) struct Resident {
    pub(super) name: String,
    pub(super) initials: Initials,
    pub(super) document: Document,
    pub(super) home: Region,
    pub(super) facts: Vec<Fact>,
}

/// Of 10,000 residents, how many have this: kind, value, where, who says so, and between how many days ago it was.
type Happening = (u32, &'static str, &'static str, &'static str, &'static str, [u16; 2]);

const HAPPENINGS: &[Happening] = &[
    (9_000, "vaccination", "2", "", "hospital:yl-1", [60, 170]),
    (6_500, "checkin", "well", "", "self", [0, 0]),
    (5_000, "test", "negative", "", "laboratory:yl-2", [0, 10]),
    (900, "stay", "declared", "440100", "self", [2, 20]),
    (60, "stay", "ticket", "610113", "transport:rail", [3, 20]),
    (40, "stay", "ticket", "330604", "transport:rail", [3, 20]),
    (9, "diagnosis", "suspected", "", "hospital:yl-1", [0, 3]),
    (6, "diagnosis", "confirmed", "", "hospital:yl-1", [1, 10]),
    (4, "diagnosis", "asymptomatic", "", "cdc:450900", [1, 10]),
    (35, "contact", "close", "", "cdc:450900", [0, 16]),
    (60, "contact", "secondary", "", "cdc:450900", [0, 16]),
    (25, "contact", "same-vehicle", "", "cdc:450900", [0, 16]),
    (45, "contact", "spatiotemporal", "", "cdc:450900", [0, 16]),
    (12, "isolation", "home", "", "community:450902", [0, 10]),
    (15, "entry", "VN", "451481", "border:451481", [0, 25]),
    (70, "symptom", "fever", "", "self", [0, 9]),
    (90, "symptom", "cough", "", "self", [0, 9]),
    (20, "foreign-status", "yellow", "440000", "region:440000", [0, 5]),
];

impl City {
    /// Draws the city as it is on a day.
    pub(super) fn draw(today: Day) -> Result<Self, Failure> {
        let mut chance = Chance(ChaCha8Rng::seed_from_u64(SEED));
        let mut residents =
            (0..RESIDENTS).map(|n| resident(&mut chance, today, n)).collect::<Result<Vec<_>, _>>()?;
        for story in stories::ALL {
            if let Some(resident) = residents.get_mut(story.resident) {
                resident.facts = story.facts(today)?;
            }
        }
        let act = |region: &str, level, days: u16| -> Result<RegionRisk, Failure> {
            Ok(RegionRisk {
                region: region.parse().map_err(Failure::new)?,
                level,
                from: today.minus(days),
                until: None,
            })
        };
        let risk = vec![act("610113", Level::High, 18)?, act("330604", Level::Medium, 12)?];
        Ok(Self { residents: residents.into_iter().map(Arc::new).collect(), risk })
    }
}

fn resident(chance: &mut Chance, today: Day, number: usize) -> Result<Resident, Failure> {
    let (surname, latin_surname) = chance.one_of(&SURNAMES, ("韦", "Wei"));
    let (given, latin_given) = chance.one_of(&GIVEN, ("小明", "Xiaoming"));
    let home = chance.one_of(&HOMES, "450902");
    let mut facts = Vec::new();
    for (of_10_000, kind, value, region, issuer, [least, most]) in HAPPENINGS {
        if chance.below(10_000) < *of_10_000 {
            let ago = u16::try_from(chance.below(u32::from(most - least) + 1)).unwrap_or(0) + least;
            let at = today.minus(ago);
            // Another region's status lasts no longer than the code that bears it out.
            let until = (*kind == "foreign-status").then(|| at.plus(foreign::DAYS).to_string());
            let (at, until) = (at.to_string(), until.unwrap_or_default());
            let raw = RawFact { kind, value, at: &at, until: &until, region, issuer, ..RawFact::default() };
            facts.push(fact(&with_evidence(raw))?);
        }
    }
    // Who has a symptom today does not check in as well.
    if facts.iter().any(|fact| fact.kind() == Kind::Symptom && fact.at() == Moment::Day(today)) {
        facts.retain(|fact| fact.kind() != Kind::Checkin);
    }
    Ok(Resident {
        name: format!("{surname}{given} ({latin_given} {latin_surname})"),
        initials: Initials::parse(&format!("{}{}", initial(latin_given), initial(latin_surname)))
            .map_err(Failure::new)?,
        document: document(home, number)?,
        home: home.parse().map_err(Failure::new)?,
        facts,
    })
}

/// A resident identity card that nobody has: the sequence number 000 is given to no one. The birth date tells the
/// resident's number, so that all are different.
fn document(home: &str, number: usize) -> Result<Document, Failure> {
    let born = i32::try_from(number).unwrap_or(0);
    let first = jiff::civil::date(1950, 1, 1);
    let born = first.checked_add(jiff::Span::new().days(born * 2)).map_err(Failure::new)?.strftime("%Y%m%d");
    let mut checked =
        "0123456789X".chars().map(|check| format!("resident-id:{home}{born}000{check}").parse());
    checked.find_map(Result::ok).ok_or_else(|| Failure::new("a resident of the demo has no document"))
}

fn initial(latin: &str) -> char {
    latin.chars().next().unwrap_or('X')
}

/// Gives a fact of the city the evidence that its kind asks for.
pub(super) fn with_evidence(raw: RawFact<'_>) -> RawFact<'_> {
    let own = matches!(raw.kind, "symptom" | "checkin") || raw.issuer == "self";
    RawFact { evidence: if own { "" } else { "DEMO" }, ..raw }
}

/// A fact by the vocabulary's own parser: the demo has no other way to one either.
pub(super) fn fact(raw: &RawFact<'_>) -> Result<Fact, Failure> {
    Fact::parse(raw).map_err(Failure::new)
}

/// Draws of chance from the seed.
struct Chance(ChaCha8Rng);

impl Chance {
    /// A number below `bound`. The lean of the remainder is under one in 400,000 for the bounds used here.
    fn below(&mut self, bound: u32) -> u32 {
        self.0.next_u32() % bound.max(1)
    }

    fn one_of<T: Copy>(&mut self, all: &[T], otherwise: T) -> T {
        let count = u32::try_from(all.len()).unwrap_or(1);
        let index = self.below(count);
        all.get(usize::try_from(index).unwrap_or(0)).copied().unwrap_or(otherwise)
    }
}
