//! An authority appoints: an issuer, its key, the end of a key, what the issuer is entitled to.

use mingma_domain::Region;
use mingma_domain::fact::{Issuer, IssuerClass};
use thiserror::Error;

use super::{Registry, Unable};
use crate::policy::{Authorized, Subject, Wish};
use crate::row::{PublicRow, RowKind};
use crate::store::Applied;
use crate::words::{ActName, Capacity};

/// A wish to appoint.
#[derive(Clone, Debug)]
pub struct Appoint {
    /// The region over which the authority acts.
    pub region: Region,
    /// What is to be said: a row about an issuer, a key, an entitlement or a limit.
    pub row: PublicRow,
}

impl Wish for Appoint {
    const ACT: ActName = ActName::Appoint;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.region)
    }
}

/// Why nobody is appointed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AppointError {
    /// Rules and risk are published by acts of their own.
    #[error("this is no appointment: rules are published and risk is set by acts of their own")]
    NoAppointment,
    /// Residents and appeals are no issuers with a key.
    #[error("`{class}` has no key: it is not appointed")]
    Class {
        /// Which.
        class: IssuerClass,
    },
    /// It lies outside the region over which the authority acts.
    #[error("this reaches outside `{region}`")]
    Outside {
        /// The authority's region.
        region: Region,
    },
    /// No such issuer is appointed.
    #[error("`{issuer}` is not an appointed issuer: appoint it first")]
    UnknownIssuer {
        /// Who.
        issuer: Issuer,
    },
    /// No such key is known.
    #[error("no such key is known")]
    UnknownKey,
    /// The vocabulary withholds the kind from the issuer's class.
    #[error("the vocabulary does not let `{class}` record `{kind}`")]
    Vocabulary {
        /// The class.
        class: IssuerClass,
        /// The kind.
        kind: mingma_domain::fact::Kind,
    },
    /// It would end before it begins.
    #[error("`until` lies before `from`")]
    Backwards,
    /// It is there already, and such rows are never changed.
    #[error("it is there already and is never changed")]
    Exists {
        /// What.
        kind: RowKind,
    },
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Appoints, and gives the act's number.
///
/// # Errors
/// [`AppointError`].
pub async fn appoint(registry: &Registry, wish: Authorized<Appoint>) -> Result<u64, AppointError> {
    let Appoint { region, row } = wish.wish();
    let book = registry.book().await.map_err(Unable::from)?;
    let issuer_here = |issuer: &Issuer| {
        let known =
            book.issuer(issuer).ok_or_else(|| AppointError::UnknownIssuer { issuer: issuer.clone() })?;
        inside(known.region, *region)
    };
    match row {
        PublicRow::Issuer(entry) => {
            if matches!(entry.issuer.class(), IssuerClass::Resident | IssuerClass::Appeal) {
                return Err(AppointError::Class { class: entry.issuer.class() });
            }
            inside(entry.region, *region)?;
        }
        PublicRow::Key(entry) => {
            issuer_here(&entry.issuer)?;
            if entry.until <= entry.from {
                return Err(AppointError::Backwards);
            }
        }
        PublicRow::KeyWithdrawn(entry) => {
            let key = book.key(&entry.point).ok_or(AppointError::UnknownKey)?;
            issuer_here(&key.issuer)?;
        }
        PublicRow::Entitlement(entry) => {
            let entitlement = &entry.entitlement;
            issuer_here(&entitlement.issuer)?;
            inside(entitlement.region, *region)?;
            if entitlement.until < entitlement.from {
                return Err(AppointError::Backwards);
            }
            let (class, kind) = (entitlement.issuer.class(), entitlement.kind);
            if entry.capacity == Capacity::Submit && !kind.spec().issuers.contains(&class) {
                return Err(AppointError::Vocabulary { class, kind });
            }
        }
        PublicRow::Limit(entry) => issuer_here(&entry.issuer)?,
        PublicRow::Alarm(_)
        | PublicRow::Allowance(_)
        | PublicRow::Ruleset(_)
        | PublicRow::Risk(_)
        | PublicRow::Proposal(_)
        | PublicRow::Approval(_)
        | PublicRow::Emergency(_)
        | PublicRow::Purged(_) => return Err(AppointError::NoAppointment),
    }
    match registry.make_public(ActName::Appoint, row.clone()).await? {
        Applied::Published(number) => Ok(number),
        Applied::Exists(kind) => Err(AppointError::Exists { kind }),
        Applied::Done => Err(Unable::NoAnswer.into()),
    }
}

fn inside(inner: Region, outer: Region) -> Result<(), AppointError> {
    if inner.is_in(outer) { Ok(()) } else { Err(AppointError::Outside { region: outer }) }
}
