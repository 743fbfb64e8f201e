//! A person disputes a fact about them.

use jiff::Timestamp;
use thiserror::Error;

use super::authorize_app::days_later;
use super::{Registry, Unable};
use crate::canonical::{Canonical, chance_of};
use crate::id::{AppealId, FactId, PersonId};
use crate::policy::{Authorized, Subject, Wish};
use crate::row::{AppealOpened, PersonRow, RowKind};
use crate::store::Applied;
use crate::words::{ActName, Ground};

/// Within how many days an appeal is to be answered: a wrong isolation of 14 days must not outlive its appeal.
pub const DAYS_TO_ANSWER: u16 = 3;

/// A wish to dispute a fact.
#[derive(Clone, Copy, Debug)]
pub struct AppealFact {
    /// Who.
    pub person: PersonId,
    /// Which fact.
    pub fact: FactId,
    /// Why.
    pub ground: Ground,
}

impl Wish for AppealFact {
    const ACT: ActName = ActName::Appeal;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }
}

/// Why there is no appeal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AppealError {
    /// There is no such fact about the person.
    #[error("no such fact is recorded about you")]
    NoSuchFact,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Opens an appeal, and gives it. There is one for each fact and ground: asking again gives the first.
///
/// # Errors
/// [`AppealError`].
pub async fn appeal(registry: &Registry, wish: Authorized<AppealFact>) -> Result<AppealOpened, AppealError> {
    let AppealFact { person, fact, ground } = *wish.wish();
    let record = registry.store().record(person).await.map_err(Unable::from)?;
    if record.fact(fact).is_none() {
        return Err(AppealError::NoSuchFact);
    }
    let opened = AppealOpened::of(fact, ground, registry.now());
    let rows = vec![PersonRow::Appeal(opened)];
    let change = registry.change(ActName::Appeal, person, rows, Vec::new())?;
    match registry.keep(change).await? {
        Applied::Exists(RowKind::Appeal) => {
            let record = registry.store().record(person).await.map_err(Unable::from)?;
            let first = record.appeals.iter().find(|a| a.fact == fact && a.ground == ground);
            Ok(*first.ok_or(Unable::NoAnswer)?)
        }
        Applied::Done | Applied::Published(_) | Applied::Exists(_) => Ok(opened),
    }
}

impl AppealOpened {
    /// The dispute of a fact on a ground at an instant: its id follows from these.
    pub(crate) fn of(fact: FactId, ground: Ground, at: Timestamp) -> Self {
        let mut text = Canonical::new("mingma/appeal/1");
        text.bytes(fact.as_bytes());
        text.text(ground);
        let id = AppealId::new(at, chance_of(&text.hash(), 0));
        Self { id, fact, ground, at, due: days_later(at, DAYS_TO_ANSWER) }
    }
}
