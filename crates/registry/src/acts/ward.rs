//! For whom a person acts: kept with that person, so that any device of theirs finds it, once they have taken it on.
//!
//! Only whom the person has taken on is kept, so that nobody fills a stranger's list by binding them. What is kept lets
//! nobody in: each time the other's own binding is asked.

use jiff::{SignedDuration, Timestamp};
use mingma_domain::document::Document;

use super::{Registry, Unable};
use crate::access::{AccessRow, Ward};
use crate::id::PersonId;
use crate::record::Bound;
use crate::retention::GRANT_DAYS;
use crate::row::Binding;
use crate::store::Change;

/// The most persons that are told for whom somebody acts, those bound last first: a home's carer with a ward of patients. Each is
/// a record that is read.
pub const MAX_WARDS: usize = 64;

/// Takes it on to act for the person of a document, who has let `agent` do so; none if there is no such person or they have
/// not, which are not told apart.
///
/// # Errors
/// [`Unable`].
pub async fn take_on(registry: &Registry, agent: PersonId, of: &Document) -> Result<Option<Bound>, Unable> {
    match registry.store().find(of).await? {
        Some(person) => keep(registry, agent, person).await,
        None => Ok(None),
    }
}

/// Keeps with `agent` that they act for `person`, if that one has let them.
pub(super) async fn keep(
    registry: &Registry,
    agent: PersonId,
    person: PersonId,
) -> Result<Option<Bound>, Unable> {
    let record = registry.store().record(person).await?;
    let now = registry.now();
    if let Some(binding) = record.bindings_in_force(now).find(|binding| binding.agent == agent) {
        let row = AccessRow::Ward(Ward { binding: binding.id, person, until: binding.until });
        // If they have taken it on by this binding before, it is there already.
        registry.keep(Change::Access { person: agent, rows: vec![row], notices: Vec::new() }).await?;
    }
    Ok(record.bound(person, agent, now))
}

/// Those for whom `agent` has taken it on to act and may act now, each with the binding, by which they were bound last first; at
/// most [`MAX_WARDS`].
///
/// # Errors
/// [`Unable`].
pub async fn wards(registry: &Registry, agent: PersonId) -> Result<Vec<(PersonId, Binding)>, Unable> {
    let now = registry.now();
    // Somebody who is bound anew when the former binding is over need not be taken on again while that is kept.
    let since = now.checked_sub(SignedDuration::from_hours(24 * GRANT_DAYS)).unwrap_or(Timestamp::MIN);
    let mut kept = registry.store().access(agent, since).await?.wards;
    kept.sort_by_key(|ward| std::cmp::Reverse(ward.binding));
    let mut persons: Vec<PersonId> = Vec::new();
    for ward in kept {
        if persons.len() < MAX_WARDS && !persons.contains(&ward.person) {
            persons.push(ward.person);
        }
    }
    let mut wards = Vec::with_capacity(persons.len());
    for person in persons {
        let record = registry.store().record(person).await?;
        let binding = record.bindings_in_force(now).find(|binding| binding.agent == agent);
        wards.extend(binding.map(|binding| (person, *binding)));
    }
    Ok(wards)
}
