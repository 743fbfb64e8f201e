//! Which rules are in force where on a day, compiled.

use std::collections::{BTreeMap, BTreeSet};

use mingma_domain::time::Day;
use mingma_domain::{Region, RiskMap, Ruleset};

use super::Law;
use crate::columns::Census;
use crate::error::Refusal;
use crate::job::ahead::Span;
use crate::job::{Change, reassess_where, risk_changes_where};
use crate::outcomes::{NO_RULES, Outcomes};
use crate::program::Program;
use crate::work::Work;

/// The rules of a law on a day, compiled, and for whom.
pub(super) struct InForce<'l> {
    programs: Vec<Program<'l>>,
    /// Which of them is whose; none where no rules are in force.
    homes: BTreeMap<Option<Region>, Option<usize>>,
}

impl<'l> InForce<'l> {
    pub(super) fn compile(census: &Census, law: &'l dyn Law, day: Day) -> Result<Self, Refusal> {
        let mut found = Self { programs: Vec::new(), homes: BTreeMap::new() };
        let mut rulesets: Vec<&Ruleset> = Vec::new();
        for (home, _) in census.homes() {
            let Some(rules) = home.and_then(|home| law.rules(home, day)) else {
                found.homes.insert(home, None);
                continue;
            };
            let known = rulesets.iter().position(|known| std::ptr::eq(*known, rules));
            let place = known.unwrap_or(rulesets.len());
            if known.is_none() {
                found.programs.push(Program::compile(census, rules, law.risk(), day)?);
                rulesets.push(rules);
            }
            found.homes.insert(home, Some(place));
        }
        Ok(found)
    }

    pub(super) fn of(&self, home: Option<Region>) -> Option<&Program<'l>> {
        self.programs.get((*self.homes.get(&home)?)?)
    }

    /// Compiles rules of the law that come into force later, too.
    pub(super) fn reach(
        &mut self,
        census: &Census,
        (law, day): (&'l dyn Law, Day),
        rulesets: impl Iterator<Item = &'l Ruleset>,
    ) -> Result<(), Refusal> {
        for rules in rulesets {
            if self.by(rules).is_none() {
                self.programs.push(Program::compile(census, rules, law.risk(), day)?);
            }
        }
        Ok(())
    }

    fn by(&self, rules: &Ruleset) -> Option<&Program<'l>> {
        self.programs.iter().find(|known| std::ptr::eq(known.ruleset(), rules))
    }

    pub(super) fn everybody(
        &self,
        census: &Census,
        before: &Outcomes,
        work: &Work<'_>,
    ) -> Result<(Outcomes, Vec<Change>), Refusal> {
        let mut outcomes = before.clone();
        let mut changed = Vec::new();
        let is_of = |home: &Option<Region>, place| self.homes.get(home) == Some(&place);
        if self.homes.values().any(Option::is_none) {
            for number in census.numbers().filter(|number| is_of(&census.home_of(*number), None)) {
                let from = outcomes.code(number);
                if from != NO_RULES {
                    outcomes.set(number, NO_RULES);
                    changed.push(Change { number, from, to: NO_RULES });
                }
            }
        }
        for (place, program) in self.programs.iter().enumerate() {
            let meant = |home| is_of(&home, Some(place));
            let mut done = reassess_where(census, program, Some(&outcomes), &meant, work)?;
            outcomes = done.outcomes;
            changed.append(&mut done.changes);
        }
        Ok((outcomes, changed))
    }

    /// Who changes when the risk of regions becomes another, in the order of numbers: only those are looked at whom it may touch.
    pub(super) fn under_risk(
        &self,
        census: &Census,
        before: &Outcomes,
        risk: &RiskMap,
    ) -> Result<Vec<Change>, Refusal> {
        let (mut changed, mut of_one) = (Vec::new(), Vec::new());
        for (place, program) in self.programs.iter().enumerate() {
            let meant = |home| self.homes.get(&home) == Some(&Some(place));
            risk_changes_where((census, program, before), risk, &meant, &mut of_one)?;
            changed.append(&mut of_one);
        }
        Ok(changed)
    }
}

