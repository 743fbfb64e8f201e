//! Identity documents: by which number a person is known, and nothing else about the person.
//!
//! Every number is checked when it enters (form, check digit, real birth date), because a wrong digit would give one
//! person's facts to another. A number is shown in one way only, by [`Document::to_wire`], which has to be called by
//! name: `Debug`, every error and [`Document::masked`] keep it back, and there is no `Display` and no serialisation
//! that could print it by accident. Nothing here knows names, faces or addresses, or asks any register.

mod child;
mod citizen;
mod desk;
mod error;
mod number;
mod permit;
mod residence;

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

pub use self::child::ChildWithoutDocument;
pub use self::citizen::{HongKongMacauTaiwanResidence, ResidentId};
pub use self::desk::DeskNumber;
pub use self::error::DocumentError;
pub use self::permit::{HongKongMacauPermit, Passport, TaiwanPermit};
pub use self::residence::ForeignPermanentResidence;
use crate::words::words;

words! {
    /// A kind of identity document, as it stands before the number.
    DocumentKind, "a kind of identity document" {
        /// Resident identity card, 居民身份证.
        ResidentId = "resident-id",
        /// Passport of any country.
        Passport = "passport",
        /// Mainland travel permit for residents of Hong Kong and Macau, 港澳居民来往内地通行证.
        HongKongMacauPermit = "hong-kong-macau-permit",
        /// Mainland travel permit for residents of Taiwan, 台湾居民来往大陆通行证.
        TaiwanPermit = "taiwan-permit",
        /// Permanent residence card of a foreigner, 外国人永久居留身份证.
        ForeignPermanentResidence = "foreign-permanent-residence",
        /// Residence permit for residents of Hong Kong, Macau and Taiwan, 港澳台居民居住证.
        HongKongMacauTaiwanResidence = "hong-kong-macau-taiwan-residence",
        /// A child that has no document yet, known by a guardian's.
        ChildWithoutDocument = "child",
        /// A number that a desk drew for somebody who has no document, 社区登记号.
        DeskNumber = "desk-number",
    }
}

words! {
    /// The sex that a number encodes.
    Sex, "a sex" {
        /// An even sequence number.
        Female = "female",
        /// An odd sequence number.
        Male = "male",
    }
}

/// An identity document whose number has passed every check that its kind allows.
///
/// On the wire it is `kind:number`, for a passport `passport:COUNTRY:NUMBER`, for a child
/// `child:GUARDIAN:BIRTH:ORDINAL` with the guardian's whole wire form inside. What parses prints back the same.
///
/// ```
/// use mingma_domain::document::Document;
///
/// let document: Document = "resident-id:11010519491231002X".parse()?;
/// assert_eq!(document.to_wire(), "resident-id:11010519491231002X");
/// assert_eq!(document.masked().to_string(), "110***********002X");
/// assert_eq!(document.birth_date(), Some(jiff::civil::date(1949, 12, 31)));
/// assert!(!format!("{document:?}").contains("1101"));
/// # Ok::<(), mingma_domain::document::DocumentError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Document {
    /// A resident of the mainland.
    ResidentId(ResidentId),
    /// The holder of a passport.
    Passport(Passport),
    /// A resident of Hong Kong or Macau, by the travel permit.
    HongKongMacauPermit(HongKongMacauPermit),
    /// A resident of Taiwan, by the travel permit.
    TaiwanPermit(TaiwanPermit),
    /// A foreigner with permanent residence.
    ForeignPermanentResidence(ForeignPermanentResidence),
    /// A resident of Hong Kong, Macau or Taiwan who lives on the mainland, by the residence permit.
    HongKongMacauTaiwanResidence(HongKongMacauTaiwanResidence),
    /// A child without a document.
    ChildWithoutDocument(ChildWithoutDocument),
    /// Somebody without a document, by the number that a desk drew.
    DeskNumber(DeskNumber),
}

impl Document {
    /// The kind of the document.
    #[must_use]
    pub const fn kind(&self) -> DocumentKind {
        match self {
            Self::ResidentId(_) => DocumentKind::ResidentId,
            Self::Passport(_) => DocumentKind::Passport,
            Self::HongKongMacauPermit(_) => DocumentKind::HongKongMacauPermit,
            Self::TaiwanPermit(_) => DocumentKind::TaiwanPermit,
            Self::ForeignPermanentResidence(_) => DocumentKind::ForeignPermanentResidence,
            Self::HongKongMacauTaiwanResidence(_) => DocumentKind::HongKongMacauTaiwanResidence,
            Self::ChildWithoutDocument(_) => DocumentKind::ChildWithoutDocument,
            Self::DeskNumber(_) => DocumentKind::DeskNumber,
        }
    }

