//! Dates in other people's styles, each declared in the map; never guessed.

use jiff::civil::{Date, date};
use jiff::fmt::strtime;

/// The styles of a source's dates, such as `%Y-%m-%d` and `%m/%d/%Y`.
#[derive(Clone, Debug)]
pub(super) struct Styles(Vec<String>);

/// Why a cell is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum DateFault {
    /// None of the styles reads it.
    #[error("this is no date in any of the styles `{styles}`")]
    NoStyle {
        /// The styles.
        styles: String,
    },
    /// Two styles read it differently.
    #[error("this is {one} in one of the styles and {other} in another: declare one of them only")]
    Ambiguous {
        /// One reading.
        one: Date,
        /// Another.
        other: Date,
    },
}

/// `%Y` reads `20` as the year 20, but who writes two digits means another: a year has four.
const FIRST_YEAR: i16 = 1_000;

impl Styles {
    /// These styles.
    ///
    /// # Errors
    /// The place in the list and the reason, for the first that does not make a whole date.
    pub(super) fn new(styles: Vec<String>) -> Result<Self, (usize, String)> {
        // A day whose parts are all different shows which of them a style loses.
        let probe = date(2003, 4, 25);
        for (number, style) in styles.iter().enumerate() {
            let written = strtime::format(style, probe).map_err(|error| (number, error.to_string()))?;
            if Date::strptime(style, &written).ok() != Some(probe) {
                return Err((number, format!("`{style}` does not make a whole date")));
            }
        }
        Ok(Self(styles))
    }

    /// No style, which reads nothing.
    pub(super) const fn none() -> Self {
        Self(Vec::new())
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The date that a cell names.
    ///
    /// # Errors
    /// [`DateFault`] if no style reads it, or two differ.
    pub(super) fn read(&self, word: &str) -> Result<Date, DateFault> {
        let mut found = None;
        let read = |style| Date::strptime(style, word).ok().filter(|date| date.year() >= FIRST_YEAR);
        for date in self.0.iter().filter_map(read) {
            match found {
                Some(one) if one != date => return Err(DateFault::Ambiguous { one, other: date }),
                Some(_) | None => found = Some(date),
            }
        }
        found.ok_or_else(|| DateFault::NoStyle { styles: self.0.join("`, `") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn styles(styles: &[&str]) -> Result<Styles, (usize, String)> {
        Styles::new(styles.iter().map(|style| (*style).to_owned()).collect())
    }

    #[test]
    fn dates_are_read_in_the_declared_styles_only() {
        let both = styles(&["%Y-%m-%d", "%m/%d/%Y"]).unwrap();
        for (word, day) in [
            ("2020-01-23", "2020-01-23"),
            ("1/22/2020", "2020-01-22"),
            ("01/05/2020", "2020-01-05"),
            ("2/29/2020", "2020-02-29"),
        ] {
            assert_eq!(both.read(word).unwrap().to_string(), day, "{word}");
        }
        for word in ["", "22/1/2020", "2/29/2021", "2020/01/23", "23.1.2020", "2020-01-23x", "1/22/20"] {
            assert!(matches!(both.read(word), Err(DateFault::NoStyle { .. })), "{word}");
        }
    }

    #[test]
    fn a_date_that_two_styles_read_differently_is_refused() {
        let both = styles(&["%m/%d/%Y", "%d/%m/%Y"]).unwrap();
        assert_eq!(both.read("13/1/2020").unwrap().to_string(), "2020-01-13");
        assert_eq!(both.read("3/3/2020").unwrap().to_string(), "2020-03-03");
        assert!(matches!(both.read("2/1/2020"), Err(DateFault::Ambiguous { .. })));
    }

    #[test]
    fn a_style_makes_a_whole_date() {
        for style in ["%Y-%m", "%d/%m", "today", "%q", ""] {
            assert_eq!(styles(&["%Y-%m-%d", style]).unwrap_err().0, 1, "{style}");
        }
        for style in ["%d %b %Y", "%d.%m.%y", "%Y年%m月%d日", "%F"] {
            assert!(styles(&[style]).is_ok(), "{style}");
        }
    }
}
