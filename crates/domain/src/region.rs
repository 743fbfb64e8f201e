//! Regions: where a stay was, whose risk was raised, whose rules count, and which clock says what day it is.
//!
//! A region is an entry of one compiled table, so it is two bytes, it is always legal, and asking whether a county
//! lies in a province never looks at text. China has the codes of GB/T 2260 to county level, as they stood from
//! 2019 on; Korea its provinces and the districts of Seoul; every other country is one region. The tables are
//! data (`data/regions-*.csv`), `docs/decisions/0003-region-tables.md` tells where they come from and how another
//! code system is added. Nothing here guesses: a code that the table lacks is refused, with the nearest that it has.

mod country;
mod index;
mod nearest;
mod search;
mod simplified;
#[rustfmt::skip]
mod table;

use std::borrow::Cow;
use std::fmt;
use std::iter;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::country::{Country, UnknownCountry};
use self::index::{COUNT_U16, KEYS, PARENTS, key};
pub use self::nearest::UnknownRegion;
use self::table::REGIONS;
use crate::text::Lang;
use crate::words::words;

/// A region: a country, or a province, prefecture or county of one.
///
/// Ordered by its code, printed as its code. The number behind it is that of this build's table: it may lie in
/// memory and in columns, but it is the code that is written down.
///
/// ```
/// use mingma_domain::Region;
///
/// let zhengzhou: Region = "410100".parse()?;
/// assert_eq!(zhengzhou.name_zh(), "郑州市");
/// assert!(zhengzhou.is_in("410000".parse()?));
/// assert_eq!(zhengzhou.zone(), "Asia/Shanghai");
/// assert_eq!("41".parse::<Region>().unwrap_err().nearest, Some("410000"));
/// # Ok::<(), mingma_domain::region::UnknownRegion>(())
/// ```
///
/// # Source
/// GB/T 2260 (codes of the administrative divisions of China), ISO 3166-1, ISO 3166-2.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
// INVARIANT: less than `Region::COUNT`; every maker below upholds it.
pub struct Region(u16);

words! {
    /// How large a region is. A county may lie directly in a province, so levels can be skipped but never turn back.
    Level, "a level of region" {
        /// A country of ISO 3166-1.
        Country = "country",
        /// A province, an autonomous region, a municipality, a special administrative region.
        Province = "province",
        /// A prefecture or a city with counties.
        Prefecture = "prefecture",
        /// A county, a district, a city without counties.
        County = "county",
    }
}

words! {
    /// Whether a code names something today.
    Standing, "a standing of region" {
        /// The newest table has it.
        Current = "current",
        /// Merged, raised or renumbered since 2019; facts of its time go on naming it.
        Former = "former",
        /// A place in the numbering that no office stands for, such as `110100`, the districts of Beijing.
        Virtual = "virtual",
    }
}

impl Region {
    /// How many regions there are.
    pub const COUNT: usize = REGIONS.len();

