//! Issuers: what gives one of them more than it had is proposed by one office and agreed to by another
//! ([`approve`](super::approve)); what takes something away one office does, at once.
//!
//! Whoever could appoint alone could invent a border post and a second organisation. So nobody can; and nobody grants what
//! they lack: both offices are in office over all that the appointment reaches.

use jiff::Timestamp;
use mingma_credential::key::DevicePoint;
use mingma_domain::Region;
use mingma_domain::fact::{Entitlement, Issuer, IssuerClass};
use thiserror::Error;

use super::{Registry, Unable};
use crate::appointment::Appointment;
use crate::book::Book;
use crate::brake::{Hand, Proposal, Proposed};
use crate::canonical::Hash;
use crate::policy::{Authorized, Subject, Wish};
use crate::row::{EntitlementEntry, EntitlementWithdrawal, KeyWithdrawal, Limit, PublicRow, RowKind};
use crate::store::Applied;
use crate::words::{ActName, Capacity};

/// For how long an entitlement is given at most, in days: a year, so that every year two offices look at it again.
pub const MAX_ENTITLEMENT_DAYS: i32 = 366;

/// A wish that an issuer have less than it had.
#[derive(Clone, Debug)]
pub struct Appoint {
    /// The region over which the office acts.
    pub region: Region,
    /// What is taken away.
    pub less: Less,
}

/// What takes something away from an issuer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Less {
    /// A key no longer counts.
    Key(DevicePoint),
    /// An entitlement no longer counts; by the number of the act that gave it.
    Entitlement(u64),
    /// It records no more of a kind within an hour than this, which is no more than it was.
    Limit(Limit),
}

/// A wish that an issuer have more than it had.
#[derive(Clone, Debug)]
pub struct ProposeAppointment {
    /// The region over which the office acts.
    pub region: Region,
    /// What.
    pub appointment: Appointment,
}

impl Wish for Appoint {
    const ACT: ActName = ActName::Appoint;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.region)
    }
}

impl Wish for ProposeAppointment {
    const ACT: ActName = ActName::Propose;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.region)
    }
}

/// Why nobody is appointed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AppointError {
    /// Only an official's hand counts.
    #[error("only an office appoints")]
    NoOffice,
    /// One office may lower a limit, not raise it.
    #[error(
        "this is more than the {now} rows an hour that the issuer has: it waits for a second office; propose it"
    )]
    SecondOffice {
        /// The limit now.
        now: u32,
    },
    /// No such entitlement is known.
    #[error("act {number} gave no entitlement")]
    UnknownEntitlement {
        /// The number.
        number: u64,
    },
    /// It would last too long.
    #[error(
        "an entitlement lasts {MAX_ENTITLEMENT_DAYS} days at most: it is given anew then, by two offices"
    )]
    TooLong,
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

/// Takes something away from an issuer, at once, and gives the act's number.
///
/// # Errors
/// [`AppointError`].
pub async fn appoint(registry: &Registry, wish: Authorized<Appoint>) -> Result<u64, AppointError> {
    let Appoint { region, less } = wish.wish();
    let book = registry.book().await.map_err(Unable::from)?;
    let at = registry.now();
    let row = less_row(&book, *region, less, at)?;
    let by = Hand::of(wish.actor(), at).ok_or(AppointError::NoOffice)?;
    match registry.make_public_of(ActName::Appoint, row, |entry| entry.alone(&by)).await? {
        Applied::Published(number) => Ok(number),
        Applied::Exists(kind) => Err(AppointError::Exists { kind }),
        Applied::Done => Err(Unable::NoAnswer.into()),
    }
}

