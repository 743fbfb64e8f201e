//! What an issuer reads at its desk: what would become of rows, what became of its submissions, what it may countersign.
//!
//! Lists are read across persons: they are lists of work, never evidence, and say about nobody whom they are about.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::{Issuer, Kind};
use thiserror::Error;

use super::again::without_said;
use super::record::judge;
use super::{Registry, Unable};
use crate::book::{Book, day_at};
use crate::id::FactId;
use crate::intake::{Intake, IssuedFact, RefusedRow};
use crate::policy::{Authorized, Subject, Wish};
use crate::row::{EntitlementEntry, IdempotencyKey, IssuerEntry, RecordedFact};
use crate::store::{Page, Waiting};
use crate::submission::{Row, RowError};
use crate::words::{ActName, Capacity};

/// For how long a fact is on the list of those that wait: the longest that facts of such kinds are kept.
const WAITS_DAYS: i64 = 60;
/// How many pages of the store are read for one that is answered, so that an answer is bounded though all were countersigned.
const PAGES: usize = 4;

/// A wish to know what would become of rows.
#[derive(Clone, Debug)]
pub struct CheckRows {
    /// Who asks.
    pub issuer: Issuer,
    /// The rows, as [`crate::submission::read_rows`] gives them.
    pub rows: Vec<Result<Row, RowError>>,
}

impl Wish for CheckRows {
    const ACT: ActName = ActName::Record;

    fn subject(&self) -> Subject<'_> {
        Subject::Issuer(&self.issuer)
    }
}

/// A wish to read one's own submissions.
#[derive(Clone, Debug)]
pub struct OwnSubmissions {
    /// Who asks.
    pub issuer: Issuer,
    /// Older than the one with this key.
    pub before: Option<IdempotencyKey>,
    /// How many at most.
    pub limit: u32,
}

impl Wish for OwnSubmissions {
    const ACT: ActName = ActName::Record;

    fn subject(&self) -> Subject<'_> {
        Subject::Issuer(&self.issuer)
    }
}

/// A wish to read one submission, row by row.
#[derive(Clone, Debug)]
pub struct OwnSubmission {
    /// Who asks.
    pub issuer: Issuer,
    /// Which.
    pub key: IdempotencyKey,
}

impl Wish for OwnSubmission {
    const ACT: ActName = ActName::Record;

    fn subject(&self) -> Subject<'_> {
        Subject::Issuer(&self.issuer)
    }
}

/// A wish to know what waits for one's countersignature.
#[derive(Clone, Debug)]
pub struct ToCountersign {
    /// Who asks.
    pub issuer: Issuer,
    /// Older than this fact.
    pub before: Option<FactId>,
    /// How many at most.
    pub limit: u32,
}

impl Wish for ToCountersign {
    const ACT: ActName = ActName::Countersign;

    fn subject(&self) -> Subject<'_> {
        Subject::Issuer(&self.issuer)
    }
}

/// A submission with what became of each of its rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SubmissionState {
    /// What was taken in.
    pub intake: Intake,
    /// Each row, in its place; empty if it came before rows were counted.
    pub rows: Vec<RowState>,
}

/// What became of a row, as of now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RowState {
    /// It is recorded.
    Recorded(Box<IssuedFact>),
    /// It was refused.
    Refused(RefusedRow),
    /// It has not come through: the same submission is to be sent again.
    Unfinished,
}

/// Why an issuer is told nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DeskError {
    /// No such issuer is appointed.
    #[error("`{issuer}` is not an appointed issuer")]
    UnknownIssuer {
        /// Who.
        issuer: Issuer,
    },
    /// It sent no such submission.
    #[error("`{issuer}` has sent no submission with this key")]
    NoSuchSubmission {
        /// Who.
        issuer: Issuer,
    },
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// What would become of each row now: whether it would wait for a second organisation, or why it would be refused. Writes
/// nothing.
///
/// # Errors
/// [`DeskError`].
pub async fn check_rows(
    registry: &Registry,
    wish: Authorized<CheckRows>,
) -> Result<Vec<Result<bool, RefusedRow>>, DeskError> {
    let CheckRows { issuer, rows } = wish.wish();
    let book = registry.book().await.map_err(Unable::from)?;
    let judged = judge(&book, known(&book, issuer)?, rows, registry.now());
    let judged = without_said(registry, issuer, judged, &BTreeSet::new()).await?;
    let answer = |(place, row): (u16, Result<&Row, _>)| match row {
        Ok(row) => Ok(row.waits()),
        Err(refusal) => Err(RefusedRow::of(place, &refusal)),
    };
    Ok((0..).zip(judged).map(answer).collect())
}

