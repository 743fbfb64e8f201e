//! The status of a person, computed from the facts that count by the rules in force where the person lives.
//!
//! It is told and forgotten: nothing here keeps a colour. A look by anybody but the person is written down before the
//! answer is given, and the person is told of an office's.

use std::sync::Arc;

use jiff::Timestamp;
use mingma_domain::assess::{
    Explanation, Outcome, Record as DomainRecord, Status, assess as assess_facts, explain,
};
use mingma_domain::fact::Color;
use mingma_domain::{Fact, Region};
use thiserror::Error;

use super::look::{self, Look, reach};
use super::{Registry, Unable};
use crate::book::{Book, PublishedRuleset};
use crate::id::PersonId;
use crate::policy::{Actor, Authorized, Denied, Subject, Wish};
use crate::record::PersonRecord;
use crate::store::StoreError;
use crate::witnessed::Waiting;
use crate::words::{ActName, Scope};

/// A wish to know a status.
#[derive(Clone, Copy, Debug)]
pub struct Assess {
    /// Whose.
    pub person: PersonId,
}

impl Wish for Assess {
    const ACT: ActName = ActName::Assess;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }

    fn scope(&self) -> Option<Scope> {
        Some(Scope::QueryStatus)
    }
}

/// A status with all that made it.
#[derive(Clone, Debug)]
pub struct Assessment {
    pub(super) book: Arc<Book>,
    pub(super) home: Region,
    pub(super) ruleset: Arc<PublishedRuleset>,
    pub(super) facts: Vec<Fact>,
    pub(super) now: Timestamp,
    status: Status,
    /// When a disputed fact stops to count if nobody answers.
    lapses: Option<Timestamp>,
}

impl Assessment {
    /// The status.
    #[must_use]
    pub const fn status(&self) -> &Status {
        &self.status
    }

    /// By which rules.
    #[must_use]
    pub fn ruleset(&self) -> &PublishedRuleset {
        &self.ruleset
    }

    /// As of when.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Everything that explains it: the rules and facts, their ends, the path to green.
    #[must_use]
    pub fn explanation(&self) -> Explanation<'_> {
        let record = DomainRecord { facts: &self.facts, retractions: &[] };
        explain(&self.ruleset.ruleset, &record, self.book.risk(), self.now, &self.status)
    }

    /// The first instant before `end` at which the person would be shown something worse if nothing new were recorded:
    /// as facts grow old, as regions' risk changes by its dates, as published rules take turns; or at which a disputed fact stops to count, whatever that does. `end` if there is none.
    ///
    /// A code that was signed for longer would show a colour that its holder no longer has.
    #[must_use]
    pub fn lasts(&self, end: Timestamp) -> Timestamp {
        let (mut at, mut rules, mut until) = (self.now, Arc::clone(&self.ruleset), self.status.until());
        let counting = DomainRecord { facts: &self.facts, retractions: &[] };
        let end = self.lapses.map_or(end, |lapses| lapses.min(end));
        loop {
            let zone = &rules.ruleset.zone;
            let by_facts = until.filter(|day| *day <= zone.day_of(end)).map(|day| zone.start_of(day));
            let by_facts = by_facts.and_then(|second| Timestamp::from_second(second).ok());
            let turn = by_facts.into_iter().chain(self.book.rules_change(self.home, at, end)).min();
            let Some(turn) = turn.filter(|turn| at < *turn && *turn < end) else { return end };
            let Some(next) = self.book.ruleset_for(self.home, turn) else { return turn };
            let status = assess_facts(&next.ruleset, &counting, self.book.risk(), turn);
            if is_worse(status.outcome(), self.status.outcome()) {
                return turn;
            }
            (at, rules, until) = (turn, Arc::clone(next), status.until());
        }
    }
}

/// Whether one outcome lets a person do less than another. A pop-up and a code that is not issued show no colour, which
/// is worse than green and better than a colour that says why.
pub(crate) const fn is_worse(one: Outcome, other: Outcome) -> bool {
    const fn rank(outcome: Outcome) -> u8 {
        match outcome {
            Outcome::Code(Color::Green) => 0,
            Outcome::NotIssued | Outcome::Popup => 1,
            Outcome::Code(Color::Yellow) => 2,
            Outcome::Code(Color::Red) => 3,
        }
    }
    rank(one) > rank(other)
}