/// What takes something away, if an office over this region may.
pub(super) fn less_row(
    book: &Book,
    region: Region,
    less: &Less,
    at: Timestamp,
) -> Result<PublicRow, AppointError> {
    match less {
        Less::Key(point) => {
            let key = book.key(point).ok_or(AppointError::UnknownKey)?;
            works_inside(book, &key.issuer, region)?;
            Ok(PublicRow::KeyWithdrawn(KeyWithdrawal { point: *point, at }))
        }
        Less::Entitlement(number) => {
            let given = book.entitlement(*number);
            let given = given.ok_or(AppointError::UnknownEntitlement { number: *number })?;
            works_inside(book, &given.entitlement.issuer, region)?;
            Ok(PublicRow::EntitlementWithdrawn(EntitlementWithdrawal { entitlement: *number, at }))
        }
        Less::Limit(limit) => {
            works_inside(book, &limit.issuer, region)?;
            match book.limit(&limit.issuer, limit.kind) {
                now if limit.per_hour > now => Err(AppointError::SecondOffice { now }),
                _ => Ok(PublicRow::Limit(limit.clone())),
            }
        }
    }
}

/// Proposes an appointment; gives the proposal's number and what says that both offices have seen the same.
///
/// # Errors
/// [`AppointError`].
pub async fn propose_appointment(
    registry: &Registry,
    wish: Authorized<ProposeAppointment>,
) -> Result<(u64, Hash), AppointError> {
    let ProposeAppointment { region, appointment } = wish.wish();
    let book = registry.book().await.map_err(Unable::from)?;
    let reach = lawful(&book, *region, appointment)?;
    if let Some(kind) = exists(&book, appointment) {
        return Err(AppointError::Exists { kind });
    }
    let by = Hand::of(wish.actor(), registry.now()).ok_or(AppointError::NoOffice)?;
    let what = Proposed::Appointment { region: reach, appointment: appointment.clone() };
    let proposal = Proposal { what, by };
    let seen = proposal.seen();
    match registry.make_public(ActName::Propose, PublicRow::Proposal(proposal)).await? {
        Applied::Published(number) => Ok((number, seen)),
        Applied::Done | Applied::Exists(_) => Err(Unable::NoAnswer.into()),
    }
}

/// Over what region an appointment reaches, if an office over this one may give it, as the book stands.
pub(super) fn lawful(book: &Book, region: Region, appointment: &Appointment) -> Result<Region, AppointError> {
    match appointment {
        Appointment::Issuer(entry) => {
            let class = entry.issuer.class();
            if matches!(class, IssuerClass::Resident | IssuerClass::Appeal) {
                return Err(AppointError::Class { class });
            }
            inside(entry.region, region)
        }
        Appointment::Key(entry) => {
            let reach = works_inside(book, &entry.issuer, region)?;
            if entry.until <= entry.from { Err(AppointError::Backwards) } else { Ok(reach) }
        }
        Appointment::Entitlement(EntitlementEntry { capacity, entitlement }) => {
            let Entitlement { issuer, kind, region: over, from, until } = entitlement;
            let at = works_inside(book, issuer, region)?;
            inside(*over, region)?;
            if until < from {
                return Err(AppointError::Backwards);
            }
            if until.days_since(*from) >= MAX_ENTITLEMENT_DAYS {
                return Err(AppointError::TooLong);
            }
            let (class, kind) = (issuer.class(), *kind);
            if *capacity == Capacity::Submit && !kind.spec().issuers.contains(&class) {
                return Err(AppointError::Vocabulary { class, kind });
            }
            Ok(if at.is_in(*over) {
                *over
            } else if over.is_in(at) {
                at
            } else {
                region
            })
        }
        Appointment::Limit(limit) => works_inside(book, &limit.issuer, region),
    }
}

/// What is there already, and would never be changed.
pub(super) fn exists(book: &Book, appointment: &Appointment) -> Option<RowKind> {
    match appointment {
        Appointment::Issuer(entry) => book.issuer(&entry.issuer).map(|_| RowKind::Issuer),
        Appointment::Key(entry) => book.key(&entry.point).map(|_| RowKind::Key),
        Appointment::Entitlement(_) | Appointment::Limit(_) => None,
    }
}

/// Where an issuer works, if that is inside.
fn works_inside(book: &Book, issuer: &Issuer, outer: Region) -> Result<Region, AppointError> {
    let known = book.issuer(issuer).ok_or_else(|| AppointError::UnknownIssuer { issuer: issuer.clone() })?;
    inside(known.region, outer)
}

fn inside(inner: Region, outer: Region) -> Result<Region, AppointError> {
    if inner.is_in(outer) { Ok(inner) } else { Err(AppointError::Outside { region: outer }) }
}
