//! The census, the assessment of one person and the slow oracle say the same: of random rules, facts, risks and days, and of
//! every shipped ruleset over a generated city.

use std::num::NonZeroUsize;

use super::support;

use mingma_census::job::{Schedule, reassess, risk_changes};
use mingma_census::{Builder, Census, Program, Work};
use mingma_domain::assess::judge::Judge;
use mingma_domain::assess::{Outcome, Record, Status};
use mingma_domain::fact::Fact;
use mingma_domain::{Day, Region, RiskMap, Ruleset, assess};
use mingma_testkit::build::{fact, retraction, rules};
use mingma_testkit::oracle;
use mingma_testkit::random::{Scenario, scenarios};
use mingma_testkit::seed::property;
use proptest::prelude::*;

/// How many random worlds are tried; each has eight persons.
const WORLDS: u32 = 3_000;
/// Of every so many persons of the city the oracle is asked, too, which reads the rules literally: a thousand times slower.
const LITERALLY: usize = 20;
/// How many days are turned.
const DAYS: u16 = 40;

/// A person as `assess` sees them.
pub(crate) struct Person {
    pub(crate) home: Option<Region>,
    pub(crate) facts: Vec<Fact>,
}

/// Eight persons of one world: all facts, none, and parts of them; some with a home.
pub(crate) fn persons(scenario: &Scenario, homes: bool) -> Vec<Person> {
    let regions = ["410105", "410100", "110101", "450902"];
    let facts = &scenario.world.facts;
    let part =
        |n: usize| facts.iter().enumerate().filter(|(i, _)| i % 3 != n % 3).map(|(_, f)| f.clone()).collect();
    let named = facts.iter().find_map(Fact::region);
    (0..8)
        .map(|n| Person {
            home: match n {
                0 | 5 => None,
                1 | 6 => named.filter(|_| homes),
                _ => Some(regions[n % 4].parse().unwrap()).filter(|_| homes),
            },
            facts: match n {
                0 | 1 => facts.clone(),
                2 | 6 => Vec::new(),
                _ => part(n),
            },
        })
        .collect()
}

pub(crate) fn census(
    scenario: &Scenario,
    persons: &[Person],
    stay: Option<(Day, Day)>,
) -> (Census, Vec<u32>) {
    let zone = &scenario.ruleset.zone;
    let mut builder = Builder::new(zone, scenario.today());
    if let Some((first, last)) = stay {
        builder = builder.with_home_stay(first, last);
    }
    let entries: Vec<_> =
        persons.iter().enumerate().map(|(n, p)| builder.named(&format!("P{n}"), p.home).unwrap()).collect();
    // Scattered: the last person's facts first, and each person's facts with others' between them.
    for at in 0..persons.iter().map(|p| p.facts.len()).max().unwrap_or(0) {
        for (person, entry) in persons.iter().zip(&entries).rev() {
            if let Some(fact) = person.facts.get(at) {
                builder.fact(*entry, fact, &scenario.world.retractions).unwrap();
            }
        }
    }
    let census = builder.finish().unwrap();
    let numbers = (0..persons.len()).map(|n| census.numbers_of(&format!("P{n}")).next().unwrap()).collect();
    (census, numbers)
}

/// What is recorded of a person, the stay at home being a fact like others.
fn recorded(person: &Person, stay: Option<(Day, Day)>) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let (Some(home), Some((first, last))) = (person.home, stay) {
        facts.push(fact(&format!("stay declared {first}..{last} {home}")));
    }
    facts.extend(person.facts.iter().cloned());
    facts
}

/// The status of a person by `assess`.
pub(crate) fn expected(
    ruleset: &Ruleset,
    scenario: &Scenario,
    person: &Person,
    stay: Option<(Day, Day)>,
    risk: &RiskMap,
    on: Day,
) -> Status {
    let facts = recorded(person, stay);
    let record = Record { facts: &facts, retractions: &scenario.world.retractions };
    assess(ruleset, &record, risk, ruleset.zone.end_of(on).unwrap())
}

/// What the oracle shows a person.
fn literally(scenario: &Scenario, person: &Person, stay: Option<(Day, Day)>, on: Day) -> Outcome {
    let facts = recorded(person, stay);
    let record = Record { facts: &facts, retractions: &scenario.world.retractions };
    let rules = &scenario.ruleset;
    oracle::outcome(rules, &record, scenario.risk.acts(), rules.zone.end_of(on).unwrap())
}

fn told(status: &Status) -> String {
    let reasons: Vec<_> =
        status.reasons().iter().map(|r| (r.rule, r.since, r.until, r.facts.len())).collect();
    format!("{:?} until {:?} by {reasons:?}", status.outcome(), status.until())
}

