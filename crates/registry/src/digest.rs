//! What everybody may count: rows by kind, value and place, refusals, what was said of facts and why, appeals and how long they took. Numbers alone.
//!
//! Only whole days are counted, so that two readings a minute apart do not tell of one person; a day that is over never
//! changes and is read once. However many ask, the store is asked once a day. Every number is told in whole tens, so that what
//! is withheld cannot be had by taking one day's answer from the next one's, or the parts from the whole: of a difference of two
//! such numbers nobody knows whether it is one person or nineteen.

mod cell;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use cell::{Cell, SMALL_CELL, told};
use jiff::{SignedDuration, Timestamp};
use mingma_domain::Region;
use mingma_domain::fact::Kind;
use mingma_domain::time::{Day, Zone};

use crate::acts::Registry;
use crate::bulk::batch_of;
use crate::intake::{Cause, Intake};
use crate::row::{Alarm, AppealSpan, Counted, Moved, MovedOn, Spoken};
use crate::store::StoreError;

/// Over how many whole days is counted.
pub const DIGEST_DAYS: i64 = 28;
const DAY_HOURS: i64 = 24;
/// How many submissions are read at once while the one of an alarm is sought.
const SOUGHT_AT_ONCE: u32 = 100;

/// How many rows of a sort were recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recorded {
    /// The kind.
    pub kind: Kind,
    /// The value's word.
    pub value: String,
    /// Where, down to a prefecture.
    pub region: Region,
    /// How many.
    pub rows: Cell,
}

/// What became of the appeals that were due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AppealCounts {
    /// How many were due; none if nobody disputed anything.
    pub due: Option<Cell>,
    /// In how many the person was right.
    pub upheld: Option<Cell>,
    /// In how many not.
    pub rejected: Option<Cell>,
    /// How many the office had not answered in time: the fact stopped counting, unless its issuer had confirmed it.
    pub unanswered: Option<Cell>,
    /// Half of those that were answered took no longer than so many minutes; none of a small number.
    pub median_minutes: Option<i64>,
}

/// The numbers of the last whole days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Digest {
    /// From this instant on.
    pub since: Timestamp,
    /// The first instant that is not counted any more.
    pub until: Timestamp,
    /// What was recorded, by kind, value and region.
    pub recorded: Vec<Recorded>,
    /// Why rows were refused.
    pub refused: Vec<(Cause, Cell)>,
    /// What became of appeals.
    pub appeals: AppealCounts,
    /// Of each kind of fact of which enough were answered, within how many minutes half of them were.
    pub appeal_medians: Vec<(Kind, i64)>,
    /// What was said of facts, and why.
    pub spoken: Vec<(Spoken, Cell)>,
    /// How many were told on which day, counted from 1970, that their status is another, and by what.
    pub moved: Vec<(i64, Moved, Cell)>,
}

/// What was read, day by day, and made of it.
#[derive(Debug, Default)]
pub(crate) struct Digests {
    /// Whose days are counted; UTC's if none.
    zone: Option<Zone>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    days: BTreeMap<i64, Arc<BTreeMap<Sort, u64>>>,
    made: Option<(i64, Arc<Digest>)>,
}

/// What is counted together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Sort {
    Moved(i64, Moved),
    Recorded(Kind, String, Region),
    Refused(Cause),
    Spoken(Spoken),
}

impl Sort {
    fn of(what: Counted) -> Self {
        match what {
            Counted::Taken { kind, value, region } => {
                Self::Recorded(kind, value, crate::bulk::prefecture(region))
            }
            Counted::Refused(cause) => Self::Refused(cause),
        }
    }
}

impl Digests {
    /// Without anything read, by the days of a zone.
    pub(crate) const fn of(zone: Zone) -> Self {
        Self { zone: Some(zone), state: Mutex::new(State { days: BTreeMap::new(), made: None }) }
    }

    /// The day of an instant, counted from 1970.
    fn day_of(&self, at: Timestamp) -> i64 {
        self.zone.as_ref().map_or_else(|| day_of(at), |zone| zone.day_of(at).number().into())
    }

