//! What issuers' acts go through besides: the limit before, the alarms after.
//!
//! A submission is counted with its being taken in, before anybody asks whether it is above a limit. So of two that come
//! at one moment at least one sees the other, and no number of small ones passes where a large one would not. What is done
//! to one fact after the other (countersigned, retracted, denied) is counted with being done: above a limit may be what is under
//! way at one moment, and no more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::{Issuer, Kind, Value, WordSet};
use thiserror::Error;

use super::{RecordError, Registry, Unable};
use crate::book::Book;
use crate::bulk::history::{HISTORY_HOURS, Told, Unlike, unlike};
pub(super) use crate::bulk::is_unproved;
use crate::bulk::{BATCH, LOOKED_AT, batch_of, doing_of, hour_of, is_exposure, most_in_common, rows_of};
use crate::canonical::Hash;
use crate::id::PersonId;
use crate::intake::Intake;
use crate::row::{Alarm, Counted, IssuerEntry, PublicRow, RowKind, Tally};
use crate::store::{Applied, StoreError};
use crate::words::{ActName, Doing, Span, Strange};

/// What an issuer does waits for a second office.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "more facts of `{kind}` are {doing} within an hour than the {limit} that `{issuer}` may alone: this waits for a second office as act {alarm}; send the same again when it has let it through"
)]
pub struct AboveLimit {
    /// Who.
    pub issuer: Issuer,
    /// What it does.
    pub doing: Doing,
    /// To facts of which kind.
    pub kind: Kind,
    /// The limit.
    pub limit: u64,
    /// The number of the alarm, which the second office is to let through.
    pub alarm: u64,
}

/// What this process knows of the hours of issuers without asking the store each time.
#[derive(Debug, Default)]
pub(crate) struct Hours {
    last: Mutex<BTreeMap<(String, Doing, Kind), Hour>>,
    past: Mutex<BTreeMap<String, Past>>,
}

/// No fewer rows than came within the last hour: what spares a laboratory that sends sample by sample the counting of its
/// hour each time.
///
/// INVARIANT: `rows` counts what this process has taken in since it began, each after its commit. An hour that was read from
/// the store has all that was committed before; so it and what was counted since the reading *began* are together no
/// fewer than there are. The store has one process that writes it.
#[derive(Clone, Copy, Debug, Default)]
struct Hour {
    /// What was taken in since the process began.
    rows: u64,
    /// What the store said, and what `rows` was when it was asked.
    read: Option<(u64, u64)>,
}

/// How often an issuer did what in which hour, up to an hour that was over when this was read.
#[derive(Debug)]
struct Past {
    until: i64,
    counts: Arc<Counts>,
}

/// By what was done to which facts: to all of a kind, and to those of each value of it. Whoever says «close» as often as it said «general» says
/// another thing.
type Counts = BTreeMap<Sort, BTreeMap<i64, u64>>;

/// What was done, to facts of which kind, and of which value of it; of all where none is named.
type Sort = (Doing, Kind, Option<Value>);

impl Hours {
    fn of<T>(&self, (issuer, doing, kind): (&Issuer, Doing, Kind), then: impl FnOnce(&mut Hour) -> T) -> T {
        let mut hours = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        then(hours.entry((issuer.to_string(), doing, kind)).or_default())
    }

    /// Counts rows; gives a bound above the hour, if it was ever read, and the count as of now.
    fn add(&self, whose: (&Issuer, Doing, Kind), rows: u64) -> (Option<u64>, u64) {
        self.of(whose, |hour| {
            hour.rows += rows;
            (hour.read.map(|(read, then)| read + (hour.rows - then)), hour.rows)
        })
    }

    fn read(&self, whose: (&Issuer, Doing, Kind), read: u64, then: u64) {
        self.of(whose, |hour| hour.read = Some((read, then)));
    }
}

