//! What a draft would do is what `assess` says of each person under both rules, day by day: who is shown something stricter, who is
//! held longer, and until when; who is worse off on a day to come; and by which reasons.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;

use mingma_census::job::{
    ComingShift, Draft, Gained, Preview, STUCK, Stuck, foresee, preview, reassess, severity,
};
use mingma_census::living::{Living, Person};
use mingma_census::transition::{Cursor, Law, Ledger};
use mingma_census::{Builder, Census, Number, Program, Work};
use mingma_domain::assess::{Outcome, Record, Status};
use mingma_domain::risk::RegionRisk;
use mingma_domain::ruleset::Code;
use mingma_domain::{Day, Region, RiskMap, Ruleset, assess};
use mingma_testkit::random::scenarios;
use mingma_testkit::seed::property;
use proptest::prelude::*;

use super::equal::{census, expected, persons};
use super::support;

/// How many random worlds are tried; each has eight persons.
const WORLDS: u32 = 1_000;
/// For how many days to come they are stepped through: longer than any fact of a world lies ahead, lasts and is kept.
const DAYS: u16 = 500;

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
    assert_eq!((&sums.shifts, &sums.coming, &sums.regions), (&seen.shifts, &seen.coming, &seen.regions));
    assert!(sums.hits().eq(seen.hits()) && sums.reasons.is_empty() && sums.coming_reasons.is_empty());
}

/// What becomes of somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Becomes {
    Stricter,
    Longer,
    /// Stricter on this day to come, and this instead of that.
    Later(Day, Option<Outcome>, Option<Outcome>),
    Milder,
    Same,
}

