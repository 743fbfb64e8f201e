//! Every change of a status is told once, and is what the oracle says, whatever crashes and however often.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;

use jiff::Timestamp;
use mingma_census::Work;
use mingma_census::living::{Living, Person};
use mingma_census::transition::{Batch, Begun, Cause, Committed, Cursor, Enacted, Law, Ledger, Transition};
use mingma_domain::assess::{Outcome, Record};
use mingma_domain::risk::{Level, RegionRisk};
use mingma_domain::{Day, Fact, Region, RiskMap, Ruleset};
use mingma_testkit::oracle;
use mingma_testkit::random::{Scenario, scenarios};
use mingma_testkit::seed::property;
use proptest::prelude::*;

/// How many random histories are tried, each with up to twelve batches about eight persons, and a crash after some.
const HISTORIES: u32 = 1_500;

const HOMES: [&str; 4] = ["410105", "410100", "110101", "450902"];

/// The rules of the world in one region and, from a day on, in another; in a third what is yellow is red.
#[derive(Clone)]
struct Rules {
    all: Ruleset,
    other: Ruleset,
    from: Day,
    /// Whether the third region has the whole ruleset by now.
    whole: bool,
    acts: Vec<RegionRisk>,
    /// By which publication each act was made.
    numbers: Vec<u64>,
    risk: RiskMap,
}

/// The publication by which the rules of the second region were published ahead: no other of a history has its number.
const AHEAD: u64 = 1_000;

impl Law for Rules {
    fn rules(&self, home: Region, today: Day) -> Option<&Ruleset> {
        match home.code() {
            "410105" => Some(&self.all),
            "410100" => (today >= self.from).then_some(&self.all),
            "110101" => Some(if self.whole { &self.all } else { &self.other }),
            _ => None,
        }
    }

    fn turns(&self, _home: Region) -> Vec<Day> {
        vec![self.from]
    }

    fn risk(&self) -> &RiskMap {
        &self.risk
    }

    fn begins(&self, home: Region, day: Day) -> Option<u64> {
        (home.code() == "410100" && day == self.from).then_some(AHEAD)
    }

    fn risk_acts(&self) -> Vec<(u64, RegionRisk)> {
        self.numbers.iter().copied().zip(self.acts.iter().copied()).collect()
    }
}

/// What may happen: who is told of with how many facts and which home; whether a day turns; what is enacted.
#[derive(Clone, Debug)]
enum Act {
    Person(usize, prop::sample::Index, Option<usize>),
    Turn,
    Rules,
    /// Whether from tomorrow on.
    Risk(bool),
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0_usize..8, any::<prop::sample::Index>(), prop::option::weighted(0.6, 0_usize..4))
            .prop_map(|(who, upto, home)| Act::Person(who, upto, home)),
        3 => Just(Act::Turn),
        1 => Just(Act::Rules),
        4 => any::<bool>().prop_map(Act::Risk),
    ]
}

/// A batch of acts; whether the process dies after it, and before it wrote the cursor down or after; whether it folds; whether
/// it is planned before the batch whose day comes when, and whether that is taken over before the batch or after it.
type Stretch = (Vec<Act>, bool, bool, bool, (bool, bool));

/// Everything as it was after some batch, as the store would tell it.
#[derive(Clone)]
struct World {
    persons: BTreeMap<[u8; 16], Person>,
    law: Rules,
    cursor: Cursor,
}

fn key(who: usize) -> [u8; 16] {
    // Keys and numbers do not run the same way.
    [200 - u8::try_from(who).unwrap() * 7; 16]
}

fn at(n: u64) -> Timestamp {
    Timestamp::from_second(1_650_000_000 + i64::try_from(n).unwrap()).unwrap()
}

impl World {
    fn begin(scenario: &Scenario) -> Self {
        let mut other = scenario.ruleset.clone();
        for rule in &mut other.rules {
            let red = mingma_domain::ruleset::Effect::Red;
            rule.effect = if rule.effect == red { mingma_domain::ruleset::Effect::Yellow } else { red };
        }
        let day = scenario.today().minus(6);
        let law = Rules {
            all: scenario.ruleset.clone(),
            other,
            from: day.plus(2),
            whole: false,
            acts: Vec::new(),
            numbers: Vec::new(),
            risk: RiskMap::default(),
        };
        Self { persons: BTreeMap::new(), law, cursor: Cursor { publication: 0, day, entry: 0 } }
    }

