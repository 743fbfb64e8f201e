//! When something was: a civil day or an instant, as its writer gave it.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Serialize, Serializer};

use super::{Day, TimeError, number, shorten};

/// When something was: a civil day, or an instant with the offset that its writer used.
///
/// Written `2022-06-13` or in RFC 3339, `2022-06-13T09:40:00+08:00`; each prints back as it was written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Moment {
    /// A civil day without a time of day.
    Day(Day),
    /// An instant, and the offset it was written with (`None` for `Z`).
    Instant(Timestamp, Option<Offset>),
}

impl Moment {
    /// Whether a time of day is known.
    #[must_use]
    pub const fn has_time(self) -> bool {
        matches!(self, Self::Instant(..))
    }

    /// The civil day as it is written, that is, in the offset of its writer. Rules use [`super::Zone::day`] instead.
    #[must_use]
    pub fn written_day(self) -> Day {
        match self {
            Self::Day(day) => day,
            Self::Instant(at, offset) => {
                Day::from_epoch_seconds(at.as_second() + i64::from(offset.unwrap_or(Offset::UTC).seconds()))
            }
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Instant(at, None) => write!(f, "{at}"),
            Self::Instant(at, Some(offset)) => write!(f, "{}", at.display_with_offset(*offset)),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Moment {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        if text.len() <= "2022-06-13".len() {
            return text.parse().map(Self::Day);
        }
        let wrong = || TimeError::NotAMoment { word: shorten(text) };
        // RFC 3339 has `T`, seconds and an offset; the library reads more than that.
        let (date, rest) = text.split_once('T').ok_or_else(wrong)?;
        let _in_calendar: Day = date.parse()?;
        let clock = rest.find(['Z', '+', '-']).and_then(|at| rest.get(..at)).ok_or_else(wrong)?;
        let zone = rest.get(clock.len()..).ok_or_else(wrong)?;
        let whole_clock = clock.len() >= "09:40:00".len()
            && clock.as_bytes().iter().all(|b| b.is_ascii_digit() || b":.".contains(b));
        let offset = if zone == "Z" { None } else { Some(parse_offset(zone).ok_or_else(wrong)?) };
        let at: Timestamp =
            if whole_clock { text.parse().map_err(|_| wrong())? } else { return Err(wrong()) };
        Ok(Self::Instant(at, offset))
    }
}

/// `+08:00` or `-05:30`.
fn parse_offset(zone: &str) -> Option<Offset> {
    let [sign, h1, h2, b':', m1, m2] = zone.as_bytes() else { return None };
    let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
    let seconds = i32::from(hours) * 3_600 + i32::from(minutes) * 60;
    let seconds = match sign {
        b'+' => seconds,
        b'-' => -seconds,
        _ => return None,
    };
    (minutes < 60).then(|| Offset::from_seconds(seconds).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_keeps_the_offset_it_was_written_with() {
        for text in [
            "2022-06-13T09:40:00+08:00",
            "2022-06-13T09:40:00Z",
            "2022-06-13T09:40:00.25+00:00",
            "2022-06-13T09:40:00-05:30",
        ] {
            assert_eq!(text.parse::<Moment>().unwrap().to_string(), text);
        }
        for text in [
            "2022-06-13T09:40:00",
            "2022-06-13 09:40:00Z",
            "2022-06-13T09:40Z",
            "2022-06-13T25:00:00Z",
            "2022-06-13T09:40:00+8",
        ] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
