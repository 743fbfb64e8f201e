//! Countries of ISO 3166-1, as an entry at a border or a passport names them.
//!
//! Apart from [`Region`] on purpose: a passport of Hong Kong is issued under `HK`, while a stay there is a stay in
//! the region `810000`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::table::COUNTRIES;
use super::{CountryRow, Region};
use crate::text::Lang;
use crate::time::shorten;
use crate::words::nearest;

/// A country or territory of ISO 3166-1, `HK`, `MO` and `TW` included; printed as its two letters.
///
/// # Source
/// ISO 3166-1, alpha-2.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
// INVARIANT: less than `Country::COUNT`; every maker below upholds it.
pub struct Country(u16);

impl Country {
    /// How many there are.
    pub const COUNT: usize = COUNTRIES.len();

    /// Every country, in the order of the codes.
    pub fn all() -> impl Iterator<Item = Self> {
        (0_u16..).take(Self::COUNT).map(Self)
    }

    /// The number of this country in this build's table; it is the code that is written down.
    #[must_use]
    pub const fn index(self) -> u16 {
        self.0
    }

    /// The two capital letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().code
    }

    /// The name in simplified Chinese.
    #[must_use]
    pub fn name_zh(self) -> &'static str {
        self.row().zh
    }

    /// The name in English.
    #[must_use]
    pub fn name_en(self) -> &'static str {
        self.row().en
    }

    /// The name to show to a reader of `lang`.
    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        match lang {
            Lang::ZhHans => self.name_zh(),
            Lang::ZhHant => self.row().hant,
            Lang::En => self.name_en(),
        }
    }

    /// The region that it is: of the same code, save that `HK` is `810000`, `MO` `820000` and `TW` `710000`.
    #[must_use]
    pub fn region(self) -> Region {
        Region(self.row().region)
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "INVARIANT: a Country's number is less than the table's length"
    )]
    const fn row(self) -> &'static CountryRow {
        &COUNTRIES[self.0 as usize]
    }
}

/// A word that names no country.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a country: {}", help(*.nearest))]
pub struct UnknownCountry {
    /// What stood there, shortened.
    pub word: String,
    /// The code that was likely meant.
    pub nearest: Option<&'static str>,
}

fn help(near: Option<&'static str>) -> String {
    match near {
        Some(code) => format!("did you mean `{code}`?"),
        None => "write two capital letters of ISO 3166-1, such as `DE`".to_owned(),
    }
}

/// The code for a country's name, or for its letters in lower case; letters that are no code are near nothing.
fn likely(word: &str) -> Option<&'static str> {
    let row = COUNTRIES.iter().find(|row| word.eq_ignore_ascii_case(row.code) || word == row.zh);
    row.or_else(|| {
        if word.len() <= LONGEST_CODE {
            return None;
        }
        let name = nearest(word, COUNTRIES.iter().map(|row| row.en))?;
        COUNTRIES.iter().find(|row| row.en == name)
    })
    .map(|row| row.code)
}

/// Up to three letters are meant as a code, of ISO 3166 or of something else, and are not compared with names.
const LONGEST_CODE: usize = 3;

/// The longest word that is compared with names of countries, in bytes; the longest name has under 60.
const LONGEST_WORD: usize = 64;

impl FromStr for Country {
    type Err = UnknownCountry;

    fn from_str(code: &str) -> Result<Self, UnknownCountry> {
        let found = COUNTRIES.binary_search_by(|row| row.code.cmp(code)).ok();
        found.and_then(|at| u16::try_from(at).ok()).map(Self).ok_or_else(|| {
            let word = code.trim();
            let nearest = if word.len() <= LONGEST_WORD { likely(word) } else { None };
            UnknownCountry { word: shorten(code), nearest }
        })
    }
}

impl TryFrom<&str> for Country {
    type Error = UnknownCountry;

    fn try_from(code: &str) -> Result<Self, UnknownCountry> {
        code.parse()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({} {})", self.code(), self.name_en())
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
