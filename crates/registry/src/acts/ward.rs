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

/// The most who are told of something that happened to somebody who is reached nowhere, those bound last first: both parents, their
/// parents and two of a home. Each is a message.
const MAX_TOLD: usize = 8;

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
    let mut kept = registry.store().access(agent, since(now)).await?.wards;
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

/// Those who act for a person now, have taken that on and are reached somewhere, bound last first; at most [`MAX_TOLD`], and nobody
/// while the person's record is kept back: their page would not show it either.
///
/// Nobody is told of a person whom they have not taken on: by a binding alone strangers could have anybody sent messages.
pub(super) async fn agents(registry: &Registry, person: PersonId) -> Result<Vec<PersonId>, Unable> {
    let now = registry.now();
    let record = registry.store().record(person).await?;
    if record.is_kept_back(now) {
        return Ok(Vec::new());
    }
    let mut bindings: Vec<&Binding> = record.bindings_in_force(now).collect();
    bindings.sort_by_key(|binding| std::cmp::Reverse(binding.id));
    let mut agents = Vec::new();
    // What is looked through is bounded like what is found: whoever binds hundreds of strangers has nobody told.
    for binding in bindings.into_iter().take(2 * MAX_TOLD) {
        let access = registry.store().access(binding.agent, since(now)).await?;
        let has_taken_on = access.wards.iter().any(|ward| ward.person == person);
        if agents.len() < MAX_TOLD && has_taken_on && access.contact().is_some() {
            agents.push(binding.agent);
        }
    }
    Ok(agents)
}

/// Whether somebody may act for a person now, of whom something is told at all.
pub(super) async fn may_read_of(
    registry: &Registry,
    agent: PersonId,
    person: PersonId,
) -> Result<bool, Unable> {
    let (now, record) = (registry.now(), registry.store().record(person).await?);
    Ok(record.bound(person, agent, now).is_some() && !record.is_kept_back(now))
}

/// Since when what somebody has taken on is asked for: whoever is bound anew when the former binding is over need not take the person
/// on again while that is kept.
fn since(now: Timestamp) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * GRANT_DAYS)).unwrap_or(Timestamp::MIN)
}
