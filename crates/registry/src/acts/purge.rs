//! What is over is destroyed: by nobody's wish, on schedule.
//!
//! Everybody of whom anything is old enough is looked at, one page of persons after the other; of each page what is over is destroyed in one go, with the public act
//! that tells how much of which kind it was and when it was due. A round that breaks off has destroyed whole pages and told of each;
//! the next one goes on with what is left.

use jiff::Timestamp;
use mingma_domain::retention::Ties;
use mingma_domain::time::Zone;

use super::{Registry, Unable};
use crate::book::Book;
use crate::journal::Entry;
use crate::retention::{Aged, Passed, Purged, over};
use crate::row::PublicRow;
use crate::store::{MAX_ERASURES, Page, Purge};
use crate::words::ActName;

/// What a round destroyed, or would destroy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PurgeRound {
    /// Rows about persons.
    pub purged: Purged,
    /// Persons of whom something was destroyed.
    pub persons: u64,
    /// Rows about nobody; not counted in a trial.
    pub passed: u64,
}

/// Destroys what is over, by the days of a zone and of those of the rules in force; with `trial` it only counts.
///
/// # Errors
/// [`Unable`]; what was destroyed before was told of.
pub async fn purge(registry: &Registry, zone: Zone, trial: bool) -> Result<PurgeRound, Unable> {
    registry.may_record()?;
    let now = registry.now();
    let store = registry.store();
    let mut round = PurgeRound { purged: Purged::none(now), persons: 0, passed: 0 };
    let ties = ties(&*registry.book().await?, zone, now);
    let aged = Aged::at(now);
    let page = u32::try_from(MAX_ERASURES).unwrap_or(u32::MAX);
    let mut after = None;
    loop {
        let Page { items: persons, next } = store.aged(after, page, Some(&aged)).await?;
        let Some(last) = next else { break };
        after = Some(last);
        let mut row = Purged::none(now);
        let mut erasures = Vec::new();
        for person in persons {
            let erasure = over(person, &store.holding(person).await?, &ties, now, &mut row);
            if !erasure.is_empty() {
                erasures.push(erasure);
            }
        }
        if erasures.is_empty() {
            continue;
        }
        round.persons += u64::try_from(erasures.len()).unwrap_or(u64::MAX);
        round.purged.with(&row);
        if !trial {
            let entry = Entry::public(registry.rng(), ActName::Purge, now, &PublicRow::Purged(row.clone()))?;
            store.purge(Purge { erasures, row, entry }).await?;
        }
    }
    if !trial {
        round.passed = store.pass(Passed::at(now)).await?;
        store.scrub(now).await?;
    }
    Ok(round)
}

/// The same by the days of those rules alone; none if there are none.
pub(crate) fn ties_of(book: &Book, now: Timestamp) -> Option<Ties> {
    let zone = book.rulesets().first()?.ruleset.zone.clone();
    Some(ties(book, zone, now))
}

/// What the rules that are in force, or will be, read together.
pub(super) fn ties(book: &Book, zone: Zone, now: Timestamp) -> Ties {
    let all = book.rulesets().iter().map(|published| &published.ruleset);
    Ties::of(all.filter(|rules| rules.zone.day_of(now) < rules.sunset), zone)
}
