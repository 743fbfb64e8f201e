//! What a draft would do is seen in a folder, and whoever leaves stops the looking.

use mingma_domain::fact::{Fact, RawFact};
use mingma_domain::risk::Level;
use mingma_registry::journal::Entry;
use mingma_registry::row::{PersonRow, RecordedFact, Registration, RulesetEntry};
use mingma_registry::store::Newcomer;
use mingma_registry::words::ActName;
use mingma_registry::{Change, FactId, PersonId, Store as _};
use mingma_store::{Settings, SqliteStore};

use std::sync::atomic::Ordering;

use super::*;
use crate::ports::SystemRng;

const RULES: &str = include_str!("../../../../rulesets/guangxi/2021-12/ruleset.toml");
const ANY_STAY: &str = r#"
[[rule]]
code = "Z1"
color = "red"
article = "1"
when = { fact = "stay", within_days = 14 }
text = { zh-Hans = "到过", zh-Hant = "到過", en = "was somewhere" }
clears = { zh-Hans = "过期", zh-Hant = "過期", en = "it is over" }
"#;
const EXAMPLES: &str = include_str!("../../../../rulesets/guangxi/2021-12/examples.toml");

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

async fn publish(store: &SqliteStore, entry: RulesetEntry) {
    let row = PublicRow::Ruleset(entry);
    let entry = Entry::public(&SystemRng, ActName::Publish, Standing.now(), &row).unwrap();
    store.apply(vec![Change::Public { row, entry }]).await.unwrap();
}

/// Four residents in three counties, two of which have rules.
async fn settle(store: &SqliteStore) -> RulesetEntry {
    let entry = RulesetEntry {
        region: "450000".parse().unwrap(),
        id: "2021-12".to_owned(),
        rules: RULES.to_owned(),
        examples: EXAMPLES.to_owned(),
    };
    publish(store, entry.clone()).await;
    resident(store, 1, "450902", Some("440105")).await;
    resident(store, 2, "450902", None).await;
    resident(store, 3, "450903", Some("330604")).await;
    // Where no rules are in force nobody is touched.
    resident(store, 4, "610113", Some("440105")).await;
    entry
}

async fn look() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), Settings::default(), Arc::new(SystemRng)).unwrap();
    let entry = settle(&store).await;
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
    assert_eq!(
        seen.regions,
        [RegionPreview { region, persons: 2, worse: 1, longer: 0, later: 0, better: 0, alone: 0 }]
    );
    assert_eq!((seen.draft, seen.as_of), (draft.hash(), Standing.now()));
    let nowhere = foresight.foresee(&Draft::Risk(risk("110105"))).await.unwrap();
    assert_eq!(nowhere.regions, []);
    let same = RulesetEntry { id: "again".to_owned(), ..entry };
    assert_eq!(foresight.foresee(&Draft::Rules(same.clone())).await.unwrap().regions, []);
    // What takes effect when the stays will be over is judged by what it would do today.
    let later = RULES.replace("effect = 2021-12-24", "effect = 2022-03-01") + ANY_STAY;
    let later = later.replace("id = \"2021-12\"", "id = \"again\"");
    let later = Draft::Rules(RulesetEntry { rules: later, ..same });
    let seen = foresight.foresee(&later).await.unwrap();
    assert_eq!(seen.regions.iter().map(|region| region.worse).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(seen.draft, later.hash());
    assert_eq!(seen.days, [], "the sums alone");
    // In detail both days are told, each whole; and several drafts as of one moment.
    let looked = foresight.look(&[later.clone(), draft.clone()]).await.unwrap();
    let [of_later, of_risk] = &looked[..] else { panic!("{looked:?}") };
    assert_eq!((&of_later.regions, of_later.as_of), (&seen.regions, of_risk.as_of));
    let told = |day: &OnDay| (day.on.to_string(), day.changed(), day.worse, day.reasons.len());
    assert_eq!(
        of_later.days.iter().map(told).collect::<Vec<_>>(),
        [("2022-03-01".to_owned(), 0, 0, 0), ("2022-01-10".to_owned(), 2, 2, 1)]
    );
    assert_eq!(
        of_risk.days.iter().map(told).collect::<Vec<_>>(),
        [("2022-01-10".to_owned(), 1, 1, of_risk.days[0].reasons.len())]
    );
    let gone = over(&dir.path().join("gone")).foresee(&draft).await;
    assert!(gone.unwrap_err().to_string().contains("there is no `mingma.db` in it"));
}

