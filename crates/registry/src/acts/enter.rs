//! How an app or an agent comes in: with a proof made from what the person once allowed.

use jiff::SignedDuration;
use mingma_domain::fact::Evidence;

use super::assess::Assess;
use super::look::{self, Look};
use super::{Registry, Unable};
use crate::id::PersonId;
use crate::policy::{Actor, Purpose, Role, authorize};
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

/// For how long a representative's look that is on the record stands for the next ones: they see everything each time, and the person
/// reads on which days.
const LOOK_STANDS: SignedDuration = SignedDuration::from_hours(24);

/// The proof that `agent`, who has signed in, may act for `ward` now; none if nobody bound them.
///
/// Whoever acts for another reads everything about them. So before the proof is given a look is on the ward's record, once a day for each
/// binding, and no endpoint or page can forget it. The ward is not sent a message each day: they let the other in, or it is their child.
///
/// # Errors
/// [`Unable`], also if the look cannot be written down.
pub async fn enter_for(
    registry: &Registry,
    agent: PersonId,
    ward: PersonId,
) -> Result<Option<Bound>, Unable> {
    let record = registry.store().record(ward).await?;
    let now = registry.now();
    let Some(bound) = record.bound(ward, agent, now) else { return Ok(None) };
    let case = bound.case();
    let stands = record.disclosures.iter().any(|look| {
        look.role == Role::Agent
            && look.case.as_ref() == case.as_ref()
            && now.duration_since(look.at) < LOOK_STANDS
    });
    if !stands {
        let permitted = authorize(Actor::Agent(bound), Purpose::SelfService, Assess { person: ward });
        // INVARIANT: a tie is a word, and the policies let agents assess; where one stopped to be so, nobody would come in.
        let (Ok(by), Ok(permitted)) = (bound.tie().word().parse(), permitted) else { return Ok(None) };
        let (purpose, policies) = (permitted.purpose(), permitted.policies().clone());
        let look = Look { role: Role::Agent, by, purpose, policies, case, is_news: false };
        look::keep(registry, ward, look).await?;
    }
    Ok(Some(bound))
}
