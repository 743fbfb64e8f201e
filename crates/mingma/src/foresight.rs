//! What a draft would do, seen in the census of a data folder: the registry's port [`Foresight`].
//!
//! The census is built for the look, from the folder as of one moment, and dropped: publishing is rare, and the numbers
//! that two offices answer for are of that hour. Everybody is compared with what the rules in force give them now; a
//! draft of rules touches those who live where it would be in force, a draft of risk all.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use mingma_census::transition::{Batch, Cursor, Enacted, Law, Ledger};
use mingma_census::{Living, Work, living};
use mingma_domain::assess::Outcome;
use mingma_domain::time::Day;
use mingma_domain::{Region, RiskMap, Ruleset};
use mingma_registry::brake::{Blind, Draft, Foresight, Preview, RegionPreview};
use mingma_registry::row::PublicRow;
use mingma_registry::store::Published;
use mingma_registry::{Book, Clock, Resident};
use mingma_store::Snapshot;

/// Sees beforehand in the census of a data folder.
pub(crate) struct OverFolder<C> {
    data: PathBuf,
    clock: C,
}

impl<C: Clock> OverFolder<C> {
    /// Over this folder.
    pub(crate) fn new(data: &Path, clock: C) -> Self {
        Self { data: data.to_owned(), clock }
    }
}

#[async_trait]
impl<C: Clock> Foresight for OverFolder<C> {
    async fn foresee(&self, draft: &Draft) -> Result<Preview, Blind> {
        let (data, draft, now) = (self.data.clone(), draft.clone(), self.clock.now());
        let seen = tokio::task::spawn_blocking(move || see(&data, &draft, now)).await;
        let blind = |reason: String| Blind { reason };
        seen.map_err(|error| blind(error.to_string()))?.map_err(blind)
    }
}

/// The book as a law of the census.
pub(crate) struct InForce {
    book: Book,
    /// The instant whose day is asked for; of another day, its end.
    now: Timestamp,
    today: Day,
}

impl InForce {
    /// The law of a book, asked on the day of an instant.
    pub(crate) const fn new(book: Book, now: Timestamp, today: Day) -> Self {
        Self { book, now, today }
    }
}

impl Law for InForce {
    fn rules(&self, home: Region, today: Day) -> Option<&Ruleset> {
        let at = if today == self.today {
            self.now
        } else {
            let zone = mingma_domain::time::Zone::named(home.zone()).ok()?;
            zone.end_of(today).ok()?
        };
        self.book.ruleset_for(home, at).map(|published| &published.ruleset)
    }

    fn risk(&self) -> &RiskMap {
        self.book.risk()
    }
}

/// What the census takes of a resident.
pub(crate) fn person(resident: Resident) -> living::Person {
    living::Person { key: *resident.person.as_bytes(), home: resident.home, facts: resident.facts }
}

fn see(data: &Path, draft: &Draft, now: Timestamp) -> Result<Preview, String> {
    let words = |error: &dyn std::fmt::Display| error.to_string();
    let snapshot = Snapshot::open(data).map_err(|e| words(&e))?;
    let book = Book::default().with(snapshot.published().map_err(|e| words(&e))?).map_err(|e| words(&e))?;
    let zone = mingma_domain::time::Zone::named(draft.region().zone()).map_err(|e| words(&e))?;
    let today = zone.day_of(now);
    // Rules that take effect later are looked at on the day on which they do.
    let on = match draft {
        Draft::Rules(entry) => Ruleset::parse(&entry.rules).map_or(today, |rules| rules.effect.max(today)),
        Draft::Risk(risk) => risk.from.max(today),
    };
    let number = book.last() + 1;
    let row = match draft {
        Draft::Rules(entry) => PublicRow::Ruleset(entry.clone()),
        Draft::Risk(risk) => PublicRow::Risk(*risk),
    };
    let after = book.with(vec![Published { number, row }]).map_err(|e| words(&e))?;
    let residents = snapshot.residents(now).map(|resident| resident.map(person));
    let living = Living::build(&zone, on, residents).map_err(|e| words(&e))?;
    let law = |book| -> Arc<dyn Law> { Arc::new(InForce::new(book, now, today)) };
    let cores = std::thread::available_parallelism().unwrap_or(std::num::NonZeroUsize::MIN);
    let work = Work::default().on(cores);
    let cursor = Cursor { publication: number - 1, day: on, entry: 0 };
    let mut ledger = Ledger::open(living, law(book), cursor, &work).map_err(|e| words(&e))?;
    let enacted = Enacted { number, at: now, is_risk: matches!(draft, Draft::Risk(_)), law: law(after) };
    let batch = Batch { enacted: vec![enacted], ..Batch::default() };
    let transitions = ledger.advance(&batch, &work).map_err(|e| words(&e))?;
    let census = ledger.living().census();
    let mut regions: Vec<RegionPreview> = census
        .homes()
        .filter_map(|(region, persons)| {
            Some(RegionPreview { region: region?, persons: u64::from(persons), worse: 0, better: 0 })
        })
        .collect();
    regions.sort_by_key(|of| of.region.index());
    let mut touched = BTreeSet::new();
    for transition in transitions {
        let home = ledger.living().number(&transition.person).and_then(|number| census.home_of(number));
        let place = home.and_then(|home| regions.binary_search_by_key(&home.index(), |of| of.region.index()).ok());
        let Some((place, of)) = place.and_then(|place| Some((place, regions.get_mut(place)?))) else { continue };
        touched.insert(place);
        if is_worse(transition.from, transition.to) { of.worse += 1 } else { of.better += 1 }
    }
    let regions = regions.into_iter().enumerate().filter(|(place, _)| touched.contains(place));
    Ok(Preview { draft: draft.hash(), as_of: now, regions: regions.map(|(_, of)| of).collect() })
}

/// Whoever had no rules before is worse off by anything but green.
fn is_worse(from: Option<Outcome>, to: Option<Outcome>) -> bool {
    let severity = |outcome: Option<Outcome>| outcome.map_or(0, mingma_census::job::severity);
    severity(to) > severity(from)
}
