//! How an app or an agent comes in: with a proof made from what the person once allowed.

use mingma_domain::fact::Evidence;

use super::{Registry, Unable};
use crate::id::PersonId;
use crate::record::{Bound, Granted};
use crate::words::Scope;

/// The proof that an app may do this for a person now; none if the person has not let it.
///
/// # Errors
/// [`Unable`].
pub async fn enter_as_app(
    registry: &Registry,
    person: PersonId,
    app: &Evidence,
    scope: Scope,
) -> Result<Option<Granted>, Unable> {
    let record = registry.store().record(person).await?;
    Ok(record.granted(person, app, scope, registry.now()))
}

/// The proof that `agent`, who has signed in, may act for `ward` now; none if nobody bound them.
///
/// # Errors
/// [`Unable`].
pub async fn enter_for(
    registry: &Registry,
    agent: PersonId,
    ward: PersonId,
) -> Result<Option<Bound>, Unable> {
    let record = registry.store().record(ward).await?;
    Ok(record.bound(ward, agent, registry.now()))
}
