//! The keys a checkpoint believes, and for what: which region, which kind of token, from when until when.
//!
//! A list comes as a signed file ([`mod@file`]) or is made of one certificate. It is found in memory by the
//! key's name; two keys of one name are both tried. Nothing here fetches anything.

pub mod file;

use serde::Serialize;

use crate::certificate::Certificate;
use crate::key::{KeyId, VerifyingKey};
use crate::limits::MAX_KEYS_TRIED;
use crate::status::RegionCode;
use crate::time::UnixSeconds;

/// A set of believed keys, ordered by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustList {
    entries: Vec<TrustEntry>,
}

/// One believed key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustEntry {
    key_id: KeyId,
    key: VerifyingKey,
    certificate: Option<Certificate>,
    scope: Scope,
}

/// What a key is believed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// For everything: a certificate that somebody handed over himself.
    Everything,
    /// For some tokens of some regions and for some time.
    Limited {
        /// The regions for which it speaks; those inside them are meant, too.
        regions: Vec<RegionCode>,
        /// The kinds of token that it signs.
        uses: Vec<Use>,
        /// The first instant at which it is believed.
        from: UnixSeconds,
        /// The last instant at which it is believed.
        until: UnixSeconds,
    },
}

/// A kind of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// Codes of ours, sub-claim −701.
    Status,
    /// Health certificates of the EU and WHO kind.
    Certificate,
    /// Lists of revoked codes.
    StatusList,
}

impl TrustList {
    /// A list of one certificate, believed for everything and at all times; a code that names no key is
    /// tried with it.
    #[must_use]
    pub fn of_certificate(certificate: Certificate) -> Self {
        Self::of_entries(vec![TrustEntry::of_certificate(certificate, Scope::Everything)])
    }

    /// A list of these entries.
    #[must_use]
    pub fn of_entries(mut entries: Vec<TrustEntry>) -> Self {
        entries.sort_by_key(|entry| entry.key_id);
        Self { entries }
    }

    /// The entries, by name.
    #[must_use]
    pub fn entries(&self) -> &[TrustEntry] {
        &self.entries
    }

    /// The entries of this name, at most [`MAX_KEYS_TRIED`]; without a name the only one, if there is one.
    pub(crate) fn named(&self, name: Option<&[u8]>) -> &[TrustEntry] {
        let Some(name) = name else {
            return if self.entries.len() == 1 { &self.entries } else { &[] };
        };
        let Some(name) = KeyId::from_bytes(name) else { return &[] };
        let start = self.entries.partition_point(|entry| entry.key_id < name);
        let end = self.entries.partition_point(|entry| entry.key_id <= name);
        self.entries.get(start..end.min(start.saturating_add(MAX_KEYS_TRIED))).unwrap_or_default()
    }
}

impl TrustEntry {
    /// An entry for the key in a certificate, under the name that the certificate gives it.
    #[must_use]
    pub fn of_certificate(certificate: Certificate, scope: Scope) -> Self {
        Self {
            key_id: certificate.key_id(),
            key: certificate.key().clone(),
            certificate: Some(certificate),
            scope,
        }
    }

    /// An entry for a bare key under the name that its signer uses.
    #[must_use]
    pub fn of_key(key_id: KeyId, key: VerifyingKey, scope: Scope) -> Self {
        Self { key_id, key, certificate: None, scope }
    }

    /// The key's name.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// The certificate that holds the key; none of a bare key.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// What it is believed for.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

impl Scope {
    /// Whether the key signs this kind of token.
    #[must_use]
    pub fn allows(&self, kind: Use) -> bool {
        match self {
            Self::Everything => true,
            Self::Limited { uses, .. } => uses.contains(&kind),
        }
    }

    /// Whether the key speaks for this region.
    #[must_use]
    pub fn holds(&self, region: &RegionCode) -> bool {
        match self {
            Self::Everything => true,
            Self::Limited { regions, .. } => regions.iter().any(|own| own.contains(region)),
        }
    }

    /// Whether the key is believed at this instant.
    #[must_use]
    pub fn covers(&self, now: UnixSeconds) -> bool {
        match self {
            Self::Everything => true,
            Self::Limited { from, until, .. } => (*from..=*until).contains(&now),
        }
    }
}