/// What is in force keeps somebody red for two weeks, and the draft for four: nobody would see another colour.
#[tokio::test(flavor = "multi_thread")]
async fn who_would_be_held_longer_is_worse_off_though_the_colour_stays() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), Settings::default(), Arc::new(SystemRng)).unwrap();
    let entry = settle(&store).await;
    let rules = RULES.to_owned() + ANY_STAY;
    let longer = rules.replace(ANY_STAY, &ANY_STAY.replace("within_days = 14", "within_days = 28"));
    publish(&store, RulesetEntry { id: "two-weeks".to_owned(), rules, ..entry.clone() }).await;
    let foresight = over(dir.path());
    let draft = Draft::Rules(RulesetEntry { id: "four-weeks".to_owned(), rules: longer, ..entry });
    let hit = |code: &str, persons| RegionPreview {
        region: code.parse().unwrap(),
        persons,
        worse: 1,
        longer: 1,
        later: 0,
        better: 0,
        alone: 0,
    };
    let sums = foresight.foresee(&draft).await.unwrap();
    assert_eq!(sums.regions, [hit("450902", 2), hit("450903", 1)]);
    assert!(sums.exceeds().is_some(), "it waits for a second office");
    let seen = foresight.look(&[draft]).await.unwrap();
    assert_eq!(seen[0].regions, sums.regions);
    let day = &seen[0].days[0];
    assert_eq!((day.changed(), day.worse, day.longer, day.better), (0, 2, 2, 0));
    let red = Some(Outcome::Code(Color::Red));
    let longest = Longest {
        from: red,
        to: red,
        until: Some("2022-02-03".parse().unwrap()),
        instead_of: Some("2022-01-20".parse().unwrap()),
        reasons: vec!["Z1".to_owned()],
    };
    assert_eq!(day.longest, [longest.clone(), longest]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_is_told_what_midnight_changes_of_those_who_live_in_its_region_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), Settings::default(), Arc::new(SystemRng)).unwrap();
    let entry = settle(&store).await;
    let foresight = over(dir.path());
    let turned = async |here: &str| foresight.turned(here.parse().unwrap()).await.unwrap();
    assert_eq!(turned("450000").await.shifts, [], "the rules stay");
    let rules = RULES.replace("effect = 2021-12-24", "effect = 2022-01-11") + ANY_STAY;
    publish(&store, RulesetEntry { id: "any stay".to_owned(), rules, ..entry }).await;
    // the office's region, how many live there, who of them changes, where
    for (here, persons, changed, homes) in [
        ("450902", 2, 1, &["450902"][..]),
        ("450900", 3, 2, &["450902", "450903"]),
        ("450000", 3, 2, &["450902", "450903"]),
        ("610000", 1, 0, &[]),
        ("110000", 0, 0, &[]),
    ] {
        let told = turned(here).await;
        let regions: Vec<_> = told.regions.iter().map(|of| (of.region.code(), of.worse)).collect();
        let shifts: Vec<_> = told.shifts.iter().map(|of| (of.from, of.to, of.persons)).collect();
        let [green, red] = [Color::Green, Color::Red].map(|color| Some(Outcome::Code(color)));
        let expected = if changed == 0 { vec![] } else { vec![(green, red, changed)] };
        assert_eq!((told.persons, shifts), (persons, expected), "{here}");
        assert_eq!(regions, homes.iter().map(|home| (*home, 1)).collect::<Vec<_>>(), "{here}");
    }
}

#[test]
fn who_asks_for_a_look_sees_how_far_it_is_and_leaves_nothing_behind() {
    let looks = Arc::<Looks>::default();
    let waiting = looks.begin(What::Turn, Standing.now());
    let under_way = waiting.under_way();
    under_way.is_at(3, 8);
    let seen = Looking { what: What::Turn, since: Standing.now(), done: 3, of: 8 };
    assert_eq!(looks.all(), [seen]);
    drop(waiting);
    assert_eq!((looks.all(), under_way.left.load(Ordering::Relaxed)), (vec![], true));
}

#[tokio::test]
async fn a_look_for_which_nobody_waits_any_more_stops() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), Settings::default(), Arc::new(SystemRng)).unwrap();
    settle(&store).await;
    let foresight = over(dir.path());
    let (begun, is_begun) = tokio::sync::oneshot::channel();
    let (ended, is_ended) = tokio::sync::oneshot::channel();
    // It works until it is told to stop, as each pass over everybody does between two parts.
    let look = foresight.on(What::Turn, move |seen, work| {
        begun.send(()).unwrap();
        let stopped = loop {
            if let Err(stopped) = seen.look.turned(seen.look.cursor().day, &|_| true, work) {
                break stopped;
            }
        };
        ended.send(stopped).unwrap();
        Ok(())
    });
    let mut look = Box::pin(look);
    tokio::select! {
        _ = &mut look => panic!("it goes on as long as somebody waits"),
        _ = is_begun => {}
    }
    assert_eq!(foresight.looking().len(), 1);
    drop(look);
    assert_eq!(is_ended.await.unwrap(), mingma_census::Refusal::Cancelled);
    assert_eq!(foresight.looking(), []);
}
