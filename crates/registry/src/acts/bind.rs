//! A family member or an agent is bound to a person and may then act for them.
//!
//! A grown-up binds an agent to oneself; a community binds one to somebody who cannot; a guardian is bound to a child
//! whose document names the guardian's. The binding lies with the person acted for, who can see it.

use mingma_domain::document::{ChildWithoutDocument, Document};
use thiserror::Error;

use super::authorize_app::{days_later, within};
use super::look::reach;
use super::register::claim;
use super::{Registry, Unable};
use crate::canonical::Canonical;
use crate::doer::Doer;
use crate::id::{GrantId, PersonId};
use crate::policy::{Authorized, Denied, Subject, Wish};
use crate::row::{Binding, IdempotencyKey, PersonRow, Request};
use crate::words::{ActName, Tie};

/// The longest that somebody is bound, in days: a year, then the binding is made anew.
pub const MAX_BINDING_DAYS: u16 = 366;

/// A wish to bind an agent to a person.
#[derive(Clone, Debug)]
pub struct Bind {
    /// For whom the agent may act.
    pub ward: PersonId,
    /// The name of the request.
    pub key: IdempotencyKey,
    /// By which document the agent is known.
    pub agent: Document,
    /// As what.
    pub tie: Tie,
    /// For how many days.
    pub days: u64,
}

impl Wish for Bind {
    const ACT: ActName = ActName::Bind;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.ward)
    }
}

/// A guardian's wish to act for a child that has no document of its own.
#[derive(Clone, Debug)]
pub struct BindChild {
    /// Who.
    pub guardian: PersonId,
    /// The name of the request.
    pub key: IdempotencyKey,
    /// The child, by the guardian's document.
    pub child: ChildWithoutDocument,
    /// For how many days.
    pub days: u64,
}

impl Wish for BindChild {
    const ACT: ActName = ActName::Bind;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.guardian)
    }
}

/// Why nobody is bound.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BindError {
    /// The policy's condition is not met.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// For no time, or too long.
    #[error("for {given} days: somebody is bound for 1 to {MAX_BINDING_DAYS}")]
    Days {
        /// How many.
        given: u64,
    },
    /// Nobody is bound to oneself, and a guardian to no other child than the one that names the guardian's document.
    #[error("they cannot be bound: register the child first, by a document that names its guardian's")]
    NotPossible,
    /// The key was used for something else.
    #[error("the idempotency key was used for another request: take a new one")]
    KeyReused,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Binds an agent to a person, and gives the binding's id.
///
/// # Errors
/// [`BindError`].
pub async fn bind(registry: &Registry, wish: Authorized<Bind>) -> Result<GrantId, BindError> {
    let Bind { ward, key, agent, tie, days } = wish.wish();
    let record = registry.store().record(*ward).await.map_err(Unable::from)?;
    reach::<_, BindError>(registry, (*ward, &record), &wish).await?;
    // Not looked up but made known: the answer must not tell whether the agent is here already.
    let agent = claim(registry, agent.clone()).await?.person;
    if agent == *ward {
        return Err(BindError::NotPossible);
    }
    make(registry, (*ward, |_| wish.doer()), key, (agent, *tie, *days)).await
}

/// A guardian was bound to a child.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChildBound {
    /// The binding.
    pub binding: GrantId,
    /// The child, for whom the guardian now may act.
    pub ward: PersonId,
}

/// Binds a guardian to a child.
///
/// # Errors
/// [`BindError`].
pub async fn bind_child(registry: &Registry, wish: Authorized<BindChild>) -> Result<ChildBound, BindError> {
    let BindChild { guardian, key, child, days } = wish.wish();
    let own = registry.store().document(*guardian).await.map_err(Unable::from)?;
    if own.as_ref() != Some(child.guardian()) {
        return Err(BindError::NotPossible);
    }
    let ward = registry.store().find(&Document::ChildWithoutDocument(child.clone())).await;
    let ward = ward.map_err(Unable::from)?.ok_or(BindError::NotPossible)?;
    // The guardian does it, by what they are from then on.
    let doer = |binding| Some(Doer::Agent { binding, tie: Tie::Family });
    let binding = make(registry, (ward, doer), key, (*guardian, Tie::Family, *days)).await?;
    // A crash before this leaves a guardian who has to take the child on again, and may.
    super::ward::keep(registry, *guardian, ward).await?;
    Ok(ChildBound { binding, ward })
}

/// Binds an agent, by whoever does it in view of the binding.
async fn make(
    registry: &Registry,
    (ward, doer): (PersonId, impl FnOnce(GrantId) -> Option<Doer>),
    key: &IdempotencyKey,
    (agent, tie, days): (PersonId, Tie, u64),
) -> Result<GrantId, BindError> {
    let Some(length) = within(days, MAX_BINDING_DAYS) else {
        return Err(BindError::Days { given: days });
    };
    let mut text = Canonical::new("mingma/binding/1");
    text.text(key);
    text.bytes(agent.as_bytes());
    text.text(tie);
    text.text(days);
    let from = registry.now();
    let request = Request { key: key.clone(), hash: text.hash(), received: from };
    let id = GrantId::new(from, request.chance_of(0));
    let binding = Binding { id, agent, tie, from, until: days_later(from, length) };
    let rows = vec![PersonRow::Request(request.clone()), PersonRow::Binding(binding)];
    let change = registry.change((ActName::Bind, doer(id)), ward, rows, Vec::new())?;
    let first = super::keep_once(registry, ward, request, change).await?.ok_or(BindError::KeyReused)?;
    Ok(GrantId::new(first.received, first.chance_of(0)))
}