/// Lets a submission go on if it is within its issuer's limits, or a second office has let it through.
pub(super) async fn hold(
    registry: &Registry,
    book: &Book,
    issuer: &Issuer,
    intake: &Intake,
    counted: &[(Counted, u16)],
) -> Result<(), RecordError> {
    let mut kinds: BTreeMap<Kind, u64> = BTreeMap::new();
    for (what, rows) in counted {
        if let Counted::Taken { kind, .. } = what {
            *kinds.entry(*kind).or_default() += u64::from(*rows);
        }
    }
    let (batch, at) = (batch_of(&intake.request), intake.request.received);
    for (kind, rows) in kinds {
        let limit = u64::from(book.limit(issuer, kind));
        let (bound, then) = registry.hours().add((issuer, Doing::Recorded, kind), rows);
        if bound.is_some_and(|bound| bound <= limit) {
            continue;
        }
        // Up to this moment, whatever the submission's own is: it may be sent again after hours.
        let until_now = registry.store().tallies(Some(issuer), hour_before(registry.now()), Timestamp::MAX);
        let until_now = until_now.await.map_err(Unable::from)?;
        registry.hours().read((issuer, Doing::Recorded, kind), rows_of(kind, &until_now), then);
        let hour = last_hour(registry, issuer, at).await?;
        let others_held = book.held(issuer, kind, (hour_before(at), at)).filter(|alarm| alarm.batch != batch);
        let held: u64 = others_held.map(|alarm| alarm.rows).sum();
        if rows_of(kind, &hour).saturating_sub(held) <= limit {
            continue;
        }
        let of = Unlike { span: Span::Hour, rows, usual: limit };
        let whose = (issuer, Doing::Recorded, kind);
        let alarm = Alarm::new((Strange::AboveLimit, batch), whose, of, registry.now());
        let number = number_of(registry, book, alarm).await?;
        if !book.is_allowed(number) {
            let issuer = issuer.clone();
            let above = AboveLimit { issuer, doing: Doing::Recorded, kind, limit, alarm: number };
            return Err(above.into());
        }
    }
    Ok(())
}

/// Lets an issuer do something to one more fact of a kind, if it is within its limit. Each time that a second office lets more
/// through, as many again may follow within an hour.
pub(super) async fn hold_one(
    registry: &Registry,
    book: &Book,
    (issuer, doing, kind): (&Issuer, Doing, Kind),
) -> Result<Option<AboveLimit>, Unable> {
    let now = registry.now();
    let limit = u64::from(book.limit_of(issuer, doing, kind));
    let (bound, then) = registry.hours().add((issuer, doing, kind), 1);
    if bound.is_some_and(|bound| bound <= limit) {
        return Ok(None);
    }
    let done = registry.store().said(issuer, hour_before(now), Timestamp::MAX).await?;
    let done = done.iter().filter(|said| (said.doing, said.kind) == (doing, kind));
    let rows = done.map(|said| said.rows).sum::<u64>() + 1;
    registry.hours().read((issuer, doing, kind), rows, then);
    let let_through = book.let_through((issuer, doing, kind), hour_before(now));
    if rows <= limit + let_through * limit.max(1) {
        return Ok(None);
    }
    let batch = doing_of(issuer, doing, &format!("{kind} {} {let_through}", hour_of(now)));
    let of = Unlike { span: Span::Hour, rows, usual: limit };
    let alarm = Alarm::new((Strange::AboveLimit, batch), (issuer, doing, kind), of, now);
    let alarm = number_of(registry, book, alarm).await?;
    Ok(Some(AboveLimit { issuer: issuer.clone(), doing, kind, limit, alarm }))
}

/// Raises an alarm if an issuer departs from its own history by what it did to a fact. It stops nobody.
pub(super) async fn watch_one(
    registry: &Registry,
    known: &IssuerEntry,
    (doing, kind): (Doing, Kind),
) -> Result<(), Unable> {
    let sorts = BTreeSet::from([(kind, None)]);
    unlike_itself(registry, known, (doing, &sorts), (None, registry.now())).await
}

