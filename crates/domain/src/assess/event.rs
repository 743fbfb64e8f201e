//! Facts in the shape in which conditions are computed: small, numbered, on the civil days of the ruleset's zone.

use smallvec::SmallVec;

use crate::fact::{Fact, Kind, Value, value::Color};
use crate::region::{Country, Region};
use crate::time::{Day, Moment, Zone};

use super::Record;

/// How many events of a person need no memory of their own; a typical person of 2022 had about ten.
const INLINE_EVENTS: usize = 16;

/// A person's events.
pub(crate) type Events = SmallVec<[Event; INLINE_EVENTS]>;

/// One fact as conditions see it, on the civil days of one zone; what packed columns hold of it.
///
/// It says nothing that its fact does not: [`Event::of`] makes one, and a copy of its fields is the same event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Event {
    /// Which fact of the record it is; steps that are only planned have numbers past its end.
    pub index: u32,
    /// What it says.
    pub value: Value,
    /// The first civil day.
    pub day: Day,
    /// The last civil day; of an open period, the first.
    pub last: Day,
    /// A period that goes on.
    pub open: bool,
    /// Whether the time of day at which it was, or began, is known.
    pub timed: bool,
    /// Seconds since 1970-01-01T00:00:00Z, where `timed` or the fact is a test; else meaningless.
    pub instant: i64,
    /// Where it was, for the kinds that name a region.
    pub region: Option<Region>,
}

impl Event {
    /// The event of a fact, which is the `index`th of its record.
    #[must_use]
    pub fn of(index: usize, fact: &Fact, zone: &Zone) -> Self {
        let day = zone.day(fact.at());
        let until = fact.until().map(|until| zone.day(until));
        let instant = match fact.at() {
            Moment::Instant(at, _) => at.as_second(),
            Moment::Day(day) if fact.kind() == Kind::Test => zone.start_of(day),
            Moment::Day(_) => 0,
        };
        Self {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            value: fact.value(),
            day,
            last: until.unwrap_or(day).max(day),
            open: until.is_none() && fact.kind().is_open_period(),
            timed: fact.at().has_time(),
            instant,
            region: fact.region(),
        }
    }

    /// The country that an entry came from.
    pub(crate) const fn country(&self) -> Option<Country> {
        if let Value::Entry(country) = self.value { Some(country) } else { None }
    }

    /// The number of a dose; 0 of everything else.
    pub(crate) const fn dose(&self) -> u8 {
        if let Value::Vaccination(dose) = self.value { dose.get() } else { 0 }
    }

    /// The day after the last on which it is kept.
    #[must_use]
    pub fn retention_end(&self) -> Day {
        // An open period is counted from its beginning: an order that nobody renews ends too.
        self.last.plus(self.value.kind().spec().retention_days).plus(1)
    }

    /// Another region's colour, for the tests of this module's users.
    pub(crate) const GREEN: Value = Value::ForeignStatus(Color::Green);
}

/// The events that count on a day: what happened by then and has not been taken back by then.
///
/// A fact dated after `today` does not count yet, and a retraction dated after it takes nothing back yet; so the
/// same record assessed as of an earlier day gives what was true then.
pub(crate) fn events(record: &Record<'_>, zone: &Zone, today: Day) -> Events {
    let mut events = Events::new();
    for (index, fact) in record.facts.iter().enumerate() {
        let event = Event::of(index, fact, zone);
        let taken_back =
            || record.retractions.iter().any(|r| zone.day(r.at()) <= today && r.takes_back(fact));
        if event.day <= today && !taken_back() {
            events.push(event);
        }
    }
    events
}