    /// What the oracle says of a person.
    fn outcome(&self, key: &[u8; 16]) -> Option<Outcome> {
        self.outcome_by(key, self.cursor.day, &self.law.acts)
    }

    /// What it says today by the rules of a day and these acts.
    fn outcome_by(&self, key: &[u8; 16], day: Day, acts: &[RegionRisk]) -> Option<Outcome> {
        let person = self.persons.get(key)?;
        let rules = self.law.rules(person.home?, day)?;
        let record = Record { facts: &person.facts, retractions: &[] };
        let now = rules.zone.end_of(self.cursor.day).unwrap();
        Some(oracle::outcome(rules, &record, acts, now))
    }

    /// Why the oracle says something else of a person since today began: by the rules that came with the day, by the last act of
    /// those that did without which it would not, or by the day.
    fn cause(&self, key: &[u8; 16], to: Option<Outcome>) -> Cause {
        let (today, acts) = (self.cursor.day, &self.law.acts);
        let ahead =
            today == self.law.from && self.persons[key].home.is_some_and(|home| home.code() == "410100");
        if ahead && self.outcome_by(key, today.minus(1), acts) != to {
            return Cause::Rule(AHEAD);
        }
        for n in (0..acts.len()).rev().filter(|n| acts[*n].from == today) {
            let without = acts.iter().enumerate().filter(|(m, act)| *m < n || act.from != today);
            let without: Vec<RegionRisk> = without.map(|(_, act)| *act).collect();
            if self.outcome_by(key, today, &without) != to {
                return Cause::Risk(self.law.numbers[n]);
            }
        }
        Cause::Turn(today)
    }

    /// Does one act, and gives what of it goes into a batch.
    fn act(&mut self, act: &Act, scenario: &Scenario, batch: &mut Batch) {
        let n = self.cursor.publication + self.cursor.entry + 100;
        match act {
            Act::Person(who, upto, home) => {
                let facts = &scenario.world.facts;
                let known = upto.index(facts.len() + 1);
                let key = key(*who);
                let person = self.persons.entry(key).or_insert(Person { key, home: None, facts: Vec::new() });
                person.facts = facts[..known].to_vec();
                person.home = home.map(|home| HOMES[home].parse().unwrap()).or(person.home);
                self.cursor.entry += 1;
                let place = self.cursor.entry;
                let mut entry = [0; 16];
                entry[8..].copy_from_slice(&place.to_be_bytes());
                batch.committed.push(Committed { place, entry, at: at(n), person: person.clone() });
            }
            Act::Turn => {
                self.cursor.day = self.cursor.day.plus(1);
                batch.days.push(Begun { day: self.cursor.day, at: at(n), anew: Vec::new() });
            }
            Act::Rules | Act::Risk(_) => {
                let is_risk = matches!(act, Act::Risk(_));
                if let Act::Risk(ahead) = act {
                    // Those of the world, and then of the regions of its facts each level in turn.
                    let n = self.law.acts.len();
                    let regions: Vec<Region> = scenario.world.facts.iter().filter_map(Fact::region).collect();
                    let later = || {
                        let region = *regions.get(n.checked_rem(regions.len())?)?;
                        let level = Level::ALL[n % Level::ALL.len()];
                        Some(RegionRisk { region, level, from: self.cursor.day.minus(9), until: None })
                    };
                    let next = scenario.risk.acts().get(n).copied().or_else(later).map(|act| {
                        let from = if *ahead { self.cursor.day.plus(1) } else { act.from };
                        RegionRisk { from, until: act.until.filter(|until| *until >= from), ..act }
                    });
                    self.law.acts.extend(next);
                    self.law.risk = RiskMap::new(&self.law.acts);
                } else {
                    self.law.whole = !self.law.whole;
                }
                self.cursor.publication += 1;
                let number = self.cursor.publication;
                self.law.numbers.resize(self.law.acts.len(), number);
                batch.enacted.push(Enacted {
                    number,
                    at: at(n),
                    is_risk,
                    law: Arc::new(self.law.clone()),
                    anew: Vec::new(),
                });
            }
        }
    }

    /// A ledger opened from the acts up to here.
    fn ledger(&self, scenario: &Scenario) -> Ledger {
        let persons = self.persons.values().cloned().map(Ok::<_, Infallible>);
        let living = Living::build(&scenario.ruleset.zone, self.cursor.day, persons).unwrap();
        Ledger::open(living, Arc::new(self.law.clone()), self.cursor, &Work::default()).unwrap()
    }
}

