//! What a draft would do is what `assess` says of each person under both rules, day by day: who is shown something stricter, who is
//! held longer, and until when; who is worse off on a day to come; and by which reasons.

mod fate;

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use mingma_census::job::{ComingShift, Draft, Gained, Preview, STUCK, Stuck, foresee, preview, reassess};
use mingma_census::living::{Living, Person};
use mingma_census::transition::{Cursor, Law, Ledger};
use mingma_census::{Builder, Census, Number, Program, Work};
use mingma_domain::assess::{Outcome, Record, Status};
use mingma_domain::risk::RegionRisk;
use mingma_domain::{Day, Region, RiskMap, Ruleset, assess};
use mingma_testkit::random::scenarios;
use mingma_testkit::seed::property;
use proptest::prelude::*;

use super::equal::{census, expected, persons};
use super::support;
use fate::{Becomes, Fate, Reasons, Step, Told, fate};

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
    let seen = preview(census, (&today, &was), &draft, &Work::default()).unwrap();
    are_the_sums(&foresee(census, (&today, &was), &draft, &Work::default()).unwrap(), &seen);
    seen
}

/// Without the reasons the numbers are the same.
fn are_the_sums(sums: &Preview, seen: &Preview) {
    assert_eq!((&sums.shifts, &sums.regions), (&seen.shifts, &seen.regions));
    assert_eq!((&sums.coming, &sums.stricter_still), (&seen.coming, &seen.stricter_still));
    assert!(sums.hits().eq(seen.hits()) && sums.reasons.is_empty() && sums.coming_reasons.is_empty());
}

/// Each reason, how many have it by the second law alone, and how many by the first alone.
fn gained<'a>(why: impl Iterator<Item = &'a Reasons>) -> BTreeMap<Told, (u64, u64)> {
    let mut all: BTreeMap<Told, (u64, u64)> = BTreeMap::new();
    for [before, after] in why {
        for code in after.difference(before) {
            all.entry(code.clone()).or_default().0 += 1;
        }
        for code in before.difference(after) {
            all.entry(code.clone()).or_default().1 += 1;
        }
    }
    all
}

/// How many are worse off only later, how many days there are on which somebody is so even more, and how many reasons share their code with another.
type Seen = [u64; 3];

/// What a preview must say of persons of whom this becomes.
fn counted(preview: &Preview, fates: &[Fate]) -> Result<Seen, TestCaseError> {
    let told = |reasons: &[Gained]| -> BTreeMap<Told, (u64, u64)> {
        reasons.iter().map(|of| ((of.code.to_string(), of.text.en.clone()), (of.gain, of.lose))).collect()
    };
    prop_assert_eq!(told(&preview.reasons), gained(fates.iter().filter_map(|fate| fate.at_once.as_ref())));
    prop_assert_eq!(
        told(&preview.coming_reasons),
        gained(fates.iter().filter_map(|fate| fate.then.as_ref()))
    );
    let all: Vec<Becomes> = fates.iter().map(|fate| fate.becomes).collect();
    let of = |is: fn(&Becomes) -> bool| all.iter().filter(|becomes| is(becomes)).count() as u64;
    let (longer, later) = (of(|b| *b == Becomes::Longer), of(|b| matches!(b, Becomes::Later(_))));
    prop_assert_eq!(preview.longer(), longer);
    prop_assert_eq!(preview.later(), later);
    prop_assert_eq!(preview.worse(), of(|b| *b == Becomes::Stricter) + longer + later);
    prop_assert_eq!(preview.better(), of(|b| *b == Becomes::Milder));
    let first =
        all.iter().filter_map(|becomes| if let Becomes::Later(step) = becomes { Some(step) } else { None });
    prop_assert_eq!(by_day(&preview.coming), each_day(first));
    prop_assert_eq!(by_day(&preview.stricter_still), each_day(fates.iter().flat_map(|fate| &fate.still)));
    let shared =
        preview.reasons.iter().filter(|of| preview.reasons.iter().filter(|o| o.code == of.code).count() > 1);
    Ok([later, preview.stricter_still.iter().map(|of| of.persons).sum(), shared.count() as u64])
}

/// How many on each day, from what to what.
type Days = BTreeMap<(Day, String), u64>;

fn by_day(told: &[ComingShift]) -> Days {
    told.iter().map(|s| ((s.on, format!("{:?} {:?}", s.from, s.to)), s.persons)).collect()
}

fn each_day<'a>(steps: impl Iterator<Item = &'a Step>) -> Days {
    let mut days = Days::new();
    for (day, from, to) in steps {
        *days.entry((*day, format!("{from:?} {to:?}"))).or_default() += 1;
    }
    days
}

/// Who would be shown what, until when, and until when instead.
type Waits = (Number, Option<Outcome>, Option<Day>, Option<Day>);

