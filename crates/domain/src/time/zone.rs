//! A region's time zone: the one bridge between instants and civil days.

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{Day, Moment, TimeError, shorten};

/// A region's time zone: what turns an instant into a civil day there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone with this IANA name, from the database that is built into the program.
    ///
    /// # Errors
    /// [`TimeError::UnknownZone`] if the database has no such zone.
    pub fn named(name: &str) -> Result<Self, TimeError> {
        TimeZoneDatabase::bundled()
            .get(name)
            .map(Self)
            .map_err(|_| TimeError::UnknownZone { word: shorten(name) })
    }

    /// The civil day on which this instant falls here.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> Day {
        let local = at.as_second() + i64::from(self.0.to_offset(at).seconds());
        Day::from_epoch_seconds(local)
    }

    /// The civil day of a moment here; a moment without a time of day is on its own day everywhere.
    #[must_use]
    pub fn day(&self, moment: Moment) -> Day {
        match moment {
            Moment::Day(day) => day,
            Moment::Instant(at, _) => self.day_of(at),
        }
    }

    /// The first instant of a civil day here, in seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn start_of(&self, day: Day) -> i64 {
        day.date()
            .and_then(|date| date.to_zoned(self.0.clone()).ok())
            .map_or(i64::MAX, |zoned| zoned.timestamp().as_second())
    }

    /// The last second of a civil day here: the instant to assess «on» that day with all that happened on it.
    ///
    /// # Errors
    /// [`TimeError::OutOfCalendar`] for a day past the calendar's end.
    pub fn end_of(&self, day: Day) -> Result<Timestamp, TimeError> {
        Timestamp::from_second(self.start_of(day.plus(1)).saturating_sub(1))
            .map_err(|_| TimeError::OutOfCalendar)
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn an_instant_falls_on_the_day_of_the_regions_zone() {
        let shanghai = Zone::named("Asia/Shanghai").unwrap();
        let at = |text: &str| shanghai.day(text.parse().unwrap());
        assert_eq!(at("2022-06-12T15:59:59Z"), day("2022-06-12"));
        assert_eq!(at("2022-06-12T16:00:00Z"), day("2022-06-13"));
        assert_eq!(at("2022-06-13"), day("2022-06-13"));
    }

    #[test]
    fn a_day_ends_where_the_next_begins_also_when_clocks_change() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        for text in ["2022-03-27", "2022-10-30", "2022-06-13"] {
            let end = berlin.end_of(day(text)).unwrap();
            assert_eq!(berlin.day_of(end), day(text));
            assert_eq!(end.as_second() + 1, berlin.start_of(day(text).plus(1)));
        }
    }

    #[test]
    fn unknown_zones_are_refused() {
        assert!(Zone::named("Asia/Shangai").is_err());
    }
}
