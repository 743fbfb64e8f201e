//! An issuer records facts: signed as a whole, answered row by row.
//!
//! The steps, and what is on disk if the process dies after each: (1) the request is taken in under its key, and no fact is
//! there; (2) every document of a good row is a person; (3) each row's fact is kept with its journal entry,
//! each whole; (4) the codes of those who are worse off by it are revoked, person by person. Sending the same submission again goes on from there: ids follow from the request, so nothing is
//! recorded twice and the answers are the same. A fact about somebody who has not registered waits for them: the
//! issuer learns nothing about who is here.

use mingma_domain::Fact;
use mingma_domain::fact::value::Test;
use mingma_domain::fact::{Issuer, Value};
use thiserror::Error;

use super::{Registry, Unable, revoke_too_good};
use crate::book::day_at;
use crate::canonical::{Hash, chance_of, sha256};
use crate::id::{FactId, NoticeId, PersonId};
use crate::policy::{Authorized, Subject, Wish};
use crate::ports::draw;
use crate::row::{Notice, PersonRow, RecordedFact, Request, Requester};
use crate::store::{Applied, Change, Newcomer};
use crate::submission::{Row, RowError, Submission};
use crate::words::{ActName, Capacity, NoticeKind};

/// A wish to record facts.
#[derive(Clone, Debug)]
pub struct Record(pub Submission);

impl Wish for Record {
    const ACT: ActName = ActName::Record;

    fn subject(&self) -> Subject<'_> {
        Subject::Issuer(self.0.issuer())
    }
}

/// What became of one row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RowAnswer {
    /// It is recorded.
    Recorded {
        /// Under this id.
        id: FactId,
        /// Whether it waits for a second organisation before it counts.
        pending: bool,
    },
    /// It is not.
    Refused(RowRefusal),
}

/// Why a row is not recorded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RowRefusal {
    /// It says nothing that the vocabulary allows.
    #[error(transparent)]
    Unreadable(#[from] RowError),
    /// The issuer is not entitled to the kind there and then.
    #[error("`{issuer}` is not entitled to record `{kind}` here today")]
    NotEntitled {
        /// Who.
        issuer: Issuer,
        /// To what.
        kind: mingma_domain::fact::Kind,
    },
}

/// Why a submission is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordError {
    /// No such issuer is appointed.
    #[error("`{issuer}` is not an appointed issuer")]
    UnknownIssuer {
        /// Who.
        issuer: Issuer,
    },
    /// No key that counts for the issuer now made the signature.
    #[error("the signature is by no key that counts for `{issuer}` now")]
    Signature {
        /// Who.
        issuer: Issuer,
    },
    /// The key was used for something else.
    #[error("the idempotency key was used for another submission: take a new one")]
    KeyReused,
    /// It could not be done, or only in part; send the same again.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Records the facts of a submission; one answer for each row, in its place.
///
/// # Errors
/// [`RecordError`].
pub async fn record(registry: &Registry, wish: Authorized<Record>) -> Result<Vec<RowAnswer>, RecordError> {
    let submission = &wish.wish().0;
    let issuer = submission.issuer();
    let book = registry.book().await.map_err(Unable::from)?;
    let known = book.issuer(issuer).ok_or_else(|| RecordError::UnknownIssuer { issuer: issuer.clone() })?;
    let now = registry.now();
    if !book.keys(issuer, now).any(|key| submission.is_signed_by(&key.point.verifying_key())) {
        return Err(RecordError::Signature { issuer: issuer.clone() });
    }
    let request = take_in(registry, submission).await?;
    // Judged as of the first time that it came, so that a repetition is judged alike.
    let day = day_at(known.region, request.received);
    let judged: Vec<Result<&Row, RowRefusal>> = submission
        .rows()
        .iter()
        .map(|row| {
            let row = row.as_ref().map_err(|error| RowRefusal::Unreadable(error.clone()))?;
            let kind = row.fact.kind();
            let entitled =
                day.is_some_and(|day| book.entitled(Capacity::Submit, known, (kind, row.fact.region()), day));
            if entitled { Ok(row) } else { Err(RowRefusal::NotEntitled { issuer: issuer.clone(), kind }) }
        })
        .collect();
    let persons = identify(registry, judged.iter().filter_map(|row| row.as_ref().ok())).await?;
    let mut persons = persons.into_iter();
    let mut changes = Vec::with_capacity(judged.len());
    let mut answers = Vec::with_capacity(judged.len());
    let mut changed = Vec::new();
    for (place, row) in judged.into_iter().enumerate() {
        answers.push(match row {
            Err(refusal) => RowAnswer::Refused(refusal),
            Ok(row) => {
                let person = persons.next().ok_or(Unable::NoAnswer)?;
                let id = FactId::new(request.received, request.chance_of(place));
                changes.push(row_change(registry, person, id, &row.fact, &request)?);
                let pending = row.fact.kind().spec().second_organisation;
                if !pending {
                    changed.push(person);
                }
                RowAnswer::Recorded { id, pending }
            }
        });
    }
    if !changes.is_empty() {
        // A row that exists was recorded when this submission came before.
        registry.store().apply(changes).await.map_err(Unable::from)?;
    }
    // Most of those about whom facts come hold no code today, and one question tells which.
    let holders = registry.store().holders(&changed, now).await.map_err(Unable::from)?;
    for person in holders {
        revoke_too_good(registry, person).await?;
    }
    Ok(answers)
}

