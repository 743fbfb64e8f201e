//! The evaluator over events that were made beforehand: what a census of many persons needs of it.
//!
//! [`super::assess`] makes a person's events from facts and judges them; whoever keeps the events of a million persons
//! packed asks here instead, about all of a person's events or about one of them, and gets the same answers from the
//! same code. Nothing here decides which events count: that is the asker's duty, as [`Judge::status`] says.

use super::event::Event;
use super::run::View;
use super::{Outcome, Status, status};
use crate::risk::RiskMap;
use crate::ruleset::{Condition, Pattern, Ruleset};
use crate::time::Day;

/// A ruleset and the regions' risk, ready to judge events.
#[derive(Clone, Copy, Debug)]
pub struct Judge<'a> {
    ruleset: &'a Ruleset,
    risk: &'a RiskMap,
}

impl<'a> Judge<'a> {
    /// The judge of this ruleset under this risk.
    #[must_use]
    pub const fn new(ruleset: &'a Ruleset, risk: &'a RiskMap) -> Self {
        Self { ruleset, risk }
    }

    /// The status on a day of a person with exactly these events.
    ///
    /// The events must be those of the ruleset's zone whose day is not after `today`, without those that were taken
    /// back by then; it is then the status that [`super::assess`] gives. Their order does not matter; each has an
    /// [`Event::index`] of its own, by which a reason names it.
    #[must_use]
    pub fn status(&self, events: &[Event], today: Day) -> Status {
        status(self.ruleset, &self.view(events), today)
    }

    /// The outcome alone, with the first later day on which it might be another: cheaper than the status.
    #[must_use]
    pub fn outcome(&self, events: &[Event], today: Day) -> (Outcome, Day) {
        self.view(events).outcome(self.ruleset, today)
    }

    /// The first later day on which the outcome is another; none if it never is. [`Status::until`] without the reasons.
    #[must_use]
    pub fn until(&self, events: &[Event], today: Day) -> Option<Day> {
        self.view(events).lasts(self.ruleset, today).1
    }

    /// Whether a condition of the ruleset, or a part of one, holds on a day of a person with exactly these events.
    #[must_use]
    pub fn holds(&self, condition: &Condition, events: &[Event], today: Day) -> bool {
        self.view(events).truth(condition, today).holds
    }

    /// The first and the last day of an event that a pattern means; `None` if it does not mean the event.
    #[must_use]
    pub fn means(&self, pattern: &Pattern, event: &Event) -> Option<(Day, Day)> {
        self.view(&[]).matches(pattern, event)
    }

    fn view<'b>(&self, events: &'b [Event]) -> View<'b>
    where
        'a: 'b,
    {
        View::of(events, self.risk, &self.ruleset.rules, true)
    }
}
