//! What arrives after the columns were built is read with them as one: whatever came, in whatever order, folded in or
//! not, the answers are those of a census that is built anew, and of `assess`.

use mingma_census::job::{Draft, Schedule, preview, reassess, risk_changes};
use mingma_census::{Builder, Census, Number, Program, Refusal, Sorted, Work};
use mingma_domain::assess::judge::Judge;
use mingma_domain::assess::{Event, Outcome, Record};
use mingma_domain::fact::Fact;
use mingma_domain::{Day, Region, RiskMap, assess};
use mingma_testkit::random::{Scenario, scenarios};
use mingma_testkit::seed::property;
use proptest::prelude::*;

use super::support;

/// How many random histories are tried; each has up to twenty arrivals about eight persons.
const HISTORIES: u32 = 2_000;

/// What arrives: about whom, how many of the world's facts are known from now on, and where the person lives now.
type Arrival = (usize, prop::sample::Index, Option<usize>, bool);

/// A person as the store has them.
#[derive(Clone, Default)]
struct Person {
    number: Option<Number>,
    home: Option<Region>,
    facts: Vec<Fact>,
}

struct City {
    census: Census,
    persons: Vec<Person>,
    stay: Option<(Day, Day)>,
}

fn home(which: usize) -> Region {
    ["410105", "410100", "110101", "450902"][which % 4].parse().unwrap()
}

impl City {
    /// Five of eight persons, each with some of the facts.
    fn begin(scenario: &Scenario, stay: Option<(Day, Day)>) -> Self {
        let mut builder = Builder::new(&scenario.ruleset.zone, scenario.today());
        if let Some((first, last)) = stay {
            builder = builder.with_home_stay(first, last);
        }
        let mut persons = vec![Person::default(); 8];
        for (n, person) in persons.iter_mut().enumerate().take(5) {
            person.home = (n != 1).then(|| home(n));
            person.facts = scenario.world.facts.iter().skip(n).step_by(2).cloned().collect();
            let entry = builder.named(&format!("P{n}"), person.home).unwrap();
            for fact in &person.facts {
                builder.fact(entry, fact, &scenario.world.retractions).unwrap();
            }
        }
        let mut city = Self { census: builder.finish().unwrap(), persons, stay };
        city.find();
        city
    }

    fn find(&mut self) {
        for (n, person) in self.persons.iter_mut().enumerate() {
            person.number = self.census.numbers_of(&format!("P{n}")).next();
        }
    }

    fn arrive(&mut self, scenario: &Scenario, arrival: &Arrival) {
        let (who, upto, lives, fold) = arrival;
        let person = &mut self.persons[who % 8];
        let known = upto.index(scenario.world.facts.len() + 1);
        person.facts = scenario.world.facts[..known].to_vec();
        person.home = lives.map(home).or(person.home);
        let (facts, retractions) = (&person.facts, &scenario.world.retractions);
        let number = match person.number {
            Some(number) => self.census.replace(number, person.home, facts, retractions),
            None => self.census.join(Some(&format!("P{}", who % 8)), person.home, facts, retractions),
        };
        person.number = Some(number.unwrap());
        if *fold {
            let folded = self.census.folded(scenario.today()).unwrap();
            for person in &mut self.persons {
                let place = folded.before.iter().position(|number| Some(*number) == person.number);
                person.number = place.map(|place| folded.number(place).unwrap());
            }
            self.census = folded.census;
            assert_eq!(self.census.later(), 0);
        }
    }

    /// The same persons in a census that is built anew.
    fn anew(&self, scenario: &Scenario) -> Self {
        let mut builder = Builder::new(&scenario.ruleset.zone, scenario.today());
        if let Some((first, last)) = self.stay {
            builder = builder.with_home_stay(first, last);
        }
        for (n, person) in self.persons.iter().enumerate().filter(|(_, person)| person.number.is_some()) {
            let entry = builder.named(&format!("P{n}"), person.home).unwrap();
            for fact in &person.facts {
                builder.fact(entry, fact, &scenario.world.retractions).unwrap();
            }
        }
        let mut anew =
            Self { census: builder.finish().unwrap(), persons: self.persons.clone(), stay: self.stay };
        anew.find();
        anew
    }