#[test]
fn census_assessment_and_oracle_agree_on_random_worlds() {
    let worlds = (scenarios(), any::<bool>(), 0_u16..30, 0_u16..20);
    let run = property(WORLDS, &worlds, |(scenario, homes, since, length)| {
        let today = scenario.today();
        let first = today.minus(since);
        let stay = homes.then(|| (first, first.plus(length)));
        let persons = persons(&scenario, homes);
        let (census, numbers) = census(&scenario, &persons, stay);
        let census = support::through_a_file(&census);
        let program = Program::compile(&census, &scenario.ruleset, &scenario.risk, today).unwrap();
        let done = reassess(&census, &program, None, &Work::default()).unwrap();
        for (person, number) in persons.iter().zip(&numbers) {
            let status = expected(&scenario.ruleset, &scenario, person, stay, &scenario.risk, today);
            prop_assert_eq!(done.outcomes.of(*number), Some(status.outcome()), "person {}", number);
            prop_assert_eq!(literally(&scenario, person, stay, today), status.outcome(), "person {}", number);
            prop_assert_eq!(told(&census.status(&program, *number).unwrap().status), told(&status));
            prop_assert_eq!(census.home_of(*number), person.home);
        }
        prop_assert_eq!(done.counts().total(), 8);
        Ok(())
    });
    assert!(run >= WORLDS / 256, "{run} worlds");
}

/// As many rules as a ruleset may have, more than the census has bits, behind those of a world: both colours, with and without facts that clear them.
fn many_rules() -> Ruleset {
    let whens: Vec<(String, &str, String)> = (1..=64)
        .map(|n| {
            let fact = ["contact", "stay", "diagnosis", "foreign-status", "symptom"][n % 5];
            let cleared = if n % 3 == 0 { ", cleared_by = [ { negatives = 1 } ]" } else { "" };
            let color = if n % 2 == 0 { "red" } else { "yellow" };
            (format!("W{n}"), color, format!("{{ fact = '{fact}', within_days = {}{cleared} }}", n % 29 + 1))
        })
        .collect();
    let whens: Vec<(&str, &str, &str)> =
        whens.iter().map(|(code, color, when)| (&**code, *color, &**when)).collect();
    rules(&whens)
}

#[test]
fn more_conditions_than_bits_make_a_census_slower_and_no_other() {
    let many = many_rules();
    let worlds = (scenarios(), any::<bool>(), 0_u16..30, any::<prop::sample::Index>());
    let run = property(WORLDS / 10, &worlds, |(mut scenario, homes, since, which)| {
        scenario.ruleset.rules.extend(many.rules.iter().cloned());
        let (rules, today) = (&scenario.ruleset, scenario.today());
        let stay = homes.then(|| (today.minus(since), today));
        let persons = persons(&scenario, homes);
        let (census, numbers) = census(&scenario, &persons, stay);
        let acts = scenario.risk.acts();
        let fewer = RiskMap::new(&acts[..which.index(acts.len() + 1)]);
        let before = Program::compile(&census, rules, &fewer, today).unwrap();
        let program = Program::compile(&census, rules, &scenario.risk, today).unwrap();
        let was = reassess(&census, &before, None, &Work::default()).unwrap().outcomes;
        let done = reassess(&census, &program, Some(&was), &Work::default()).unwrap();
        prop_assert_eq!(risk_changes(&census, &before, &was, &scenario.risk).unwrap(), done.changes);
        let mut outcomes = done.outcomes;
        let mut schedule = Schedule::after(&census, &program, &Work::default()).unwrap();
        let judge = |_| Some(Judge::new(rules, &scenario.risk));
        for day in [today, today.plus(1), today.plus(9)] {
            schedule.turn(&census, &judge, (&mut outcomes, day), &Work::default()).unwrap();
            for (person, number) in persons.iter().zip(&numbers) {
                let status = expected(rules, &scenario, person, stay, &scenario.risk, day);
                prop_assert_eq!(outcomes.of(*number), Some(status.outcome()), "person {} on {}", number, day);
            }
        }
        Ok(())
    });
    assert!(run >= WORLDS / 2_560, "{run} worlds");
}

#[test]
fn who_changes_with_the_risk_is_who_differs_after_a_full_reassessment() {
    let worlds = (scenarios(), any::<bool>(), 0_u16..30, any::<prop::sample::Index>());
    let run = property(WORLDS, &worlds, |(scenario, homes, since, which)| {
        let today = scenario.today();
        let stay = homes.then(|| (today.minus(since), today));
        let persons = persons(&scenario, homes);
        let (census, _) = census(&scenario, &persons, stay);
        let acts = scenario.risk.acts();
        let fewer = RiskMap::new(&acts[..which.index(acts.len() + 1)]);
        let before = Program::compile(&census, &scenario.ruleset, &fewer, today).unwrap();
        let after = Program::compile(&census, &scenario.ruleset, &scenario.risk, today).unwrap();
        let was = reassess(&census, &before, None, &Work::default()).unwrap().outcomes;
        let full = reassess(&census, &after, Some(&was), &Work::default()).unwrap().changes;
        prop_assert_eq!(risk_changes(&census, &before, &was, &scenario.risk).unwrap(), full);
        Ok(())
    });
    assert!(run >= WORLDS / 256, "{run} worlds");
}