/// Why there is no status.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AssessError {
    /// The policy's condition is not met.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The person has not registered.
    #[error("register first")]
    NotRegistered,
    /// What was recorded before the registration is kept back until the document was seen.
    #[error(
        "something was recorded before you registered: it is told when a community's desk has seen your document"
    )]
    KeptBack,
    /// No rules are in force where the person lives.
    #[error("no ruleset is in force in `{region}`")]
    NoRules {
        /// Where.
        region: Region,
    },
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

impl Registry {
    /// Everything that is recorded about a person, as far as it counts: what waits for witnesses is told apart.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record(&self, person: PersonId) -> Result<Arc<PersonRecord>, StoreError> {
        let record = self.store.record(person).await?;
        if record.later.is_empty() {
            return Ok(record);
        }
        let now = self.now().max(record.decided());
        let waiting = waiting_by(&record, self.witnessed.number(), &*self.book().await?, now);
        Ok(Arc::new(Arc::unwrap_or_clone(record).without_waiting(waiting)))
    }

    /// The record as it is told to the person and to whoever acts for them.
    ///
    /// # Errors
    /// [`AssessError::KeptBack`] while [nothing of it is told](PersonRecord::is_kept_back), and when the store cannot say.
    pub async fn told(&self, person: PersonId) -> Result<Arc<PersonRecord>, AssessError> {
        let record = self.record(person).await.map_err(Unable::from)?;
        if record.is_kept_back(self.now()) { Err(AssessError::KeptBack) } else { Ok(record) }
    }
}

/// The status of a person now.
///
/// # Errors
/// [`AssessError`].
pub async fn assess(registry: &Registry, wish: Authorized<Assess>) -> Result<Assessment, AssessError> {
    let person = wish.wish().person;
    let record = registry.store().record(person).await.map_err(Unable::from)?;
    reach::<_, AssessError>(registry, (person, &record), &wish).await?;
    let assessment = told_status_of(registry, &record).await?;
    disclose(registry, person, &wish).await?;
    Ok(assessment)
}

/// The status that a record has now, if it is told.
///
/// A person of whom something is kept back has no status rather than one without it: that would be too good.
pub(super) async fn told_status_of(
    registry: &Registry,
    record: &PersonRecord,
) -> Result<Assessment, AssessError> {
    if record.is_kept_back(registry.now()) {
        return Err(AssessError::KeptBack);
    }
    status_of(registry, record).await
}

/// The status that a record has now.
pub(super) async fn status_of(registry: &Registry, record: &PersonRecord) -> Result<Assessment, AssessError> {
    let book = registry.book().await.map_err(Unable::from)?;
    // A clock that was set back does not undo what is recorded.
    let now = registry.now().max(record.decided());
    let waiting = waiting_by(record, registry.witnessed().number(), &book, now);
    let (home, facts) = if waiting.is_nothing() {
        (record.home(), record.counting(now))
    } else {
        let counts = record.clone().without_waiting(waiting);
        (counts.home(), counts.counting(now))
    };
    let home = home.ok_or(AssessError::NotRegistered)?;
    let ruleset = Arc::clone(book.ruleset_for(home, now).ok_or(AssessError::NoRules { region: home })?);
    let assessment = status_from(book, home, ruleset, facts, now);
    Ok(Assessment { lapses: record.lapses(now), ..assessment })
}

/// What of a record waits if entries up to a number are witnessed, by a book at an instant.
pub(super) fn waiting_by(record: &PersonRecord, witnessed: u64, book: &Book, now: Timestamp) -> Waiting {
    Waiting::of(record, witnessed, |record| book.outcome(record.home()?, &record.counting(now), now))
}

/// The status that these facts make.
pub(super) fn status_from(
    book: Arc<Book>,
    home: Region,
    ruleset: Arc<PublishedRuleset>,
    facts: Vec<Fact>,
    now: Timestamp,
) -> Assessment {
    let status = {
        let counting = DomainRecord { facts: &facts, retractions: &[] };
        assess_facts(&ruleset.ruleset, &counting, book.risk(), now)
    };
    Assessment { book, home, ruleset, facts, now, status, lapses: None }
}

/// Writes down who else looked, before the answer is given. Whoever acts for the person is written down
/// [once a day](super::enter_for), as they come in.
pub(super) async fn disclose<W>(
    registry: &Registry,
    person: PersonId,
    wish: &Authorized<W>,
) -> Result<(), Unable> {
    let Some(look) = Look::of(wish) else { return Ok(()) };
    // The person let the app in and would be told by every use; an office's look is news.
    let look = Look { is_news: !matches!(wish.actor(), Actor::App(_)), ..look };
    look::keep(registry, person, look).await
}
