//! Passports, and the travel permits of people from Hong Kong, Macau and Taiwan: numbers that encode nobody's birth.

use std::str::FromStr;

use super::number::{Number, Place, check_form};
use super::{DocumentError, DocumentKind};
use crate::region::Country;

/// The longest number of a passport: what the machine-readable zone has room for.
///
/// # Source
/// ICAO Doc 9303 part 4: positions 1 to 9 of the second line.
const PASSPORT_MAX_LENGTH: usize = 9;

/// The number of a passport and the country that issued it, `DE:C01X00T47` on the wire after the kind.
///
/// One to nine capital letters and digits, as read from the machine-readable zone without its fillers. Its check
/// digit is not part of the number.
///
/// # Source
/// ICAO Doc 9303 part 4; the country is ISO 3166-1 in two letters, where the zone has three.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Passport {
    country: Country,
    number: Number,
}

impl Passport {
    /// The country that issued it.
    #[must_use]
    pub const fn country(&self) -> Country {
        self.country
    }

    /// The number, without the country.
    #[must_use]
    pub fn number(&self) -> &str {
        self.number.as_str()
    }
}

impl FromStr for Passport {
    type Err = DocumentError;

    fn from_str(text: &str) -> Result<Self, DocumentError> {
        let kind = DocumentKind::Passport;
        let (country, number) = text.split_once(':').ok_or(DocumentError::NoCountry)?;
        // The unknown word is dropped here: the number may stand where the country belongs.
        let country = country.parse().map_err(|unknown: crate::region::UnknownCountry| {
            DocumentError::UnknownCountry { nearest: unknown.nearest }
        })?;
        // A number of any other length is held against the longest, and refused with the form.
        let length = number.chars().count().clamp(1, PASSPORT_MAX_LENGTH);
        check_form(kind, "one to nine characters", number, &[(Place::LetterOrDigit, length)])?;
        Ok(Self { country, number: Number::new(number) })
    }
}

/// The number of a mainland travel permit for residents of Hong Kong and Macau: `H` or `M` and eight digits that
/// stay for life; on cards of the design of 1999 two more that count the cards.
///
/// # Source
/// Ministry of Public Security, 10 March 2010, 港澳居民来往内地通行证号码规则; the cards since 2013 have nine characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HongKongMacauPermit(Number);

impl HongKongMacauPermit {
    /// The nine or eleven characters.
    #[must_use]
    pub fn number(&self) -> &str {
        self.0.as_str()
    }

    /// The nine characters that the holder keeps for life: the same on every card of one person.
    #[must_use]
    pub fn for_life(&self) -> &str {
        self.number().get(..9).unwrap_or(self.number())
    }
}

impl FromStr for HongKongMacauPermit {
    type Err = DocumentError;

    fn from_str(text: &str) -> Result<Self, DocumentError> {
        let digits = if text.chars().count() == 11 { 10 } else { 8 };
        let places = [(Place::HorM, 1), (Place::Digit, digits)];
        check_form(DocumentKind::HongKongMacauPermit, "9 or 11 characters", text, &places)?;
        Ok(Self(Number::new(text)))
    }
}

/// The number of a mainland travel permit for residents of Taiwan: eight digits that stay for life.
///
/// # Source
/// The rule of 25 September 2008, one person one number; booklets of before that date ended in 2013.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaiwanPermit(Number);

impl TaiwanPermit {
    /// The eight digits.
    #[must_use]
    pub fn number(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for TaiwanPermit {
    type Err = DocumentError;

    fn from_str(text: &str) -> Result<Self, DocumentError> {
        check_form(DocumentKind::TaiwanPermit, "8 digits", text, &[(Place::Digit, 8)])?;
        Ok(Self(Number::new(text)))
    }
}
