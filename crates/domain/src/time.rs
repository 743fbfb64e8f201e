//! Civil days, instants, and the one function that turns an instant into a day.
//!
//! Rules speak of civil days («14 days after the last contact»), laboratories of instants («sampled at 09:40»).
//! [`Day`] and [`Moment`] keep the two apart; [`Zone::day_of`] is the only bridge, and it needs a region's time
//! zone. Nothing here reads a clock.

mod moment;
mod zone;

pub use moment::Moment;
pub use zone::Zone;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Serialize, Serializer};

const SECONDS_A_DAY: i64 = 86_400;

/// A civil day of the proleptic Gregorian calendar, printed as `2022-06-13`.
///
/// Held as the count of days since 1970-01-01, so that a rule's arithmetic is an addition. Facts and rulesets
/// may name the days from [`Day::FIRST`] to [`Day::LAST`], both included; a sum may lie later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(i32);

impl Day {
    /// The first day that a fact or a ruleset may name: 2000-01-01.
    pub const FIRST: Self = Self(10_957);
    /// The last day that a fact or a ruleset may name: 2100-12-31.
    pub const LAST: Self = Self(47_846);
    /// Later than every day that anything can name; «never» in comparisons.
    pub(crate) const NEVER: Self = Self(i32::MAX);
    /// The day of a calendar date.
    ///
    /// # Errors
    /// [`TimeError::OutOfCalendar`] outside 2000-01-01…2100-12-31.
    pub fn from_date(date: Date) -> Result<Self, TimeError> {
        let midnight = Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).map_err(|_| TimeError::OutOfCalendar)?;
        let day = Self::from_epoch_seconds(midnight.as_second());
        if (Self::FIRST..=Self::LAST).contains(&day) { Ok(day) } else { Err(TimeError::OutOfCalendar) }
    }

    /// The day `days` later; «never» stays itself.
    #[must_use]
    pub const fn plus(self, days: u16) -> Self {
        Self(self.0.saturating_add(days as i32))
    }

    /// The day `days` earlier.
    #[must_use]
    pub const fn minus(self, days: u16) -> Self {
        if self.0 == Self::NEVER.0 { self } else { Self(self.0.saturating_sub(days as i32)) }
    }

    /// How many days lie from `earlier` to this day; negative if this day comes first.
    #[must_use]
    pub const fn days_since(self, earlier: Self) -> i32 {
        self.0.saturating_sub(earlier.0)
    }

    /// The calendar date of this day; `None` for a sum that has left the calendar.
    #[must_use]
    pub fn date(self) -> Option<Date> {
        let second = i64::from(self.0).checked_mul(SECONDS_A_DAY)?;
        Timestamp::from_second(second).ok().map(|t| Offset::UTC.to_datetime(t).date())
    }

    /// The days since 1970-01-01; what packed columns hold.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The day with this count of days since 1970-01-01.
    ///
    /// # Errors
    /// [`TimeError::OutOfCalendar`] outside 2000-01-01…2100-12-31.
    pub fn from_number(number: i32) -> Result<Self, TimeError> {
        let day = Self(number);
        if (Self::FIRST..=Self::LAST).contains(&day) { Ok(day) } else { Err(TimeError::OutOfCalendar) }
    }

    fn from_epoch_seconds(seconds: i64) -> Self {
        i32::try_from(seconds.div_euclid(SECONDS_A_DAY)).map_or(Self::NEVER, Self)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.date() {
            Some(date) => write!(f, "{date}"),
            None => f.write_str("never"),
        }
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Day {
    type Err = TimeError;

    /// Reads `YYYY-MM-DD` and nothing else: no blanks, no other separators, no week or ordinal dates.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let (year, month, day) = match text.as_bytes() {
            [y @ .., b'-', m1, m2, b'-', d1, d2] if y.len() == 4 => {
                (number(y), number(&[*m1, *m2]), number(&[*d1, *d2]))
            }
            _ => return Err(TimeError::NotADay { word: shorten(text) }),
        };
        let (Some(year), Some(month), Some(day)) = (year, month, day) else {
            return Err(TimeError::NotADay { word: shorten(text) });
        };
        let small = |n: i16| i8::try_from(n).unwrap_or(i8::MAX);
        let date = Date::new(year, small(month), small(day))
            .map_err(|_| TimeError::NoSuchDay { word: shorten(text) })?;
        Self::from_date(date)
    }
}

fn number(digits: &[u8]) -> Option<i16> {
    digits.iter().try_fold(0_i16, |n, d| d.is_ascii_digit().then(|| n * 10 + i16::from(d - b'0')))
}

/// Why a text is no day, moment or zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not of the form `YYYY-MM-DD`.
    #[error("`{word}` is not a day: write it as `2022-06-13`")]
    NotADay {
        /// What stood there.
        word: String,
    },
    /// Of the right form, but no such day exists.
    #[error("`{word}` does not exist in the calendar")]
    NoSuchDay {
        /// What stood there.
        word: String,
    },
    /// Neither a day nor an RFC 3339 instant.
    #[error(
        "`{word}` is not a moment: write a day as `2022-06-13` or an instant as `2022-06-13T09:40:00+08:00`"
    )]
    NotAMoment {
        /// What stood there.
        word: String,
    },
    /// Before 2000-01-01 or after 2100-12-31.
    #[error("the day lies outside 2000-01-01…2100-12-31")]
    OutOfCalendar,
    /// Not an IANA zone.
    #[error("`{word}` is not a time zone: write an IANA name such as `Asia/Shanghai`")]
    UnknownZone {
        /// What stood there.
        word: String,
    },
}

/// The longest part of a user's word that an error repeats: enough to find it, too little to flood a terminal.
const WORD_SHOWN_CHARS: usize = 40;

/// A user's word as an error may repeat it: control characters escaped, at most [`WORD_SHOWN_CHARS`] characters.
pub(crate) fn shorten(word: &str) -> String {
    let mut shown: String = word
        .chars()
        .take(WORD_SHOWN_CHARS)
        .flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] })
        .collect();
    if word.chars().nth(WORD_SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_prints_as_it_was_read() {
        for text in ["2000-01-01", "2020-02-29", "2022-06-13", "2100-12-31"] {
            assert_eq!(day(text).to_string(), text);
        }
        assert_eq!((Day::FIRST, Day::LAST), (day("2000-01-01"), day("2100-12-31")));
    }

    #[test]
    fn days_that_do_not_exist_or_lie_outside_are_refused() {
        for (text, part) in [
            ("2021-02-29", "does not exist"),
            ("2022-13-01", "does not exist"),
            ("2022-6-13", "not a day"),
            ("2022/06/13", "not a day"),
            ("", "not a day"),
            ("二〇二二", "not a"),
            ("1999-12-31", "outside"),
            ("2101-01-01", "outside"),
        ] {
            let error = text.parse::<Moment>().unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