    /// The first instant of a day.
    fn start(&self, day: i64) -> Timestamp {
        let civil = i32::try_from(day).ok().and_then(|day| Day::from_number(day).ok());
        let local = self.zone.as_ref().zip(civil).map(|(zone, day)| zone.start_of(day));
        local.and_then(|second| Timestamp::from_second(second).ok()).unwrap_or_else(|| start(day))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registry {
    /// On which day of the numbers that everybody reads an instant lies, counted from 1970.
    pub(crate) fn day_of(&self, at: Timestamp) -> i64 {
        self.digests().day_of(at)
    }

    /// The zone whose days those are; none if they are UTC's.
    #[must_use]
    pub fn zone(&self) -> Option<&Zone> {
        self.digests().zone.as_ref()
    }

    /// The numbers of the days that are over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn digest(&self) -> Result<Arc<Digest>, StoreError> {
        let today = self.day_of(self.now());
        if let Some((_, made)) = self.digests().state().made.as_ref().filter(|(day, _)| *day == today) {
            return Ok(Arc::clone(made));
        }
        let mut sums: BTreeMap<Sort, u64> = BTreeMap::new();
        for day in today - DIGEST_DAYS..today {
            for (sort, rows) in self.day(day).await?.iter() {
                *sums.entry(sort.clone()).or_default() += rows;
            }
        }
        let (since, until) = (self.digests().start(today - DIGEST_DAYS), self.digests().start(today));
        for (sort, rows) in self.held(since, until).await? {
            if let Some(sum) = sums.get_mut(&sort) {
                *sum = sum.saturating_sub(rows);
            }
        }
        let spans = self.store().appeal_spans(since).await?;
        let digest = Arc::new(digest(sums, &spans, (since, until)));
        let mut state = self.digests().state();
        state.days.retain(|day, _| *day >= today - DIGEST_DAYS);
        state.made = Some((today, Arc::clone(&digest)));
        Ok(digest)
    }

    /// What came in these days and is held above a limit: it was counted when it came, and nothing of it is recorded.
    async fn held(&self, since: Timestamp, until: Timestamp) -> Result<Vec<(Sort, u64)>, StoreError> {
        let (book, mut held) = (self.book().await?, Vec::new());
        for alarm in book.held_batches() {
            let Some(intake) = self.batch(alarm, since).await? else { continue };
            if !(since..until).contains(&intake.request.received) {
                continue;
            }
            for (what, rows) in self.store().counted(&alarm.issuer, &intake.request.key).await? {
                if matches!(what, Counted::Taken { .. }) {
                    held.push((Sort::of(what), rows));
                }
            }
        }
        Ok(held)
    }

    /// The submission of an alarm, if it came at an instant or later: one of those that came last before it was raised.
    async fn batch(&self, alarm: &Alarm, since: Timestamp) -> Result<Option<Intake>, StoreError> {
        let mut before = None;
        loop {
            let page = self.store().submissions(&alarm.issuer, before, SOUGHT_AT_ONCE).await?;
            let Some(oldest) = page.last().map(|intake| intake.request.clone()) else { return Ok(None) };
            if let Some(found) = page.into_iter().find(|intake| batch_of(&intake.request) == alarm.batch) {
                return Ok(Some(found));
            }
            if oldest.received < since {
                return Ok(None);
            }
            before = Some((oldest.received, oldest.key));
        }
    }

    /// The sums of a day that is over.
    async fn day(&self, day: i64) -> Result<Arc<BTreeMap<Sort, u64>>, StoreError> {
        if let Some(held) = self.digests().state().days.get(&day) {
            return Ok(Arc::clone(held));
        }
        let (since, until) = (self.digests().start(day), self.digests().start(day + 1));
        let mut sums: BTreeMap<Sort, u64> = BTreeMap::new();
        for tally in self.store().tallies(None, since, until).await? {
            *sums.entry(Sort::of(tally.what)).or_default() += tally.rows;
        }
        for (spoken, rows) in self.store().spoken(since, until).await? {
            sums.insert(Sort::Spoken(spoken), rows);
        }
        for MovedOn { day, moved, persons } in self.store().moved(day, day + 1).await? {
            sums.insert(Sort::Moved(day, moved), persons);
        }
        let sums = Arc::new(sums);
        self.digests().state().days.insert(day, Arc::clone(&sums));
        Ok(sums)
    }
}

/// The day of an instant in UTC, counted from 1970.
pub(crate) fn day_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3_600 * DAY_HOURS)
}

fn start(day: i64) -> Timestamp {
    let since = SignedDuration::from_hours(day.saturating_mul(DAY_HOURS));
    Timestamp::UNIX_EPOCH.checked_add(since).unwrap_or(Timestamp::MIN)
}

fn digest(sums: BTreeMap<Sort, u64>, spans: &[AppealSpan], (since, until): (Timestamp, Timestamp)) -> Digest {
    let (mut recorded, mut refused) = (Vec::new(), Vec::new());
    let (mut spoken, mut moved) = (Vec::new(), Vec::new());
    for (sort, rows) in sums {
        let Some(cell) = Cell::of(rows) else { continue };
        match sort {
            Sort::Moved(day, by) => moved.push((day, by, cell)),
            Sort::Recorded(kind, value, region) => {
                recorded.push(Recorded { kind, value, region, rows: cell });
            }
            Sort::Refused(cause) => refused.push((cause, cell)),
            Sort::Spoken(said) => spoken.push((said, cell)),
        }
    }
    Digest {
        since,
        until,
        recorded,
        refused,
        appeals: appeals(spans, (since, until)),
        appeal_medians: medians(spans, (since, until)),
        spoken,
        moved,
    }
}

