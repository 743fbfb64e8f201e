//! A person ends what they allowed: an app's grant, or an agent's binding.
//!
//! Rows are only added, so an end is a grant or binding for no time, which supersedes the one that it names. Ending twice
//! changes nothing more.

use thiserror::Error;

use super::{Registry, Unable};
use crate::canonical::{chance_of, sha256};
use crate::id::{GrantId, PersonId};
use crate::policy::{Authorized, Denied, Subject, Wish};
use crate::record::PersonRecord;
use crate::row::{Binding, Grant, PersonRow};
use crate::words::ActName;

/// A wish to end what an app was let do.
#[derive(Clone, Copy, Debug)]
pub struct EndGrant {
    /// Who let it.
    pub person: PersonId,
    /// By which grant.
    pub grant: GrantId,
}

impl Wish for EndGrant {
    const ACT: ActName = ActName::AuthorizeApp;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }
}

/// A wish to end that an agent may act for somebody.
#[derive(Clone, Copy, Debug)]
pub struct EndBinding {
    /// For whom.
    pub ward: PersonId,
    /// By which binding.
    pub binding: GrantId,
}

impl Wish for EndBinding {
    const ACT: ActName = ActName::Bind;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.ward)
    }
}

/// Why nothing ends.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EndError {
    /// The policy's condition is not met.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The person allowed no such thing.
    #[error("there is no such grant")]
    NoSuchGrant,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Ends a grant: from now on the app may no more.
///
/// # Errors
/// [`EndError`].
pub async fn end_grant(registry: &Registry, wish: Authorized<EndGrant>) -> Result<(), EndError> {
    let EndGrant { person, grant } = *wish.wish();
    let record = registry.store().record(person).await.map_err(Unable::from)?;
    let given = record.grants.iter().find(|g| g.id == grant).ok_or(EndError::NoSuchGrant)?;
    let now = registry.now();
    let same = |g: &&Grant| g.app == given.app && g.scope == given.scope;
    if record.grants_in_force(now).find(same).is_none() {
        return Ok(());
    }
    let end = Grant { id: id_of_end(registry, grant), from: now, until: now, ..given.clone() };
    keep(registry, ActName::AuthorizeApp, person, PersonRow::Grant(end)).await
}

/// Ends a binding: from now on the agent may no more.
///
/// # Errors
/// [`EndError`].
pub async fn end_binding(registry: &Registry, wish: Authorized<EndBinding>) -> Result<(), EndError> {
    let EndBinding { ward, binding } = *wish.wish();
    let record = registry.store().record(ward).await.map_err(Unable::from)?;
    wish.reaches(record.registration.as_ref().map(|r| r.home))?;
    let given = record.bindings.iter().find(|b| b.id == binding).ok_or(EndError::NoSuchGrant)?;
    let now = registry.now();
    if record.bindings_in_force(now).all(|b| b.agent != given.agent) {
        return Ok(());
    }
    let end = Binding { id: id_of_end(registry, binding), from: now, until: now, ..*given };
    keep(registry, ActName::Bind, ward, PersonRow::Binding(end)).await
}

/// Ends all that a person's way in has let others do; what the person may do for others stays.
pub(super) async fn end_all(
    registry: &Registry,
    person: PersonId,
    record: &PersonRecord,
) -> Result<(), Unable> {
    let now = registry.now();
    let grant = |g: &Grant| Grant { id: id_of_end(registry, g.id), from: now, until: now, ..g.clone() };
    let binding = |b: &Binding| Binding { id: id_of_end(registry, b.id), from: now, until: now, ..*b };
    let grants = record.grants_in_force(now).map(|g| (ActName::AuthorizeApp, PersonRow::Grant(grant(g))));
    let bindings = record.bindings_in_force(now).map(|b| (ActName::Bind, PersonRow::Binding(binding(b))));
    let change = |(act, row)| registry.change(act, person, vec![row], Vec::new());
    let changes = grants.chain(bindings).map(change).collect::<Result<Vec<_>, _>>()?;
    registry.store().apply(changes).await?;
    Ok(())
}

fn id_of_end(registry: &Registry, ended: GrantId) -> GrantId {
    GrantId::new(registry.now(), chance_of(&sha256(ended.as_bytes()), 0))
}

async fn keep(registry: &Registry, act: ActName, person: PersonId, row: PersonRow) -> Result<(), EndError> {
    let change = registry.change(act, person, vec![row], Vec::new())?;
    // Ended twice within one millisecond: the first end stands.
    registry.keep(change).await?;
    Ok(())
}
