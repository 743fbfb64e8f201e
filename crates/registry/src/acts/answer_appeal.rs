//! An appeals office answers: if the person was right, the fact is taken back in the same change.

use mingma_domain::Region;
use mingma_domain::fact::Evidence;
use thiserror::Error;

use super::look::{reach, refused};
use super::{Registry, Unable, revoke_too_good};
use crate::brake::Hand;
use crate::canonical::{chance_of, sha256};
use crate::id::{AppealId, FactId, NoticeId, PersonId};
use crate::policy::{Authorized, Denied, Subject, Wish};
use crate::record::{AnsweredAppeal, Appeal, PersonRecord};
use crate::row::{Notice, PersonRow, RowKind};
use crate::store::{Applied, Change};
use crate::words::{ActName, Ground, NoticeKind};

/// A wish to answer an appeal.
#[derive(Clone, Copy, Debug)]
pub struct AnswerAppeal {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub appeal: AppealId,
    /// Whether the person was right.
    pub upheld: bool,
}

impl Wish for AnswerAppeal {
    const ACT: ActName = ActName::AnswerAppeal;

    fn subject(&self) -> Subject<'_> {
        Subject::Appeal(self.person, self.appeal)
    }

    fn case(&self) -> Option<Evidence> {
        self.appeal.to_string().parse().ok()
    }
}

/// Why an appeal is not answered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// The policy's condition is not met.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The office is of a region that let the institution in, or of one below.
    #[error(transparent)]
    Own(#[from] OwnIssuer),
    /// There is no such appeal.
    #[error("there is no such appeal")]
    NoSuchAppeal,
    /// It was answered before, and an answer is never changed.
    #[error("an appeal in the state `answered` cannot be answered again")]
    Answered,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Nobody answers for whom they let in themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "an appeals office of `{least}`, or of a region around it, answers this: none of a region that let the institution in, or below"
)]
pub struct OwnIssuer {
    /// The least region around the person whose office may.
    pub least: Region,
}

impl OwnIssuer {
    /// What a look that is refused for it is kept with.
    const WORD: &str = "not-above";
}

/// Puts to the proof whether an official may answer who disputes a fact: neither who recorded it nor who countersigned it was let in by their
/// region alone. A refusal is told to the person like a look.
pub(super) async fn may_answer<W, E: From<OwnIssuer> + From<Unable>>(
    registry: &Registry,
    (person, record): (PersonId, &PersonRecord),
    wish: &Authorized<W>,
    fact: FactId,
) -> Result<(), E> {
    let book = registry.book().await.map_err(Unable::from)?;
    let by = Hand::of(wish.actor(), registry.now()).map(|by| by.region);
    // Who has no office, or none over the person, the policy refuses.
    let Some((by, home)) = by.zip(record.home()) else { return Ok(()) };
    let Err(least) = book.may_answer(by, home, record.sayers(fact), registry.top()) else {
        return Ok(());
    };
    refused(registry, (person, record), wish, OwnIssuer::WORD).await?;
    Err(OwnIssuer { least }.into())
}

/// Answers an appeal, once.
///
/// # Errors
/// [`AnswerError`].
pub async fn answer_appeal(
    registry: &Registry,
    wish: Authorized<AnswerAppeal>,
) -> Result<AnsweredAppeal, AnswerError> {
    let AnswerAppeal { person, appeal, upheld } = *wish.wish();
    let record = registry.store().record(person).await.map_err(Unable::from)?;
    reach::<_, AnswerError>(registry, (person, &record), &wish).await?;
    let answered = match record.appeal(appeal) {
        None => {
            refused(registry, (person, &record), &wish, Denied::NoCase.word()).await?;
            return Err(AnswerError::NoSuchAppeal);
        }
        Some(Appeal::Answered(_)) => {
            // The first try may have ended between its answer and this.
            revoke_too_good(registry, person).await?;
            return Err(AnswerError::Answered);
        }
        Some(Appeal::Open(open)) => {
            may_answer::<_, AnswerError>(registry, (person, &record), &wish, open.opened.fact).await?;
            open.answer(upheld, registry.now())
        }
    };
    let AnsweredAppeal { opened, answer } = answered;
    let mut rows = vec![PersonRow::AppealAnswer(answer)];
    // Its issuer may have taken the fact back meanwhile; then there is nothing left to take back.
    let taken_back = record.retractions.iter().any(|r| r.fact == opened.fact);
    if upheld && (opened.ground == Ground::TakenBack || !taken_back) {
        rows.push(opened.granted(answer.at));
    }
    let notice = Notice {
        person,
        id: NoticeId::new(answer.at, chance_of(&sha256(appeal.as_bytes()), 0)),
        kind: NoticeKind::AppealAnswered,
        about: *appeal.as_bytes(),
        created: answer.at,
    };
    let mut change = registry.change((ActName::AnswerAppeal, None), person, rows, vec![notice])?;
    if let Change::Person { entry, .. } = &mut change {
        // No appeals office is an issuer of the book: where it is, its official's hand says.
        let region = Hand::of(wish.actor(), answer.at).map(|by| by.region);
        *entry = entry.clone().from_office_in(region);
    }
    match registry.keep(change).await? {
        Applied::Done => {
            revoke_too_good(registry, person).await?;
            Ok(answered)
        }
        Applied::Exists(RowKind::AppealAnswer) => Err(AnswerError::Answered),
        // The issuer's retraction came in between; the next try sees it.
        Applied::Exists(_) | Applied::Published(_) => Err(Unable::Store(crate::StoreError::Busy).into()),
    }
}
