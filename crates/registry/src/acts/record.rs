//! An issuer records facts: signed as a whole, answered row by row.
//!
//! The steps, and what is on disk if the process dies after each: (1) the request is taken in under its key with what is
//! refused of it, and no fact is there; if it is above a limit it stays so until a second office lets it through; (2) every document of a good row is a person; (3) each row's fact is kept with its
//! journal entry, each whole; (4) the codes of those who are worse off by it are revoked, person by person. Sending the
//! same submission again goes on from there: ids follow from the request, so nothing is
//! recorded twice and the answers are the same. A fact about somebody who has not registered waits for them: the
//! issuer learns nothing about who is here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::value::Test;
use mingma_domain::fact::{Issuer, Kind, Value};
use mingma_domain::time::{Moment, Zone};
use mingma_domain::{Fact, Region};
use thiserror::Error;

use super::again::without_said;
use super::{AboveLimit, Registry, Unable, bulk, revoke_all_too_good};
use crate::book::Book;
use crate::canonical::{chance_of, sha256};
use crate::id::{FactId, NoticeId, PersonId};
use crate::intake::{Intake, RefusedRow, RowAnswer, RowRefusal};
use crate::policy::{Authorized, Subject, Wish};
use crate::ports::draw;
use crate::recognition::{Unrecognised, recognised};
use crate::record::birthday;
use crate::row::{Counted, IssuerEntry, Notice, PersonRow, RecordedFact, Request};
use crate::store::{Applied, Change, Newcomer};
use crate::submission::{Row, RowError, Submission};
use crate::witnessed::Witnessed;
use crate::words::{ActName, Capacity, NoticeKind};

/// How far an issuer's clock may be ahead of ours: what a machine gains in half a year without being set.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(5);
/// How many days ahead an order may begin: the longest of the shipped rules' isolations and windows, two weeks, twice.
const ORDERED_DAYS_AHEAD: u16 = 28;

/// A wish to record facts.
#[derive(Clone, Debug)]
pub struct Record(pub Submission);

impl Wish for Record {
    const ACT: ActName = ActName::Record;

    fn subject(&self) -> Subject<'_> {
        Subject::Issuer(self.0.issuer())
    }
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
    /// Another submission says some of it at this moment.
    #[error("another submission of `{issuer}` says some of this at this moment: send it again")]
    UnderWay {
        /// Whose.
        issuer: Issuer,
    },
    /// It is above a limit.
    #[error(transparent)]
    AboveLimit(#[from] AboveLimit),
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
    let under_way = || RecordError::UnderWay { issuer: issuer.clone() };
    let _alone = registry.saying.begin(submission).ok_or_else(under_way)?;
    let judged = judge(&book, known, submission.rows(), now);
    // A submission that comes again is answered as it was the first time: what is recorded of it is not asked about.
    let there = recorded_of(registry, submission).await?;
    let judged = without_said(registry, issuer, judged, &there).await?;
    let refused =
        (0..).zip(&judged).filter_map(|(place, row)| Some(RefusedRow::of(place, row.as_ref().err()?)));
    let counted = counted(&judged, known.region);
    let intake = take_in(registry, submission, refused.collect(), &counted).await?;
    bulk::hold(registry, &book, issuer, &intake, &counted).await?;
    // The rows that were good when it came first, so that a repetition is answered alike.
    let mut refused = intake.refused.iter().peekable();
    let mut rows = Vec::with_capacity(judged.len());
    for ((place, row), judged) in (0..).zip(submission.rows()).zip(&judged) {
        rows.push(match (refused.next_if(|refused| refused.place == place), row) {
            (Some(refused), _) => Err(refused.clone()),
            (None, Ok(row)) => match judged {
                // It was good, broke off, and was said by another submission since.
                Err(again @ RowRefusal::Again { .. }) => Err(RefusedRow::of(place, again)),
                Ok(_) | Err(_) => Ok((place, intake.fact(place), row)),
            },
            // An earlier version of the program could read it and this one cannot.
            (None, Err(error)) => Err(RefusedRow::of(place, &RowRefusal::Unreadable(error.clone()))),
        });
    }
    let persons = identify(registry, rows.iter().flatten().map(|(.., row)| *row)).await?;
    let mut changes = Vec::with_capacity(persons.len());
    let mut changed = Vec::new();
    for ((place, id, row), person) in rows.iter().flatten().zip(persons.iter().copied()) {
        if !row.waits() {
            changed.push(person);
        }
        let signature = submission.signature(usize::from(*place)).ok_or(Unable::NoAnswer)?;
        changes.push(row_change(registry, person, *id, &row.fact, &intake.request)?.signed(signature));
    }
    if !changes.is_empty() {
        // A row that exists was recorded when this submission came before.
        registry.store().apply(changes).await.map_err(Unable::from)?;
    }
    let unproved =
        rows.iter().flatten().zip(&persons).filter(|((.., row), _)| bulk::is_unproved(row.fact.kind()));
    let unproved = unproved.map(|((.., row), person)| (row.fact.value(), *person)).collect();
    bulk::watch(registry, known, &intake, unproved).await?;
    revoke_all_too_good(registry, &changed).await?;
    let answer = |row: Result<(u16, FactId, &Row), RefusedRow>| match row {
        Err(refused) => RowAnswer::Refused(refused),
        Ok((_, id, row)) => RowAnswer::Recorded { id, pending: row.waits() },
    };
    Ok(rows.into_iter().map(answer).collect())
}