/// Takes the request in, or finds it as it came first.
async fn take_in(registry: &Registry, submission: &Submission) -> Result<Request, RecordError> {
    let issuer = submission.issuer().to_string();
    let hash: Hash = submission.hash();
    let request = Request { key: submission.key().clone(), hash, received: registry.now() };
    let change = Change::Submission { issuer: issuer.clone(), request: request.clone() };
    let first = match registry.keep(change).await? {
        Applied::Done | Applied::Published(_) => request,
        Applied::Exists(_) => {
            let former = registry.store().request(Requester::Issuer(issuer), submission.key()).await;
            former.map_err(Unable::from)?.ok_or(Unable::NoAnswer)?
        }
    };
    if first.hash == hash { Ok(first) } else { Err(RecordError::KeyReused) }
}

async fn identify<'r>(
    registry: &Registry,
    rows: impl Iterator<Item = &'r &'r Row>,
) -> Result<Vec<PersonId>, Unable> {
    let mut newcomers = Vec::new();
    for row in rows {
        let candidate = PersonId::new(draw(registry.rng())?);
        newcomers.push(Newcomer { document: row.document.clone(), candidate });
    }
    if newcomers.is_empty() { Ok(Vec::new()) } else { Ok(registry.store().identify(newcomers).await?) }
}

fn row_change(
    registry: &Registry,
    person: PersonId,
    id: FactId,
    fact: &Fact,
    request: &Request,
) -> Result<Change, Unable> {
    let at = request.received;
    let kind = match (fact.kind().spec().second_organisation, told_at_once(fact.value())) {
        (true, _) => Some(NoticeKind::FactPending),
        (false, true) => Some(NoticeKind::FactRecorded),
        (false, false) => None,
    };
    let notice = |kind| Notice {
        person,
        id: NoticeId::new(at, chance_of(&sha256(id.as_bytes()), 0)),
        kind,
        about: *id.as_bytes(),
        created: at,
    };
    let notices = kind.map(notice).into_iter().collect();
    let row = PersonRow::Fact(RecordedFact { id, fact: fact.clone(), recorded: at });
    registry.change(ActName::Record, person, vec![row], notices)
}

/// Whether the person is told of such a fact at once, because it can count against them.
///
/// What can only help (a negative test, a vaccination, a release, a discharge) waits on the page: a city's daily
/// tests would be ten million messages that nobody reads, and the one that matters would drown in them.
const fn told_at_once(value: Value) -> bool {
    match value {
        Value::Test(Test::Negative) | Value::Vaccination(_) | Value::Release(_) | Value::Discharge(_) => {
            false
        }
        Value::Test(Test::Positive | Test::PooledPositive | Test::Inconclusive)
        | Value::Diagnosis(_)
        | Value::Contact(_)
        | Value::Isolation(_)
        | Value::Screening(_)
        | Value::Stay(_)
        | Value::Entry(_)
        | Value::Symptom(_)
        | Value::Checkin(_)
        | Value::ForeignStatus(_) => true,
    }
}
