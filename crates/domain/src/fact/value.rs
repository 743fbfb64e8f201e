//! The values of each kind of fact, and the numbering of all of them that evaluators use.

use std::fmt;
use std::num::NonZeroU8;

use serde::Serialize;

use crate::fact::kind::Kind;
use crate::fact::word::{Word, WordSet};
use crate::region::Country;
use crate::words::{UnknownWord, words};

words! {
    /// A colour of a code.
    Color, "a colour" {
        /// 绿码: no rule restricts the person.
        Green = "green",
        /// 黄码.
        Yellow = "yellow",
        /// 红码.
        Red = "red",
    }
}

words! {
    /// What was diagnosed.
    Diagnosis, "a value of `diagnosis`" {
        /// 确诊病例.
        Confirmed = "confirmed",
        /// 无症状感染者.
        Asymptomatic = "asymptomatic",
        /// 临床诊断病例.
        Clinical = "clinical",
        /// 疑似病例.
        Suspected = "suspected",
        /// 不明原因发热.
        Fever = "fever",
    }
}

words! {
    /// How a case ended.
    Discharge, "a value of `discharge`" {
        /// 治愈出院.
        Recovered = "recovered",
        /// 排除.
        Excluded = "excluded",
    }
}

words! {
    /// How close a contact was.
    Contact, "a value of `contact`" {
        /// 密切接触者.
        Close = "close",
        /// 密接的密接、次密接.
        Secondary = "secondary",
        /// 同乘人员.
        SameVehicle = "same-vehicle",
        /// 时空伴随者, as found by an investigation; never a coordinate.
        Spatiotemporal = "spatiotemporal",
        /// 一般接触者.
        General = "general",
    }
}

words! {
    /// Where an isolation takes place.
    Isolation, "a value of `isolation`" {
        /// 集中隔离.
        Central = "central",
        /// 居家隔离.
        Home = "home",
    }
}

words! {
    /// How an isolation ended.
    Release, "a value of `release`" {
        /// 期满解除.
        Ended = "ended",
        /// 提前解除.
        Early = "early",
    }
}

words! {
    /// The result of a sample.
    Test, "a value of `test`" {
        /// 阴性.
        Negative = "negative",
        /// 阳性.
        Positive = "positive",
        /// 混管阳性: the pool is positive, nobody in it is yet.
        PooledPositive = "pooled-positive",
        /// 无效或可疑, to be taken again.
        Inconclusive = "inconclusive",
    }
}

words! {
    /// What a screening notice says.
    Screening, "a value of `screening`" {
        /// 应检: a test is owed between `at` and `until`, both included.
        Due = "due",
    }
}

words! {
    /// How a stay is known.
    Stay, "a value of `stay`" {
        /// The person said so.
        Declared = "declared",
        /// A transport company's ticket.
        Ticket = "ticket",
        /// A telephone carrier, with consent, county and day only.
        Carrier = "carrier",
        /// A venue's check-in, found by an investigation.
        Venue = "venue",
    }
}

words! {
    /// A symptom.
    Symptom, "a value of `symptom`" {
        /// 发热.
        Fever = "fever",
        /// 咳嗽.
        Cough = "cough",
        /// 乏力.
        Fatigue = "fatigue",
        /// 呼吸困难.
        Dyspnoea = "dyspnoea",
        /// 腹泻.
        Diarrhoea = "diarrhoea",
        /// 嗅觉或味觉丧失.
        TasteLoss = "taste-loss",
        /// Another one.
        Other = "other",
    }
}

words! {
    /// What a day's check-in declares.
    Checkin, "a value of `checkin`" {
        /// 身体健康.
        Well = "well",
        /// 身体不适.
        Unwell = "unwell",
    }
}

/// What a fact says: its kind together with the value, so that no kind can carry another's value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Value {
    /// A diagnosis.
    Diagnosis(Diagnosis),
    /// A discharge.
    Discharge(Discharge),
    /// A contact.
    Contact(Contact),
    /// An isolation.
    Isolation(Isolation),
    /// A release.
    Release(Release),
    /// A test.
    Test(Test),
    /// A screening notice.
    Screening(Screening),
    /// A stay.
    Stay(Stay),
    /// An entry, with the country the person came from.
    Entry(Country),
    /// A symptom.
    Symptom(Symptom),
    /// A check-in.
    Checkin(Checkin),
    /// A vaccination, with the number of the dose, from 1.
    Vaccination(NonZeroU8),
    /// Another region's colour.
    ForeignStatus(Color),
}

