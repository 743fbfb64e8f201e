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
        let place =
            home.and_then(|home| regions.binary_search_by_key(&home.index(), |of| of.region.index()).ok());
        let Some((place, of)) = place.and_then(|place| Some((place, regions.get_mut(place)?))) else {
            continue;
        };
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

#[cfg(test)]
mod tests {
    use mingma_domain::fact::{Fact, RawFact};
    use mingma_domain::risk::{Level, RegionRisk};
    use mingma_registry::journal::Entry;
    use mingma_registry::row::{PersonRow, RecordedFact, Registration, RulesetEntry};
    use mingma_registry::store::Newcomer;
    use mingma_registry::words::ActName;
    use mingma_registry::{Change, FactId, PersonId, Store as _};
    use mingma_store::{Settings, SqliteStore};

    use super::*;
    use crate::ports::SystemRng;

    const RULES: &str = include_str!("../../../rulesets/guangxi/2021-12/ruleset.toml");
    const EXAMPLES: &str = include_str!("../../../rulesets/guangxi/2021-12/examples.toml");

    #[derive(Clone, Copy)]
    struct Standing;

    impl Clock for Standing {
        fn now(&self) -> Timestamp {
            "2022-01-10T10:00:00+08:00".parse().unwrap()
        }
    }

    async fn resident(store: &SqliteStore, n: u8, home: &str, stay: Option<&str>) {
        let person = PersonId::new([n; 16]);
        let document = format!("passport:JP:TR{n:07}").parse().unwrap();
        store.identify(vec![Newcomer { document, candidate: person }]).await.unwrap();
        let at = Standing.now();
        let mut rows =
            vec![PersonRow::Registration(Registration { home: home.parse().unwrap(), initials: None, at })];
        if let Some(region) = stay {
            let raw = RawFact {
                kind: "stay",
                value: "declared",
                at: "2022-01-05",
                region,
                issuer: "self",
                ..RawFact::default()
            };
            let fact = Fact::parse(&raw).unwrap();
            rows.push(PersonRow::Fact(RecordedFact { id: FactId::new(at, [n; 10]), fact, recorded: at }));
        }
        let entry = Entry::about(&SystemRng, ActName::Register, at, person, &rows).unwrap();
        store.apply(vec![Change::Person { person, rows, notices: vec![], entry }]).await.unwrap();
    }

    #[test]
    fn a_draft_is_seen_in_the_folder_while_it_serves_and_a_missing_folder_is_said() {
        tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(look());
    }

    async fn look() {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path(), Settings::default(), Arc::new(SystemRng)).unwrap();
        let entry = RulesetEntry {
            region: "450000".parse().unwrap(),
            id: "2021-12".to_owned(),
            rules: RULES.to_owned(),
            examples: EXAMPLES.to_owned(),
        };
        let row = PublicRow::Ruleset(entry.clone());
        let journal = Entry::public(&SystemRng, ActName::Publish, Standing.now(), &row).unwrap();
        store.apply(vec![Change::Public { row, entry: journal }]).await.unwrap();
        resident(&store, 1, "450902", Some("440105")).await;
        resident(&store, 2, "450902", None).await;
        resident(&store, 3, "450903", Some("330604")).await;
        // Where no rules are in force nobody is touched.
        resident(&store, 4, "610113", Some("440105")).await;
        let foresight = OverFolder::new(dir.path(), Standing);
        let risk = |region: &str| RegionRisk {
            region: region.parse().unwrap(),
            level: Level::High,
            from: "2022-01-02".parse().unwrap(),
            until: None,
        };
        let draft = Draft::Risk(risk("440105"));
        let seen = foresight.foresee(&draft).await.unwrap();
        let region = "450902".parse().unwrap();
        assert_eq!(seen.regions, [RegionPreview { region, persons: 2, worse: 1, better: 0 }]);
        assert_eq!((seen.draft, seen.as_of), (draft.hash(), Standing.now()));
        let nowhere = foresight.foresee(&Draft::Risk(risk("110105"))).await.unwrap();
        assert_eq!(nowhere.regions, []);
        let same = RulesetEntry { id: "again".to_owned(), ..entry };
        assert_eq!(foresight.foresee(&Draft::Rules(same)).await.unwrap().regions, []);
        let gone = OverFolder::new(&dir.path().join("gone"), Standing).foresee(&draft).await;
        assert!(gone.unwrap_err().to_string().contains("there is no `mingma.db` in it"));
    }
}
