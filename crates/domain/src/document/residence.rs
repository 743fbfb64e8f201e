//! The permanent residence card of foreigners, in its form before and since December 2023.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::number::{self, Number, Place, check_form, digits, is_mainland_province, mod_11_2_fits};
use super::{DocumentError, DocumentKind, Sex};

const KIND: DocumentKind = DocumentKind::ForeignPermanentResidence;
const FORM: &str =
    "15 characters (three letters and 12 digits) or 18 (a `9`, 16 digits, and a last one that may be `X`)";
const PLACES_2017: [(Place, usize); 2] = [(Place::Letter, 3), (Place::Digit, 12)];
const PLACES_2023: [(Place, usize); 3] =
    [(Place::Only('9', "`9`"), 1), (Place::Digit, 16), (Place::DigitOrX, 1)];

/// The number of a foreigner's permanent residence card, in either form.
///
/// - 15 characters: three letters of the nationality, four digits of the place of issue, six of the birth date
///   without its century, one of sequence, one check digit.
/// - 18 characters: `9`, two digits of the province of issue, three of the nationality (ISO 3166-1 numeric), eight
///   of the birth date, three of sequence (odd for men), one check digit.
///
/// The nationality is not held against a table: it is guarded by the check digit, and people without one have codes
/// of their own.
///
/// # Source
/// National Immigration Administration, rules for the card of 1 December 2023 (check digit MOD 11-2, as GB 11643);
/// the older card's check digit has the weights 7, 3, 1 of ICAO Doc 9303.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForeignPermanentResidence {
    number: Number,
    known: Option<(Date, Sex)>,
}

impl ForeignPermanentResidence {
    /// The 15 or 18 characters.
    #[must_use]
    pub fn number(&self) -> &str {
        self.number.as_str()
    }

    /// The birth date; the older form has no century and gives none.
    #[must_use]
    pub fn birth_date(&self) -> Option<Date> {
        self.known.map(|(birth, _)| birth)
    }

    /// The sex; the older form gives none.
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        self.known.map(|(_, sex)| sex)
    }
}

impl FromStr for ForeignPermanentResidence {
    type Err = DocumentError;

    fn from_str(text: &str) -> Result<Self, DocumentError> {
        let known = if text.chars().count() == 15 { of_2017(text)? } else { of_2023(text)? };
        Ok(Self { number: Number::new(text), known })
    }
}

fn of_2017(text: &str) -> Result<Option<(Date, Sex)>, DocumentError> {
    check_form(KIND, FORM, text, &PLACES_2017)?;
    let (year, month, day) = (digits(text, 7, 2), digits(text, 9, 2), digits(text, 11, 2));
    // The century is unknown: a day is real if it is real in one of the two.
    number::birth_date(KIND, 1900 + year, month, day)
        .or_else(|_| number::birth_date(KIND, 2000 + year, month, day))?;
    if !weights_7_3_1_fit(text) {
        return Err(DocumentError::CheckDigit { kind: KIND });
    }
    if !is_mainland_province(digits(text, 3, 2)) {
        return Err(DocumentError::Place {
            kind: KIND,
            allowed: "three letters and then the digits of a province",
        });
    }
    Ok(None)
}

fn of_2023(text: &str) -> Result<Option<(Date, Sex)>, DocumentError> {
    check_form(KIND, FORM, text, &PLACES_2023)?;
    let birth = number::birth_date(KIND, digits(text, 6, 4), digits(text, 10, 2), digits(text, 12, 2))?;
    if !mod_11_2_fits(text) {
        return Err(DocumentError::CheckDigit { kind: KIND });
    }
    if !is_mainland_province(digits(text, 1, 2)) {
        return Err(DocumentError::Place {
            kind: KIND,
            allowed: "`9` and then the two digits of a province",
        });
    }
    Ok(Some((birth, number::sex(digits(text, 14, 3)))))
}

/// Whether the last digit is the sum of the others with the weights 7, 3, 1 in turn, modulo ten; `A` counts 10.
///
/// # Source
/// ICAO Doc 9303 part 3, 4.9.
fn weights_7_3_1_fit(text: &str) -> bool {
    let values = text.chars().map(|c| c.to_digit(36).unwrap_or(0));
    let sum: u32 =
        values.take(14).zip([7, 3, 1].into_iter().cycle()).map(|(value, weight)| value * weight).sum();
    sum % 10 == digits(text, 14, 1)
}

impl fmt::Debug for ForeignPermanentResidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ForeignPermanentResidence(…)")
    }
}
