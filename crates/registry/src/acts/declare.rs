//! A person declares: symptoms and the day's check-in, or a trip.

use mingma_domain::Fact;
use mingma_domain::fact::IssuerClass;
use thiserror::Error;

use super::{Registry, Unable, revoke_too_good};
use crate::canonical::Canonical;
use crate::id::{FactId, PersonId};
use crate::policy::{Authorized, Subject, Wish};
use crate::row::{IdempotencyKey, PersonRow, RecordedFact, Request};
use crate::words::ActName;

/// The most facts of one declaration: a fortnight of stays in two counties a day, and every symptom.
pub const MAX_DECLARED: usize = 14 * 2 + 8;

/// A wish to declare.
#[derive(Clone, Debug)]
pub struct Declare {
    /// About whom.
    pub person: PersonId,
    /// The name of the request.
    pub key: IdempotencyKey,
    /// What: facts on the person's own word.
    pub facts: Vec<Fact>,
}

impl Wish for Declare {
    const ACT: ActName = ActName::Declare;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }
}

/// Why nothing was declared.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DeclareError {
    /// Nothing, or too much.
    #[error("a declaration of {given} facts: declare 1 to {MAX_DECLARED}")]
    Size {
        /// How many.
        given: usize,
    },
    /// A fact that is not on the person's own word.
    #[error("a declaration is on one's own word: its issuer is `self`")]
    NotOwnWord,
    /// The key was used for something else.
    #[error("the idempotency key was used for another request: take a new one")]
    KeyReused,
    /// The person has not registered.
    #[error("register first")]
    NotRegistered,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Declares facts about oneself or a ward, all of them or none. Repeating a request gives the same ids.
///
/// # Errors
/// [`DeclareError`].
pub async fn declare(registry: &Registry, wish: Authorized<Declare>) -> Result<Vec<FactId>, DeclareError> {
    let Declare { person, key, facts } = wish.wish();
    if !(1..=MAX_DECLARED).contains(&facts.len()) {
        return Err(DeclareError::Size { given: facts.len() });
    }
    if facts.iter().any(|fact| fact.issuer().class() != IssuerClass::Resident) {
        return Err(DeclareError::NotOwnWord);
    }
    let record = registry.store().record(*person).await.map_err(Unable::from)?;
    if record.registration.is_none() {
        return Err(DeclareError::NotRegistered);
    }
    let request = Request { key: key.clone(), hash: hash(key, facts), received: registry.now() };
    let mut rows = vec![PersonRow::Request(request.clone())];
    rows.extend(recorded(facts, &request).map(PersonRow::Fact));
    let change = registry.change(ActName::Declare, *person, rows, Vec::new())?;
    let first = super::keep_once(registry, *person, request, change).await?.ok_or(DeclareError::KeyReused)?;
    revoke_too_good(registry, *person).await?;
    Ok(recorded(facts, &first).map(|fact| fact.id).collect())
}

/// With the key in it, so that the same said twice in one millisecond under two keys gives two facts' ids.
fn hash(key: &IdempotencyKey, facts: &[Fact]) -> crate::canonical::Hash {
    let mut text = Canonical::new("mingma/declaration/1");
    text.text(key);
    for fact in facts {
        crate::journal::fact(&mut text, fact);
    }
    text.hash()
}

fn recorded<'f>(facts: &'f [Fact], request: &Request) -> impl Iterator<Item = RecordedFact> + use<'f> {
    let request = request.clone();
    facts.iter().enumerate().map(move |(place, fact)| RecordedFact {
        id: FactId::new(request.received, request.chance_of(place)),
        fact: fact.clone(),
        recorded: request.received,
    })
}