    /// The wire form, with the whole number: for storage that seals it, never for a log or a page.
    #[must_use]
    pub fn to_wire(&self) -> String {
        let kind = self.kind();
        match self {
            Self::ResidentId(id) => format!("{kind}:{}", id.number()),
            Self::Passport(passport) => format!("{kind}:{}:{}", passport.country(), passport.number()),
            Self::HongKongMacauPermit(permit) => format!("{kind}:{}", permit.number()),
            Self::TaiwanPermit(permit) => format!("{kind}:{}", permit.number()),
            Self::ForeignPermanentResidence(card) => format!("{kind}:{}", card.number()),
            Self::HongKongMacauTaiwanResidence(permit) => format!("{kind}:{}", permit.number()),
            Self::ChildWithoutDocument(child) => {
                format!("{kind}:{}:{}:{}", child.guardian().to_wire(), child.birth_date(), child.ordinal())
            }
            Self::DeskNumber(desk) => format!("{kind}:{}", desk.number()),
        }
    }

    /// The birth date, where the number has it: in full, with its century.
    #[must_use]
    pub fn birth_date(&self) -> Option<Date> {
        match self {
            Self::ResidentId(id) => Some(id.birth_date()),
            Self::HongKongMacauTaiwanResidence(permit) => Some(permit.birth_date()),
            Self::ForeignPermanentResidence(card) => card.birth_date(),
            Self::ChildWithoutDocument(child) => Some(child.birth_date()),
            Self::Passport(_)
            | Self::HongKongMacauPermit(_)
            | Self::TaiwanPermit(_)
            | Self::DeskNumber(_) => None,
        }
    }

    /// The sex, where the number encodes it.
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        match self {
            Self::ResidentId(id) => Some(id.sex()),
            Self::HongKongMacauTaiwanResidence(permit) => Some(permit.sex()),
            Self::ForeignPermanentResidence(card) => card.sex(),
            Self::Passport(_)
            | Self::HongKongMacauPermit(_)
            | Self::TaiwanPermit(_)
            | Self::ChildWithoutDocument(_)
            | Self::DeskNumber(_) => None,
        }
    }

    /// The number with its middle covered, to tell documents apart at a desk: `110***********002X`.
    ///
    /// Of 18 characters it shows the first three and the last four, of shorter ones the first and the last two; of a
    /// child the guardian's and the ordinal. The birth date is always covered.
    #[must_use]
    pub const fn masked(&self) -> Masked<'_> {
        Masked(self)
    }
}

impl FromStr for Document {
    type Err = DocumentError;

    /// Reads the wire form, strictly: no spaces, no small letters, nothing left out.
    ///
    /// # Errors
    /// [`DocumentError`], one variant for each refusal; none of them repeats any part of the number.
    fn from_str(wire: &str) -> Result<Self, DocumentError> {
        let (kind, number) = wire.split_once(':').ok_or(DocumentError::NoKind)?;
        // The unknown word is dropped here: a number may stand where the kind belongs.
        let kind = kind.parse().map_err(|unknown: crate::words::UnknownWord| DocumentError::UnknownKind {
            nearest: unknown.nearest,
        })?;
        Ok(match kind {
            DocumentKind::ResidentId => Self::ResidentId(number.parse()?),
            DocumentKind::Passport => Self::Passport(number.parse()?),
            DocumentKind::HongKongMacauPermit => Self::HongKongMacauPermit(number.parse()?),
            DocumentKind::TaiwanPermit => Self::TaiwanPermit(number.parse()?),
            DocumentKind::ForeignPermanentResidence => Self::ForeignPermanentResidence(number.parse()?),
            DocumentKind::HongKongMacauTaiwanResidence => Self::HongKongMacauTaiwanResidence(number.parse()?),
            DocumentKind::ChildWithoutDocument => Self::ChildWithoutDocument(number.parse()?),
            DocumentKind::DeskNumber => Self::DeskNumber(number.parse()?),
        })
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({}:…)", self.kind())
    }
}

/// A document shown with its number covered; see [`Document::masked`].
#[derive(Clone, Copy, Debug)]
pub struct Masked<'a>(&'a Document);

impl fmt::Display for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Document::ResidentId(id) => number::cover(f, id.number()),
            Document::Passport(passport) => {
                write!(f, "{}:", passport.country())?;
                number::cover(f, passport.number())
            }
            Document::HongKongMacauPermit(permit) => number::cover(f, permit.number()),
            Document::TaiwanPermit(permit) => number::cover(f, permit.number()),
            Document::ForeignPermanentResidence(card) => number::cover(f, card.number()),
            Document::HongKongMacauTaiwanResidence(permit) => number::cover(f, permit.number()),
            Document::ChildWithoutDocument(child) => {
                write!(f, "{}:****-**-**:{}", child.guardian().masked(), child.ordinal())
            }
            Document::DeskNumber(desk) => number::cover(f, desk.number()),
        }
    }
}
