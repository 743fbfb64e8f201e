//! Rows about issuers: who they are, with which keys they sign, to what they are entitled, and how that ends.

use jiff::Timestamp;
use mingma_credential::key::DevicePoint;
use mingma_domain::Region;
use mingma_domain::fact::{Entitlement, Evidence, Issuer};

use crate::words::Capacity;

/// An issuer is known: who it is, and to which organisation it belongs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IssuerEntry {
    /// The issuer.
    pub issuer: Issuer,
    /// Its organisation; two issuers of one organisation cannot vouch for each other.
    pub organisation: Evidence,
    /// Where it works.
    pub region: Region,
}

impl IssuerEntry {
    /// Whether another issuer belongs to the same organisation, also if its name is written otherwise: `Zhengzhou-CDC`
    /// and `zhengzhou.cdc` are one.
    #[must_use]
    pub fn is_of_one_organisation_with(&self, other: &Self) -> bool {
        let letters = |entry: &Self| -> String {
            entry.organisation.as_str().to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
        };
        self.issuer == other.issuer || letters(self) == letters(other)
    }
}

/// A key with which an issuer signs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyEntry {
    /// Whose it is.
    pub issuer: Issuer,
    /// The public point (P-256).
    pub point: DevicePoint,
    /// From this instant on.
    pub from: Timestamp,
    /// The first instant at which it no longer counts.
    pub until: Timestamp,
}

/// A key that no longer counts, from its number on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyWithdrawal {
    /// The public point.
    pub point: DevicePoint,
    /// From this instant on.
    pub at: Timestamp,
}

/// What an issuer may put its key under, and in which capacity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EntitlementEntry {
    /// As what.
    pub capacity: Capacity,
    /// To what.
    pub entitlement: Entitlement,
}

/// An entitlement no longer counts, from its withdrawal's number on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EntitlementWithdrawal {
    /// The number of the act that gave it.
    pub entitlement: u64,
    /// Since when.
    pub at: Timestamp,
}
