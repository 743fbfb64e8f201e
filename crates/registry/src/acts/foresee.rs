//! What a declaration would do, told before it is sent: honesty must not be a trap.

use std::cmp::Ordering;
use std::sync::Arc;

use mingma_domain::Fact;

use super::assess::{AssessError, Assessment, is_worse, status_from, told_status_of};
use super::look::reach;
use super::{Registry, Unable};
use crate::id::PersonId;
use crate::policy::{Authorized, Subject, Wish};
use crate::words::ActName;

/// A wish to know one's status as it is, and as it would be with further facts on one's own word.
#[derive(Clone, Debug)]
pub struct Foresee {
    /// Whose.
    pub person: PersonId,
    /// What would be declared.
    pub facts: Vec<Fact>,
}

impl Wish for Foresee {
    const ACT: ActName = ActName::Assess;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }
}

/// Two statuses of one moment.
#[derive(Clone, Debug)]
pub struct Foreseen {
    /// As it is.
    pub before: Assessment,
    /// As it would be.
    pub after: Assessment,
}

impl Foreseen {
    /// How the second compares with the first: greater if it lets the person do less.
    #[must_use]
    pub fn change(&self) -> Ordering {
        let (before, after) = (self.before.status().outcome(), self.after.status().outcome());
        is_worse(after, before).cmp(&is_worse(before, after))
    }
}

/// The status with and without the facts; nothing of them is kept.
///
/// # Errors
/// [`AssessError`].
pub async fn foresee(registry: &Registry, wish: Authorized<Foresee>) -> Result<Foreseen, AssessError> {
    let Foresee { person, facts } = wish.wish();
    let record = registry.store().record(*person).await.map_err(Unable::from)?;
    reach::<_, AssessError>(registry, (*person, &record), &wish).await?;
    let before = told_status_of(registry, &record).await?;
    let (book, ruleset) = (Arc::clone(&before.book), Arc::clone(&before.ruleset));
    let with = before.facts.iter().chain(facts).cloned().collect();
    let after = status_from(book, before.home, ruleset, with, before.now);
    Ok(Foreseen { before, after })
}