/// Public acts, then days, then persons: the order within a batch.
const fn order(act: &Act) -> u8 {
    match act {
        Act::Rules | Act::Risk(_) => 0,
        Act::Turn => 1,
        Act::Person(..) => 2,
    }
}

/// Does the acts of a batch one by one, and tells what the oracle says of it.
fn enact(world: &mut World, acts: &[Act], scenario: &Scenario, told: &mut Vec<Transition>) -> Batch {
    let mut acts: Vec<&Act> = acts.iter().collect();
    acts.sort_by_key(|act| order(act));
    let mut batch = Batch::default();
    for act in acts {
        let mut one = Batch::default();
        let before: BTreeMap<_, _> = (0..8).map(|who| (key(who), world.outcome(&key(who)))).collect();
        let homes: BTreeMap<_, _> = world.persons.iter().map(|(key, person)| (*key, person.home)).collect();
        world.act(act, scenario, &mut one);
        let (cause, at) = match (&one.enacted[..], &one.days[..], &one.committed[..]) {
            ([act], [], []) if act.is_risk => (Cause::Risk(act.number), act.at),
            ([act], [], []) => (Cause::Rule(act.number), act.at),
            ([], [begun], []) => (Cause::Turn(begun.day), begun.at),
            ([], [], [Committed { entry, at, person, .. }]) => {
                let lived = homes.get(&person.key).copied().flatten();
                let has_moved = lived.is_some() && lived != person.home;
                (if has_moved { Cause::Move(*entry) } else { Cause::Fact(*entry) }, *at)
            }
            _ => panic!("one act is one"),
        };
        for (person, from) in before {
            let to = world.outcome(&person);
            if from != to {
                let cause = if one.days.is_empty() { cause } else { world.cause(&person, to) };
                told.push(Transition { person, at, from, to, cause });
            }
        }
        batch.enacted.append(&mut one.enacted);
        batch.days.append(&mut one.days);
        batch.committed.append(&mut one.committed);
    }
    batch
}

/// Writes transitions down by their names; telling one again must tell the same.
fn write(
    kept: &mut BTreeMap<([u8; 16], Cause), Transition>,
    told: &[Transition],
) -> Result<(), TestCaseError> {
    for transition in told {
        let was = kept.insert((transition.person, transition.cause), *transition);
        prop_assert!(was.is_none_or(|was| was == *transition), "{:?} instead of {:?}", transition, was);
    }
    Ok(())
}

