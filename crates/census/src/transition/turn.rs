//! The turn of the day: where it is known whose day comes when, nobody else is asked for.
//!
//! Whose day comes when is planned aside, by a look, because it is more work than many turns, and holds until an act makes
//! another law, until everybody had to be asked for, or until numbers are others. Without a plan the turn asks for everybody, and tells the same.

use std::sync::Arc;

use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::assess::judge::Judge;
use mingma_domain::time::Day;

use super::ahead::Ahead;
use super::{Law, Ledger, Transition};
use crate::columns::Number;
use crate::error::Refusal;
use crate::job::Schedule;
use crate::work::Work;

/// Whose day comes when, by what was known as of a look.
pub struct Plan {
    pub(super) schedule: Schedule,
    /// Of which plan of the ledger it is one, and after how many arrivals.
    pub(super) of: (u64, u64),
}

impl Ledger {
    /// Whether it is known whose day comes when, so that the turn of a day touches nobody else.
    #[must_use]
    pub const fn is_planned(&self) -> bool {
        self.schedule.is_some()
    }

    /// Takes over whose day comes when, by a look at this ledger; what has arrived since is added. A plan that the ledger has
    /// passed meanwhile is left.
    pub fn plan(&mut self, plan: Plan) {
        let Plan { mut schedule, of: (plans, arrivals) } = plan;
        if plans != self.plans || schedule.today() != self.cursor.day {
            return;
        }
        for number in self.living.since(arrivals) {
            if let Some(judge) = judge(&*self.law, self.living.census().home_of(number), self.cursor.day) {
                schedule.again(self.living.census(), &judge, number);
            }
        }
        self.schedule = Some(schedule);
    }

    /// Nobody's day is known any more.
    pub(super) fn plan_anew(&mut self) {
        self.schedule = None;
        self.plans += 1;
    }

    /// A day begins. Where it is known whose day comes when, and the same rules are in force as the day before, nobody else is
    /// asked for, but those who have arrived with it.
    pub(super) fn turn(
        &mut self,
        (day, at): (Day, Timestamp),
        arrived: &[Number],
        work: &Work<'_>,
        told: &mut Vec<Transition>,
    ) -> Result<(), Refusal> {
        let (law, census, before) = (Arc::clone(&self.law), self.living.census(), self.cursor.day);
        let of =
            |home: Option<Region>, day| home.and_then(|home| law.rules(home, day)).map(std::ptr::from_ref);
        let stays = |home| of(home, before) == of(home, day);
        let schedule = self.schedule.take().filter(|_| census.homes().all(|(home, _)| stays(home)));
        let changed = if let Some(mut schedule) = schedule {
            for number in arrived {
                schedule.look_at(*number, day);
            }
            let judges = |home| judge(&*law, home, day);
            let changed = schedule.turn(census, &judges, (&mut self.outcomes, day), work)?;
            self.schedule = Some(schedule);
            changed
        } else {
            self.plan_anew();
            self.everybody_anew(day, work)?
        };
        let ahead = Ahead::of(&*law, (before, day));
        self.tell(changed, (at, &|change| ahead.cause(self.living.census(), *change)), told);
        Ok(())
    }
}

/// Who judges those of a home region on a day; nobody where no rules are in force.
pub(super) fn judge(law: &dyn Law, home: Option<Region>, day: Day) -> Option<Judge<'_>> {
    Some(Judge::new(law.rules(home?, day)?, law.risk()))
}
