//! The packed form of a fact: thirty-two bits for nearly all, twenty-four bytes for the few that need more.
//!
//! ```text
//! 31        30…25   24…16              15…0
//! last?     word    days since base    stay, foreign status: 4 bits days of length (15: open), 12 bits region
//!                                      isolation, screening: days of length (65535: open)
//!                                      vaccination: 5 bits dose, 11 bits minute
//!                                      all others: minute of the day plus one; 0: no time of day
//! last?     63      25 bits: which wide fact, counted from the first of the block
//! ```
//!
//! «last» marks the last fact of its person. The form is never lossy: what does not come back bit for bit when it is
//! unpacked is kept wide, and so is every fact that was taken back.

use std::num::NonZeroU8;

use bytemuck::{Pod, Zeroable};
use mingma_domain::Region;
use mingma_domain::assess::Event;
use mingma_domain::fact::value::Screening;
use mingma_domain::fact::{Kind, Value, Word, WordSet};
use mingma_domain::region::Country;
use mingma_domain::time::{Day, Zone};

use crate::error::Refusal;

/// A packed fact.
pub(crate) type Packed = u32;

/// Marks the last fact of its person.
pub(crate) const LAST: Packed = 1 << 31;
/// Where word and day stand: together they are the index of a [`crate::Program`]'s table.
pub(crate) const KEY_SHIFT: u32 = 16;
/// Fifteen bits of word and day.
pub(crate) const KEY_MASK: u32 = 0x7fff;
/// How many days the packed form spans: nine bits, more than twice the longest retention (180 days).
pub(crate) const DAYS: u16 = 512;
/// How many regions it can name: twelve bits, an eighth more than the table has.
pub(crate) const REGIONS: u16 = 4_096;
/// The word that says «wide».
pub(crate) const WIDE: u8 = 63;
/// Marks the shape of facts that are not packed: they have their word in common, and nothing else.
pub(crate) const SHAPELESS: u16 = 1 << 15;
/// The place among the wide facts of a block: 25 bits.
pub(crate) const WIDE_MASK: u32 = (1 << 25) - 1;

const WORD_SHIFT: u32 = 25;
const OPEN_STAY: u16 = 15;
const OPEN_PERIOD: u16 = u16::MAX;
const DOSE_SHIFT: u32 = 11;
const MINUTE_MASK: u16 = (1 << DOSE_SHIFT) - 1;

// More regions or words than fit are refused before there is a program: a table that has outgrown its width does not compile.
const _: () =
    assert!(Region::COUNT <= REGIONS as usize, "the packed form must name every region of the table");
const _: () = assert!(Word::COUNT < WIDE, "one number is left for «wide»");

/// A fact that needs more than thirty-two bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Wide {
    instant: i64,
    day: u16,
    last: u16,
    /// [`NO_REGION`] if none.
    region: u16,
    /// The day from which on it no longer counts; 0: it was not taken back.
    taken_back: u16,
    /// Dose or country.
    extra: u16,
    word: u8,
    flags: u8,
    reserved: u32,
}

impl Wide {
    /// The day from which on it no longer counts.
    pub(crate) fn taken_back(&self) -> Option<Day> {
        (self.taken_back != 0).then(|| EPOCH.plus(self.taken_back))
    }
}

/// The day that wide facts count from, 1970-01-01: up to 2149-06-06 sixteen bits hold them. A fact is written on a day from
/// [`Day::FIRST`] to [`Day::LAST`], and where its writer's offset is not the zone's it lies a day or two before or after them.
const EPOCH: Day = Day::FIRST.minus(10_957);
const NO_REGION: u16 = u16::MAX;
const TIMED: u8 = 1;
const OPEN: u8 = 2;

/// How a fact is kept.
pub(crate) enum Form {
    Packed(Packed),
    Wide(Wide),
}

impl Form {
    /// What a fact with a region is beside its region and its day.
    pub(crate) const fn shape(&self) -> u16 {
        match self {
            Self::Packed(packed) => shape(*packed),
            Self::Wide(fact) => SHAPELESS | fact.word as u16,
        }
    }
}

