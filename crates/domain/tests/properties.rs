//! What must be true of every person under every ruleset: properties over random worlds.
//!
//! Each property counts how often something happened in its worlds, so that none can pass because nothing ever did.
//! `PROPTEST_CASES` scales the number of worlds, `PROPTEST_RNG_SEED` changes them; see `mingma_testkit::seed`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and tells what it counted"
)]

use std::cell::Cell;

use mingma_domain::assess::{Outcome, Path, Reason, Step, path_to_green};
use mingma_domain::fact::Color;
use mingma_domain::{Fact, Status};
use mingma_testkit::build::World;
use mingma_testkit::oracle::{HORIZON_DAYS, judge};
use mingma_testkit::random::{Scenario, scenarios, small_scenarios};
use mingma_testkit::seed::property;
use proptest::{prop_assert, prop_assert_eq, prop_assert_ne};

const GREEN: Outcome = Outcome::Code(Color::Green);

/// How often something happened.
#[derive(Default)]
struct Count(Cell<u32>);

impl Count {
    fn if_so(&self, so: bool) {
        self.0.set(self.0.get() + u32::from(so));
    }

    #[track_caller]
    fn is_at_least(&self, percent: u32, of: u32, what: &str) {
        println!("{what}: {} of {of}", self.0.get());
        assert!(self.0.get() * 100 >= percent * of, "{what}: only {} of {of}", self.0.get());
    }
}

fn counts<const N: usize>() -> [Count; N] {
    std::array::from_fn(|_| Count::default())
}

/// A reason without the places of its facts in the record, for records that differ in them.
fn told(reason: &Reason, world: &World) -> (usize, String, String, Vec<String>) {
    let mut facts: Vec<String> = reason.facts.iter().map(|place| row(&world.facts[*place])).collect();
    facts.sort();
    (reason.rule, format!("{}", reason.since), format!("{:?}", reason.until), facts)
}

fn row(fact: &Fact) -> String {
    format!("{fact} {:?} {:?} {}", fact.until(), fact.region(), fact.issuer())
}

/// Holds two statuses equal, each with the record that it was made of.
#[track_caller]
fn same(one: (&Status, &World), other: (&Status, &World)) -> mingma_testkit::seed::Answer {
    prop_assert_eq!(one.0.outcome(), other.0.outcome());
    prop_assert_eq!(one.0.until(), other.0.until());
    let reasons = |(status, world): (&Status, &World)| -> Vec<_> {
        status.reasons().iter().map(|reason| told(reason, world)).collect()
    };
    prop_assert_eq!(reasons(one), reasons(other));
    Ok(())
}

#[test]
fn the_evaluator_says_what_the_oracle_says() {
    let [bad, many, ending, not_issued, popup] = counts();
    let cases = property(3_000, &scenarios(), |s| {
        let said = s.status();
        let due = judge(&s.ruleset, &s.world.record(), &s.world.acts, s.now);
        let horizon = due.on.plus(HORIZON_DAYS);
        prop_assert_eq!(said.on(), due.on);
        prop_assert_eq!(said.outcome(), due.outcome);
        prop_assert_eq!(said.until().filter(|day| *day <= horizon), due.until, "until");
        prop_assert_eq!(said.reasons().len(), due.reasons.len());
        for (said, due) in said.reasons().iter().zip(&due.reasons) {
            prop_assert_eq!(said.rule, due.rule);
            prop_assert_eq!(said.until.filter(|day| *day <= horizon), due.until, "until of R{}", due.rule);
            prop_assert_eq!(&said.facts, &due.facts, "facts of R{}", due.rule);
        }
        bad.if_so(due.outcome != GREEN);
        many.if_so(due.reasons.len() > 1);
        ending.if_so(due.until.is_some());
        not_issued.if_so(due.outcome == Outcome::NotIssued);
        popup.if_so(due.outcome == Outcome::Popup);
        Ok(())
    });
    bad.is_at_least(40, cases, "not green");
    many.is_at_least(8, cases, "several reasons");
    ending.is_at_least(30, cases, "with an end");
    not_issued.is_at_least(1, cases, "not issued");
    popup.is_at_least(2, cases, "pop-up");
}

