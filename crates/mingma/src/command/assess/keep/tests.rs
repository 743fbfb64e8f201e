//! What is dropped could not have changed anything: whole records against kept ones.

use mingma_domain::assess::{Record, assess, path_to_green};
use mingma_domain::fact::{RawFact, Retraction};
use mingma_domain::{Fact, RiskMap, Ruleset};

use super::*;

/// Every way of reading a fact: for its time, to clear, to prevent, to lapse, negated, and to follow.
const RULES: &str = r#"
[ruleset]
id = "keep"
region = "450000"
zone = "Asia/Shanghai"
effect = 2022-01-01
sunset = 2022-06-01
[ruleset.title]
zh-Hans = "a"
zh-Hant = "a"
en = "a"
[ruleset.authority]
zh-Hans = "a"
zh-Hant = "a"
en = "a"
[issued_when]
any = [ { fact = "checkin" }, { fact = "vaccination" } ]
RULE_A1
RULE_A2
RULE_A3
RULE_B1
RULE_B2
RULE_B3
RULE_B4
"#;

fn ruleset() -> Ruleset {
    let rules = [
        ("A1", "red", r#"{ fact = "diagnosis", cleared_by = [ { negatives = 2, apart_hours = 24 } ] }"#),
        ("A2", "red", r#"{ fact = "contact", value = "close", within_days = 14 }"#),
        ("A3", "red", r#"{ fact = "isolation", cleared_by = [ { fact = "release" } ] }"#),
        ("B1", "yellow", r#"{ follows = "A2", for_days = 7, cleared_by = [ { checkins = 3 } ] }"#),
        ("B2", "yellow", r#"{ lapse = "checkin", within_days = 3 }"#),
        (
            "B3",
            "yellow",
            r#"{ fact = "screening", starts = "after-end", unless_during = { fact = "test" }, within_days = 20 }"#,
        ),
        (
            "B4",
            "yellow",
            r#"{ all = [ { fact = "stay", region = "410000", within_days = 21 }, { not = { fact = "vaccination", min_dose = 2 } } ] }"#,
        ),
    ];
    let texts = "zh-Hans = \"a\"\nzh-Hant = \"a\"\nen = \"a\"\n";
    let toml = rules.iter().fold(RULES.to_owned(), |toml, (code, color, when)| {
        let rule = format!(
            "[[rule]]\ncode = \"{code}\"\ncolor = \"{color}\"\narticle = \"{code}\"\nwhen = {when}\n[rule.text]\n{texts}[rule.clears]\n{texts}"
        );
        toml.replace(&format!("RULE_{code}"), &rule)
    });
    Ruleset::parse(&toml).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// A small generator of numbers with a fixed seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn day(&mut self, back: u64) -> String {
        let today = Day::from_number(19_040).unwrap();
        let back = u16::try_from(self.below(back)).unwrap();
        // A few lie in the future.
        today.plus(5).minus(back).to_string()
    }
}

fn statement(chance: &mut Chance) -> Statement {
    let (kind, value, issuer, evidence) = [
        ("diagnosis", "confirmed", "cdc", "E"),
        ("contact", "close", "cdc", "E"),
        ("isolation", "home", "cdc", "E"),
        ("release", "ended", "cdc", "E"),
        ("test", "negative", "laboratory", "E"),
        ("test", "positive", "laboratory", "E"),
        ("screening", "due", "cdc", "E"),
        ("stay", "declared", "self", ""),
        ("symptom", "fever", "self", ""),
        ("checkin", "well", "self", ""),
        ("checkin", "unwell", "self", ""),
        ("vaccination", "2", "hospital", "E"),
        ("retract", "entered-in-error", "cdc", ""),
        ("retract", "appeal-upheld", "appeal", ""),
    ][usize::try_from(chance.below(14)).unwrap()];
    let back = [10, 40, 120, 250][usize::try_from(chance.below(4)).unwrap()];
    let day = chance.day(back);
    let at = if chance.below(3) == 0 { format!("{day}T09:40:00+08:00") } else { day.clone() };
    let until = if kind == "screening" || (kind == "isolation" && chance.below(2) == 0) {
        day
    } else {
        String::new()
    };
    let until = until.parse::<Day>().map_or(String::new(), |day| day.plus(3).to_string());
    let name = format!(
        "{}@{}",
        ["contact/close", "isolation/home"][usize::try_from(chance.below(2)).unwrap()],
        chance.day(30)
    );
    let region = if kind == "stay" { "410105" } else { "" };
    let evidence = if kind == "retract" { name.as_str() } else { evidence };
    Statement::parse(&RawFact { kind, value, at: &at, until: &until, region, issuer, evidence }).unwrap()
}

fn is_retained(keep: &Keep<'_>, statement: &Statement) -> bool {
    if let Statement::Fact(fact) = statement { keep.today <= keep.kept_until(fact) } else { true }
}

#[test]
fn what_is_dropped_changes_no_status_and_no_path() {
    const PEOPLE: u32 = 3_000;
    let (ruleset, risk) = (ruleset(), RiskMap::default());
    let now = ruleset.zone.end_of(Day::from_number(19_040).unwrap()).unwrap();
    let keep = Keep::new(&ruleset, now);
    let mut chance = Chance(2_022);
    let (mut dropped, mut paths, mut colors) = (0, 0, std::collections::BTreeMap::<_, u32>::new());
    for person in 0..PEOPLE {
        let all: Vec<_> = (0..chance.below(14)).map(|_| statement(&mut chance)).collect();
        let kept: Vec<_> = all.iter().filter(|s| keep.counts(s)).cloned().collect();
        dropped += all.len() - kept.len();
        let told = |statements: &[Statement]| {
            let facts: Vec<Fact> = statements
                .iter()
                .filter_map(|s| if let Statement::Fact(f) = s { Some(f.clone()) } else { None })
                .collect();
            let retractions: Vec<Retraction> = statements
                .iter()
                .filter_map(|s| if let Statement::Retraction(r) = s { Some(r.clone()) } else { None })
                .collect();
            let record = Record { facts: &facts, retractions: &retractions };
            let status = assess(&ruleset, &record, &risk, now);
            let reasons: Vec<_> = status
                .reasons()
                .iter()
                .map(|r| {
                    (r.rule, r.since, r.until, r.facts.iter().map(|f| facts[*f].name()).collect::<Vec<_>>())
                })
                .collect();
            // A path is searched for, which takes its time: one person in twenty is enough.
            let path = (person % 20 == 0).then(|| path_to_green(&ruleset, &record, &risk, now));
            (status.outcome(), status.until(), reasons, format!("{path:?}"))
        };
        let (whole, part) = (told(&all), told(&kept));
        assert_eq!((&whole.0, &whole.1, &whole.2), (&part.0, &part.1, &part.2), "person {person}: {all:?}");
        // Towards green nothing is owed for a fact that ought to be destroyed by now; all others must be there.
        if all.iter().all(|statement| is_retained(&keep, statement)) {
            assert_eq!(whole.3, part.3, "person {person}: {all:?}");
            paths += u32::from(person % 20 == 0);
        }
        *colors.entry(format!("{:?}", whole.0)).or_default() += 1;
    }
    // The test must have dropped something, and seen every outcome.
    assert!(dropped > 5_000 && paths > 25, "{dropped} {paths}");
    assert!(colors.len() >= 4 && colors.values().all(|n| *n > 50), "{colors:?}");
}

#[test]
fn a_negative_test_goes_on_clearing_when_its_own_retention_is_over() {
    let ruleset = ruleset();
    let now = ruleset.zone.end_of("2022-02-17".parse().unwrap()).unwrap();
    let keep = Keep::new(&ruleset, now);
    let fact = |kind: &str, value: &str, at: &str, issuer: &str| {
        Statement::parse(&RawFact { kind, value, at, issuer, evidence: "E", ..RawFact::default() }).unwrap()
    };
    assert!(keep.counts(&fact("test", "negative", "2021-11-01", "laboratory")));
    assert!(keep.counts(&fact("contact", "close", "2021-12-19", "cdc")));
    assert!(!keep.counts(&fact("contact", "close", "2021-12-18", "cdc")), "61 days ago, kept for 60");
    assert!(!keep.counts(&fact("contact", "close", "2022-02-18", "cdc")), "tomorrow");
    assert!(!keep.counts(&fact("discharge", "recovered", "2022-02-17", "cdc")), "no rule reads it");
}