/// Raises an alarm if what was recorded is unlike its issuer, or its persons share nothing. It stops nobody.
pub(super) async fn watch(
    registry: &Registry,
    known: &IssuerEntry,
    intake: &Intake,
    unproved: Vec<(Value, PersonId)>,
) -> Result<(), Unable> {
    if unproved.is_empty() {
        return Ok(());
    }
    let (batch, at) = (batch_of(&intake.request), intake.request.received);
    let kinds: BTreeSet<Kind> = unproved.iter().map(|(value, _)| value.kind()).collect();
    let values = unproved.iter().map(|(value, _)| *value).filter(|value| means_more(*value));
    let values = values.map(|value| (value.kind(), Some(value)));
    let sorts = kinds.iter().map(|kind| (*kind, None)).chain(values).collect();
    unlike_itself(registry, known, (Doing::Recorded, &sorts), (Some(batch), at)).await?;
    for kind in kinds {
        let of_kind = unproved.iter().filter(|(of, _)| of.kind() == kind);
        let persons: BTreeSet<PersonId> = of_kind.map(|(_, person)| *person).collect();
        nothing_in_common(registry, known, (kind, &persons), batch).await?;
    }
    Ok(())
}

async fn unlike_itself(
    registry: &Registry,
    known: &IssuerEntry,
    (doing, sorts): (Doing, &BTreeSet<(Kind, Option<Value>)>),
    (batch, at): (Option<Hash>, Timestamp),
) -> Result<(), Unable> {
    let (book, now) = (registry.book().await?, hour_of(at));
    let counts = counts(registry, &book, known, at).await?;
    let mut raised = BTreeSet::new();
    // All of a kind comes before its values: what was told of all is told of each.
    for (kind, value) in sorts {
        let Some(rows) = counts.get(&(doing, *kind, *value)) else { continue };
        let told: Vec<Told> = book.told(known, doing, (*kind, *value)).collect();
        let Some(unlike) = unlike(rows, &told, now).filter(|_| !raised.contains(kind)) else { continue };
        raised.insert(*kind);
        // Of two that see it at one moment one raises it.
        let nth = || doing_of(&known.issuer, doing, &format!("{kind} {}", told.len()));
        let why = (Strange::UnlikeItself, batch.unwrap_or_else(nth));
        let alarm = Alarm::new(why, (&known.issuer, doing, *kind), unlike, registry.now());
        raise(registry, alarm.of_value(*value)).await?;
    }
    Ok(())
}

/// Whether a value is one of several that its kind has: neither a country nor the number of a dose makes another thing of it.
fn means_more(value: Value) -> bool {
    WordSet::of_kind(value.kind()) != WordSet::only(value.word())
}

async fn nothing_in_common(
    registry: &Registry,
    known: &IssuerEntry,
    (kind, persons): (Kind, &BTreeSet<PersonId>),
    batch: Hash,
) -> Result<(), Unable> {
    if persons.len() < BATCH {
        return Ok(());
    }
    let book = registry.book().await?;
    // Ids are chance, so the first of them are as good a sample as any.
    let mut records = Vec::with_capacity(persons.len().min(LOOKED_AT));
    for person in persons.iter().take(LOOKED_AT) {
        records.push(registry.store().record(*person).await?);
    }
    let by_others = |fact: &mingma_domain::Fact| {
        let other = book.issuer(fact.issuer());
        other.is_none_or(|other| !other.is_of_one_organisation_with(known))
    };
    let looked_at: Vec<_> = records.iter().map(|record| &**record).collect();
    let common = most_in_common(&looked_at, !is_exposure(kind), by_others);
    let half = u64::try_from(records.len() / 2).unwrap_or(u64::MAX);
    if common < half {
        let rows = u64::try_from(persons.len()).unwrap_or(u64::MAX);
        let of = Unlike { span: Span::Hour, rows, usual: common };
        let whose = (&known.issuer, Doing::Recorded, kind);
        let alarm = Alarm::new((Strange::NothingInCommon, batch), whose, of, registry.now());
        raise(registry, alarm).await?;
    }
    Ok(())
}