    fn numbers(&self) -> Vec<Number> {
        self.persons.iter().filter_map(|person| person.number).collect()
    }
}

/// What `assess` says of a person.
fn expected(city: &City, person: &Person, scenario: &Scenario, risk: &RiskMap, on: Day) -> Outcome {
    let mut facts = person.facts.clone();
    if let (Some(home), Some((first, last))) = (person.home, city.stay) {
        facts.push(mingma_testkit::build::fact(&format!("stay declared {first}..{last} {home}")));
    }
    let record = Record { facts: &facts, retractions: &scenario.world.retractions };
    assess(&scenario.ruleset, &record, risk, scenario.ruleset.zone.end_of(on).unwrap()).outcome()
}

/// Holds a census with what is later, the one built anew, and `assess` to the same answers.
fn compare(city: &City, scenario: &Scenario) -> Result<(), TestCaseError> {
    let (anew, today, work) = (city.anew(scenario), scenario.today(), Work::default());
    let census = &city.census;
    let program = Program::compile(census, &scenario.ruleset, &scenario.risk, today).unwrap();
    let done = reassess(census, &program, None, &work).unwrap();
    let other = Program::compile(&anew.census, &scenario.ruleset, &scenario.risk, today).unwrap();
    let rebuilt = reassess(&anew.census, &other, None, &work).unwrap();
    prop_assert_eq!(&done.regions, &rebuilt.regions);
    prop_assert_eq!(census.persons(), anew.census.persons());
    prop_assert!(census.homes().eq(anew.census.homes()));
    for (person, again) in city.persons.iter().zip(&anew.persons) {
        let (Some(number), Some(again)) = (person.number, again.number) else { continue };
        let outcome = expected(city, person, scenario, &scenario.risk, today);
        prop_assert_eq!(done.outcomes.of(number), Some(outcome));
        prop_assert_eq!(census.home_of(number), person.home);
        let status = |census: &Census, program: &Program<'_>, number| {
            let found = census.status(program, number).unwrap();
            (found.status.outcome(), found.status.until(), found.events.len())
        };
        prop_assert_eq!(status(census, &program, number), status(&anew.census, &other, again));
    }
    // The risk that was before the last act: who changes is who differs.
    let acts = scenario.risk.acts();
    let fewer = RiskMap::new(&acts[..acts.len().saturating_sub(1)]);
    let calm = Program::compile(census, &scenario.ruleset, &fewer, today).unwrap();
    let was = reassess(census, &calm, None, &work).unwrap().outcomes;
    let full = reassess(census, &program, Some(&was), &work).unwrap().changes;
    prop_assert_eq!(risk_changes(census, &calm, &was, &scenario.risk).unwrap(), full);
    let draft = Draft { label: "risk", program: &program };
    let calm_anew = Program::compile(&anew.census, &scenario.ruleset, &fewer, today).unwrap();
    let was_anew = reassess(&anew.census, &calm_anew, None, &work).unwrap().outcomes;
    let seen = preview(census, (&calm, &was), &draft, &work).unwrap();
    let draft = Draft { label: "risk", program: &other };
    let seen_anew = preview(&anew.census, (&calm_anew, &was_anew), &draft, &work).unwrap();
    prop_assert_eq!(
        (seen.shifts, seen.regions, seen.reasons),
        (seen_anew.shifts, seen_anew.regions, seen_anew.reasons)
    );
    // Three days on.
    let mut outcomes = done.outcomes;
    let mut schedule = Schedule::after(census, &program, &work).unwrap();
    for day in (1..4).map(|n| today.plus(n)) {
        let judge = |_| Some(Judge::new(&scenario.ruleset, &scenario.risk));
        for change in schedule.turn(census, &judge, (&mut outcomes, day), &work).unwrap() {
            prop_assert!(city.numbers().contains(&change.number), "nobody has {}", change.number);
        }
        for person in &city.persons {
            let Some(number) = person.number else { continue };
            let outcome = expected(city, person, scenario, &scenario.risk, day);
            prop_assert_eq!(outcomes.of(number), Some(outcome), "on {}", day);
        }
    }
    Ok(())
}