/// What somebody is shown on a day, and by which rules; none where none are in force.
type Shown<'a> = Option<(Status, &'a Ruleset)>;
/// The same by two laws.
type OnDay<'a> = &'a dyn Fn(Day) -> [Shown<'a>; 2];

/// The reasons that somebody has by two laws.
type Reasons = [BTreeSet<String>; 2];

/// What becomes of somebody, and why.
struct Fate {
    becomes: Becomes,
    /// Whether they are shown something else at once, or for longer: by these reasons.
    at_once: Option<Reasons>,
    /// If they are worse off on a day to come, by these reasons.
    then: Option<Reasons>,
}

/// In the words of the rule: worse is a stricter outcome on any day, or what is not green for longer.
fn fate(on: Day, by: OnDay<'_>) -> Fate {
    let code = |rules: &Ruleset, rule: usize| rules.rules[rule].code.to_string();
    let reasons = |(status, rules): &(Status, &Ruleset)| -> BTreeSet<String> {
        status.reasons().iter().map(|reason| code(rules, reason.rule)).collect()
    };
    let why = |shown: &[Shown<'_>; 2]| [0, 1].map(|law| shown[law].as_ref().map(reasons).unwrap_or_default());
    let shown = by(on);
    let becomes = becomes(on, &shown, by);
    let [before, after] = [0, 1].map(|law| shown[law].as_ref().map(|(status, _)| status.outcome()));
    let at_once = (before != after || becomes == Becomes::Longer).then(|| why(&shown));
    let then = if let Becomes::Later(day, ..) = becomes { Some(why(&by(day))) } else { None };
    Fate { becomes, at_once, then }
}

fn becomes(on: Day, [before, after]: &[Shown<'_>; 2], by: OnDay<'_>) -> Becomes {
    let outcome = |shown: &Shown<'_>| shown.as_ref().map(|(status, _)| status.outcome());
    let strictness = |shown: &Shown<'_>| outcome(shown).map_or(0, severity);
    let (was, is) = (strictness(before), strictness(after));
    let until = |shown: &Shown<'_>| shown.as_ref().and_then(|(status, _)| status.until());
    let end = |shown: &Shown<'_>| until(shown).unwrap_or(Day::LAST);
    if is > was {
        return Becomes::Stricter;
    }
    if was > 0 && is > 0 && until(before).is_some() && end(after) > end(before) {
        return Becomes::Longer;
    }
    for day in (1..=DAYS).map(|days| on.plus(days)) {
        let [before, after] = by(day);
        if strictness(&after) > strictness(&before) {
            return Becomes::Later(day, outcome(&before), outcome(&after));
        }
    }
    if outcome(after) == outcome(before) { Becomes::Same } else { Becomes::Milder }
}

/// Each reason, how many have it by the second law alone, and how many by the first alone.
fn gained<'a>(why: impl Iterator<Item = &'a Reasons>) -> BTreeMap<String, (u64, u64)> {
    let mut all: BTreeMap<String, (u64, u64)> = BTreeMap::new();
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

/// What a preview must say of persons of whom this becomes, and how many of them are worse off later.
fn counted(preview: &Preview, fates: &[Fate]) -> Result<u64, TestCaseError> {
    let told = |reasons: &BTreeMap<Code, Gained>| -> BTreeMap<String, (u64, u64)> {
        reasons.iter().map(|(code, of)| (code.to_string(), (of.gain, of.lose))).collect()
    };
    prop_assert_eq!(told(&preview.reasons), gained(fates.iter().filter_map(|fate| fate.at_once.as_ref())));
    prop_assert_eq!(
        told(&preview.coming_reasons),
        gained(fates.iter().filter_map(|fate| fate.then.as_ref()))
    );
    let all: Vec<Becomes> = fates.iter().map(|fate| fate.becomes).collect();
    let of = |is: fn(&Becomes) -> bool| all.iter().filter(|becomes| is(becomes)).count() as u64;
    let (longer, later) = (of(|b| *b == Becomes::Longer), of(|b| matches!(b, Becomes::Later(..))));
    prop_assert_eq!(preview.longer(), longer);
    prop_assert_eq!(preview.later(), later);
    prop_assert_eq!(preview.worse(), of(|b| *b == Becomes::Stricter) + longer + later);
    prop_assert_eq!(preview.better(), of(|b| *b == Becomes::Milder));
    let mut coming: BTreeMap<(Day, String), u64> = BTreeMap::new();
    for becomes in &all {
        if let Becomes::Later(day, from, to) = becomes {
            *coming.entry((*day, format!("{from:?} {to:?}"))).or_default() += 1;
        }
    }
    let told = |s: &ComingShift| ((s.on, format!("{:?} {:?}", s.from, s.to)), s.persons);
    prop_assert_eq!(preview.coming.iter().map(told).collect::<BTreeMap<_, _>>(), coming);
    Ok(later)
}

/// Who would be shown what, until when, and until when instead.
type Waits = (Number, Option<Outcome>, Option<Day>, Option<Day>);

/// What a preview must say of persons with these statuses, of whom this becomes.
fn check(
    preview: &Preview,
    all: &[(Number, (Status, Status))],
    fates: &[Fate],
) -> Result<u64, TestCaseError> {
    let later = counted(preview, fates)?;
    let changed = all.iter().filter(|(_, (before, after))| before.outcome() != after.outcome());
    prop_assert_eq!(preview.changed(), changed.count() as u64);
    let mut stuck: Vec<Waits> = Vec::new();
    for ((number, (before, after)), Fate { becomes, .. }) in all.iter().zip(fates) {
        let instead_of = match becomes {
            Becomes::Stricter => None,
            Becomes::Longer => before.until(),
            Becomes::Later(..) | Becomes::Milder | Becomes::Same => continue,
        };
        stuck.push((*number, Some(after.outcome()), after.until(), instead_of));
    }
    stuck.sort_by_key(|(number, _, until, _)| (until.is_some(), Reverse(*until), *number));
    stuck.truncate(STUCK);
    let told = |s: &Stuck| (s.number, s.to, s.until, s.instead_of);
    prop_assert_eq!(preview.stuck.iter().map(told).collect::<Vec<_>>(), stuck);
    Ok(later)
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
    let later = Cell::new(0);
    let run = property(WORLDS, &worlds, |(mut scenario, mut other, homes, since, length, sunsets)| {
        other.ruleset.zone = scenario.ruleset.zone.clone();
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
            later.set(later.get() + check(&seen, &all, &fates)?);
        }
        Ok(())
    });
    let later = later.get();
    assert!(run >= WORLDS / 256 && later > u64::from(run) / 10, "{run} worlds, {later} later");
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
    let later = Cell::new(0);
    let run = property(WORLDS, &worlds, |(scenario, mut other, days, same)| {
        let scenario = scenario.of_today();
        other.ruleset.zone = scenario.ruleset.zone.clone();
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
                [&now, &draft].map(|law| {
                    let rules = law.rules(person.home?, day)?;
                    Some((shown(law, rules, day), rules))
                })
            })
        };
        later.set(later.get() + counted(&seen, &persons.iter().map(of).collect::<Vec<_>>())?);
        let sums = ledger.look().foresee(&draft, on, &Work::default()).unwrap();
        are_the_sums(&sums, &seen);
        Ok(())
    });
    let later = later.get();
    assert!(run >= WORLDS / 256 && later > u64::from(run) / 10, "{run} worlds, {later} later");
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
        later += check(&seen, &all, &fates).unwrap_or_else(|error| panic!("{path}: {error}"));
        longer += seen.longer();
    }
    assert!(longer > 100 && later > 100, "{longer} are held longer, {later} are worse off later");
}
