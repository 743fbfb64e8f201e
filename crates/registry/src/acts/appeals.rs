//! What an appeals office reads: which appeals wait for it, and what one of them is about.

use jiff::Timestamp;
use mingma_domain::Region;
use thiserror::Error;

use super::answer_appeal::{OwnIssuer, may_answer};
use super::assess::{disclose, status_of};
use super::look::{reach, refused};
use super::{AssessError, Assessment, Registry, Unable};
use crate::id::{AppealId, PersonId};
use crate::policy::{Authorized, Denied, Subject, Wish};
use crate::record::{Appeal, PersonRecord};
use crate::row::{AppealOpened, RecordedFact};
use crate::store::{OpenCase, Page};
use crate::words::{ActName, Scope};
use mingma_domain::fact::Evidence;

/// A wish to know which appeals wait.
#[derive(Clone, Copy, Debug)]
pub struct OpenAppeals {
    /// Of persons who live here.
    pub region: Region,
    /// Due later than this one.
    pub after: Option<(Timestamp, AppealId)>,
    /// How many at most.
    pub limit: u32,
}

impl Wish for OpenAppeals {
    const ACT: ActName = ActName::AnswerAppeal;

    fn subject(&self) -> Subject<'_> {
        Subject::Region(self.region)
    }
}

/// A wish to see what an appeal is about. The person is told that somebody looked.
#[derive(Clone, Copy, Debug)]
pub struct ExamineAppeal {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub appeal: AppealId,
}

impl Wish for ExamineAppeal {
    const ACT: ActName = ActName::Assess;

    fn subject(&self) -> Subject<'_> {
        Subject::Appeal(self.person, self.appeal)
    }

    fn scope(&self) -> Option<Scope> {
        None
    }

    fn case(&self) -> Option<Evidence> {
        self.appeal.to_string().parse().ok()
    }
}

/// An appeal that waits, as an office sees it in its queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueuedAppeal {
    /// Whose.
    pub person: PersonId,
    /// What the person said.
    pub opened: AppealOpened,
    /// The least region around the person whose office may answer, where the one that asks may not.
    pub elsewhere: Option<Region>,
}

/// An open appeal with the fact that it disputes, and what either answer would do.
#[derive(Clone, Debug)]
pub struct AppealCase {
    /// The appeal.
    pub appeal: AppealOpened,
    /// The disputed fact.
    pub fact: RecordedFact,
    /// The status of the person as it is, and stays if the appeal is rejected.
    pub now: Assessment,
    /// The status of the person if the appeal is upheld.
    pub if_upheld: Assessment,
}

/// Why nothing is shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExamineError {
    /// The policy's condition is not met.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// It is not this office's to answer.
    #[error(transparent)]
    Own(#[from] OwnIssuer),
    /// There is no such appeal.
    #[error("there is no such appeal")]
    NoSuchAppeal,
    /// It was answered: the case is closed, and gives no further look at the person.
    #[error("the appeal was answered: nobody looks at the person any more")]
    Answered,
    /// There is no status.
    #[error(transparent)]
    Assess(#[from] AssessError),
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Appeals that wait for an answer in a region, the one that is due first at the head. Those of residents that are another office's to answer are
/// among them, so that theirs can tell them where it lies.
///
/// # Errors
/// [`Unable`].
pub async fn open_appeals(
    registry: &Registry,
    wish: Authorized<OpenAppeals>,
) -> Result<Page<QueuedAppeal, (Timestamp, AppealId)>, Unable> {
    let OpenAppeals { region, after, limit } = *wish.wish();
    let (book, top) = (registry.book().await?, registry.top());
    let Page { items, next } = registry.store().open_appeals(region, after, limit).await?;
    let queued = |case: OpenCase| {
        let elsewhere = book.may_answer(region, case.home, &case.said, top).err();
        QueuedAppeal { person: case.person, opened: case.opened, elsewhere }
    };
    Ok(Page { items: items.into_iter().map(queued).collect(), next })
}

/// Shows an appeal that waits for an answer, after the look was written down.
///
/// # Errors
/// [`ExamineError`].
pub async fn examine_appeal(
    registry: &Registry,
    wish: Authorized<ExamineAppeal>,
) -> Result<AppealCase, ExamineError> {
    let ExamineAppeal { person, appeal } = *wish.wish();
    let record = registry.store().record(person).await.map_err(Unable::from)?;
    reach::<_, ExamineError>(registry, (person, &record), &wish).await?;
    let appeal = match record.appeal(appeal) {
        Some(Appeal::Open(open)) => open.opened,
        Some(Appeal::Answered(_)) => return Err(ExamineError::Answered),
        None => {
            refused(registry, (person, &record), &wish, Denied::NoCase.word()).await?;
            return Err(ExamineError::NoSuchAppeal);
        }
    };
    let fact = record.fact(appeal.fact).ok_or(ExamineError::NoSuchAppeal)?.clone();
    may_answer::<_, ExamineError>(registry, (person, &record), &wish, fact.id).await?;
    let now = status_of(registry, &record).await?;
    let if_upheld = status_of(registry, &granted(&record, &appeal, now.now())).await?;
    disclose(registry, person, &wish).await?;
    Ok(AppealCase { appeal, fact, now, if_upheld })
}

/// The record as it would be if the person were right.
fn granted(record: &PersonRecord, appeal: &AppealOpened, at: Timestamp) -> PersonRecord {
    let mut record = record.clone();
    crate::journal::put(&mut record, &appeal.granted(at));
    record
}