/// The places of those rows that are recorded already, of a submission that came before.
async fn recorded_of(registry: &Registry, submission: &Submission) -> Result<BTreeSet<u16>, Unable> {
    let Some(first) = registry.store().submission(submission.issuer(), submission.key()).await? else {
        return Ok(BTreeSet::new());
    };
    let ids: BTreeMap<FactId, u16> =
        (0..).zip(submission.rows()).map(|(place, _)| (first.fact(place), place)).collect();
    let asked: Vec<FactId> = ids.keys().copied().collect();
    let there = registry.store().issued(submission.issuer(), &asked, Witnessed::EVERYTHING).await?;
    Ok(there.iter().filter_map(|fact| ids.get(&fact.recorded.id).copied()).collect())
}

/// What is right with each row, and what is wrong, as of an instant.
pub(super) fn judge<'r>(
    book: &Book,
    known: &IssuerEntry,
    rows: &'r [Result<Row, RowError>],
    now: Timestamp,
) -> Vec<Result<&'r Row, RowRefusal>> {
    let zone = Zone::named(known.region.zone()).ok();
    let judge = |row: &'r Result<Row, RowError>| {
        let row = row.as_ref().map_err(|error| RowRefusal::Unreadable(error.clone()))?;
        let kind = row.fact.kind();
        let what = (kind, row.fact.region());
        match &zone {
            Some(zone) if book.entitled(Capacity::Submit, known, what, zone.day_of(now)) => {
                if !has_come(&row.fact, zone, now) {
                    return Err(RowRefusal::Ahead { kind });
                }
                is_borne_out(book, row, now).map(|()| row)
            }
            _ => Err(RowRefusal::NotEntitled { issuer: known.issuer.clone(), kind }),
        }
    };
    rows.iter().map(judge).collect()
}

/// That another region's status comes with the code that the region signed about the same person, and nothing else comes with one.
fn is_borne_out(book: &Book, row: &Row, now: Timestamp) -> Result<(), RowRefusal> {
    let is_foreign = row.fact.kind() == Kind::ForeignStatus;
    let Some(code) = &row.credential else {
        return if is_foreign { Err(RowRefusal::NoCredential) } else { Ok(()) };
    };
    if !is_foreign {
        return Err(RowRefusal::CredentialNotTaken { kind: row.fact.kind() });
    }
    let keys = book.keys(row.fact.issuer(), now).map(|key| key.point);
    let said = recognised(&row.fact, code, keys, now)?;
    let is_theirs =
        said.status.birthday.is_none_or(|day| birthday(&row.document).is_none_or(|own| own == day));
    if is_theirs { Ok(()) } else { Err(Unrecognised::Otherwise.into()) }
}

