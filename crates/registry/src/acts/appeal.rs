//! A person disputes a fact about them.

use jiff::Timestamp;
use mingma_domain::fact::{Issuer, IssuerClass, RetractionReason};
use thiserror::Error;

use super::authorize_app::days_later;
use super::{Registry, Unable};
use crate::canonical::{Canonical, chance_of};
use crate::id::{AppealId, FactId, PersonId};
use crate::policy::{Authorized, Subject, Wish};
use crate::row::{AppealOpened, Confirmation, PersonRow, RecordedRetraction, RowKind};
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
    /// The ground is for what was taken back, and this was not; or the other way round.
    #[error("`{ground}` is no ground against a fact as this one stands")]
    Unfit {
        /// Which.
        ground: Ground,
    },
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
    let recorded = record.fact(fact).ok_or(AppealError::NoSuchFact)?;
    // Asked for again, it may stand otherwise meanwhile; and what a dispute ended may be disputed on another ground.
    let first = record.appeals.iter().any(|a| a.fact == fact && a.ground == ground);
    let of_back = record.grounds(recorded, registry.now()) == [Ground::TakenBack];
    if !first && of_back != (ground == Ground::TakenBack) {
        return Err(AppealError::Unfit { ground });
    }
    let opened = AppealOpened::of(fact, ground, registry.now());
    let rows = vec![PersonRow::Appeal(opened)];
    let change = registry.change(wish.deed(), person, rows, Vec::new())?;
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

    /// What the office records if the person is right: that the fact is taken back; or that it is so, if its being taken back was wrong.
    pub(crate) fn granted(&self, at: Timestamp) -> PersonRow {
        let (fact, issuer) = (self.fact, Issuer::of(IssuerClass::Appeal));
        match self.ground {
            Ground::TakenBack => PersonRow::Confirmation(Confirmation {
                fact,
                issuer,
                appeal: Some(self.id),
                confirmed: true,
                at,
            }),
            Ground::NotMe | Ground::WrongValue | Ground::WrongTimeOrPlace | Ground::NoEvidence => {
                let reason = RetractionReason::AppealUpheld;
                PersonRow::Retraction(RecordedRetraction { fact, issuer, reason, at })
            }
        }
    }
}
