//! What a draft would do, seen in the census that lives: the registry's port [`Foresight`].
//!
//! While the census is being built, the folder itself is looked at, as of one moment; the numbers are the same and take
//! longer. Everybody is compared with what the rules in force give them; a draft of rules touches those who live where it
//! would be in force, a draft of risk all. What takes effect later is looked at twice: as of then, and as if it did today.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use mingma_census::{Work, job};
use mingma_domain::risk::RegionRisk;
use mingma_domain::time::{Day, Zone};
use mingma_domain::{Ruleset, ruleset};
use mingma_registry::brake::{Blind, Current, Draft, Foresight, Preview, RegionPreview};
use mingma_registry::row::{PublicRow, RulesetEntry};
use mingma_registry::sight::{Longest, OutcomeShift, ReasonShift, Sight};
use mingma_registry::store::Published;
use mingma_registry::{Clock, Witnessed};

use crate::living::{InForce, Living, Now, as_of_now};

/// Sees beforehand in the census that lives.
pub(crate) struct OverLiving<C> {
    living: Arc<Living>,
    zone: Zone,
    data: PathBuf,
    witnessed: Arc<Witnessed>,
    clock: C,
}

impl<C: Clock> OverLiving<C> {
    /// Over the census of this folder, whose journal is witnessed so far, and whose days are reckoned in this zone.
    pub(crate) fn new(
        living: Arc<Living>,
        zone: Zone,
        (data, witnessed): (&Path, Arc<Witnessed>),
        clock: C,
    ) -> Self {
        Self { living, zone, data: data.to_owned(), witnessed, clock }
    }
}

#[async_trait]
impl<C: Clock> Foresight for OverLiving<C> {
    async fn foresee(&self, draft: &Draft) -> Result<Preview, Blind> {
        Ok(self.see(draft, Depth::Sums).await?.preview)
    }

    async fn look(&self, draft: &Draft) -> Result<Sight, Blind> {
        self.see(draft, Depth::Reasons).await
    }

    fn current(&self) -> Option<Current> {
        let place = self.living.place()?;
        Some(Current { place, at: self.living.current() })
    }
}

/// How closely a draft is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// How many change, and where.
    Sums,
    /// Also why, and for how long: as much work again for each who changes.
    Reasons,
}

