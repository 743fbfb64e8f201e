//! A person ends what they allowed: an app's grant, or an agent's binding.
//!
//! Rows are only added, so an end is a grant or binding for no time, which supersedes the one that it names. Ending twice
//! changes nothing more.

use thiserror::Error;

use super::look::reach;
use super::{Registry, Unable};
use crate::canonical::{chance_of, sha256};
use crate::doer::Doer;
use crate::id::{GrantId, PersonId};
use crate::policy::{Authorized, Denied, Subject, Wish};
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
    keep(registry, wish.deed(), person, end_of(registry, given)).await
}

/// Ends a binding: from now on the agent may no more.
///
/// # Errors
/// [`EndError`].
pub async fn end_binding(registry: &Registry, wish: Authorized<EndBinding>) -> Result<(), EndError> {
    let EndBinding { ward, binding } = *wish.wish();
    let record = registry.store().record(ward).await.map_err(Unable::from)?;
    reach::<_, EndError>(registry, (ward, &record), &wish).await?;
    let given = record.bindings.iter().find(|b| b.id == binding).ok_or(EndError::NoSuchGrant)?;
    let now = registry.now();
    if record.bindings_in_force(now).all(|b| b.agent != given.agent) {
        return Ok(());
    }
    keep(registry, wish.deed(), ward, end_of_binding(registry, given)).await
}

/// Ends all that a person's way in has let others do; what the person may do for others stays.
pub(super) async fn end_all(
    registry: &Registry,
    person: PersonId,
    doer: Option<&Doer>,
) -> Result<(), Unable> {
    let (record, now) = (registry.store().record(person).await?, registry.now());
    let grants = record.grants_in_force(now).map(|grant| (ActName::AuthorizeApp, end_of(registry, grant)));
    let bindings =
        record.bindings_in_force(now).map(|binding| (ActName::Bind, end_of_binding(registry, binding)));
    let change = |(act, row)| registry.change((act, doer.cloned()), person, vec![row], Vec::new());
    let changes = grants.chain(bindings).map(change).collect::<Result<Vec<_>, _>>()?;
    registry.store().apply(changes).await?;
    Ok(())
}

/// The grant that ends one.
fn end_of(registry: &Registry, grant: &Grant) -> PersonRow {
    let now = registry.now();
    PersonRow::Grant(Grant { id: id_of_end(registry, grant.id), from: now, until: now, ..grant.clone() })
}

/// The binding that ends one.
fn end_of_binding(registry: &Registry, binding: &Binding) -> PersonRow {
    let now = registry.now();
    PersonRow::Binding(Binding { id: id_of_end(registry, binding.id), from: now, until: now, ..*binding })
}

fn id_of_end(registry: &Registry, ended: GrantId) -> GrantId {
    GrantId::new(registry.now(), chance_of(&sha256(ended.as_bytes()), 0))
}

async fn keep(
    registry: &Registry,
    deed: (ActName, Option<Doer>),
    person: PersonId,
    row: PersonRow,
) -> Result<(), EndError> {
    let change = registry.change(deed, person, vec![row], Vec::new())?;
    // Ended twice within one millisecond: the first end stands.
    registry.keep(change).await?;
    Ok(())
}
