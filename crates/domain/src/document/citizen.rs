//! The citizen's number of 18 characters: on the resident ID, and on the residence permit that gives one to people
//! from Hong Kong, Macau and Taiwan.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::number::{self, Number, Place, check_form, digits, is_mainland_province, mod_11_2_fits};
use super::{DocumentError, DocumentKind, Sex};

const FORM: &str = "18 characters: 17 digits, and a last one that may be `X`";
const PLACES: [(Place, usize); 2] = [(Place::Digit, 17), (Place::DigitOrX, 1)];

/// The length of the numbers that were issued before 1999: two digits of the year and no check digit.
const OLD_LENGTH: usize = 15;

/// The place codes of the residence permit: Hong Kong, Macau, Taiwan. The last is none of GB/T 2260.
const SPECIAL_PLACES: [u32; 3] = [810_000, 820_000, 830_000];

/// A citizen's number, checked but for its place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Citizen {
    number: Number,
    birth: Date,
    sex: Sex,
}

impl Citizen {
    fn parse(kind: DocumentKind, text: &str) -> Result<Self, DocumentError> {
        check_form(kind, FORM, text, &PLACES)?;
        let birth = number::birth_date(kind, digits(text, 6, 4), digits(text, 10, 2), digits(text, 12, 2))?;
        if !mod_11_2_fits(text) {
            return Err(DocumentError::CheckDigit { kind });
        }
        Ok(Self { number: Number::new(text), birth, sex: number::sex(digits(text, 14, 3)) })
    }
}

/// The number of a resident identity card: six digits of the place of first registration, eight of the birth date,
/// three of sequence (odd for men), one check digit.
///
/// Of the place only the province is held against the table: numbers keep the county of their time, and counties of
/// the 1980s are not in it.
///
/// # Source
/// GB 11643-1999, 公民身份号码.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResidentId(Citizen);

impl ResidentId {
    /// The 18 characters.
    #[must_use]
    pub fn number(&self) -> &str {
        self.0.number.as_str()
    }

    /// The birth date.
    #[must_use]
    pub const fn birth_date(&self) -> Date {
        self.0.birth
    }

    /// The sex.
    #[must_use]
    pub const fn sex(&self) -> Sex {
        self.0.sex
    }
}

impl FromStr for ResidentId {
    type Err = DocumentError;

    fn from_str(text: &str) -> Result<Self, DocumentError> {
        let kind = DocumentKind::ResidentId;
        if text.len() == OLD_LENGTH && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DocumentError::OldResidentId);
        }
        let citizen = Citizen::parse(kind, text)?;
        if SPECIAL_PLACES.contains(&digits(text, 0, 6)) {
            return Err(DocumentError::OtherKind { is: DocumentKind::HongKongMacauTaiwanResidence });
        }
        if digits(text, 0, 1) == 9 {
            return Err(DocumentError::OtherKind { is: DocumentKind::ForeignPermanentResidence });
        }
        if !is_mainland_province(digits(text, 0, 2)) {
            return Err(DocumentError::Place { kind, allowed: "the two digits of a province, `11` to `65`" });
        }
        Ok(Self(citizen))
    }
}

/// The number of a residence permit for residents of Hong Kong, Macau and Taiwan: a citizen's number whose place is
/// `810000`, `820000` or `830000`.
///
/// # Source
/// 港澳台居民居住证申领发放办法 (State Council, in force since 1 September 2018); GB 11643-1999.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HongKongMacauTaiwanResidence(Citizen);

impl HongKongMacauTaiwanResidence {
    /// The 18 characters.
    #[must_use]
    pub fn number(&self) -> &str {
        self.0.number.as_str()
    }

    /// The birth date.
    #[must_use]
    pub const fn birth_date(&self) -> Date {
        self.0.birth
    }

    /// The sex.
    #[must_use]
    pub const fn sex(&self) -> Sex {
        self.0.sex
    }
}

impl FromStr for HongKongMacauTaiwanResidence {
    type Err = DocumentError;

    fn from_str(text: &str) -> Result<Self, DocumentError> {
        let kind = DocumentKind::HongKongMacauTaiwanResidence;
        let citizen = Citizen::parse(kind, text)?;
        if SPECIAL_PLACES.contains(&digits(text, 0, 6)) {
            Ok(Self(citizen))
        } else {
            Err(DocumentError::Place { kind, allowed: "`810000`, `820000` or `830000`" })
        }
    }
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResidentId(…)")
    }
}

impl fmt::Debug for HongKongMacauTaiwanResidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HongKongMacauTaiwanResidence(…)")
    }
}
