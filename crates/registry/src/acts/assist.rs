//! A person lets a community worker help at a desk: by the code on their phone, or by the slip of somebody without one; and by that also those
//! for whom they act, who may have neither.
//!
//! No worker looks anybody up by a number: without a code from the person there is no [`Assisted`], and without that the
//! policy allows no look. Each consent is an entry that the person sees. Who is at the desk but not known here, has no
//! code, or gave a wrong one: all are refused in one form.

use jiff::{SignedDuration, Timestamp};
use mingma_domain::document::Document;
use mingma_domain::fact::Evidence;
use thiserror::Error;

use super::code::{Asked, ask, later, since, try_code};
use super::enter::enter_for;
use super::{Registry, Unable};
use crate::access::{AccessRow, Assistance, Assisted, OneTimeCode};
use crate::doer::Doer;
use crate::id::{AssistanceId, PersonId};
use crate::policy::{Actor, Authorized, Denied, Subject, Wish};
use crate::ports::draw;
use crate::row::PersonRow;
use crate::words::{ActName, CodeUse, NoticeKind};

/// How long a worker may help on one consent, in minutes.
pub const ASSISTANCE_MINUTES: i64 = 15;

/// A worker's wish that the person at the desk be sent a code to read out.
#[derive(Clone, Debug)]
pub struct AskConsent {
    /// Who says to be at the desk.
    pub document: Document,
}

/// A worker's wish to help, with the code that the person read out or the one on their slip.
#[derive(Clone, Debug)]
pub struct Assist {
    /// Who is at the desk.
    pub document: Document,
    /// The code.
    pub code: OneTimeCode,
}

impl Wish for AskConsent {
    const ACT: ActName = ActName::Assist;

    fn subject(&self) -> Subject<'_> {
        Subject::Nobody
    }
}

impl Wish for Assist {
    const ACT: ActName = ActName::Assist;

    fn subject(&self) -> Subject<'_> {
        Subject::Nobody
    }
}

/// A worker's wish to help also somebody for whom the person acts who let them help: a child, a parent.
#[derive(Clone, Debug)]
pub struct AssistWard {
    /// Who let the worker help.
    pub person: PersonId,
    /// For whom they act.
    pub ward: Document,
}

impl Wish for AssistWard {
    const ACT: ActName = ActName::Assist;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }
}

/// By what a worker's later requests name the consent. It is of no use to anybody else: each use asks whether this worker
/// was let, and still is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Handle {
    /// Who is helped.
    pub person: PersonId,
    /// By which consent.
    pub assistance: AssistanceId,
}

/// Why nobody may help.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AssistError {
    /// Only an official helps.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is nobody with this document and code, or no longer.
    #[error(
        "the document and the code do not fit together, or the code is over: ask for a new one, or use the slip"
    )]
    Refused,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Sends the person of a document a code to read out, if there is such a person and a way to reach them.
///
/// # Errors
/// [`Unable`].
pub async fn ask_consent(registry: &Registry, wish: Authorized<AskConsent>) -> Result<Asked, Unable> {
    ask(registry, &wish.wish().document, (CodeUse::Assistance, NoticeKind::AssistanceCode)).await
}

/// Notes that a person let the worker help, and gives the handle and the proof.
///
/// # Errors
/// [`AssistError`].
pub async fn assist(
    registry: &Registry,
    wish: Authorized<Assist>,
) -> Result<(Handle, Assisted), AssistError> {
    let Actor::Official { staff, .. } = wish.actor() else { return Err(Denied::NotOwn.into()) };
    let Assist { document, code } = wish.wish();
    let person = registry.store().find(document).await.map_err(Unable::from)?.ok_or(AssistError::Refused)?;
    let what_for = if code.is_slip() { CodeUse::Slip } else { CodeUse::Assistance };
    try_code(registry, person, what_for, code).await?.ok_or(AssistError::Refused)?;
    let until = later(registry.now(), SignedDuration::from_mins(ASSISTANCE_MINUTES));
    // Whoever gave the code let the worker help.
    let handle = noted(registry, (person, Doer::Person), (staff.clone(), until)).await?;
    let proof = enter_assisting(registry, wish.actor(), handle).await?.ok_or(AssistError::Refused)?;
    Ok((handle, proof))
}

/// Notes that a person let the worker help who helps them also somebody for whom they act, for the rest of that time. Whether they may is
/// asked of the other's binding; whoever they do not act for and whoever is not known are not told apart.
///
/// # Errors
/// [`AssistError`].
pub async fn assist_ward(registry: &Registry, wish: Authorized<AssistWard>) -> Result<Handle, AssistError> {
    let Actor::Assistant(assisted) = wish.actor() else { return Err(Denied::NoConsent.into()) };
    let AssistWard { person, ward } = wish.wish();
    let ward = registry.store().find(ward).await.map_err(Unable::from)?.ok_or(AssistError::Refused)?;
    let bound = enter_for(registry, *person, ward).await?.ok_or(AssistError::Refused)?;
    let consent = (assisted.staff().clone(), assisted.until());
    Ok(noted(registry, (ward, Doer::bound(&bound)), consent).await?)
}

/// Writes a consent down, by whoever gave it.
async fn noted(
    registry: &Registry,
    (person, doer): (PersonId, Doer),
    (staff, until): (Evidence, Timestamp),
) -> Result<Handle, Unable> {
    let from = registry.now();
    let id = AssistanceId::new(from, draw(registry.rng())?);
    let row = AccessRow::Assistance(Assistance { id, staff, from, until });
    let deed = (ActName::Assist, Some(doer));
    let change = registry.change(deed, person, vec![PersonRow::Access(row)], Vec::new())?;
    registry.keep(change).await?;
    Ok(Handle { person, assistance: id })
}

/// The proof that this official may act for the person of a handle now; none if the person did not let them, or the
/// time is over.
///
/// # Errors
/// [`Unable`].
pub async fn enter_assisting(
    registry: &Registry,
    worker: &Actor,
    handle: Handle,
) -> Result<Option<Assisted>, Unable> {
    let Actor::Official { staff, region, .. } = worker else { return Ok(None) };
    let now = registry.now();
    let access = registry.store().access(handle.person, since(now)).await?;
    Ok(access.assisted(handle.person, (staff, *region), handle.assistance, now))
}