/// Packs and unpacks the facts of one census.
#[derive(Clone, Debug)]
pub(crate) struct Codec {
    /// The day that the packed form counts from.
    pub(crate) base: Day,
    /// The first second of each of its days in the zone of the census.
    starts: Box<[i64]>,
    words: Box<[Word]>,
    /// The value of every word up to the last that the packed form can hold; what stands for `entry` is never read.
    values: Box<[Value]>,
    countries: Box<[Country]>,
}

impl Codec {
    pub(crate) fn new(zone: &Zone, base: Day) -> Self {
        Self {
            base,
            starts: (0..DAYS).map(|days| zone.start_of(base.plus(days))).collect(),
            words: Word::all().collect(),
            values: Word::all()
                .map(|w| Value::any_of(w, 1).unwrap_or(Value::Screening(Screening::Due)))
                .collect(),
            countries: Country::all().collect(),
        }
    }

    /// The form in which an event is kept; the day is that from which on it was taken back.
    pub(crate) fn form(&self, event: &Event, taken_back: Option<Day>) -> Result<Form, Refusal> {
        let plain = normal(event);
        if let (None, Some(packed)) = (taken_back, self.pack(&plain))
            && self.unpack(packed) == Some(plain)
        {
            return Ok(Form::Packed(packed));
        }
        let day = |day: Day| u16::try_from(day.number()).map_err(|_| Refusal::OutOfCalendar);
        let wide = Wide {
            instant: plain.instant,
            day: day(plain.day)?,
            last: day(plain.last)?,
            region: plain.region.map_or(NO_REGION, Region::index),
            taken_back: taken_back.map_or(Ok(0), day)?,
            extra: if let Value::Entry(country) = plain.value { country.index() } else { dose(plain.value) },
            word: plain.value.word().number(),
            flags: u8::from(plain.timed) * TIMED + u8::from(plain.open) * OPEN,
            reserved: 0,
        };
        if self.unpack_wide(&wide) == Some(plain) {
            Ok(Form::Wide(wide))
        } else {
            Err(Refusal::OutOfCalendar)
        }
    }

    fn pack(&self, event: &Event) -> Option<Packed> {
        let days = u16::try_from(event.day.days_since(self.base)).ok().filter(|days| *days < DAYS)?;
        let length = u16::try_from(event.last.days_since(event.day)).ok()?;
        let minute = || -> Option<u16> {
            if !event.timed {
                return Some(0);
            }
            let seconds = event.instant - self.starts.get(usize::from(days))?;
            let minute = u16::try_from(seconds / 60).ok()?.checked_add(1)?;
            (seconds % 60 == 0 && minute <= MINUTE_MASK).then_some(minute)
        };
        let detail = match event.value.kind() {
            Kind::Stay | Kind::ForeignStatus => {
                let length = if event.open { OPEN_STAY } else { Some(length).filter(|l| *l < OPEN_STAY)? };
                event.region?.index() | length << 12
            }
            Kind::Isolation | Kind::Screening => {
                if event.open {
                    OPEN_PERIOD
                } else {
                    Some(length).filter(|l| *l < OPEN_PERIOD)?
                }
            }
            Kind::Entry => return None,
            Kind::Vaccination => minute()? | dose(event.value) << DOSE_SHIFT,
            Kind::Diagnosis
            | Kind::Discharge
            | Kind::Contact
            | Kind::Release
            | Kind::Test
            | Kind::Symptom
            | Kind::Checkin => minute()?,
        };
        Some(
            u32::from(event.value.word().number()) << WORD_SHIFT
                | u32::from(days) << KEY_SHIFT
                | u32::from(detail),
        )
    }