    /// Every region, in the order of the codes.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        (0..COUNT_U16).map(Self)
    }

    /// The number of this region in this build's table: from 0, in the order of the codes.
    #[must_use]
    pub const fn index(self) -> u16 {
        self.0
    }

    /// The region with this number in this build's table.
    #[must_use]
    pub const fn from_index(index: u16) -> Option<Self> {
        if index < COUNT_U16 { Some(Self(index)) } else { None }
    }

    /// The code as it is written everywhere: `410100`, `KR-11`, `DE`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().code
    }

    /// The name in simplified Chinese, as the national table has it: `郑州市`. Every region has one.
    #[must_use]
    pub fn name_zh(self) -> &'static str {
        self.row().zh
    }

    /// The usual name in Latin letters: `Zhengzhou`, `Zhongyuan`. The word for its level is there where the name has
    /// one character or a neighbour has the same: `Qinxian`, `Yining Xian`.
    #[must_use]
    pub fn name_en(self) -> Option<&'static str> {
        Some(self.row().en).filter(|name| !name.is_empty())
    }

    /// The whole name in Hanyu Pinyin without tones, its words apart: `Zhongyuan Qu`. Only regions of China have one.
    ///
    /// # Source
    /// GB/T 16159 (basic rules of Hanyu Pinyin orthography); the readings are those of `scripts/regions/readings.py`.
    #[must_use]
    pub fn name_pinyin(self) -> Option<&'static str> {
        Some(self.row().pinyin).filter(|name| !name.is_empty())
    }

    /// The name in the region's own script, where that is not Chinese and is known: `서울특별시`.
    #[must_use]
    pub fn name_local(self) -> Option<&'static str> {
        Some(self.row().local).filter(|name| !name.is_empty())
    }

    /// The name to show to a reader of `lang`; in English the simplified Chinese one where there is no other.
    ///
    /// # Source
    /// Names in traditional characters are those of `scripts/regions/hant.py`, of countries those of CLDR: as they are
    /// written in Taiwan.
    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        match lang {
            Lang::ZhHans => self.name_zh(),
            Lang::ZhHant => self.row().hant,
            Lang::En => self.name_en().unwrap_or(self.name_zh()),
        }
    }

    /// The name within all that it lies in, places in the numbering left out: `河南省 郑州市 中原区`.
    ///
    /// In English it begins with the region, and with its Chinese name beside where signs and papers there have that one
    /// alone: `Zhongyuan 中原区, Zhengzhou, Henan`.
    #[must_use]
    pub fn full_name(self, lang: Lang) -> String {
        let around =
            self.ancestors().skip(1).filter(|r| r.standing() != Standing::Virtual && r.parent().is_some());
        let own = self.name(lang);
        if lang == Lang::En {
            let signed = self.level() > Level::Province && self.name_pinyin().is_some();
            let own = if signed { format!("{own} {}", self.name_zh()) } else { own.to_owned() };
            return around.fold(own, |name, outer| format!("{name}, {}", outer.name(lang)));
        }
        around.fold(own.to_owned(), |name, outer| format!("{} {name}", outer.name(lang)))
    }

    /// The region that this one is directly a part of; a country has none.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        Self::from_index(self.parent_index())
    }

    /// This region, what it is part of, and so on up to its country: at most four.
    pub fn ancestors(self) -> impl Iterator<Item = Self> {
        iter::successors(Some(self), |region| region.parent())
    }

    /// Whether this region is `other` or lies in it.
    #[must_use]
    pub fn is_in(self, other: Self) -> bool {
        let mut at = self.0;
        while at < COUNT_U16 {
            if at == other.0 {
                return true;
            }
            at = Self(at).parent_index();
        }
        false
    }

    /// How large it is.
    #[must_use]
    pub fn level(self) -> Level {
        self.row().level
    }

    /// Whether the code names something today.
    #[must_use]
    pub fn standing(self) -> Standing {
        self.row().standing
    }

    /// The IANA name of the time zone whose civil days count here: `Asia/Shanghai` in all of mainland China.
    ///
    /// Of a country with several zones it is the zone of the seat of government.
    #[must_use]
    pub fn zone(self) -> &'static str {
        self.row().zone
    }

    /// The country that this region lies in; a country lies in itself.
    #[must_use]
    pub fn country(self) -> Self {
        let mut at = self;
        while let Some(parent) = at.parent() {
            at = parent;
        }
        at
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "INVARIANT: a Region's number is less than the table's length"
    )]
    const fn row(self) -> &'static Row {
        &REGIONS[self.0 as usize]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "INVARIANT: a Region's number is less than the table's length"
    )]
    const fn parent_index(self) -> u16 {
        PARENTS[self.0 as usize]
    }

    fn find(code: &str) -> Option<Self> {
        let at = KEYS.binary_search(&key(code.as_bytes())?).ok()?;
        u16::try_from(at).ok().map(Self)
    }
}

impl FromStr for Region {
    type Err = UnknownRegion;

    /// Reads a code exactly as it is printed.
    ///
    /// # Errors
    /// [`UnknownRegion`] for anything else, a part of a code or a name included; it says what was likely meant.
    fn from_str(code: &str) -> Result<Self, UnknownRegion> {
        Self::find(code).ok_or_else(|| UnknownRegion::new(code))
    }
}

impl TryFrom<&str> for Region {
    type Error = UnknownRegion;

    fn try_from(code: &str) -> Result<Self, UnknownRegion> {
        code.parse()
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Region({} {})", self.code(), self.name(Lang::En))
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A line of the compiled table; an empty name is none, and a country's parent is [`u16::MAX`].
struct Row {
    code: &'static str,
    zh: &'static str,
    hant: &'static str,
    en: &'static str,
    pinyin: &'static str,
    local: &'static str,
    parent: u16,
    level: Level,
    standing: Standing,
    zone: &'static str,
}

/// A line of the compiled list of countries.
struct CountryRow {
    code: &'static str,
    zh: &'static str,
    hant: &'static str,
    en: &'static str,
    region: u16,
}
