//! What is taken in: everybody as of a mark, and the news since, as the ledger takes them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use mingma_census::transition::{Batch, Begun, Committed, Cursor, Enacted, Law, Ledger};
use mingma_census::{Living as Everybody, Need, Work, living};
use mingma_domain::time::{Day, Zone};
use mingma_registry::feed::{AsOf, Fed, Mark};
use mingma_registry::row::PublicRow;
use mingma_registry::store::Published;
use mingma_registry::{Book, EntryId, PersonId, Resident, StoreError, Witnessed};
use mingma_store::Snapshot;

use super::waits::Waits;
use super::{InForce, Seen};
use crate::{machine, memory};

/// Why it begins anew.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Census(String),
    #[error("it was told to end")]
    Ended,
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed over where they end")]
pub(super) fn census(error: impl ToString) -> Trouble {
    Trouble::Census(error.to_string())
}

/// What of a stretch is read before it is taken in.
pub(super) struct News {
    pub(super) begin: Mark,
    pub(super) acts: Vec<Published>,
    /// If acts change the law, of whom entries are not witnessed where the stretch begins: by other rules others may wait.
    pub(super) unwitnessed: Vec<Resident>,
    /// Days that begin, with the instants at which they do and those of whom something else may count then.
    pub(super) days: Vec<(Day, Timestamp, Vec<Resident>)>,
    /// Of whom witnesses have signed something that waited, or that may have waited by the day or the law since.
    pub(super) released: Vec<Resident>,
    pub(super) fed: Vec<Fed>,
    pub(super) end: Mark,
}

/// News as the ledger takes them.
pub(super) struct Taking {
    pub(super) batch: Batch,
    /// The book after them.
    pub(super) book: Arc<Book>,
    /// Which entries of whom wait after them.
    pub(super) waits: Vec<(PersonId, Vec<u64>)>,
}

/// A day by a book: what decides whether an entry waits.
struct By<'b> {
    book: &'b Book,
    /// An instant of the day: rules begin and end with one.
    at: Timestamp,
}

impl<'b> By<'b> {
    fn new(book: &'b Book, zone: &Zone, day: Day) -> Result<Self, Trouble> {
        Ok(Self { book, at: zone.end_of(day).map_err(census)? })
    }

    /// What counts of a resident if witnesses have signed up to a number, and the numbers of the entries that wait.
    fn weigh(&self, resident: Resident, witnessed: u64) -> (living::Person, Vec<u64>) {
        let (resident, waiting) =
            resident.witnessed(witnessed, |home, facts| self.book.outcome(home, facts, self.at));
        (person(resident), waiting.entries().iter().map(|entry| entry.number).collect())
    }
}

/// The census of a folder as of a mark, or as of now.
pub(super) fn build(
    data: &Path,
    zone: &Zone,
    (first, now, witnessed): (Option<Mark>, Timestamp, u64),
    cancel: &AtomicBool,
) -> Result<(Ledger, Arc<Book>, Mark, Waits), Trouble> {
    let snapshot = Snapshot::open(data).map_err(census)?;
    memory::enough(need(snapshot.size()?), machine::free_memory()).map_err(census)?;
    let mut acts = snapshot.published()?;
    let first = match first {
        Some(first) => first,
        None => Mark {
            publication: acts.last().map_or(0, |act| act.number),
            day: zone.day_of(now),
            place: snapshot.fed()?,
            witnessed,
            at: now,
        },
    };
    acts.retain(|act| act.number <= first.publication);
    let book = Arc::new(Book::default().with(acts)?);
    let as_of = AsOf { disputes: beginning(zone, first.day)?, witnessed: first.witnessed };
    let residents = snapshot.residents_by(first.place, as_of)?;
    let stopped = || cancel.load(Ordering::Relaxed).then_some(Err(StoreError::Busy));
    let (by, mut waits) = (By::new(&book, zone, first.day)?, Waits::default());
    let mut weighed = |resident: Resident| {
        let whose = resident.person;
        for later in resident.beyond.iter().flat_map(|record| &record.later) {
            waits.add(later.number, whose);
        }
        let (person, numbers) = by.weigh(resident, first.witnessed);
        waits.set(whose, numbers);
        person
    };
    let everybody = residents.map(|resident| stopped().unwrap_or_else(|| resident.map(&mut weighed)));
    let living = Everybody::build(zone, first.day, everybody).map_err(census)?;
    let law = InForce::new(Arc::clone(&book), zone.clone());
    let cursor = Cursor { publication: first.publication, day: first.day, entry: first.place };
    let work = Work::default().on(machine::cores()).until(cancel);
    let ledger = Ledger::open(living, Arc::new(law), cursor, &work).map_err(census)?;
    Ok((ledger, book, first, waits))
}

