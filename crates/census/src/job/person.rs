//! Job C: one person's facts and status.

use mingma_domain::assess::{Event, Outcome, Status};
use mingma_domain::time::Day;

use crate::columns::{Census, Number};
use crate::program::Program;

/// What is recorded about a person, and what it amounts to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonStatus {
    /// What counts on that day, the stay at home first; a reason names them by their place.
    pub events: Vec<Event>,
    /// The status, as `mingma_domain::assess` gives it.
    pub status: Status,
}

impl Census {
    /// A person's facts and full status under a program; `None` if nobody has the number.
    #[must_use]
    pub fn status(&self, program: &Program<'_>, number: Number) -> Option<PersonStatus> {
        self.status_on(program, number, program.today)
    }

    /// The same on a day to come, by what is known now.
    pub(crate) fn status_on(&self, program: &Program<'_>, number: Number, on: Day) -> Option<PersonStatus> {
        self.home(number)?;
        let mut events = Vec::new();
        self.events(number, on, &mut events);
        let status = program.judge().status(&events, on);
        Some(PersonStatus { events, status })
    }

    /// A person's facts and outcome under a program: `events` is filled anew, and the first later day on which the
    /// outcome might be another is given too. `None` if nobody has the number.
    pub fn outcome(
        &self,
        program: &Program<'_>,
        number: Number,
        events: &mut Vec<Event>,
    ) -> Option<(Outcome, Day)> {
        self.home(number)?;
        events.clear();
        self.events(number, program.today, events);
        Some(program.judge().outcome(events, program.today))
    }
}