#[test]
fn columns_with_what_arrived_since_are_a_census_built_anew() {
    let arrivals =
        (0_usize..8, any::<prop::sample::Index>(), prop::option::of(0_usize..4), prop::bool::weighted(0.15));
    let histories = (scenarios(), prop::option::of(0_u16..20), prop::collection::vec(arrivals, 1..20));
    let run = property(HISTORIES, &histories, |(scenario, since, arrivals)| {
        let today = scenario.today();
        let mut city = City::begin(&scenario, since.map(|since| (today.minus(since), today)));
        for arrival in &arrivals {
            city.arrive(&scenario, arrival);
        }
        compare(&city, &scenario)?;
        // What is written is whole: nobody and nothing that came late is missing.
        city.census = support::through_a_file(&city.census);
        city.find();
        compare(&city, &scenario)
    });
    assert!(run >= HISTORIES / 256, "{run} histories");
}

#[test]
fn persons_who_come_by_region_give_the_census_that_any_order_gives() {
    let (_, ruleset) = support::shipped().swap_remove(0);
    let today = ruleset.effect.plus(40);
    let mut persons: Vec<_> = support::city(2_000).iter().map(|draw| support::person(draw, today)).collect();
    persons.sort_by_key(|(home, _)| home.index());
    let (mut any, mut sorted) = (Builder::new(&ruleset.zone, today), Sorted::new(&ruleset.zone, today));
    for (home, facts) in &persons {
        let entry = any.person(Some(*home)).unwrap();
        let events: Vec<Event> = facts.iter().map(|fact| Event::of(0, fact, &ruleset.zone)).collect();
        for fact in facts {
            any.fact(entry, fact, &[]).unwrap();
        }
        sorted.person(Some(*home), &events).unwrap();
    }
    let (lowest, highest) = (persons[0].0, persons[1_999].0);
    let (any, sorted) = (any.finish().unwrap(), sorted.finish().unwrap());
    let bytes = |census: &Census| {
        let mut bytes = Vec::new();
        census.write(&mut bytes, jiff::Timestamp::MAX).unwrap();
        bytes
    };
    assert!(bytes(&any) == bytes(&sorted), "the files differ");
    let mut unsorted = Sorted::new(&ruleset.zone, today);
    unsorted.person(Some(highest), &[]).unwrap();
    assert_eq!(unsorted.person(Some(lowest), &[]), Err(Refusal::OutOfOrder));
}

#[test]
fn many_newcomers_fill_many_blocks_and_are_folded_into_their_regions() {
    let (_, ruleset) = support::shipped().swap_remove(0);
    let today = ruleset.effect.plus(40);
    let mut census = Builder::new(&ruleset.zone, today).finish().unwrap();
    let city = support::city(1_000);
    let mut persons = Vec::new();
    for draw in &city {
        let (home, facts) = support::person(draw, today);
        persons.push((census.join(None, Some(home), &facts, &[]).unwrap(), facts));
    }
    assert_eq!((census.persons(), census.later()), (1_000, 1_000));
    let risk = support::risk(today);
    let folded = census.folded(today).unwrap();
    for census in [&census, &folded.census] {
        let program = Program::compile(census, &ruleset, &risk, today).unwrap();
        let done = reassess(census, &program, None, &Work::default()).unwrap();
        assert_eq!(done.counts().total(), 1_000);
        for (number, facts) in &persons {
            let place = folded.before.binary_search(number).unwrap();
            let number = if census.later() == 0 { folded.number(place).unwrap() } else { *number };
            let record = Record { facts, retractions: &[] };
            let status = assess(&ruleset, &record, &risk, ruleset.zone.end_of(today).unwrap());
            assert_eq!(done.outcomes.of(number), Some(status.outcome()));
        }
    }
}
