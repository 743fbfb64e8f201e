//! Which rules are in force where on a day, compiled.

use std::collections::BTreeMap;

use mingma_domain::time::Day;
use mingma_domain::{Region, RiskMap, Ruleset};

use super::Law;
use crate::columns::Census;
use crate::error::Refusal;
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