/// By which rules each is judged on the days to come, by a law and by a draft of it.
pub(super) struct Turns<'l> {
    courses: Vec<Course<'l>>,
    /// Which of them is whose.
    homes: BTreeMap<Option<Region>, usize>,
}

/// From which day on the rules are others, and which they are by both; none where both have the same.
type Course<'l> = Vec<(Day, Both<'l>)>;
type Both<'l> = [Option<&'l Ruleset>; 2];

impl<'l> Turns<'l> {
    pub(super) fn of(census: &Census, laws: [&'l dyn Law; 2], day: Day) -> Self {
        let [before, after] = laws;
        let same_risk = before.risk().acts() == after.risk().acts();
        let mut compared: Vec<(Both<'l>, bool)> = Vec::new();
        let mut differ = |both: Both<'l>| {
            let known = compared.iter().find(|(known, _)| is(known, &both)).map(|(_, differ)| *differ);
            known.unwrap_or_else(|| {
                let differ = !same_risk || both[0] != both[1];
                compared.push((both, differ));
                differ
            })
        };
        let mut found = Self { courses: Vec::new(), homes: BTreeMap::new() };
        for (home, _) in census.homes() {
            let turns =
                home.into_iter().flat_map(|home| laws.into_iter().flat_map(move |law| law.turns(home)));
            let days: BTreeSet<Day> = turns.filter(|turn| *turn > day).chain([day]).collect();
            let both = |day| laws.map(|law| home.and_then(|home| law.rules(home, day)));
            let mut course: Course<'l> = days.iter().map(|day| (*day, both(*day))).collect();
            for (_, both) in &mut course {
                if !differ(*both) {
                    *both = [None, None];
                }
            }
            course.dedup_by(|next, former| is(&next.1, &former.1));
            let known = |known: &Course<'l>| {
                known.len() == course.len()
                    && known.iter().zip(&course).all(|(a, b)| a.0 == b.0 && is(&a.1, &b.1))
            };
            let place = found.courses.iter().position(known).unwrap_or(found.courses.len());
            if place == found.courses.len() {
                found.courses.push(course);
            }
            found.homes.insert(home, place);
        }
        found
    }

    /// The rules by the law, or by the draft.
    pub(super) fn rules(&self, which: usize) -> impl Iterator<Item = &'l Ruleset> {
        self.courses.iter().flatten().filter_map(move |(_, both)| both.get(which).copied().flatten())
    }

    /// The same compiled.
    pub(super) fn ahead<'r>(&self, [before, after]: [&'r InForce<'l>; 2]) -> DaysAhead<'r, 'l> {
        let span = |(day, [old, new]): &(Day, Both<'l>)| {
            Span::new(*day, old.and_then(|rules| before.by(rules)), new.and_then(|rules| after.by(rules)))
        };
        let courses = self.courses.iter().map(|course| course.iter().map(span).collect()).collect();
        DaysAhead { courses, homes: self.homes.clone() }
    }
}

/// Whether these are the very same rulesets.
fn is(one: &Both<'_>, other: &Both<'_>) -> bool {
    let place = |both: &Both<'_>| both.map(|rules| rules.map(std::ptr::from_ref));
    place(one) == place(other)
}

/// The days to come.
pub(super) struct DaysAhead<'r, 'l> {
    courses: Vec<Vec<Span<'r, 'l>>>,
    homes: BTreeMap<Option<Region>, usize>,
}

impl<'r, 'l> DaysAhead<'r, 'l> {
    pub(super) fn of(&self, home: Option<Region>) -> &[Span<'r, 'l>] {
        self.homes.get(&home).and_then(|place| self.courses.get(*place)).map_or(&[], Vec::as_slice)
    }
}
