//! A look at everybody as of a cursor, while the ledger goes on: who is shown what, and what a law or the turn of a day would
//! change. Columns are shared, not copied, so whoever looks holds nobody up.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use mingma_domain::Region;
use mingma_domain::time::Day;

use super::force::{InForce, Turns};
use super::{Cursor, Law, Plan};
use crate::columns::Census;
use crate::error::Refusal;
use crate::job::ahead::Ahead;
use crate::job::coming::{Coming, coming};
use crate::job::preview::{self, Rules};
use crate::job::reasons::{reasons, reasons_to_come};
use crate::job::stuck::stuck;
use crate::job::{Change, Preview, Schedule, held_longer};
use crate::outcomes::{Counts, Outcomes};
use crate::scan::persons_of;
use crate::work::Work;

/// What everybody was shown as of a cursor.
#[derive(Clone)]
pub struct Look {
    pub(super) census: Census,
    pub(super) law: Arc<dyn Law>,
    pub(super) outcomes: Outcomes,
    pub(super) cursor: Cursor,
    /// Of which plan what is planned here is one, and after how many arrivals.
    pub(super) of: (u64, u64),
}

/// What those of a home region are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Shown {
    /// How many live there.
    pub persons: u64,
    /// How many are shown what; whoever is missing here is under no rules.
    pub counts: Counts,
}

impl Look {
    /// Everybody.
    #[must_use]
    pub const fn census(&self) -> &Census {
        &self.census
    }

    /// As of when.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// What those of each home region are shown.
    #[must_use]
    pub fn shown(&self) -> BTreeMap<Option<Region>, Shown> {
        let mut regions: BTreeMap<Option<Region>, Shown> = BTreeMap::new();
        for home in &self.census.homes {
            let shown = regions.entry(home.region()).or_default();
            for block in home.first_block..home.first_block + home.blocks() {
                let who = persons_of(home, block) & !self.census.later.marks(block).gone;
                shown.persons += u64::from(who.count_ones());
                if let Some(planes) = self.outcomes.blocks.get(block as usize) {
                    shown.counts.add(&planes.counts(who));
                }
            }
        }
        regions.retain(|_, shown| shown.persons > 0);
        regions
    }

    /// What a law would do if it were the one in force from a day on, today or later: everybody compared with what the law in
    /// force gives them on that day, and on every later one by what is known now. Without the reasons, which cost as much as everything
    /// else together.
    ///
    /// # Errors
    /// A [`Refusal`] if the rules do not fit the census; [`Refusal::Cancelled`].
    pub fn foresee(&self, draft: &dyn Law, on: Day, work: &Work<'_>) -> Result<Preview, Refusal> {
        let seen = self.compare(draft, on, work)?;
        Ok(preview::sums(&self.census, &seen.changes, &seen.held, &seen.coming))
    }

    /// The same with the reasons that would be gained and lost, and who would be stuck longest.
    ///
    /// # Errors
    /// As [`Look::foresee`].
    pub fn foresee_with_reasons(
        &self,
        draft: &dyn Law,
        on: Day,
        work: &Work<'_>,
    ) -> Result<Preview, Refusal> {
        let Compared { today, draft, turns, changes, held, coming } = self.compare(draft, on, work)?;
        let mut preview = preview::sums(&self.census, &changes, &held, &coming);
        let rules: (Rules<'_, '_>, Rules<'_, '_>) = (&|home| today.of(home), &|home| draft.of(home));
        preview.reasons = reasons(&self.census, rules, (&changes, &held), work)?;
        let days = turns.ahead([&today, &draft]);
        let ahead: Ahead<'_, '_> = &|home| days.of(home);
        preview.coming_reasons = reasons_to_come(&self.census, ahead, &coming, work)?;
        preview.stuck = stuck(&self.census, (ahead, on), (&changes, &held), work)?;
        Ok(preview)
    }

    /// What the turn to a later day would change of those who live where it is `meant`, if nothing were recorded or published until then; with
    /// the reasons.
    ///
    /// # Errors
    /// As [`Look::foresee`].
    pub fn turned(
        &self,
        day: Day,
        meant: &dyn Fn(Option<Region>) -> bool,
        work: &Work<'_>,
    ) -> Result<Preview, Refusal> {
        let today = InForce::compile(&self.census, &*self.law, self.cursor.day)?;
        let then = InForce::compile(&self.census, &*self.law, day)?;
        let (_, mut changes) = then.everybody(&self.census, &self.outcomes, work)?;
        changes.retain(|change| meant(self.census.home_of(change.number)));
        let mut preview = preview::sums(&self.census, &changes, &[], &[]);
        let rules: (Rules<'_, '_>, Rules<'_, '_>) = (&|home| today.of(home), &|home| then.of(home));
        preview.reasons = reasons(&self.census, rules, (&changes, &[]), work)?;
        Ok(preview)
    }

    /// Whose day comes when, for [`super::Ledger::plan`]: about as much work as thirty full passes, and worth it aside.
    ///
    /// # Errors
    /// As [`Look::foresee`].
    pub fn planned(&self, work: &Work<'_>) -> Result<Plan, Refusal> {
        let in_force = InForce::compile(&self.census, &*self.law, self.cursor.day)?;
        let schedule = Schedule::by(&self.census, &|home| in_force.of(home), self.cursor.day, work)?;
        Ok(Plan { schedule, of: self.of })
    }

    fn compare<'l>(&'l self, draft: &'l dyn Law, on: Day, work: &Work<'_>) -> Result<Compared<'l>, Refusal> {
        let (census, law) = (&self.census, &*self.law);
        let mut today = InForce::compile(census, law, on)?;
        let before = if on == self.cursor.day {
            Cow::Borrowed(&self.outcomes)
        } else {
            Cow::Owned(today.everybody(census, &self.outcomes, work)?.0)
        };
        let mut then = InForce::compile(census, draft, on)?;
        let (after, changes) = then.everybody(census, &before, work)?;
        let turns = Turns::of(census, [law, draft], on);
        today.reach(census, (law, on), turns.rules(0))?;
        then.reach(census, (draft, on), turns.rules(1))?;
        let days = turns.ahead([&today, &then]);
        let rules: (Rules<'_, '_>, Rules<'_, '_>) = (&|home| today.of(home), &|home| then.of(home));
        let held = held_longer(census, rules, (&before, &after), work)?;
        let ahead: Ahead<'_, '_> = &|home| days.of(home);
        let coming = coming(census, (ahead, on), (&before, &after), &held, work)?;
        Ok(Compared { today, draft: then, turns, changes, held, coming })
    }
}

/// What everybody is shown by the law in force and by a draft of it.
struct Compared<'l> {
    today: InForce<'l>,
    draft: InForce<'l>,
    /// Which of them are whose on the days to come.
    turns: Turns<'l>,
    /// Who is shown something else.
    changes: Vec<Change>,
    /// Who is held longer.
    held: Vec<Change>,
    /// Who is shown something stricter on a day to come than on any before.
    coming: Vec<Coming>,
}
