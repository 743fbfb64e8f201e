//! Destroying what is over changes no status: over random rulesets and facts, and under the rulesets that ship.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::Cell;
use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use mingma_domain::assess::Outcome;
use mingma_domain::fact::{Color, Kind};
use mingma_domain::retention::{Keeping, Ties};
use mingma_domain::{Fact, Ruleset, Status, assess};
use mingma_testkit::random::{Scenario, scenarios};
use mingma_testkit::seed::{Answer, property};
use proptest::prop_assert_eq;

/// After so many days a person is looked at again: before, at and after the retentions of 14, 30, 60 and 180 days.
const LATER_DAYS: [i64; 8] = [0, 15, 31, 45, 61, 75, 120, 181];

fn later(at: Timestamp, days: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_hours(24 * days)).unwrap()
}

fn shipped() -> Vec<Ruleset> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulesets");
    let mut all = Vec::new();
    for region in fs::read_dir(root).unwrap() {
        for ruleset in fs::read_dir(region.unwrap().path()).unwrap() {
            let text = fs::read_to_string(ruleset.unwrap().path().join("ruleset.toml")).unwrap();
            all.push(Ruleset::parse(&text).unwrap());
        }
    }
    all
}

/// What is left of a person when what is over has been destroyed, and how much that was: destroyed, and kept for another.
fn purged(facts: &[Fact], ties: &Ties, now: Timestamp) -> (Vec<Fact>, u32, u32) {
    let all: Vec<&Fact> = facts.iter().collect();
    let (mut left, mut over, mut needed) = (Vec::new(), 0, 0);
    for (fact, keeping) in facts.iter().zip(ties.keeping(&all, now)) {
        match keeping {
            Keeping::Over(_) => {
                over += 1;
                continue;
            }
            Keeping::Needed(_) => needed += 1,
            Keeping::Until(_) => {}
        }
        left.push(fact.clone());
    }
    (left, over, needed)
}

/// A status without the places of its facts in the record.
fn told(status: &Status, facts: &[Fact]) -> String {
    let reasons = status.reasons().iter().map(|reason| {
        let mut names: Vec<String> =
            reason.facts.iter().map(|place| facts.get(*place).unwrap().name()).collect();
        names.sort();
        format!("{} since {} until {:?}: {names:?}", reason.rule, reason.since, reason.until)
    });
    format!("{:?} until {:?}: {:?}", status.outcome(), status.until(), reasons.collect::<Vec<_>>())
}

/// Assesses before and after destroying, today and on later days.
fn same(
    s: &Scenario,
    ruleset: &Ruleset,
    ties: &Ties,
    now: Timestamp,
) -> Result<(u32, u32, bool), proptest::test_runner::TestCaseError> {
    let facts = &s.world.facts;
    let (left, over, needed) = purged(facts, ties, now);
    let assessed = |facts: &[Fact], now| {
        let record = assess::Record { facts, retractions: &[] };
        assess(ruleset, &record, &s.risk, now)
    };
    let mut bad = false;
    for days in [0, 1, 7, 30] {
        let on = later(now, days);
        let (before, after) = (assessed(facts, on), assessed(&left, on));
        prop_assert_eq!(told(&before, facts), told(&after, &left), "{} days later", days);
        bad |= over > 0 && before.outcome() != Outcome::Code(Color::Green);
    }
    Ok((over, needed, bad))
}

#[test]
fn destroying_what_is_over_changes_no_status() {
    let shipped = shipped();
    assert!(shipped.len() >= 10, "{}", shipped.len());
    let counts: [Cell<u32>; 3] = std::array::from_fn(|_| Cell::new(0));
    let [destroyed, needed, bad] = &counts;
    let cases = property(1_500, &scenarios(), |s| -> Answer {
        let s = s.of_today();
        let own = std::slice::from_ref(&s.ruleset);
        // A ruleset of chance, and one of those that ship, in turn.
        let ship = shipped.get(s.statements.len() % shipped.len()).map(std::slice::from_ref).unwrap();
        for rulesets in [own, ship] {
            let zone = rulesets.first().unwrap().zone.clone();
            let ties = Ties::of(rulesets, zone);
            for days in LATER_DAYS {
                for ruleset in rulesets {
                    let (over, kept, was_bad) = same(&s, ruleset, &ties, later(s.now, days))?;
                    destroyed.set(destroyed.get() + over);
                    needed.set(needed.get() + kept);
                    bad.set(bad.get() + u32::from(was_bad));
                }
            }
        }
        Ok(())
    });
    // None of it may pass because nothing was ever destroyed, needed or bad.
    assert!(destroyed.get() > 10 * cases, "destroyed {} in {cases} worlds", destroyed.get());
    assert!(needed.get() > cases / 4, "kept for another {} in {cases} worlds", needed.get());
    assert!(bad.get() > cases / 4, "not green with something destroyed {} in {cases} worlds", bad.get());
}

#[test]
fn everything_is_destroyed_by_the_end_of_the_longest_retention() {
    let rulesets = shipped();
    let longest = Kind::ALL.iter().map(|kind| kind.spec().retention_days).max().unwrap();
    let cases = property(300, &scenarios(), |s| -> Answer {
        let ties = Ties::of(&rulesets, s.ruleset.zone.clone());
        let last =
            s.world.facts.iter().map(|fact| s.ruleset.zone.day(fact.until().unwrap_or(fact.at()))).max();
        let Some(last) = last else { return Ok(()) };
        let end = s.ruleset.zone.end_of(last.plus(longest).plus(2)).unwrap();
        prop_assert_eq!(purged(&s.world.facts, &ties, end).0, []);
        Ok(())
    });
    assert!(cases >= 300);
}
