//! What recording goes through besides: the limit before, the alarms after.
//!
//! A submission is counted with its being taken in, before anybody asks whether it is above a limit. So of two that come
//! at one moment at least one sees the other, and no number of small ones passes where a large one would not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::{Issuer, Kind};

use super::{RecordError, Registry, Unable};
use crate::book::Book;
pub(super) use crate::bulk::is_unproved;
use crate::bulk::{
    BATCH, FRESH_HOURS, HISTORY_DAYS, LOOKED_AT, NOTABLE, batch_of, like_itself, most_in_common, rows_of,
};
use crate::id::PersonId;
use crate::intake::Intake;
use crate::row::{Alarm, Counted, IssuerEntry, PublicRow, RowKind, Tally};
use crate::store::Applied;
use crate::words::{ActName, Strange};

/// No fewer rows than came within the last hour, by issuer and kind: what spares a laboratory that sends sample by sample the
/// counting of its hour each time.
///
/// INVARIANT: `rows` counts what this process has taken in since it began, each after its commit. An hour that was read from
/// the store has all that was committed before; so it and what was counted since the reading *began* are together no
/// fewer than there are. The store has one process that writes it.
#[derive(Debug, Default)]
pub(crate) struct Hours(Mutex<BTreeMap<(String, Kind), Hour>>);

#[derive(Clone, Copy, Debug, Default)]
struct Hour {
    /// What was taken in since the process began.
    rows: u64,
    /// What the store said, and what `rows` was when it was asked.
    read: Option<(u64, u64)>,
}

impl Hours {
    fn of<T>(&self, issuer: &Issuer, kind: Kind, then: impl FnOnce(&mut Hour) -> T) -> T {
        let mut hours = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        then(hours.entry((issuer.to_string(), kind)).or_default())
    }

    /// Counts rows that were taken in; gives a bound above the hour, if it was ever read, and the count as of now.
    fn add(&self, issuer: &Issuer, kind: Kind, rows: u64) -> (Option<u64>, u64) {
        self.of(issuer, kind, |hour| {
            hour.rows += rows;
            (hour.read.map(|(read, then)| read + (hour.rows - then)), hour.rows)
        })
    }

    fn read(&self, issuer: &Issuer, kind: Kind, read: u64, then: u64) {
        self.of(issuer, kind, |hour| hour.read = Some((read, then)));
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
        let (bound, then) = registry.hours().add(issuer, kind, rows);
        if bound.is_some_and(|bound| bound <= limit) {
            continue;
        }
        // Up to this moment, whatever the submission's own is: it may be sent again after hours.
        let until_now = registry.store().tallies(Some(issuer), hour_before(registry.now()), Timestamp::MAX);
        let until_now = until_now.await.map_err(Unable::from)?;
        registry.hours().read(issuer, kind, rows_of(kind, &until_now), then);
        let hour = last_hour(registry, issuer, at).await?;
        let others_held = book.held(issuer, kind, (hour_before(at), at)).filter(|alarm| alarm.batch != batch);
        let held: u64 = others_held.map(|alarm| alarm.rows).sum();
        if rows_of(kind, &hour).saturating_sub(held) <= limit {
            continue;
        }
        let alarm = Alarm {
            why: Strange::AboveLimit,
            issuer: issuer.clone(),
            kind,
            rows,
            usual: limit,
            batch,
            at: registry.now(),
        };
        let number = match book.alarm(&alarm) {
            Some(number) => number,
            None => raise(registry, alarm).await?,
        };
        if !book.is_allowed(number) {
            return Err(RecordError::AboveLimit { issuer: issuer.clone(), kind, limit, alarm: number });
        }
    }
    Ok(())
}

/// Raises an alarm if what was recorded is unlike its issuer, or its persons share nothing. It stops nobody.
pub(super) async fn watch(
    registry: &Registry,
    known: &IssuerEntry,
    intake: &Intake,
    unproved: Vec<(Kind, PersonId)>,
) -> Result<(), Unable> {
    let Some((first, _)) = unproved.first().copied() else { return Ok(()) };
    let (batch, at) = (batch_of(&intake.request), intake.request.received);
    let alarm = |why, kind, rows, usual| Alarm {
        why,
        issuer: known.issuer.clone(),
        kind,
        rows,
        usual,
        batch,
        at: registry.now(),
    };
    let book = registry.book().await?;
    let hour = last_hour(registry, &known.issuer, at).await?;
    for kind in unproved.iter().map(|(kind, _)| *kind).collect::<BTreeSet<_>>() {
        let rows = rows_of(kind, &hour);
        let today = earlier(at, FRESH_HOURS);
        let said = book.unlike_itself(&known.issuer, kind, (today, at));
        if rows < NOTABLE || said {
            continue;
        }
        let since = earlier(at, 24 * HISTORY_DAYS);
        let history = registry.store().tallies(Some(&known.issuer), since, today).await?;
        let usual = like_itself(kind, &history);
        if rows > usual {
            raise(registry, alarm(Strange::UnlikeItself, kind, rows, usual)).await?;
        }
    }
    let persons: BTreeSet<PersonId> = unproved.iter().map(|(_, person)| *person).collect();
    if persons.len() < BATCH {
        return Ok(());
    }
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
    let common = most_in_common(&looked_at, by_others);
    let half = u64::try_from(records.len() / 2).unwrap_or(u64::MAX);
    if common < half {
        let rows = u64::try_from(persons.len()).unwrap_or(u64::MAX);
        raise(registry, alarm(Strange::NothingInCommon, first, rows, common)).await?;
    }
    Ok(())
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
    let until = at.checked_add(SignedDuration::from_nanos(1)).unwrap_or(at);
    Ok(registry.store().tallies(Some(issuer), hour_before(at), until).await?)
}

fn hour_before(at: Timestamp) -> Timestamp {
    earlier(at, 1)
}

fn earlier(at: Timestamp, hours: i64) -> Timestamp {
    at.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN)
}
