//! The kinds of fact: a closed list, and for each what it may say, who may say it and on what evidence.
//!
//! This table *is* the vocabulary. There is no kind into which «bank depositor» fits, none for a coordinate, a
//! payment, an employer, a contact list or a face, and none that carries a colour given by an office: the only
//! colour in it is that of another region's credential, verified with that region's key.

use crate::fact::issuer::IssuerClass;
use crate::fact::value::{Diagnosis, Value};
use crate::fact::word::WordSet;
use crate::words::words;

words! {
    /// What a fact is about.
    Kind, "a kind of fact" {
        /// A diagnosis was reported (诊断).
        Diagnosis = "diagnosis",
        /// A patient was discharged, or a suspicion excluded (出院、排除).
        Discharge = "discharge",
        /// The person was found to be a contact by an investigation (接触).
        Contact = "contact",
        /// The person was ordered to isolate (隔离).
        Isolation = "isolation",
        /// An isolation was ended (解除隔离).
        Release = "release",
        /// A sample was taken and tested (检测).
        Test = "test",
        /// A test is owed within a window (应检).
        Screening = "screening",
        /// The person stayed in a county (行程).
        Stay = "stay",
        /// The person entered the country (入境).
        Entry = "entry",
        /// A symptom was noticed (症状).
        Symptom = "symptom",
        /// The day's declaration of health (健康打卡).
        Checkin = "checkin",
        /// A vaccination was given (接种).
        Vaccination = "vaccination",
        /// A recognised region's credential was presented (外地码).
        ForeignStatus = "foreign-status",
    }
}

/// Whether a kind has a second date, `until`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Until {
    /// A point in time: `until` must be empty.
    None,
    /// A period whose end must be known.
    Required,
    /// A period; without an end it lasted for the one day `at`.
    OneDay,
    /// A period; without an end it goes on.
    Open,
}