impl<C: Clock> OverLiving<C> {
    async fn see(&self, draft: &Draft, depth: Depth) -> Result<Sight, Blind> {
        let (living, zone, data) = (Arc::clone(&self.living), self.zone.clone(), self.data.clone());
        let (draft, now, witnessed) = (draft.clone(), self.clock.now(), self.witnessed.number());
        let look = move || {
            if let Some(living) = living.read()
                && let Some(alive) = living.as_ref()
            {
                return see(alive, &zone, &draft, (now, depth));
            }
            let alive = as_of_now(&data, &zone, (now, witnessed)).map_err(words)?;
            see(&alive, &zone, &draft, (now, depth))
        };
        let blind = |reason: String| Blind { reason };
        tokio::task::spawn_blocking(look).await.map_err(|error| blind(error.to_string()))?.map_err(blind)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed over where they end")]
fn words(error: impl ToString) -> String {
    error.to_string()
}

fn see(alive: &Now, zone: &Zone, draft: &Draft, (now, depth): (Timestamp, Depth)) -> Result<Sight, String> {
    let today = alive.ledger.cursor().day;
    // Rules that take effect later are looked at on the day on which they do.
    let on = match draft {
        Draft::Rules(entry) => {
            let rules = Ruleset::parse(&entry.rules).ok();
            if let Some(other) = rules.as_ref().filter(|rules| rules.zone != *zone) {
                return Err(format!(
                    "the rules reckon their days in `{}`, the census does not",
                    other.zone.name()
                ));
            }
            rules.map_or(today, |rules| rules.effect.max(today))
        }
        Draft::Risk(risk) => risk.from.max(today),
    };
    let mut sight = see_on(alive, zone, draft, (on, now, depth))?;
    if on > today {
        // By then most of what people have today will be over, and other facts will have come: of today's city more is to be seen
        // by what the draft would do today. Each region counts as on the day on which more are worse off.
        let at_once = see_on(alive, zone, &from_day(draft, today)?, (today, now, Depth::Sums))?;
        sight.preview.regions = worst(sight.preview.regions, at_once.preview.regions);
    }
    Ok(sight)
}

/// A draft as if it were in force from a day on.
fn from_day(draft: &Draft, day: Day) -> Result<Draft, String> {
    let entry = match draft {
        Draft::Risk(risk) => return Ok(Draft::Risk(RegionRisk { from: day, ..*risk })),
        Draft::Rules(entry) => entry,
    };
    let (mut table, mut rules) = ("", String::with_capacity(entry.rules.len()));
    for line in entry.rules.split_inclusive('\n') {
        if line.starts_with('[') {
            table = line.trim();
        }
        let member = line.split_once('=').map(|(member, _)| member.trim());
        if (table, member) == ("[ruleset]", Some("effect")) {
            rules.extend(["effect = ", &day.to_string(), "\n"]);
        } else {
            rules.push_str(line);
        }
    }
    if Ruleset::parse(&rules).is_ok_and(|rules| rules.effect == day) {
        return Ok(Draft::Rules(RulesetEntry { rules, ..entry.clone() }));
    }
    Err("what it would do today cannot be told: give `effect` a line of its own below `[ruleset]`".to_owned())
}

/// Each region as it is worse.
fn worst(one: Vec<RegionPreview>, other: Vec<RegionPreview>) -> Vec<RegionPreview> {
    let mut regions = BTreeMap::<u16, RegionPreview>::new();
    for of in one.into_iter().chain(other) {
        let kept = regions.entry(of.region.index()).or_insert(of);
        if of.worse > kept.worse {
            *kept = of;
        }
    }
    regions.into_values().collect()
}

/// What a draft would do on a day.
fn see_on(
    alive: &Now,
    zone: &Zone,
    draft: &Draft,
    (on, now, depth): (Day, Timestamp, Depth),
) -> Result<Sight, String> {
    let row = match draft {
        Draft::Rules(entry) => PublicRow::Ruleset(entry.clone()),
        Draft::Risk(risk) => PublicRow::Risk(*risk),
    };
    let published = Published { number: alive.book.last() + 1, entry: u64::MAX, at: now, row };
    let after = Arc::new(alive.book.with(vec![published]).map_err(words)?);
    let law = InForce::new(after, zone.clone());
    let work = Work::default();
    let foreseen = match depth {
        Depth::Sums => alive.ledger.foresee(&law, on, &work),
        Depth::Reasons => alive.ledger.foresee_with_reasons(&law, on, &work),
    };
    let foreseen = foreseen.map_err(words)?;
    let region = |shift: &job::RegionShift| {
        let job::RegionShift { region, persons, worse, better } = *shift;
        region.map(|region| RegionPreview { region, persons, worse, better, alone: 0 })
    };
    let mut regions: Vec<RegionPreview> = foreseen.regions.iter().filter_map(region).collect();
    regions.sort_by_key(|of| of.region.index());
    let preview = Preview { draft: draft.hash(), as_of: now, regions };
    let job::Preview { shifts, reasons, stuck, .. } = foreseen;
    let shift = |job::Shift { from, to, persons }| OutcomeShift { from, to, persons };
    let longest = |stuck: job::Stuck| {
        let reasons = stuck.reasons.iter().map(ToString::to_string).collect();
        Longest { from: stuck.from, to: stuck.to, until: stuck.until, reasons }
    };
    let reason = |(code, job::Gained { gain, lose }): (ruleset::Code, _)| ReasonShift {
        code: code.to_string(),
        gain,
        lose,
    };
    Ok(Sight {
        preview,
        persons: u64::from(alive.ledger.living().census().persons()),
        shifts: shifts.into_iter().map(shift).collect(),
        reasons: reasons.into_iter().map(reason).collect(),
        longest: stuck.into_iter().map(longest).collect(),
    })
}

#[cfg(test)]
mod tests {
    use mingma_domain::fact::{Fact, RawFact};
    use mingma_domain::risk::Level;
    use mingma_registry::journal::Entry;
    use mingma_registry::row::{PersonRow, RecordedFact, Registration};
    use mingma_registry::store::Newcomer;
    use mingma_registry::words::ActName;
    use mingma_registry::{Change, FactId, PersonId, Store as _};
    use mingma_store::{Settings, SqliteStore};

    use super::*;
    use crate::ports::SystemRng;

    const RULES: &str = include_str!("../../../rulesets/guangxi/2021-12/ruleset.toml");
    const ANY_STAY: &str = r#"
[[rule]]
code = "Z1"
color = "red"
article = "1"
when = { fact = "stay", within_days = 14 }
text = { zh-Hans = "到过", zh-Hant = "到過", en = "was somewhere" }
clears = { zh-Hans = "过期", zh-Hant = "過期", en = "it is over" }
"#;
    const EXAMPLES: &str = include_str!("../../../rulesets/guangxi/2021-12/examples.toml");

    #[derive(Clone, Copy)]
    struct Standing;

    impl Clock for Standing {
        fn now(&self) -> Timestamp {
            "2022-01-10T10:00:00+08:00".parse().unwrap()
        }
    }

    fn over(data: &Path) -> OverLiving<Standing> {
        let seen = (data, Arc::default());
        OverLiving::new(Arc::default(), Zone::named("Asia/Shanghai").unwrap(), seen, Standing)
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
        let foresight = over(dir.path());
        let risk = |region: &str| RegionRisk {
            region: region.parse().unwrap(),
            level: Level::High,
            from: "2022-01-02".parse().unwrap(),
            until: None,
        };
        let draft = Draft::Risk(risk("440105"));
        let seen = foresight.foresee(&draft).await.unwrap();
        let region = "450902".parse().unwrap();
        assert_eq!(seen.regions, [RegionPreview { region, persons: 2, worse: 1, better: 0, alone: 0 }]);
        assert_eq!((seen.draft, seen.as_of), (draft.hash(), Standing.now()));
        let nowhere = foresight.foresee(&Draft::Risk(risk("110105"))).await.unwrap();
        assert_eq!(nowhere.regions, []);
        let same = RulesetEntry { id: "again".to_owned(), ..entry };
        assert_eq!(foresight.foresee(&Draft::Rules(same.clone())).await.unwrap().regions, []);
        // What takes effect when the stays will be over is judged by what it would do today.
        let later = RULES.replace("effect = 2021-12-24", "effect = 2022-03-01") + ANY_STAY;
        let later = Draft::Rules(RulesetEntry { rules: later, ..same });
        let seen = foresight.foresee(&later).await.unwrap();
        assert_eq!(seen.regions.iter().map(|region| region.worse).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(seen.draft, later.hash());
        let Draft::Rules(at_once) = from_day(&later, "2021-12-24".parse().unwrap()).unwrap() else {
            panic!("rules are rules")
        };
        assert_eq!(at_once.rules, format!("{RULES}{ANY_STAY}"), "nothing but the day is another");
        let gone = over(&dir.path().join("gone")).foresee(&draft).await;
        assert!(gone.unwrap_err().to_string().contains("there is no `mingma.db` in it"));
    }
}