/// Of each kind of the facts whose appeals were due, if enough were answered.
fn medians(spans: &[AppealSpan], (since, until): (Timestamp, Timestamp)) -> Vec<(Kind, i64)> {
    let of = |kind: &Kind| {
        let own = |span: &&AppealSpan| span.kind == *kind;
        let own: Vec<AppealSpan> = spans.iter().filter(own).copied().collect();
        Some((*kind, appeals(&own, (since, until)).median_minutes?))
    };
    Kind::ALL.iter().filter_map(of).collect()
}

fn appeals(spans: &[AppealSpan], (since, until): (Timestamp, Timestamp)) -> AppealCounts {
    let due: Vec<&AppealSpan> = spans.iter().filter(|span| (since..until).contains(&span.due)).collect();
    let outcome =
        |span: &AppealSpan| span.answered.filter(|(at, _)| *at < span.due).map(|(_, upheld)| upheld);
    let count = |wanted: Option<bool>| {
        Cell::of(due.iter().filter(|span| outcome(span) == wanted).fold(0, |sum, _| sum + 1))
    };
    let took = |span: &&AppealSpan| span.answered.map(|(at, _)| at.duration_since(span.at).as_mins());
    let mut minutes: Vec<i64> = due.iter().filter_map(took).collect();
    minutes.sort_unstable();
    let told = u64::try_from(minutes.len()).is_ok_and(|answered| answered >= SMALL_CELL);
    AppealCounts {
        due: Cell::of(due.iter().fold(0, |sum, _| sum + 1)),
        upheld: count(Some(true)),
        rejected: count(Some(false)),
        unanswered: count(None),
        median_minutes: minutes.get(minutes.len().saturating_sub(1) / 2).copied().filter(|_| told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_zone() {
        let (shanghai, utc) = (Digests::of(Zone::named("Asia/Shanghai").unwrap()), Digests::default());
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for (instant, here, there) in [
            ("2022-06-13T15:59:59Z", "2022-06-13", "2022-06-13"),
            ("2022-06-13T16:00:00Z", "2022-06-14", "2022-06-13"),
            ("2022-06-14T00:00:00Z", "2022-06-14", "2022-06-14"),
        ] {
            let day = |text: &str| i64::from(text.parse::<Day>().unwrap().number());
            assert_eq!(
                (shanghai.day_of(at(instant)), utc.day_of(at(instant))),
                (day(here), day(there)),
                "{instant}"
            );
        }
        let day = shanghai.day_of(at("2022-06-13T16:00:00Z"));
        assert_eq!(shanghai.start(day), at("2022-06-13T16:00:00Z"));
        assert_eq!(utc.start(day), at("2022-06-14T00:00:00Z"));
    }

    #[test]
    fn appeals_are_counted_when_they_are_due_and_a_median_of_few_is_not_told() {
        let at = |hours: i64| start(100).checked_add(SignedDuration::from_hours(hours)).unwrap();
        let span = |opened: i64, answered: Option<(i64, bool)>| AppealSpan {
            at: at(opened),
            due: at(opened + 72),
            answered: answered.map(|(hours, upheld)| (at(opened + hours), upheld)),
            kind: Kind::Contact,
        };
        let mut spans: Vec<AppealSpan> = (1..=9).map(|hours| span(0, Some((hours, true)))).collect();
        let of = |spans: &[AppealSpan]| appeals(spans, (start(100), start(110)));
        assert_eq!((of(&spans).due, of(&spans).median_minutes), (Some(Cell::Small), None));
        spans.extend((10..=20).map(|hours| span(0, Some((hours, false)))));
        // An answer after the deadline is none in time; one that is due later is not counted yet.
        spans.extend([span(0, Some((73, false))), span(0, None), span(24 * 8, Some((1, true)))]);
        let counts = of(&spans);
        let expected = AppealCounts {
            due: Some(Cell::Told(20)),
            upheld: Some(Cell::Small),
            rejected: Some(Cell::Told(10)),
            unanswered: Some(Cell::Small),
            median_minutes: Some(11 * 60),
        };
        assert_eq!(counts, expected);
        assert_eq!(of(&[]).due, None);
        // Of contacts there are enough, of the tests one too few.
        let mut tests: Vec<_> =
            spans.iter().take(9).map(|span| AppealSpan { kind: Kind::Test, ..*span }).collect();
        tests.extend(&spans);
        assert_eq!(medians(&tests, (start(100), start(110))), [(Kind::Contact, 11 * 60)]);
    }
}