/// What a preview must say of persons with these statuses, of whom this becomes.
fn check(
    preview: &Preview,
    all: &[(Number, (Status, Status))],
    fates: &[Fate],
) -> Result<Seen, TestCaseError> {
    let seen = counted(preview, fates)?;
    let changed = all.iter().filter(|(_, (before, after))| before.outcome() != after.outcome());
    prop_assert_eq!(preview.changed(), changed.count() as u64);
    let wait = |((number, (_, after)), fate): (&(Number, (Status, Status)), &Fate)| -> Option<Waits> {
        let [until, instead_of] = fate.waits?;
        Some((*number, Some(after.outcome()), until, instead_of))
    };
    let mut stuck: Vec<Waits> = all.iter().zip(fates).filter_map(wait).collect();
    stuck.sort_by_key(|(number, _, until, _)| (until.is_some(), Reverse(*until), *number));
    stuck.truncate(STUCK);
    let told = |s: &Stuck| (s.number, s.to, s.until, s.instead_of);
    prop_assert_eq!(preview.stuck.iter().map(told).collect::<Vec<_>>(), stuck);
    Ok(seen)
}

/// Lets a draft say something else under every other code.
fn say_otherwise(draft: &mut Ruleset) {
    for rule in draft.rules.iter_mut().step_by(2) {
        rule.text.en.push_str(" (otherwise)");
    }
}

/// That so many worlds have shown everything that there is to see.
fn are_enough(run: u32, [later, still, shared]: Seen) {
    let worlds = u64::from(run);
    assert!(run >= WORLDS / 256 && later > worlds / 10, "{run} worlds, {later} later");
    assert!(still >= worlds / 100 && shared >= worlds / 100, "{run} worlds, {still} still, {shared} shared");
}

fn add(all: &Cell<Seen>, more: Seen) {
    let sum = all.get();
    all.set([0, 1, 2].map(|of| sum[of] + more[of]));
}

/// Until when two rulesets are compared that are in force on a day, or are taken as if they were.
fn ends(on: Day, rules: [&Ruleset; 2]) -> [Option<Day>; 2] {
    let [a, b] = rules.map(|rules| Some(rules.sunset).filter(|sunset| *sunset > on));
    [a.or(b), b.or(a)]
}

#[test]
fn whoever_is_worse_off_on_any_day_is_found_in_random_worlds_and_nobody_else() {
    let sunsets = prop::array::uniform2(prop::option::weighted(0.7, 1_u16..60));
    let worlds = (scenarios(), scenarios(), any::<bool>(), 0_u16..30, 0_u16..20, sunsets);
    let found = Cell::new([0; 3]);
    let run = property(WORLDS, &worlds, |(mut scenario, mut other, homes, since, length, sunsets)| {
        other.ruleset.zone = scenario.ruleset.zone.clone();
        say_otherwise(&mut other.ruleset);
        let today = scenario.today();
        for (rules, sunset) in [&mut scenario.ruleset, &mut other.ruleset].into_iter().zip(sunsets) {
            rules.sunset = today.plus(sunset.unwrap_or(0));
        }
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
            let [end, draft_end] = ends(today, [&scenario.ruleset, draft]);
            let of = |(person, number): (_, &Number)| {
                let by = |rules, risk, day| expected(rules, &scenario, person, stay, risk, day);
                let lasts = |end: Option<Day>, day| end.is_none_or(|end| day < end);
                let laws = [(&scenario.ruleset, &scenario.risk, end), (draft, draft_risk, draft_end)];
                let shown = |(rules, risk, end), day| lasts(end, day).then(|| (by(rules, risk, day), rules));
                let statuses = (by(&scenario.ruleset, &scenario.risk, today), by(draft, draft_risk, today));
                ((*number, statuses), fate(today, &|day| laws.map(|law| shown(law, day))))
            };
            let (all, fates): (Vec<_>, Vec<_>) = persons.iter().zip(&numbers).map(of).unzip();
            add(&found, check(&seen, &all, &fates)?);
        }
        Ok(())
    });
    are_enough(run, found.get());
}

/// One ruleset everywhere and, in one region from a day on, another; both up to an end.
#[derive(Clone)]
struct Rules {
    first: Ruleset,
    then: (Day, Ruleset),
    end: Day,
    risk: RiskMap,
}

impl Law for Rules {
    fn rules(&self, home: Region, today: Day) -> Option<&Ruleset> {
        let (from, then) = &self.then;
        let rules = if home.code() == "410105" && *from <= today { then } else { &self.first };
        (today < self.end).then_some(rules)
    }

    fn turns(&self, _home: Region) -> Vec<Day> {
        vec![self.end, self.then.0]
    }

    fn risk(&self) -> &RiskMap {
        &self.risk
    }

    // Nobody is told here by which publication a status changed.
    fn begins(&self, _home: Region, _day: Day) -> Option<u64> {
        None
    }

