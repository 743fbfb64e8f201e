//! What must be true of every person under every ruleset: properties over random worlds.
//!
//! Each property counts how often something happened in its worlds, so that none can pass because nothing ever did.
//! `PROPTEST_CASES` scales the number of worlds, `PROPTEST_RNG_SEED` changes them; see `mingma_testkit::seed`.

#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and tells what it counted"
)]

use std::cell::Cell;

use mingma_domain::assess::{Outcome, Reason};
use mingma_domain::fact::{Color, Kind, WordSet};
use mingma_domain::ruleset::{Clearance, Condition, Pattern, Rule};
use mingma_domain::{Fact, Status};
use mingma_testkit::build::World;
use mingma_testkit::oracle::{HORIZON_DAYS, judge};
use mingma_testkit::random::{Scenario, scenarios};
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
    let [tried, bad, many, ending, not_issued, popup] = counts();
    let all = property(10_000, &scenarios(), |s| {
        if !settled(&s) {
            return Ok(());
        }
        tried.if_so(true);
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
    tried.is_at_least(10, all, "tried");
    let cases = tried.0.get();
    bad.is_at_least(30, cases, "not green");
    many.is_at_least(5, cases, "several reasons");
    ending.is_at_least(25, cases, "with an end");
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
    reason_ends.is_at_least(40, cases, "reasons that end");
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

/// Whether the world has nothing on which the evaluator does not yet say what the documentation says.
///
/// That is: a fact that would clear or prevent itself; a risk asked for by anything but the fact that holds; a lapse of
/// periods; days counted after the end of an open period's rule; a rule that one fact makes hold in two ways and that
/// another follows; the facts named by a part that is false; the time of day of a period with an end.
fn settled(s: &Scenario) -> bool {
    let timed_period = |fact: &Fact| fact.until().is_some() && fact.at().has_time();
    let rules = &s.ruleset.rules;
    let conditions = rules.iter().map(|rule| &rule.when).chain(&s.ruleset.issued_when);
    !s.world.facts.iter().any(timed_period)
        && conditions.into_iter().all(|when| is_settled(when, rules, false))
}

fn is_settled(when: &Condition, rules: &[Rule], within_any: bool) -> bool {
    match when {
        Condition::Fact(c) => {
            let other = |p: &Pattern| p.risk.is_none() && !p.words.meets(c.pattern.words);
            c.unless_during.iter().all(other) && facts_of(&c.cleared_by).into_iter().all(other)
        }
        Condition::Lapse(c) => c.pattern.risk.is_none() && !c.pattern.words.meets(periods()),
        Condition::Follows(c) => {
            let former = &rules[c.rule].when;
            let words = words_of(former, rules);
            let other = |p: &Pattern| p.risk.is_none() && !p.words.meets(words);
            !matches!(former, Condition::Any(_))
                && !words.meets(periods())
                && facts_of(&c.cleared_by).into_iter().all(other)
        }
        Condition::Any(parts) => parts.iter().all(|part| is_settled(part, rules, true)),
        Condition::All(parts) => !within_any && parts.iter().all(|part| is_settled(part, rules, within_any)),
        Condition::Not(part) => is_settled(part, rules, true),
    }
}

/// The words of the facts that a condition holds by.
fn words_of(when: &Condition, rules: &[Rule]) -> WordSet {
    match when {
        Condition::Fact(c) => c.pattern.words,
        Condition::Follows(c) => words_of(&rules[c.rule].when, rules),
        Condition::Any(parts) => {
            parts.iter().fold(WordSet::EMPTY, |all, part| all.with(words_of(part, rules)))
        }
        Condition::Lapse(_) | Condition::All(_) | Condition::Not(_) => WordSet::EMPTY,
    }
}

fn facts_of(clearances: &[Clearance]) -> Vec<&Pattern> {
    let mut facts = Vec::new();
    for clearance in clearances {
        match clearance {
            Clearance::Fact { pattern, .. } => facts.push(pattern),
            Clearance::All(parts) => facts.extend(facts_of(parts)),
            Clearance::After { .. } | Clearance::Negatives { .. } | Clearance::Checkins { .. } => {}
        }
    }
    facts
}

fn periods() -> WordSet {
    let periods = [Kind::Stay, Kind::Screening, Kind::Isolation, Kind::ForeignStatus];
    periods.into_iter().fold(WordSet::EMPTY, |all, kind| all.with(WordSet::of_kind(kind)))
}