/// An issuer's submissions, the newest first.
///
/// # Errors
/// [`DeskError`].
pub async fn own_submissions(
    registry: &Registry,
    wish: Authorized<OwnSubmissions>,
) -> Result<Vec<Intake>, DeskError> {
    let OwnSubmissions { issuer, before, limit } = wish.wish();
    let before = match before {
        None => None,
        Some(key) => {
            let known = registry.store().submission(issuer, key).await.map_err(Unable::from)?;
            let none = || DeskError::NoSuchSubmission { issuer: issuer.clone() };
            Some((known.ok_or_else(none)?.request.received, key.clone()))
        }
    };
    Ok(registry.store().submissions(issuer, before, *limit).await.map_err(Unable::from)?)
}

/// One of them, row by row, as its facts stand now.
///
/// # Errors
/// [`DeskError`].
pub async fn own_submission(
    registry: &Registry,
    wish: Authorized<OwnSubmission>,
) -> Result<SubmissionState, DeskError> {
    let OwnSubmission { issuer, key } = wish.wish();
    let none = || DeskError::NoSuchSubmission { issuer: issuer.clone() };
    let intake = registry.store().submission(issuer, key).await.map_err(Unable::from)?.ok_or_else(none)?;
    let places = 0..intake.rows.unwrap_or_default();
    let ids: Vec<FactId> = places.clone().map(|place| intake.fact(place)).collect();
    let witnessed = registry.witnessed().number();
    let facts = registry.store().issued(issuer, &ids, witnessed).await.map_err(Unable::from)?;
    let mut facts: BTreeMap<FactId, IssuedFact> =
        facts.into_iter().map(|fact| (fact.recorded.id, fact)).collect();
    let mut refused = intake.refused.iter().peekable();
    let mut rows = Vec::with_capacity(ids.len());
    for (place, id) in places.zip(ids) {
        rows.push(match refused.next_if(|refused| refused.place == place) {
            Some(refused) => RowState::Refused(refused.clone()),
            None => match facts.remove(&id) {
                Some(fact) => RowState::Recorded(Box::new(fact)),
                None => RowState::Unfinished,
            },
        });
    }
    Ok(SubmissionState { intake, rows })
}

/// Facts of other organisations in one's own region that wait for one's countersignature, the newest first.
///
/// # Errors
/// [`DeskError`].
pub async fn to_countersign(
    registry: &Registry,
    wish: Authorized<ToCountersign>,
) -> Result<Page<RecordedFact, FactId>, DeskError> {
    let ToCountersign { issuer, before, limit } = wish.wish();
    let book = registry.book().await.map_err(Unable::from)?;
    let me = known(&book, issuer)?;
    let now = registry.now();
    let since = now.checked_sub(SignedDuration::from_hours(24 * WAITS_DAYS)).unwrap_or(Timestamp::MIN);
    let Some(day) = day_at(me.region, now) else { return Ok(Page { items: Vec::new(), next: None }) };
    let second = |entry: &&EntitlementEntry| {
        let entitlement = &entry.entitlement;
        entry.capacity == Capacity::Countersign
            && entitlement.is_in_force(day)
            && !entitlement.kind.spec().second_organisation.is_empty()
    };
    let kinds: BTreeSet<Kind> =
        book.entitlements(issuer).filter(second).map(|entry| entry.entitlement.kind).collect();
    let others = book.issuers().filter(|other| !other.is_of_one_organisation_with(me));
    let issuers = others.map(|other| other.issuer.clone()).collect();
    let mut of = Waiting { issuers, kinds, since, before: *before };
    // Where a fact names no region, it is one of where its issuer works.
    let wanted = |row: &RecordedFact| {
        let place = row.fact.region().or_else(|| book.issuer(row.fact.issuer()).map(|issuer| issuer.region));
        place.is_some_and(|place| {
            book.entitled(Capacity::Countersign, me, (row.fact.kind(), Some(place)), day)
        })
    };
    let mut found = Page { items: Vec::new(), next: None };
    for _ in 0..PAGES {
        let left = limit.saturating_sub(u32::try_from(found.items.len()).unwrap_or(u32::MAX));
        let page = registry.store().waiting(of.clone(), left).await.map_err(Unable::from)?;
        found.items.extend(page.items.into_iter().filter(wanted));
        found.next = page.next;
        of.before = page.next;
        if page.next.is_none() || u32::try_from(found.items.len()).is_ok_and(|items| items >= *limit) {
            break;
        }
    }
    Ok(found)
}

fn known<'b>(book: &'b Book, issuer: &Issuer) -> Result<&'b IssuerEntry, DeskError> {
    book.issuer(issuer).ok_or_else(|| DeskError::UnknownIssuer { issuer: issuer.clone() })
}
