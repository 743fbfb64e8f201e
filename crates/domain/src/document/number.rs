//! What all numbers share: they are kept out of sight, checked character by character, and covered when shown.

use std::fmt;

use jiff::civil::Date;

use super::{DocumentError, DocumentKind, Sex};
use crate::region::{Level, Region};

/// The first year in which somebody may be born whom a fact can be about.
///
/// Facts begin in 2000, and the longest documented life lasted 122 years: 2000 − 122 = 1878.
const FIRST_BIRTH_YEAR: i16 = 1878;

/// The last year of the calendar of facts, 2100: whether somebody is born yet is asked where there is a clock.
const LAST_BIRTH_YEAR: i16 = 2100;

/// Numbers from this length on show their first three and last four characters when covered, shorter ones fewer:
/// of 18, eleven stay covered, of 9, six.
const LONG: usize = 18;

/// The characters of a number, which `Debug` does not show.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Number(Box<str>);

impl Number {
    /// Keeps a text whose form has been checked.
    pub(super) fn new(checked: &str) -> Self {
        Self(checked.into())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What may stand at one place of a number.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Digit,
    Letter,
    LetterOrDigit,
    /// A check digit of MOD 11-2, whose ten is an `X`.
    DigitOrX,
    /// The one character that all numbers of the kind have there.
    Only(char, &'static str),
    /// Hong Kong or Macau.
    HorM,
}

impl Place {
    const fn takes(self, c: char) -> bool {
        match self {
            Self::Digit => c.is_ascii_digit(),
            Self::Letter => c.is_ascii_uppercase(),
            Self::LetterOrDigit => c.is_ascii_uppercase() || c.is_ascii_digit(),
            Self::DigitOrX => c.is_ascii_digit() || c == 'X',
            Self::Only(only, _) => c == only,
            Self::HorM => c == 'H' || c == 'M',
        }
    }

    const fn allowed(self) -> &'static str {
        match self {
            Self::Digit => "a digit",
            Self::Letter => "a capital letter",
            Self::LetterOrDigit => "a capital letter or a digit",
            Self::DigitOrX => "a digit or `X`",
            Self::Only(_, what) => what,
            Self::HorM => "`H` or `M`",
        }
    }
}

/// Holds every character of `number` against what `places` allows: runs of a kind of place and their length.
///
/// # Errors
/// [`DocumentError::Length`] first, so that no character is reported at a place that does not exist; then
/// [`DocumentError::SmallLetter`] or [`DocumentError::Character`] for the first that does not fit.
pub(super) fn check_form(
    kind: DocumentKind,
    form: &'static str,
    number: &str,
    places: &[(Place, usize)],
) -> Result<(), DocumentError> {
    let found = number.chars().count();
    if found != places.iter().map(|(_, run)| run).sum() {
        return Err(DocumentError::Length { kind, form, found });
    }
    let each = places.iter().flat_map(|(place, run)| std::iter::repeat_n(*place, *run));
    for ((c, place), position) in number.chars().zip(each).zip(1..) {
        if place.takes(c.to_ascii_uppercase()) && c.is_ascii_lowercase() {
            return Err(DocumentError::SmallLetter { kind, position });
        }
        if !place.takes(c) {
            return Err(DocumentError::Character { kind, position, allowed: place.allowed() });
        }
    }
    Ok(())
}

/// The `length` digits from place `from` (the first is 0) as a number; the form has been checked.
pub(super) fn digits(number: &str, from: usize, length: usize) -> u32 {
    let run = number.chars().skip(from).take(length);
    run.fold(0, |sum, c| sum * 10 + c.to_digit(10).unwrap_or(0))
}

/// The birth date of these digits.
///
/// # Errors
/// [`DocumentError::NoSuchDay`] off the calendar, [`DocumentError::BirthYear`] outside 1878…2100.
pub(super) fn birth_date(kind: DocumentKind, year: u32, month: u32, day: u32) -> Result<Date, DocumentError> {
    let date = i16::try_from(year).ok().zip(i8::try_from(month).ok()).zip(i8::try_from(day).ok());
    let date = date.and_then(|((year, month), day)| Date::new(year, month, day).ok());
    let date = date.ok_or(DocumentError::NoSuchDay { kind })?;
    check_birth_year(kind, date)?;
    Ok(date)
}

/// Whether somebody whom a fact can be about may be born that day.
pub(super) fn check_birth_year(kind: DocumentKind, date: Date) -> Result<(), DocumentError> {
    if (FIRST_BIRTH_YEAR..=LAST_BIRTH_YEAR).contains(&date.year()) {
        Ok(())
    } else {
        Err(DocumentError::BirthYear { kind })
    }
}

/// The sex that the parity of a sequence number gives.
pub(super) const fn sex(sequence: u32) -> Sex {
    if sequence.is_multiple_of(2) { Sex::Female } else { Sex::Male }
}

/// Whether two digits begin the codes of a province that issues documents: not `71`, `81` and `82`.
pub(super) fn is_mainland_province(two: u32) -> bool {
    let province: Result<Region, _> = format!("{two}0000").parse();
    province.is_ok_and(|region| region.level() == Level::Province) && two < 71
}

/// Whether a number ends with the check digit of ISO 7064 MOD 11-2 over all before it; `X` is ten.
///
/// It finds every single wrong digit and every two neighbours that are swapped.
///
/// # Source
/// ISO 7064, pure system, modulus 11, radix 2; GB 11643-1999 prescribes it.
pub(super) fn mod_11_2_fits(number: &str) -> bool {
    let sum = number.chars().fold(0, |sum, c| sum * 2 % 11 + c.to_digit(10).unwrap_or(10));
    sum % 11 == 1
}

/// Shows a number with its middle covered.
pub(super) fn cover(f: &mut fmt::Formatter<'_>, number: &str) -> fmt::Result {
    let length = number.chars().count();
    let (head, tail) = match length {
        LONG.. => (3, 4),
        8..LONG => (1, 2),
        _ => (0, 1),
    };
    for (at, c) in number.chars().enumerate() {
        write!(f, "{}", if at < head || at + tail >= length && length > tail { c } else { '*' })?;
    }
    Ok(())
}