    /// The event of a packed fact; `None` for one that is wide.
    #[inline]
    pub(crate) fn unpack(&self, packed: Packed) -> Option<Event> {
        let days = day_of(packed);
        let detail = (packed & 0xffff) as u16;
        let minute = detail & MINUTE_MASK;
        let mut value = *self.values.get(usize::from(word_of(packed)))?;
        if let Value::Vaccination(dose) = &mut value {
            *dose = NonZeroU8::new(u8::try_from(detail >> DOSE_SHIFT).ok()?)?;
        }
        let day = self.base.plus(days);
        let start = *self.starts.get(usize::from(days))?;
        let mut event =
            Event { index: 0, value, day, last: day, open: false, timed: false, instant: 0, region: None };
        match value.kind() {
            Kind::Stay | Kind::ForeignStatus => {
                let length = detail >> 12;
                event.region = Region::from_index(region_of(packed));
                event.open = length == OPEN_STAY;
                event.last = if event.open { day } else { day.plus(length) };
            }
            Kind::Isolation | Kind::Screening => {
                event.open = detail == OPEN_PERIOD;
                event.last = if event.open { day } else { day.plus(detail) };
            }
            kind @ (Kind::Diagnosis
            | Kind::Discharge
            | Kind::Contact
            | Kind::Release
            | Kind::Test
            | Kind::Symptom
            | Kind::Checkin
            | Kind::Vaccination
            | Kind::Entry) => {
                event.timed = minute > 0;
                if event.timed {
                    event.instant = start + i64::from(minute - 1) * 60;
                } else if kind == Kind::Test {
                    event.instant = start;
                }
            }
        }
        Some(event)
    }

    /// The event of this shape in a region from a day on; `None` if those of the shape have not one in common.
    pub(crate) fn shaped(&self, region: u16, day: u16, shape: u16) -> Option<Event> {
        let days = u16::try_from(i32::from(day) - self.base.number()).ok().filter(|days| *days < DAYS)?;
        let packed = u32::from(shape & 0x3f) << WORD_SHIFT | u32::from(days) << KEY_SHIFT;
        (shape & SHAPELESS == 0)
            .then(|| self.unpack(packed | u32::from(shape & 0x3c0) << 6 | u32::from(region)))?
    }

    /// The word of the facts of a shape.
    pub(crate) fn word_of_shape(&self, shape: u16) -> Option<Word> {
        self.words.get(usize::from(shape & 0x3f)).copied()
    }

    /// The event of a wide fact; `None` if the columns are damaged in a way that their checksum did not see.
    pub(crate) fn unpack_wide(&self, wide: &Wide) -> Option<Event> {
        let word = *self.words.get(usize::from(wide.word))?;
        let value = if word.kind() == Kind::Entry {
            Value::Entry(*self.countries.get(usize::from(wide.extra))?)
        } else {
            Value::any_of(word, u8::try_from(wide.extra).ok()?)?
        };
        Some(Event {
            index: 0,
            value,
            day: EPOCH.plus(wide.day),
            last: EPOCH.plus(wide.last),
            open: wide.flags & OPEN != 0,
            timed: wide.flags & TIMED != 0,
            instant: wide.instant,
            region: Region::from_index(wide.region),
        })
    }
}

/// The number of a packed fact's word, or [`WIDE`].
#[inline]
pub(crate) const fn word_of(packed: Packed) -> u8 {
    (packed >> WORD_SHIFT & 0x3f) as u8
}

/// Whether a set has the word of this number.
#[inline]
pub(crate) const fn is_in(set: WordSet, word: u8) -> bool {
    set.bits() >> word & 1 == 1
}

/// The index of a packed fact's region.
#[inline]
pub(crate) fn region_of(packed: Packed) -> u16 {
    u16::try_from(packed & (u32::from(REGIONS) - 1)).unwrap_or(0)
}

/// The days of a packed fact since the base.
#[inline]
pub(crate) const fn day_of(packed: Packed) -> u16 {
    (packed >> KEY_SHIFT) as u16 & (DAYS - 1)
}

/// What a packed fact with a region is beside its region and its day: word, and days of length.
const fn shape(packed: Packed) -> u16 {
    (packed >> WORD_SHIFT & 0x3f) as u16 | (packed >> 6 & 0x3c0) as u16
}

/// The packed form that names a wide fact of its block.
pub(crate) const fn wide(place: u32) -> Option<Packed> {
    if place <= WIDE_MASK { Some((WIDE as u32) << WORD_SHIFT | place) } else { None }
}

/// The event without what says nothing: its place in a record, and an instant that no rule reads.
fn normal(event: &Event) -> Event {
    let instant = if event.timed || event.value.kind() == Kind::Test { event.instant } else { 0 };
    Event { index: 0, instant, ..*event }
}

fn dose(value: Value) -> u16 {
    if let Value::Vaccination(dose) = value { u16::from(dose.get()) } else { 0 }
}