    fn risk_acts(&self) -> Vec<(u64, RegionRisk)> {
        Vec::new()
    }
}

#[test]
fn it_is_so_too_where_other_rules_come_into_force_and_end_meanwhile() {
    let days = (0_u16..20, 0_u16..20, 1_u16..60, 1_u16..60, 0_u16..10);
    let worlds = (scenarios(), scenarios(), days, any::<[bool; 3]>());
    let found = Cell::new([0; 3]);
    let run = property(WORLDS, &worlds, |(scenario, mut other, days, same)| {
        let scenario = scenario.of_today();
        other.ruleset.zone = scenario.ruleset.zone.clone();
        say_otherwise(&mut other.ruleset);
        let today = scenario.today();
        let (turn, draft_turn, end, draft_end, effect) = days;
        let law = |first: &Ruleset, (turn, then): (u16, &Ruleset), end, risk: &RiskMap| Rules {
            first: first.clone(),
            then: (today.plus(turn), then.clone()),
            end: today.plus(end),
            risk: risk.clone(),
        };
        let (ours, theirs) = (&scenario.ruleset, &other.ruleset);
        let now = law(ours, (turn, theirs), end, &scenario.risk);
        // What the draft leaves as it is makes nobody worse.
        let draft = law(
            if same[0] { ours } else { theirs },
            (if same[0] { turn } else { draft_turn }, if same[0] { theirs } else { ours }),
            if same[1] { end } else { draft_end },
            if same[2] { &scenario.risk } else { &other.risk },
        );
        let persons = persons(&scenario, true);
        let known = (0..).zip(&persons).map(|(n, person)| {
            let known = Person { key: [n; 16], home: person.home, facts: person.facts.clone() };
            Ok::<_, Infallible>(known)
        });
        let living = Living::build(&scenario.ruleset.zone, today, known).unwrap();
        let cursor = Cursor { publication: 0, day: today, entry: 0 };
        let ledger = Ledger::open(living, Arc::new(now.clone()), cursor, &Work::default()).unwrap();
        let on = today.plus(effect);
        let seen = ledger.look().foresee_with_reasons(&draft, on, &Work::default()).unwrap();
        let of = |person: &super::equal::Person| {
            let shown = |law: &Rules, rules, day| expected(rules, &scenario, person, None, &law.risk, day);
            fate(on, &|day| {
                let rules = [&now, &draft].map(|law| law.rules(person.home?, day));
                // Where the two laws are one, the draft is at its end.
                if rules[0] == rules[1] && (same[2] || scenario.risk.acts() == other.risk.acts()) {
                    return [None, None];
                }
                let [a, b] = [&now, &draft].map(|law| Some((law, law.rules(person.home?, day)?)));
                [a, b].map(|law| law.map(|(law, rules)| (shown(law, rules, day), rules)))
            })
        };
        let fates: Vec<Fate> = persons.iter().map(of).collect();
        add(&found, counted(&seen, &fates)?);
        let sorted = |mut waits: Vec<[Option<Day>; 2]>| {
            waits.sort_unstable();
            waits
        };
        let told = seen.stuck.iter().map(|stuck| [stuck.until, stuck.instead_of]).collect();
        prop_assert_eq!(sorted(told), sorted(fates.iter().filter_map(|fate| fate.waits).collect()));
        let sums = ledger.look().foresee(&draft, on, &Work::default()).unwrap();
        are_the_sums(&sums, &seen);
        Ok(())
    });
    are_enough(run, found.get());
}

#[test]
fn of_a_city_under_every_shipped_ruleset_as_the_draft_of_the_next_it_is_the_same() {
    let rulesets = support::shipped();
    let city = support::city(2_000);
    let (mut longer, mut later) = (0, 0);
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
        let [end, draft_end] = ends(today, [rules, &draft]);
        let of = |number: Number| {
            let (_, facts) = &persons[census.entered_as(number).unwrap() as usize];
            let record = Record { facts, retractions: &[] };
            let by = |of: &Ruleset, day| assess(of, &record, &risk, rules.zone.end_of(day).unwrap());
            let lasts = |end: Option<Day>, day| end.is_none_or(|end| day < end);
            let laws = [(rules, end), (&draft, draft_end)];
            let shown = |(rules, end), day| lasts(end, day).then(|| (by(rules, day), rules));
            let statuses = (by(rules, today), by(&draft, today));
            ((number, statuses), fate(today, &|day| laws.map(|law| shown(law, day))))
        };
        let (all, fates): (Vec<_>, Vec<_>) = census.numbers().map(of).unzip();
        let seen = seen(&census, (rules, &risk), (&draft, &risk), today);
        later += check(&seen, &all, &fates).unwrap_or_else(|error| panic!("{path}: {error}"))[0];
        longer += seen.longer();
    }
    assert!(longer > 100 && later > 100, "{longer} are held longer, {later} are worse off later");
}