/// Which reference to evidence a kind must carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EvidenceDue {
    /// None is due, and none is taken: the person's own word.
    None,
    /// A reference of this sort is due.
    Reference(&'static str),
    /// A reference of this sort is due from everybody but the person.
    ReferenceUnlessSelf(&'static str),
}

/// One line of the vocabulary: all that the system knows about a kind.
#[derive(Clone, Copy, Debug)]
pub struct KindSpec {
    /// The Chinese term.
    pub term_zh: &'static str,
    /// Whether and how `until` is given.
    pub until: Until,
    /// Whether the kind names a region.
    pub region: bool,
    /// Who may issue it. `stay` narrows this by its value.
    pub issuers: &'static [IssuerClass],
    /// The evidence that is due.
    pub evidence: EvidenceDue,
    /// How long it is kept by default, in days after its last day.
    pub retention_days: u16,
    /// The values that a second organisation must countersign, because no laboratory proves them.
    pub second_organisation: WordSet,
}

impl Kind {
    /// What the vocabulary fixes for this kind.
    #[must_use]
    pub const fn spec(self) -> KindSpec {
        use EvidenceDue::{Reference, ReferenceUnlessSelf};
        use IssuerClass::{
            Border, Carrier, Cdc, Community, Hospital, Laboratory, Region, Resident, Transport, Venue,
        };
        match self {
            Self::Diagnosis => KindSpec {
                second_organisation: A_PHYSICIANS_WORD,
                ..line("诊断", Until::None, &[Hospital, Cdc], Reference("case number"), 180)
            },
            Self::Discharge => {
                line("出院或排除", Until::None, &[Hospital, Cdc], Reference("case number"), 180)
            }
            Self::Contact => KindSpec {
                second_organisation: WordSet::of_kind(self),
                ..line("接触", Until::None, &[Cdc], Reference("investigation number"), 60)
            },
            Self::Isolation => KindSpec {
                second_organisation: WordSet::of_kind(self),
                ..line("隔离", Until::Open, &[Cdc, Community], Reference("order number"), 60)
            },
            Self::Release => line("解除隔离", Until::None, &[Cdc, Community], Reference("order number"), 60),
            Self::Test => line("检测", Until::None, &[Laboratory, Hospital], Reference("sample number"), 60),
            Self::Screening => line("应检", Until::Required, &[Cdc], Reference("notice number"), 30),
            Self::Stay => KindSpec {
                region: true,
                ..line(
                    "行程",
                    Until::OneDay,
                    &[Resident, Transport, Carrier, Venue],
                    ReferenceUnlessSelf("record number"),
                    30,
                )
            },
            Self::Entry => KindSpec {
                region: true,
                second_organisation: WordSet::of_kind(self),
                ..line("入境", Until::None, &[Border], Reference("entry record number"), 60)
            },
            Self::Symptom => {
                line("症状", Until::None, &[Resident, Hospital, Community], EvidenceDue::None, 30)
            }
            Self::Checkin => line("健康打卡", Until::None, &[Resident, Community], EvidenceDue::None, 30),
            Self::Vaccination => line("接种", Until::None, &[Hospital], Reference("batch number"), 180),
            Self::ForeignStatus => KindSpec {
                region: true,
                ..line("外地码", Until::Open, &[Region], Reference("credential id"), 14)
            },
        }
    }

    /// Whether the fact itself is a period that a rule may follow to its end (`isolation`, `foreign-status`).
    #[must_use]
    pub fn is_open_period(self) -> bool {
        self.spec().until == Until::Open
    }
}

/// The diagnoses that rest on one physician's word: what a laboratory found is `confirmed` or `asymptomatic`.
const A_PHYSICIANS_WORD: WordSet = WordSet::only(Value::Diagnosis(Diagnosis::Clinical).word())
    .with(WordSet::only(Value::Diagnosis(Diagnosis::Suspected).word()))
    .with(WordSet::only(Value::Diagnosis(Diagnosis::Fever).word()));

/// A line of the vocabulary without a region and without a second organisation.
const fn line(
    term_zh: &'static str,
    until: Until,
    issuers: &'static [IssuerClass],
    evidence: EvidenceDue,
    retention_days: u16,
) -> KindSpec {
    let second_organisation = WordSet::EMPTY;
    KindSpec { term_zh, until, region: false, issuers, evidence, retention_days, second_organisation }
}

/// What no kind of fact takes, as refusals list it; the charter says the same.
pub const NEVER: &str =
    "coordinates, payments, credit, employment, contact lists, faces, police records or opinions";

/// What the vocabulary refuses by name, so that the refusal can say why: lower-case parts of words, and what they
/// would bring in.
const REFUSED: &[(&str, &str)] = &[
    ("location", "a coordinate"),
    ("latitude", "a coordinate"),
    ("longitude", "a coordinate"),
    ("coordinate", "a coordinate"),
    ("gps", "a coordinate"),
    ("geohash", "a coordinate"),
    ("经度", "a coordinate"),
    ("纬度", "a coordinate"),
    ("经纬", "a coordinate"),
    ("坐标", "a coordinate"),
    ("定位", "a coordinate"),
    ("payment", "a payment"),
    ("transaction", "a payment"),
    ("bank", "a payment"),
    ("depositor", "a payment"),
    ("支付", "a payment"),
    ("储户", "a payment"),
    ("credit", "a credit record"),
    ("信用", "a credit record"),
    ("employ", "an employment"),
    ("salary", "an employment"),
    ("income", "an employment"),
    ("就业", "an employment"),
    ("收入", "an employment"),
    ("contact_list", "a contact list"),
    ("contacts", "a contact list"),
    ("phonebook", "a contact list"),
    ("通讯录", "a contact list"),
    ("face", "a face"),
    ("photo", "a face"),
    ("人脸", "a face"),
    ("police", "a police record"),
    ("criminal", "a police record"),
    ("公安", "a police record"),
    ("犯罪", "a police record"),
    ("opinion", "an opinion"),
    ("politic", "an opinion"),
    ("religio", "an opinion"),
    ("政治", "an opinion"),
    ("宗教", "an opinion"),
];

/// What a word would bring in that no kind of fact takes, if it is one of the refused ones.
///
/// `lat` and `lon` are refused as whole words, the others wherever they occur.
#[must_use]
pub fn refused(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    if ["lat", "lon", "lng", "long"].contains(&word.as_str()) {
        return Some("a coordinate");
    }
    REFUSED.iter().find(|(part, _)| word.contains(part)).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::names::word_name;
    use crate::fact::word::Word;
    use crate::text::Lang;

    #[test]
    fn what_no_laboratory_proves_needs_a_second_organisation() {
        let two = Word::all().filter(|word| word.kind().spec().second_organisation.contains(*word));
        let two: Vec<_> = two.map(|word| word_name(word, Lang::En)).collect();
        let expected = [
            "clinically diagnosed case",
            "suspected case",
            "fever of unknown cause",
            "close contact",
            "secondary contact",
            "same vehicle as a case",
            "in the same place and time as a case",
            "general contact",
            "central isolation",
            "home isolation",
            "entry from abroad",
        ];
        assert_eq!(two, expected);
        for kind in Kind::ALL {
            let own = WordSet::of_kind(*kind);
            assert_eq!(own.with(kind.spec().second_organisation), own, "{kind}: a value of another kind");
        }
    }

    #[test]
    fn no_kind_takes_what_the_charter_refuses() {
        // Whoever adds a kind writes it here, beside what no kind may be.
        let kinds = [
            "diagnosis",
            "discharge",
            "contact",
            "isolation",
            "release",
            "test",
            "screening",
            "stay",
            "entry",
            "symptom",
            "checkin",
            "vaccination",
            "foreign-status",
        ];
        assert_eq!(Kind::WORDS, kinds);
        for kind in kinds {
            assert_eq!(refused(kind), None, "{kind}");
        }
        let charter = include_str!("../../../../CHARTER.md");
        assert!(charter.contains(&format!("no kind of fact for {NEVER}.")), "the charter says it otherwise");
        // One for each that the charter names.
        let of_each = [
            ("a coordinate", "location"),
            ("a payment", "payments"),
            ("a credit record", "credit"),
            ("an employment", "income"),
            ("a contact list", "contact_list"),
            ("a face", "face"),
            ("a police record", "police-record"),
            ("an opinion", "political-view"),
        ];
        assert_eq!(NEVER.split(", ").flat_map(|part| part.split(" or ")).count(), of_each.len());
        for (what, word) in of_each {
            assert_eq!(refused(word), Some(what), "{word}");
        }
        for (word, what) in [
            ("latitude", "a coordinate"),
            ("lon", "a coordinate"),
            ("bank_depositor", "a payment"),
            ("credit-score", "a credit record"),
            ("employer", "an employment"),
            ("contact_list", "a contact list"),
            ("face_photo", "a face"),
        ] {
            assert_eq!(refused(word), Some(what));
        }
    }
}