/// What an issuer's organisation did, by sort and hour, up to an instant: whoever has many issuers has one history. What is held
/// was not done.
async fn counts(
    registry: &Registry,
    book: &Book,
    known: &IssuerEntry,
    at: Timestamp,
) -> Result<Counts, StoreError> {
    // What was taken in before the hour began may be committed a moment after.
    let (over, until) = (hour_of(at) - 1, just_after(at));
    let mut counts = Counts::new();
    for one in book.issuers().filter(|other| other.is_of_one_organisation_with(known)) {
        let past = past(registry, &one.issuer, over).await?;
        let fresh = read(registry, &one.issuer, (start(over), until)).await?;
        for (sort, hours) in past.iter().chain(&fresh) {
            let sums = counts.entry(*sort).or_default();
            for (hour, rows) in hours {
                *sums.entry(*hour).or_default() += rows;
            }
        }
        for (kind, hour, rows) in book.held_of(&one.issuer) {
            // Which values are held nobody wrote down: each is as if all of it were.
            let of_kind = counts.iter_mut().filter(|(sort, _)| (sort.0, sort.1) == (Doing::Recorded, kind));
            for sum in of_kind.filter_map(|(_, sums)| sums.get_mut(&hour)) {
                *sum = sum.saturating_sub(rows);
            }
        }
    }
    Ok(counts)
}

/// What an issuer did in the hours before one, read once an hour.
async fn past(registry: &Registry, issuer: &Issuer, until: i64) -> Result<Arc<Counts>, StoreError> {
    let name = issuer.to_string();
    let known = |past: &Past| (past.until == until).then(|| Arc::clone(&past.counts));
    let held = || registry.hours().past.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(counts) = held().get(&name).and_then(known) {
        return Ok(counts);
    }
    let counts = Arc::new(read(registry, issuer, (start(until - HISTORY_HOURS), start(until))).await?);
    held().insert(name, Past { until, counts: Arc::clone(&counts) });
    Ok(counts)
}

async fn read(
    registry: &Registry,
    issuer: &Issuer,
    (since, until): (Timestamp, Timestamp),
) -> Result<Counts, StoreError> {
    let mut counts = Counts::new();
    let mut add = |sort, hour, rows| *counts.entry(sort).or_default().entry(hour).or_default() += rows;
    for tally in registry.store().tallies(Some(issuer), since, until).await? {
        match tally.what {
            Counted::Taken { kind, value, .. } => {
                add((Doing::Recorded, kind, None), tally.hour, tally.rows);
                // What a former version of the vocabulary had words for counts among all.
                if let Some(value) = Value::parse(kind, &value).ok().filter(|value| means_more(*value)) {
                    add((Doing::Recorded, kind, Some(value)), tally.hour, tally.rows);
                }
            }
            Counted::Refused(_) => {}
        }
    }
    for said in registry.store().said(issuer, since, until).await? {
        add((said.doing, said.kind, None), said.hour, said.rows);
    }
    Ok(counts)
}

/// The number of an alarm, which is raised if it was not yet.
async fn number_of(registry: &Registry, book: &Book, alarm: Alarm) -> Result<u64, Unable> {
    match book.alarm(&alarm) {
        Some(number) => Ok(number),
        None => raise(registry, alarm).await,
    }
}

/// Writes an alarm in the journal, once, and gives its number.
async fn raise(registry: &Registry, alarm: Alarm) -> Result<u64, Unable> {
    match registry.make_public(ActName::Alarm, PublicRow::Alarm(alarm.clone())).await? {
        Applied::Published(number) => Ok(number),
        // Another try of the same submission was faster.
        Applied::Exists(RowKind::Alarm) => registry.book().await?.alarm(&alarm).ok_or(Unable::NoAnswer),
        Applied::Exists(_) | Applied::Done => Err(Unable::NoAnswer),
    }
}

/// What came from an issuer within the hour that ended with an instant, and at it.
async fn last_hour(registry: &Registry, issuer: &Issuer, at: Timestamp) -> Result<Vec<Tally>, Unable> {
    Ok(registry.store().tallies(Some(issuer), hour_before(at), just_after(at)).await?)
}

/// The first instant after one.
fn just_after(at: Timestamp) -> Timestamp {
    at.checked_add(SignedDuration::from_nanos(1)).unwrap_or(at)
}

/// The instant at which an hour begins.
fn start(hour: i64) -> Timestamp {
    Timestamp::from_second(hour.saturating_mul(3_600)).unwrap_or(Timestamp::MIN)
}

fn hour_before(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN)
}