/// Whether what a fact tells of has come where its issuer is, or may be told of before.
fn has_come(fact: &Fact, zone: &Zone, now: Timestamp) -> bool {
    let now = now.checked_add(CLOCKS_APART).unwrap_or(now);
    match (fact.at(), days_ahead(fact.kind())) {
        (Moment::Instant(at, _), 0) => at <= now,
        (at, days) => zone.day(at) <= zone.day_of(now).plus(days),
    }
}

/// How many days ahead such a fact may begin: an order is given before its day; everything else is recorded when it has come.
const fn days_ahead(kind: Kind) -> u16 {
    match kind {
        Kind::Isolation | Kind::Release | Kind::Screening => ORDERED_DAYS_AHEAD,
        Kind::Diagnosis
        | Kind::Discharge
        | Kind::Contact
        | Kind::Test
        | Kind::Stay
        | Kind::Entry
        | Kind::Symptom
        | Kind::Checkin
        | Kind::Vaccination
        | Kind::ForeignStatus => 0,
    }
}

/// What the rows are, each sort once.
fn counted(judged: &[Result<&Row, RowRefusal>], here: Region) -> Vec<(Counted, u16)> {
    let mut counted = BTreeMap::new();
    for (place, row) in (0..).zip(judged) {
        let what = match row {
            Err(refusal) => Counted::Refused(RefusedRow::of(place, refusal).cause),
            Ok(row) => Counted::Taken {
                kind: row.fact.kind(),
                value: row.fact.value().to_string(),
                region: row.fact.region().unwrap_or(here),
            },
        };
        *counted.entry(what).or_default() += 1;
    }
    counted.into_iter().collect()
}

/// Takes the submission in, or finds it as it came first.
async fn take_in(
    registry: &Registry,
    submission: &Submission,
    refused: Vec<RefusedRow>,
    counted: &[(Counted, u16)],
) -> Result<Intake, RecordError> {
    let issuer = submission.issuer();
    let request =
        Request { key: submission.key().clone(), hash: submission.hash(), received: registry.now() };
    let intake = Intake { request, rows: u16::try_from(submission.rows().len()).ok(), refused };
    let change =
        Change::Submission { issuer: issuer.clone(), intake: intake.clone(), counted: counted.to_vec() };
    let first = match registry.keep(change).await? {
        Applied::Done | Applied::Published(_) => return Ok(intake),
        Applied::Exists(_) => {
            let former = registry.store().submission(issuer, submission.key()).await;
            former.map_err(Unable::from)?.ok_or(Unable::NoAnswer)?
        }
    };
    match (first.request.hash == intake.request.hash, first.rows) {
        (false, _) => Err(RecordError::KeyReused),
        (true, Some(_)) => Ok(first),
        // It came before refusals were kept: they are what they are now.
        (true, None) => Ok(Intake { refused: intake.refused, ..first }),
    }
}

async fn identify<'r>(
    registry: &Registry,
    rows: impl Iterator<Item = &'r Row>,
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
    let notice = |kind| Notice {
        person,
        id: NoticeId::new(at, chance_of(&sha256(id.as_bytes()), 0)),
        kind,
        about: *id.as_bytes(),
        created: at,
    };
    let notices = told(fact).map(notice).into_iter().collect();
    let row = PersonRow::Fact(RecordedFact { id, fact: fact.clone(), recorded: at });
    registry.change((ActName::Record, None), person, vec![row], notices)
}

/// What the person is told at once when such a fact is recorded; none if it only stands on the page.
#[must_use]
pub fn told(fact: &Fact) -> Option<NoticeKind> {
    match (fact.value().needs_second_organisation(), told_at_once(fact.value())) {
        (true, _) => Some(NoticeKind::FactPending),
        (false, true) => Some(NoticeKind::FactRecorded),
        (false, false) => None,
    }
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
