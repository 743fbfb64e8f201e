//! What is taken in: everybody as of a mark, and the news since, as the ledger takes them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use mingma_census::transition::{Batch, Begun, Committed, Cursor, Enacted, Law, Ledger};
use mingma_census::{Living as Everybody, Work, living};
use mingma_domain::time::{Day, Zone};
use mingma_registry::feed::{Fed, Mark};
use mingma_registry::row::PublicRow;
use mingma_registry::store::Published;
use mingma_registry::{Book, Resident, StoreError};
use mingma_store::Snapshot;

use super::InForce;

/// Why it begins anew.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
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
    pub(super) acts: Vec<Published>,
    pub(super) fed: Vec<Fed>,
    pub(super) end: Mark,
}

/// The census of a folder as of a mark, or as of now.
pub(super) fn build(
    data: &Path,
    zone: &Zone,
    (first, now): (Option<Mark>, Timestamp),
    cancel: &AtomicBool,
) -> Result<(Ledger, Arc<Book>, Mark), Trouble> {
    let snapshot = Snapshot::open(data).map_err(census)?;
    let mut acts = snapshot.published()?;
    let first = match first {
        Some(first) => first,
        None => Mark {
            publication: acts.last().map_or(0, |act| act.number),
            day: zone.day_of(now),
            place: snapshot.fed()?,
            at: now,
        },
    };
    acts.retain(|act| act.number <= first.publication);
    let book = Arc::new(Book::default().with(acts)?);
    let residents = snapshot.residents_by(first.place, beginning(zone, first.day)?)?;
    let stopped = || cancel.load(Ordering::Relaxed).then_some(Err(StoreError::Busy));
    let everybody = residents.map(|resident| stopped().unwrap_or_else(|| resident.map(person)));
    let living = Everybody::build(zone, first.day, everybody).map_err(census)?;
    let law = InForce::new(Arc::clone(&book), zone.clone());
    let cursor = Cursor { publication: first.publication, day: first.day, entry: first.place };
    let work = Work::default().until(cancel);
    let ledger = Ledger::open(living, Arc::new(law), cursor, &work).map_err(census)?;
    Ok((ledger, book, first))
}

/// The instant at which a day begins.
pub(super) fn beginning(zone: &Zone, day: Day) -> Result<Timestamp, Trouble> {
    Timestamp::from_second(zone.start_of(day)).map_err(census)
}

/// What the census takes of a resident.
pub(crate) fn person(resident: Resident) -> living::Person {
    living::Person { key: *resident.person.as_bytes(), home: resident.home, facts: resident.facts }
}

pub(super) type Taken = ((Batch, Mark), Arc<Book>);

/// News as the ledger takes them, and the book after them.
pub(super) fn batch(
    days: Vec<Begun>,
    mut book: Arc<Book>,
    news: News,
    zone: &Zone,
) -> Result<Taken, Trouble> {
    let News { acts, fed, end } = news;
    let mut batch = Batch { days, ..Batch::default() };
    let mut since = Vec::new();
    for act in acts {
        let is_risk = matches!(act.row, PublicRow::Risk(_));
        let is_law = is_risk || matches!(act.row, PublicRow::Ruleset(_));
        let number = act.number;
        since.push(act);
        if is_law {
            book = Arc::new(book.with(std::mem::take(&mut since))?);
            let law: Arc<dyn Law> = Arc::new(InForce::new(Arc::clone(&book), zone.clone()));
            batch.enacted.push(Enacted { number, at: end.at, is_risk, law });
        }
    }
    if !since.is_empty() {
        book = Arc::new(book.with(since)?);
    }
    batch.committed = fed.into_iter().map(committed).collect();
    Ok(((batch, end), book))
}

fn committed(fed: Fed) -> Committed {
    let Fed { place, entry, at, resident } = fed;
    Committed { place, entry: *entry.as_bytes(), at, person: person(resident) }
}
