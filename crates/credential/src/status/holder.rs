//! What a human at a gate compares with the person: initials and a birthday without its year.

use std::fmt;

use serde::{Serialize, Serializer};

use super::StatusError;
use crate::limits::MAX_INITIALS_BYTES;

/// One to [`MAX_INITIALS_BYTES`] bytes of text without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Initials(String);

/// A day of the year as four digits, month and day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Birthday {
    month: u8,
    day: u8,
}

impl Initials {
    /// Reads initials.
    ///
    /// # Errors
    /// [`StatusError::Initials`].
    pub fn parse(text: &str) -> Result<Self, StatusError> {
        let fits = (1..=MAX_INITIALS_BYTES).contains(&text.len());
        if fits && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(StatusError::Initials)
        }
    }

    /// The initials as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Birthday {
    /// Reads four digits, month and day; 29 February is one.
    ///
    /// # Errors
    /// [`StatusError::Birthday`].
    pub fn parse(text: &str) -> Result<Self, StatusError> {
        let [a, b, c, d] = text.as_bytes() else { return Err(StatusError::Birthday) };
        let digits = [a, b, c, d].map(|byte| byte.is_ascii_digit().then(|| byte - b'0'));
        let [Some(a), Some(b), Some(c), Some(d)] = digits else { return Err(StatusError::Birthday) };
        Self::new(a * 10 + b, c * 10 + d)
    }

    /// The day of this month and day.
    ///
    /// # Errors
    /// [`StatusError::Birthday`] if no year has it.
    pub fn new(month: u8, day: u8) -> Result<Self, StatusError> {
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 => 29,
            _ => 0,
        };
        if (1..=days).contains(&day) { Ok(Self { month, day }) } else { Err(StatusError::Birthday) }
    }
}

impl fmt::Display for Birthday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}{:02}", self.month, self.day)
    }
}

impl Serialize for Birthday {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birthday_is_a_day_that_some_year_has() {
        for text in ["0101", "0229", "0430", "1231"] {
            assert_eq!(Birthday::parse(text).unwrap().to_string(), text);
        }
        for text in ["0230", "0431", "1301", "0001", "0100", "101", "01011", "01a1", "０１０１"] {
            assert_eq!(Birthday::parse(text), Err(StatusError::Birthday), "{text}");
        }
    }
}