#[test]
fn the_order_of_the_facts_does_not_matter() {
    let [bad] = counts();
    let cases = property(1_500, &scenarios(), |s| {
        let status = s.status();
        for turn in [0, 1, s.world.facts.len() / 2] {
            let mut other = s.clone();
            other.world.facts.rotate_left(turn.min(s.world.facts.len()));
            other.world.facts.reverse();
            other.world.retractions.reverse();
            same((&status, &s.world), (&other.status(), &other.world))?;
        }
        bad.if_so(status.outcome() != GREEN && s.world.facts.len() > 2);
        Ok(())
    });
    bad.is_at_least(40, cases, "not green");
}

/// The longest that a fact is kept; what does not end within it ends by no single fact.
const LONGEST_KEPT_DAYS: u16 = 180;

#[test]
fn a_status_stays_until_its_day_and_is_another_on_it() {
    let [ending, endless, reason_ends] = counts();
    let cases = property(1_500, &scenarios(), |s| {
        let s = s.without_future();
        let (today, status) = (s.today(), s.status());
        let last = status.until().map_or(today.plus(LONGEST_KEPT_DAYS), |until| until.minus(1));
        let mut day = today;
        while day <= last {
            prop_assert_eq!(s.status_on(day).outcome(), status.outcome(), "on {}", day);
            day = day.plus(1);
        }
        if let Some(until) = status.until() {
            prop_assert_ne!(s.status_on(until).outcome(), status.outcome());
        }
        for reason in status.reasons() {
            let Some(until) = reason.until else { continue };
            let holds = |day| s.status_on(day).reasons().iter().any(|other| other.rule == reason.rule);
            prop_assert!(holds(until.minus(1)), "R{} holds the day before its end", reason.rule);
            prop_assert!(!holds(until), "R{} does not hold on its end", reason.rule);
            reason_ends.if_so(true);
        }
        ending.if_so(status.until().is_some());
        endless.if_so(status.until().is_none());
        Ok(())
    });
    ending.is_at_least(30, cases, "with an end");
    endless.is_at_least(10, cases, "without an end");
    reason_ends.is_at_least(30, cases, "reasons that end");
}

#[test]
fn what_is_dated_after_today_changes_nothing() {
    let [future] = counts();
    let cases = property(1_500, &scenarios(), |s| {
        let past = s.without_future();
        same((&s.status(), &s.world), (&past.status(), &past.world))?;
        let later = |s: &Scenario| s.world.facts.len() + s.world.retractions.len();
        future.if_so(later(&past) < later(&s));
        Ok(())
    });
    future.is_at_least(30, cases, "with something dated later");
}

#[test]
fn what_was_taken_back_changes_nothing() {
    let [taken, different] = counts();
    let cases = property(1_500, &scenarios(), |s| {
        let s = s.without_future();
        let mut untouched = s.clone();
        untouched.world.retractions.clear();
        let without = s.of_today();
        same((&s.status(), &s.world), (&without.status(), &without.world))?;
        taken.if_so(without.world.facts.len() < s.world.facts.len());
        different.if_so(untouched.status().outcome() != without.status().outcome());
        Ok(())
    });
    taken.is_at_least(20, cases, "with something taken back");
    different.is_at_least(1, cases, "of another colour by it");
}

/// The world in which a path's steps have been taken.
fn after(world: &World, path: &Path) -> World {
    path.steps.iter().fold(world.clone(), |world, step| world.and(&statement(step)))
}

fn statement(step: &Step) -> String {
    let at = step.not_before().map_or_else(|| step.on.to_string(), |at| at.to_string());
    let region = step.region.map_or("", |region| region.code());
    format!("{} {} {at} {region} by {}", step.kind, step.value, step.by[0])
}

/// How much a path asks for: steps of an office weigh more than any number of the person's own.
fn asks(path: &Path) -> (usize, usize) {
    let own = path.steps.iter().filter(|step| step.is_own()).count();
    (path.steps.len() - own, own)
}

