//! Why a status is another with a day: by the day alone, or by what was published ahead for it.

use mingma_domain::RiskMap;
use mingma_domain::assess::Event;
use mingma_domain::assess::judge::Judge;
use mingma_domain::risk::RegionRisk;
use mingma_domain::time::Day;

use super::{Cause, Law};
use crate::columns::Census;
use crate::job::Change;
use crate::outcomes::{NO_RULES, code};

/// What takes effect with a day by a law.
pub(super) struct Ahead<'l> {
    law: &'l dyn Law,
    before: Day,
    day: Day,
    /// Each act by which a region has a risk from this day on, and the risk that there would be without it and those after it.
    risks: Vec<(u64, RiskMap)>,
}

impl<'l> Ahead<'l> {
    pub(super) fn of(law: &'l dyn Law, (before, day): (Day, Day)) -> Self {
        let acts = law.risk_acts();
        let begins = acts.iter().filter(|(_, act)| act.from == day);
        let without = |number: u64| {
            let stays = acts.iter().filter(|(of, act)| act.from != day || *of < number);
            RiskMap::new(&stays.map(|(_, act)| *act).collect::<Vec<RegionRisk>>())
        };
        Self { law, before, day, risks: begins.map(|(number, _)| (*number, without(*number))).collect() }
    }

    /// What made a status another with the day: the rules that came into force with it if by those before it would not be so, else the last
    /// act without which it would not, else the day.
    pub(super) fn cause(&self, census: &Census, change: Change) -> Cause {
        let home = census.home_of(change.number);
        let of = |day| home.and_then(|home| self.law.rules(home, day));
        let begins = home.and_then(|home| self.law.begins(home, self.day));
        if begins.is_none() && self.risks.is_empty() {
            return Cause::Turn(self.day);
        }
        let mut events = Vec::new();
        census.events(change.number, self.day, &mut events);
        let is_so = |judge: Option<Judge<'_>>| self.judged(judge, &events) == change.to;
        if let Some(number) = begins
            && !is_so(of(self.before).map(|rules| Judge::new(rules, self.law.risk())))
        {
            return Cause::Rule(number);
        }
        let mut risks = self.risks.iter().rev();
        let last = risks.find(|(_, risk)| !is_so(of(self.day).map(|rules| Judge::new(rules, risk))));
        last.map_or(Cause::Turn(self.day), |(number, _)| Cause::Risk(*number))
    }

    fn judged(&self, judge: Option<Judge<'_>>, events: &[Event]) -> u8 {
        judge.map_or(NO_RULES, |judge| code(judge.outcome(events, self.day).0))
    }
}
