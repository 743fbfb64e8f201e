//! What a draft would do is what `assess` says of each person under both rules: who is shown something stricter, who is held
//! longer, and until when.

use std::cmp::Reverse;

use mingma_census::job::{Draft, Preview, STUCK, Stuck, preview, reassess, severity};
use mingma_census::{Builder, Census, Number, Program, Work};
use mingma_domain::assess::{Outcome, Record, Status};
use mingma_domain::{Day, RiskMap, Ruleset, assess};
use mingma_testkit::random::scenarios;
use mingma_testkit::seed::property;
use proptest::prelude::*;

use super::equal::{census, expected, persons};
use super::support;

/// How many random worlds are tried; each has eight persons.
const WORLDS: u32 = 1_000;

fn seen(
    census: &Census,
    (rules, risk): (&Ruleset, &RiskMap),
    (draft, draft_risk): (&Ruleset, &RiskMap),
    on: Day,
) -> Preview {
    let today = Program::compile(census, rules, risk, on).unwrap();
    let then = Program::compile(census, draft, draft_risk, on).unwrap();
    let was = reassess(census, &today, None, &Work::default()).unwrap().outcomes;
    let draft = Draft { label: "draft", program: &then };
    preview(census, (&today, &was), &draft, &Work::default()).unwrap()
}

/// What becomes of somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Becomes {
    Stricter,
    Longer,
    Milder,
    Same,
}

/// In the words of the rule: worse is a stricter outcome, or what is not green for longer.
fn becomes(before: &Status, after: &Status) -> Becomes {
    let (was, is) = (severity(before.outcome()), severity(after.outcome()));
    let end = |status: &Status| status.until().unwrap_or(Day::LAST);
    let is_held = was > 0 && is > 0;
    if is > was {
        Becomes::Stricter
    } else if is_held && before.until().is_some() && end(after) > end(before) {
        Becomes::Longer
    } else if is < was {
        Becomes::Milder
    } else {
        Becomes::Same
    }
}

/// Who would be shown what, until when, and until when instead.
type Waits = (Number, Option<Outcome>, Option<Day>, Option<Day>);

/// What a preview must say of persons with these statuses, and how many of them are held longer.
fn check(preview: &Preview, all: &[(Number, Status, Status)]) -> Result<u64, TestCaseError> {
    let of = |what| all.iter().filter(|(_, before, after)| becomes(before, after) == what).count() as u64;
    prop_assert_eq!(preview.longer(), of(Becomes::Longer));
    prop_assert_eq!(preview.worse(), of(Becomes::Stricter) + of(Becomes::Longer));
    prop_assert_eq!(preview.better(), of(Becomes::Milder));
    let changed = all.iter().filter(|(_, before, after)| before.outcome() != after.outcome());
    prop_assert_eq!(preview.changed(), changed.count() as u64);
    let mut stuck: Vec<Waits> = Vec::new();
    for (number, before, after) in all {
        let instead_of = match becomes(before, after) {
            Becomes::Stricter => None,
            Becomes::Longer => before.until(),
            Becomes::Milder | Becomes::Same => continue,
        };
        stuck.push((*number, Some(after.outcome()), after.until(), instead_of));
    }
    stuck.sort_by_key(|(number, _, until, _)| (until.is_some(), Reverse(*until), *number));
    stuck.truncate(STUCK);
    let told = |s: &Stuck| (s.number, s.to, s.until, s.instead_of);
    prop_assert_eq!(preview.stuck.iter().map(told).collect::<Vec<_>>(), stuck);
    Ok(of(Becomes::Longer))
}

#[test]
fn whoever_is_held_longer_is_found_in_random_worlds_and_nobody_else() {
    let worlds = (scenarios(), scenarios(), any::<bool>(), 0_u16..30, 0_u16..20);
    let run = property(WORLDS, &worlds, |(scenario, mut other, homes, since, length)| {
        other.ruleset.zone = scenario.ruleset.zone.clone();
        let today = scenario.today();
        let first = today.minus(since);
        let stay = homes.then(|| (first, first.plus(length)));
        let persons = persons(&scenario, homes);
        let (census, numbers) = census(&scenario, &persons, stay);
        let drafts = [
            (&other.ruleset, &scenario.risk),
            (&scenario.ruleset, &other.risk),
            (&other.ruleset, &other.risk),
        ];
        for (draft, draft_risk) in drafts {
            let seen = seen(&census, (&scenario.ruleset, &scenario.risk), (draft, draft_risk), today);
            let of = |(person, number): (_, &Number)| {
                let by = |rules, risk| expected(rules, &scenario, person, stay, risk, today);
                (*number, by(&scenario.ruleset, &scenario.risk), by(draft, draft_risk))
            };
            let all: Vec<_> = persons.iter().zip(&numbers).map(of).collect();
            check(&seen, &all)?;
        }
        Ok(())
    });
    assert!(run >= WORLDS / 256, "{run} worlds");
}

#[test]
fn of_a_city_under_every_shipped_ruleset_as_the_draft_of_the_next_it_is_the_same() {
    let rulesets = support::shipped();
    let city = support::city(2_000);
    let mut longer = 0;
    for ((_, rules), (path, draft)) in rulesets.iter().zip(rulesets.iter().cycle().skip(1)) {
        let mut draft = draft.clone();
        draft.zone = rules.zone.clone();
        let today = rules.effect.plus(40);
        let mut builder = Builder::new(&rules.zone, today);
        let persons: Vec<_> = city.iter().map(|draw| support::person(draw, today)).collect();
        for (home, facts) in &persons {
            let entry = builder.person(Some(*home)).unwrap();
            for fact in facts {
                builder.fact(entry, fact, &[]).unwrap();
            }
        }
        let census = builder.finish().unwrap();
        let risk = support::risk(today);
        let now = rules.zone.end_of(today).unwrap();
        let of = |number: Number| {
            let (_, facts) = &persons[census.entered_as(number).unwrap() as usize];
            let record = Record { facts, retractions: &[] };
            (number, assess(rules, &record, &risk, now), assess(&draft, &record, &risk, now))
        };
        let all: Vec<_> = census.numbers().map(of).collect();
        let found = check(&seen(&census, (rules, &risk), (&draft, &risk), today), &all);
        longer += found.unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    assert!(longer > 100, "{longer} are held longer");
}