/// The highest number of a dose that is believed; the longest published courses have five.
pub const MAX_DOSE: u8 = 9;

impl Value {
    /// The value of `kind` that `text` names.
    ///
    /// # Errors
    /// [`ValueError`], with the legal words of that kind.
    pub fn parse(kind: Kind, text: &str) -> Result<Self, ValueError> {
        Ok(match kind {
            Kind::Diagnosis => Self::Diagnosis(text.parse()?),
            Kind::Discharge => Self::Discharge(text.parse()?),
            Kind::Contact => Self::Contact(text.parse()?),
            Kind::Isolation => Self::Isolation(text.parse()?),
            Kind::Release => Self::Release(text.parse()?),
            Kind::Test => Self::Test(text.parse()?),
            Kind::Screening => Self::Screening(text.parse()?),
            Kind::Stay => Self::Stay(text.parse()?),
            Kind::Entry => {
                Self::Entry(text.parse().map_err(|_| ValueError::Country { word: told_short(text) })?)
            }
            Kind::Symptom => Self::Symptom(text.parse()?),
            Kind::Checkin => Self::Checkin(text.parse()?),
            Kind::Vaccination => Self::Vaccination(dose(text)?),
            Kind::ForeignStatus => Self::ForeignStatus(text.parse()?),
        })
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Diagnosis(_) => Kind::Diagnosis,
            Self::Discharge(_) => Kind::Discharge,
            Self::Contact(_) => Kind::Contact,
            Self::Isolation(_) => Kind::Isolation,
            Self::Release(_) => Kind::Release,
            Self::Test(_) => Kind::Test,
            Self::Screening(_) => Kind::Screening,
            Self::Stay(_) => Kind::Stay,
            Self::Entry(_) => Kind::Entry,
            Self::Symptom(_) => Kind::Symptom,
            Self::Checkin(_) => Kind::Checkin,
            Self::Vaccination(_) => Kind::Vaccination,
            Self::ForeignStatus(_) => Kind::ForeignStatus,
        }
    }

    /// Whether it counts only when a second organisation has countersigned, because no laboratory proves it.
    #[must_use]
    pub const fn needs_second_organisation(self) -> bool {
        self.kind().spec().second_organisation.contains(self.word())
    }

    /// The value with this number; of a vaccination, with this dose. `None` for an entry, which needs a country.
    #[must_use]
    pub fn any_of(word: Word, dose: u8) -> Option<Self> {
        let kind = word.kind();
        let first = WordSet::of_kind(kind).iter().next()?;
        let at = usize::from(word.number() - first.number());
        match kind {
            Kind::Diagnosis => Diagnosis::ALL.get(at).copied().map(Self::Diagnosis),
            Kind::Discharge => Discharge::ALL.get(at).copied().map(Self::Discharge),
            Kind::Contact => Contact::ALL.get(at).copied().map(Self::Contact),
            Kind::Isolation => Isolation::ALL.get(at).copied().map(Self::Isolation),
            Kind::Release => Release::ALL.get(at).copied().map(Self::Release),
            Kind::Test => Test::ALL.get(at).copied().map(Self::Test),
            Kind::Screening => Screening::ALL.get(at).copied().map(Self::Screening),
            Kind::Stay => Stay::ALL.get(at).copied().map(Self::Stay),
            Kind::Entry => None,
            Kind::Symptom => Symptom::ALL.get(at).copied().map(Self::Symptom),
            Kind::Checkin => Checkin::ALL.get(at).copied().map(Self::Checkin),
            Kind::Vaccination => NonZeroU8::new(dose).map(Self::Vaccination),
            Kind::ForeignStatus => Color::ALL.get(at).copied().map(Self::ForeignStatus),
        }
    }

    /// The number of this value among all values of all kinds.
    #[must_use]
    pub const fn word(self) -> Word {
        Word::numbered(match self {
            Self::Diagnosis(v) => v as u8,
            Self::Discharge(v) => 5 + v as u8,
            Self::Contact(v) => 7 + v as u8,
            Self::Isolation(v) => 12 + v as u8,
            Self::Release(v) => 14 + v as u8,
            Self::Test(v) => 16 + v as u8,
            Self::Screening(v) => 20 + v as u8,
            Self::Stay(v) => 21 + v as u8,
            Self::Entry(_) => 25,
            Self::Symptom(v) => 26 + v as u8,
            Self::Checkin(v) => 33 + v as u8,
            Self::Vaccination(_) => 35,
            Self::ForeignStatus(v) => 36 + v as u8,
        })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(country) => write!(f, "{country}"),
            Self::Vaccination(dose) => write!(f, "{dose}"),
            Self::Diagnosis(v) => f.write_str(v.word()),
            Self::Discharge(v) => f.write_str(v.word()),
            Self::Contact(v) => f.write_str(v.word()),
            Self::Isolation(v) => f.write_str(v.word()),
            Self::Release(v) => f.write_str(v.word()),
            Self::Test(v) => f.write_str(v.word()),
            Self::Screening(v) => f.write_str(v.word()),
            Self::Stay(v) => f.write_str(v.word()),
            Self::Symptom(v) => f.write_str(v.word()),
            Self::Checkin(v) => f.write_str(v.word()),
            Self::ForeignStatus(v) => f.write_str(v.word()),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Up to three letters of ASCII as they are; more may be anything, a name from a shifted cell, and are not repeated.
fn told_short(text: &str) -> String {
    if text.len() > 3 || !text.is_ascii() { "what stands here".to_owned() } else { format!("`{text}`") }
}

/// The dose that `text` names: `1` to `9`, without sign or leading zero.
fn dose(text: &str) -> Result<NonZeroU8, ValueError> {
    let wrong = || ValueError::Dose { word: told_short(text) };
    let dose: NonZeroU8 = text.parse().map_err(|_| wrong())?;
    if dose.get() <= MAX_DOSE && text.len() == 1 { Ok(dose) } else { Err(wrong()) }
}

/// Why a text is no value of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Not one of the kind's words.
    #[error(transparent)]
    Word(#[from] UnknownWord),
    /// Not a dose.
    #[error("{word} is not a dose: write its number, `1` to `{MAX_DOSE}`")]
    Dose {
        /// What stood there.
        word: String,
    },
    /// Not a country.
    #[error("{word} is not a country: write its two letters of ISO 3166-1, such as `JP`")]
    Country {
        /// What stood there.
        word: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_value() -> Vec<Value> {
        let mut all = Vec::new();
        for kind in Kind::ALL {
            let words: &[&str] = match kind {
                Kind::Diagnosis => Diagnosis::WORDS,
                Kind::Discharge => Discharge::WORDS,
                Kind::Contact => Contact::WORDS,
                Kind::Isolation => Isolation::WORDS,
                Kind::Release => Release::WORDS,
                Kind::Test => Test::WORDS,
                Kind::Screening => Screening::WORDS,
                Kind::Stay => Stay::WORDS,
                Kind::Entry => &["JP"],
                Kind::Symptom => Symptom::WORDS,
                Kind::Checkin => Checkin::WORDS,
                Kind::Vaccination => &["1"],
                Kind::ForeignStatus => Color::WORDS,
            };
            for word in words {
                let value = Value::parse(*kind, word).unwrap();
                assert_eq!((value.kind(), value.to_string().as_str()), (*kind, *word));
                all.push(value);
            }
        }
        all
    }

    #[test]
    fn every_value_has_a_number_of_its_own_within_its_kind() {
        let numbers: Vec<u8> = every_value().iter().map(|v| v.word().number()).collect();
        assert_eq!(numbers, (0..Word::COUNT).collect::<Vec<_>>());
        for value in every_value() {
            assert!(WordSet::of_kind(value.kind()).contains(value.word()));
            assert_eq!(value.word().kind(), value.kind());
            assert!(value.kind() == Kind::Entry || Value::any_of(value.word(), 1) == Some(value));
        }
    }

    #[test]
    fn doses_and_countries_are_read_strictly() {
        for text in ["0", "10", "+1", "01", "two", ""] {
            assert!(Value::parse(Kind::Vaccination, text).is_err(), "{text}");
        }
        for text in ["jp", "XX", "JPN", ""] {
            assert!(Value::parse(Kind::Entry, text).is_err(), "{text}");
        }
    }
}