#[test]
fn every_change_is_told_once_and_is_the_oracles_whatever_crashes() {
    let stretch = (
        prop::collection::vec(acts(), 0..5),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<(bool, bool)>(),
    );
    let histories = (scenarios(), prop::collection::vec(stretch, 1..12));
    let (told_in_all, crashes) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let planned = std::cell::Cell::new(0);
    let causes = std::cell::RefCell::new(BTreeSet::new());
    let run = property(HISTORIES, &histories, |(scenario, stretches): (Scenario, Vec<Stretch>)| {
        let mut scenario = scenario;
        scenario.world.facts.truncate(12);
        let mut world = World::begin(&scenario);
        let mut ledger = world.ledger(&scenario);
        let (mut expected, mut kept, mut enacted) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
        for (acts, dies, early, folds, (plans, late)) in &stretches {
            let before = world.clone();
            let plan = plans.then(|| ledger.look().planned(&Work::default()).unwrap());
            let (plan, plan_late) = if *late { (None, plan) } else { (plan, None) };
            if let Some(plan) = plan {
                ledger.plan(plan);
                prop_assert!(ledger.is_planned());
            }
            planned.set(
                planned.get()
                    + usize::from(ledger.is_planned() && acts.iter().any(|act| matches!(act, Act::Turn))),
            );
            let batch = enact(&mut world, acts, &scenario, &mut expected);
            enacted.extend(batch.enacted.iter().map(|act| (Cause::Risk(act.number), act.at)));
            // The cursor of the batch's end is written down first; from here on the process may die at any point.
            let told = ledger.advance(&batch, &Work::default()).unwrap();
            prop_assert_eq!(ledger.cursor(), world.cursor);
            if *dies {
                crashes.set(crashes.get() + 1);
                // Some of the transitions were written, or all; the ledger is opened where the batch began.
                write(&mut kept, if *early { &told[..told.len() / 2] } else { &told })?;
                ledger = before.ledger(&scenario);
                let again = ledger.advance(&batch, &Work::default()).unwrap();
                prop_assert_eq!(&again, &told);
            }
            write(&mut kept, &told)?;
            // One that the ledger has passed is left.
            if let Some(plan) = plan_late.filter(|_| !dies) {
                ledger.plan(plan);
            }
            // A batch that is told twice changes nothing.
            prop_assert_eq!(ledger.advance(&batch, &Work::default()).unwrap(), []);
            if *folds {
                let folded = ledger.living().folded(world.cursor.day).unwrap();
                ledger.adopt(folded).unwrap();
                prop_assert_eq!(ledger.living().census().later(), 0);
            }
            for who in 0..8 {
                prop_assert_eq!(ledger.outcome(&key(who)), world.outcome(&key(who)), "person {}", who);
            }
        }
        let mut expected: Vec<_> = expected.into_iter().map(|t| ((t.person, t.cause), t)).collect();
        expected.sort_unstable_by_key(|(name, _)| *name);
        let distinct: BTreeSet<_> = expected.iter().map(|(name, _)| *name).collect();
        prop_assert_eq!(distinct.len(), expected.len(), "two changes have one name");
        told_in_all.set(told_in_all.get() + kept.len());
        let is_ahead = |t: &Transition| !enacted.contains(&(t.cause, t.at));
        causes.borrow_mut().extend(kept.values().map(|t| match t.cause {
            Cause::Rule(AHEAD) => "rule published ahead",
            Cause::Risk(_) if is_ahead(t) => "risk published ahead",
            Cause::Rule(_) => "rule",
            Cause::Risk(_) => "risk",
            Cause::Turn(_) => "turn",
            Cause::Fact(_) => "fact",
            Cause::Move(_) => "move",
        }));
        prop_assert_eq!(kept.into_iter().collect::<Vec<_>>(), expected);
        Ok(())
    });
    assert!(run >= HISTORIES / 256, "{run} histories");
    assert!(told_in_all.get() > 0 && crashes.get() > 0 && planned.get() > 0);
    assert!(run < HISTORIES || causes.borrow().len() == 7, "{:?}", causes.borrow());
}

#[test]
fn what_arrives_while_a_copy_is_folded_is_not_lost() {
    let zone = mingma_domain::time::Zone::named("Asia/Shanghai").unwrap();
    let today: Day = "2022-06-13".parse().unwrap();
    let person = |who: usize, home: Option<&str>, facts: &[&str]| Person {
        key: key(who),
        home: home.map(|home| home.parse().unwrap()),
        facts: facts.iter().map(|fact| mingma_testkit::build::fact(fact)).collect(),
    };
    let begin = [person(4, Some("410105"), &[]), person(3, None, &["contact close 2022-06-12"])];
    let mut living = Living::build(&zone, today, begin.map(Ok::<_, Infallible>)).unwrap();
    let out_of_order = [person(3, None, &[]), person(4, None, &[])].map(Ok::<_, Infallible>);
    assert!(Living::build(&zone, today, out_of_order).is_err());
    living.arrive(&person(1, Some("110101"), &["symptom fever 2022-06-10"])).unwrap();
    let folded = living.folded(today).unwrap();
    // Meanwhile: somebody gets a home, somebody comes, and a fact is taken back.
    living.arrive(&person(3, Some("410105"), &["contact close 2022-06-12"])).unwrap();
    living.arrive(&person(2, Some("450902"), &[])).unwrap();
    living.arrive(&person(1, Some("110101"), &[])).unwrap();
    let mut outcomes = mingma_census::Outcomes::of_nobody(living.census());
    living.adopt(folded, &mut outcomes).unwrap();
    assert_eq!((living.census().persons(), living.census().later()), (4, 3));
    let mut events = Vec::new();
    for (who, home, facts) in [(1, "110101", 0), (2, "450902", 0), (3, "410105", 1), (4, "410105", 0)] {
        let number = living.number(&key(who)).unwrap();
        assert_eq!(living.key(number), Some(key(who)));
        assert_eq!(living.census().home_of(number).unwrap().code(), home);
        events.clear();
        living.census().events(number, today, &mut events);
        assert_eq!(events.len(), facts, "of person {who}");
    }
}