#[test]
fn the_turn_of_the_day_changes_whom_the_assessment_changes() {
    let worlds = (scenarios(), any::<bool>(), 0_u16..30, 0_u16..20);
    let run = property(WORLDS / 10, &worlds, |(scenario, homes, since, length)| {
        let start = scenario.today().minus(10);
        let first = scenario.today().minus(since);
        let stay = homes.then(|| (first, first.plus(length)));
        let persons = persons(&scenario, homes);
        let (census, numbers) = census(&scenario, &persons, stay);
        let program = Program::compile(&census, &scenario.ruleset, &scenario.risk, start).unwrap();
        let mut outcomes = reassess(&census, &program, None, &Work::default()).unwrap().outcomes;
        let mut schedule = Schedule::after(&census, &program, &Work::default()).unwrap();
        for day in (1..DAYS).map(|n| start.plus(n)) {
            let was = outcomes.clone();
            let judge = |_| Some(Judge::new(&scenario.ruleset, &scenario.risk));
            let turned = schedule.turn(&census, &judge, (&mut outcomes, day), &Work::default());
            let changes = turned.unwrap();
            for (person, number) in persons.iter().zip(&numbers) {
                let now = expected(&scenario.ruleset, &scenario, person, stay, &scenario.risk, day).outcome();
                prop_assert_eq!(outcomes.of(*number), Some(now), "person {} on {}", number, day);
                let change = changes.iter().find(|c| c.number == *number).map(|c| (c.from(), c.to()));
                let before = was.of(*number).unwrap();
                prop_assert_eq!(change, (before != now).then_some((before, now)));
            }
        }
        Ok(())
    });
    assert!(run >= WORLDS / 2_560, "{run} worlds");
}

#[test]
fn census_assessment_and_oracle_agree_on_every_shipped_ruleset_over_a_city() {
    let rulesets = support::shipped();
    let city = support::city(4_000);
    let (mut compared, mut literal, mut taken_back, mut not_green) = (0, 0, 0, 0);
    for (path, ruleset) in &rulesets {
        let today = ruleset.effect.plus(40);
        let mut builder = Builder::new(&ruleset.zone, today);
        let persons = city.iter().enumerate().map(|(n, draw)| {
            let (home, facts) = support::person(draw, today);
            // Of every fifth the first fact was taken back, some yesterday and some only tomorrow.
            let first = facts.first().filter(|_| n % 5 == 0);
            let at = if n % 10 == 0 { today.minus(1) } else { today.plus(1) };
            let retractions = first.map(|fact| retraction(&format!("{} {at} by appeal", fact.name())));
            (home, facts, retractions.into_iter().collect::<Vec<_>>())
        });
        let persons: Vec<_> = persons.collect();
        for (home, facts, retractions) in &persons {
            let entry = builder.person(Some(*home)).unwrap();
            for fact in facts {
                builder.fact(entry, fact, retractions).unwrap();
            }
        }
        let census = builder.finish().unwrap();
        let risk = support::risk(today);
        let program = Program::compile(&census, ruleset, &risk, today).unwrap();
        let two = Work::default().on(NonZeroUsize::new(2).unwrap());
        let done = reassess(&census, &program, None, &two).unwrap();
        for number in census.numbers() {
            let entered = census.entered_as(number).unwrap() as usize;
            let (home, facts, retractions) = &persons[entered];
            let (record, now) = (Record { facts, retractions }, ruleset.zone.end_of(today).unwrap());
            let status = assess(ruleset, &record, &risk, now);
            assert_eq!(done.outcomes.of(number), Some(status.outcome()), "{path}, person {number}");
            let seen = census.status(&program, number).unwrap().status;
            assert_eq!(told(&seen), told(&status), "{path}, person {number}");
            if entered.is_multiple_of(LITERALLY) {
                let outcome = oracle::outcome(ruleset, &record, risk.acts(), now);
                assert_eq!(outcome, status.outcome(), "{path}, person {number}");
                literal += 1;
            }
            taken_back += retractions.len();
            assert_eq!(census.home_of(number), Some(*home));
            compared += 1;
            not_green += usize::from(status.color_word() != "green");
        }
    }
    assert!(rulesets.len() >= 7, "{} rulesets", rulesets.len());
    assert_eq!(compared, rulesets.len() * 4_000);
    assert_eq!(literal, compared / LITERALLY);
    assert!(taken_back > compared / 10, "{taken_back} facts were taken back");
    assert!(not_green > compared / 50, "{not_green} of {compared} are not green");
}
