//! Facts: the only things that can change anybody's colour.
//!
//! A [`Fact`] is typed, dated, issued by somebody entitled to its kind and carries a reference to evidence where one
//! is due. The one way to make one is [`Fact::parse`], which checks all of that; so a `Fact` that exists is a fact
//! that the vocabulary allows. A fact is never edited: a [`Retraction`] names it and says why it no longer counts.

pub mod evidence;
pub mod issuer;
pub mod kind;
pub mod names;
pub mod retraction;
pub mod value;
pub mod word;

mod parse;

pub use evidence::Evidence;
pub use issuer::{Entitlement, Issuer, IssuerClass};
pub use kind::Kind;
pub use parse::{COLUMNS, Column, FactError, RawFact, Statement};
pub use retraction::{Retraction, RetractionReason};
pub use value::{Color, Value};
pub use word::{Word, WordSet};

use std::fmt;

use serde::Serialize;

use crate::region::Region;
use crate::time::Moment;

/// One fact about one person.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Fact {
    kind: Kind,
    value: Value,
    at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
    issuer: Issuer,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
}

impl Fact {
    /// What it is about.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What it says.
    #[must_use]
    pub const fn value(&self) -> Value {
        self.value
    }

    /// When it was, or began.
    #[must_use]
    pub const fn at(&self) -> Moment {
        self.at
    }

    /// When it ended or will end, that day included; `None` for a point in time and for an open period.
    #[must_use]
    pub const fn until(&self) -> Option<Moment> {
        self.until
    }

    /// Where it was, for the kinds that name a region.
    #[must_use]
    pub const fn region(&self) -> Option<Region> {
        self.region
    }

    /// Who says so.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The reference to its evidence.
    #[must_use]
    pub const fn evidence(&self) -> Option<&Evidence> {
        self.evidence.as_ref()
    }

    /// What a retraction calls it: `kind/value@at`.
    #[must_use]
    pub fn name(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}@{}", self.kind, self.value, self.at)
    }
}