#[test]
fn whoever_goes_the_path_is_green_on_its_day_and_not_before() {
    let [long, two, none] = counts();
    let cases = property(1_500, &scenarios(), |s| {
        let s = s.of_today();
        let paths = path_to_green(&s.ruleset, &s.world.record(), &s.risk, s.now);
        none.if_so(paths.is_none());
        let Some(paths) = paths else { return Ok(()) };
        for path in [Some(&paths.smallest), paths.fastest.as_ref()].into_iter().flatten() {
            let gone = Scenario { world: after(&s.world, path), ..s.clone() };
            prop_assert_eq!(gone.status_on(path.green_on).outcome(), GREEN, "{:?}", path);
            let mut day = s.today();
            prop_assert!(path.green_on >= day);
            while day < path.green_on {
                prop_assert_ne!(gone.status_on(day).outcome(), GREEN, "on {}, {:?}", day, path);
                day = day.plus(1);
            }
            for step in &path.steps {
                prop_assert!(step.on >= s.today() && step.on <= path.green_on, "{:?}", path);
                prop_assert!(step.not_before().is_none_or(|at| at >= s.now), "{:?}", path);
            }
        }
        if let Some(fastest) = &paths.fastest {
            prop_assert!(fastest.green_on < paths.smallest.green_on);
            prop_assert!(asks(&paths.smallest) <= asks(fastest));
        }
        let best = paths.fastest.as_ref().unwrap_or(&paths.smallest);
        long.if_so(!best.steps.is_empty());
        two.if_so(paths.fastest.is_some());
        Ok(())
    });
    long.is_at_least(5, cases, "with steps");
    two.is_at_least(5, cases, "with a faster path");
    none.is_at_least(1, cases, "without a path");
}

/// For how many days the brute force tries: longer than any streak, window or distance of the small worlds.
const TRIED_DAYS: u16 = 40;

/// The first day on which somebody is green who does one of the plain things every day, with or without one act of an
/// office on one day.
fn brute_force(s: &Scenario) -> Option<mingma_domain::Day> {
    let today = s.today();
    let office = ["", "release ended", "release early", "discharge excluded", "discharge recovered"];
    let mut first = None;
    for (tests, checkins) in [(false, false), (true, false), (false, true), (true, true)] {
        for act in office {
            for on in if act.is_empty() { 0..1 } else { 0..8 } {
                let mut world = s.world.clone();
                if !act.is_empty() {
                    world = world.and(&format!("{act} {}", today.plus(on)));
                }
                for day in 0..TRIED_DAYS {
                    let hours = jiff::SignedDuration::from_hours(24 * i64::from(day));
                    let at = s.now.checked_add(hours).unwrap();
                    world = if tests { world.and(&format!("test negative {at}")) } else { world };
                    world = if checkins {
                        world.and(&format!("checkin well {}", today.plus(day)))
                    } else {
                        world
                    };
                }
                let lived = Scenario { world, ..s.clone() };
                let green = (0..TRIED_DAYS)
                    .map(|n| today.plus(n))
                    .find(|day| lived.status_on(*day).outcome() == GREEN);
                first = [first, green].into_iter().flatten().min();
            }
        }
    }
    first
}

#[test]
fn no_plain_way_to_green_is_missed() {
    let [none, found, better] = counts();
    let cases = property(150, &small_scenarios(), |s| {
        let s = s.of_today();
        let paths = path_to_green(&s.ruleset, &s.world.record(), &s.risk, s.now);
        let brute = brute_force(&s);
        none.if_so(paths.is_none());
        found.if_so(brute.is_some_and(|day| day > s.today()));
        match (&paths, brute) {
            (None, Some(day)) => prop_assert!(false, "a way to green on {} is missed", day),
            (Some(paths), Some(day)) => {
                let fastest = paths.fastest.as_ref().unwrap_or(&paths.smallest);
                prop_assert!(fastest.green_on <= day, "{} is faster than {:?}", day, fastest);
                better.if_so(fastest.green_on < day);
            }
            (_, None) => {}
        }
        Ok(())
    });
    none.is_at_least(3, cases, "without a path");
    found.is_at_least(1, cases, "green later than today by brute force");
    println!("faster than the brute force: {}", better.0.get());
}
