//! Who says a fact: the classes of issuer, an issuer by name, and what it is entitled to.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::fact::evidence::{Evidence, EvidenceError};
use crate::fact::kind::Kind;
use crate::region::Region as RegionCode;
use crate::time::Day;
use crate::words::{UnknownWord, words};

words! {
    /// The sort of office that an issuer is; what it may issue follows from it.
    IssuerClass, "a class of issuer" {
        /// A hospital or fever clinic (医院).
        Hospital = "hospital",
        /// A centre for disease control (疾控中心).
        Cdc = "cdc",
        /// A testing laboratory (检测机构).
        Laboratory = "laboratory",
        /// A residents' community or its grid (社区).
        Community = "community",
        /// A border post (口岸).
        Border = "border",
        /// The person, or whoever declares for them (本人).
        Resident = "self",
        /// A railway, airline, bus or ferry company, from its tickets (客运).
        Transport = "transport",
        /// A telephone carrier, with the person's consent, county and day only (通信运营商).
        Carrier = "carrier",
        /// The investigation that follows a case through a venue's check-ins (场所).
        Venue = "venue",
        /// A region that is recognised, by its credential's key (互认地区).
        Region = "region",
        /// An appeal's outcome: may retract, never assert (申诉).
        Appeal = "appeal",
    }
}

/// One issuer: its class and, where there are several, its name; written `cdc` or `cdc:410100-02`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Issuer {
    class: IssuerClass,
    name: Option<Evidence>,
}

impl Issuer {
    /// The issuer of a class that has no further name.
    #[must_use]
    pub const fn of(class: IssuerClass) -> Self {
        Self { class, name: None }
    }

    /// Its class.
    #[must_use]
    pub const fn class(&self) -> IssuerClass {
        self.class
    }

    /// Its name within the class, if it has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(Evidence::as_str)
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            None => write!(f, "{}", self.class),
            Some(name) => write!(f, "{}:{name}", self.class),
        }
    }
}

impl Serialize for Issuer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Issuer {
    type Err = IssuerError;

    fn from_str(text: &str) -> Result<Self, IssuerError> {
        let (class, name) = match text.split_once(':') {
            None => (text, None),
            Some((class, name)) => (class, Some(name.parse()?)),
        };
        Ok(Self { class: class.parse()?, name })
    }
}

/// Why a text names no issuer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// The part before the colon is no class.
    #[error(transparent)]
    Class(#[from] UnknownWord),
    /// The part after the colon is no name.
    #[error("the issuer's name after the colon: {0}")]
    Name(#[from] EvidenceError),
}

/// What an authority has entitled one issuer to: a kind of fact, in a region, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entitlement {
    /// Who is entitled.
    pub issuer: Issuer,
    /// To which kind of fact.
    pub kind: Kind,
    /// About events in this region, the regions in it included.
    pub region: RegionCode,
    /// From this day on, included.
    pub from: Day,
    /// To this day, included; every entitlement ends.
    pub until: Day,
}

impl Entitlement {
    /// Whether this entitlement lets `issuer` submit a fact of `kind` for `region` on `day`.
    ///
    /// It must name the issuer itself, and the issuer's class must be one that the vocabulary allows for the kind:
    /// an entitlement cannot give what the vocabulary withholds.
    #[must_use]
    pub fn allows(&self, issuer: &Issuer, kind: Kind, region: RegionCode, day: Day) -> bool {
        self.issuer == *issuer
            && self.kind == kind
            && kind.spec().issuers.contains(&issuer.class())
            && region.is_in(self.region)
            && self.is_in_force(day)
    }

    /// Whether it is in force on a day.
    #[must_use]
    pub fn is_in_force(&self, day: Day) -> bool {
        (self.from..=self.until).contains(&day)
    }
}