/// What everybody takes: so many persons and facts, so many of these with a region.
const fn need([persons, facts, placed]: [u64; 3]) -> Need {
    Need::of(persons, facts, placed).beside(persons * KEY_BYTES)
}

/// What finding a person by the key of the store takes, in bytes: sixteen and the number's four, and as much again while the list of them
/// grows.
const KEY_BYTES: u64 = 2 * (16 + 4);

/// Everybody of a folder as of now, for one look.
pub(crate) fn as_of_now(
    data: &Path,
    zone: &Zone,
    (now, witnessed): (Timestamp, u64),
    cancel: &AtomicBool,
) -> Result<Seen, Trouble> {
    let (ledger, book, ..) = build(data, zone, (None, now, witnessed), cancel)?;
    Ok(Seen { look: ledger.look(), book })
}

/// The census of a folder as it lives while the folder is served, as of now.
pub(crate) fn ledger(
    data: &Path,
    zone: &Zone,
    now: Timestamp,
    cancel: &AtomicBool,
) -> Result<Ledger, Trouble> {
    let (ledger, ..) = build(data, zone, (None, now, Witnessed::EVERYTHING), cancel)?;
    Ok(ledger)
}

/// The instant at which a day begins.
pub(super) fn beginning(zone: &Zone, day: Day) -> Result<Timestamp, Trouble> {
    Timestamp::from_second(zone.start_of(day)).map_err(census)
}

/// What the census takes of a resident.
fn person(resident: Resident) -> living::Person {
    living::Person { key: *resident.person.as_bytes(), home: resident.home, facts: resident.facts }
}

/// News as the ledger takes them, and the book after them.
pub(super) fn taking(mut book: Arc<Book>, news: News, zone: &Zone) -> Result<Taking, Trouble> {
    let News { begin, acts, unwitnessed, days, released, fed, end } = news;
    let (mut batch, mut waits) = (Batch::default(), Vec::new());
    let mut weighed = |by: &By<'_>, resident: Resident, witnessed: u64| {
        let whose = resident.person;
        let (person, numbers) = by.weigh(resident, witnessed);
        waits.push((whose, numbers));
        person
    };
    let mut since = Vec::new();
    for act in acts {
        let (number, at) = (act.number, act.at);
        let (is_law, is_risk) = (is_law(&act), matches!(act.row, PublicRow::Risk(_)));
        since.push(act);
        if is_law {
            book = Arc::new(book.with(std::mem::take(&mut since))?);
            let by = By::new(&book, zone, begin.day)?;
            let anew =
                unwitnessed.iter().map(|resident| weighed(&by, resident.clone(), begin.witnessed)).collect();
            let law: Arc<dyn Law> = Arc::new(InForce::new(Arc::clone(&book), zone.clone()));
            batch.enacted.push(Enacted { number, at, is_risk, law, anew });
        }
    }
    if !since.is_empty() {
        book = Arc::new(book.with(since)?);
    }
    for (day, at, residents) in days {
        let by = By::new(&book, zone, day)?;
        let anew = residents.into_iter().map(|resident| weighed(&by, resident, begin.witnessed)).collect();
        batch.days.push(Begun { day, at, anew });
    }
    let by = By::new(&book, zone, end.day)?;
    let mut counts = Vec::new();
    for resident in released {
        let later = resident.beyond.as_ref().map_or_else(Vec::new, |record| record.later.clone());
        // One after the other, so that each change has its own cause.
        for entry in later.into_iter().filter(|entry| entry.number <= end.witnessed) {
            let person = weighed(&by, resident.clone(), entry.number);
            counts.push(committed(entry.number, (entry.entry, entry.at), person));
        }
    }
    counts.sort_by_key(|counts| counts.place);
    batch.released = counts;
    for Fed { place, entry, at, resident, .. } in fed {
        let person = weighed(&by, resident, end.witnessed);
        batch.committed.push(committed(place, (entry, at), person));
    }
    Ok(Taking { batch, book, waits })
}

fn committed(place: u64, (entry, at): (EntryId, Timestamp), person: living::Person) -> Committed {
    Committed { place, entry: *entry.as_bytes(), at, person }
}

/// Whether an act is one by which statuses are another.
pub(super) const fn is_law(act: &Published) -> bool {
    matches!(act.row, PublicRow::Risk(_) | PublicRow::Ruleset(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_memory_does_not_hold_is_not_begun_and_says_what_it_needs() {
        let million = need([1_000_000, 2_000_000, 500_000]);
        let refused = memory::enough(million, Some(80_000_000)).unwrap_err().to_string();
        assert_eq!(refused, "this needs 94 MB of memory, and 80 MB are free");
        assert_eq!(memory::enough(million, Some(94_000_000)), Ok(()));
        assert_eq!(memory::enough(million, None), Ok(()), "a system that does not tell is believed");
    }
}
