//! What is published for everybody at once reaches everybody once: codes are revoked and people told, whatever is killed.

use jiff::{SignedDuration, Timestamp};
use mingma_credential::key::{Entropy as _, SystemEntropy};
use mingma_credential::status::StatusRef;
use mingma_domain::Fact;
use mingma_domain::fact::{Color, RawFact};
use mingma_domain::risk::{Level, RegionRisk};
use mingma_domain::time::{Day, Zone};
use mingma_registry::acts::{AppointStaff, add_staff};
use mingma_registry::journal::Entry;
use mingma_registry::policy::Office;
use mingma_registry::row::{IssuedCode, Listed, Moved, PersonRow, PublicRow, RecordedFact, RulesetEntry};
use mingma_registry::words::{ActName, Mover, NoticeKind};
use mingma_registry::{Change, CodeId, Doer, FactId, PersonId, RulesetNumber, Store};
use mingma_server::Who;
use pollster::block_on;
use serde_json::{Value, json};

use super::support::{City, Real, Served, now, until};
use super::watching::{counted, value};

const RULES: &str = include_str!("../../../../rulesets/guangxi/2021-12/ruleset.toml");
const EXAMPLES: &str = include_str!("../../../../rulesets/guangxi/2021-12/examples.toml");
/// Where those have been who will change.
pub(crate) const ABROAD: &str = "440105";

/// The same, in the province of the city's offices.
const HERE: &str = "410103";

/// The civil day of an instant where everybody here lives.
pub(crate) fn day_of(at: Timestamp) -> Day {
    Zone::named("Asia/Shanghai").unwrap().day_of(at)
}

pub(crate) fn today() -> Day {
    day_of(now())
}

fn chance() -> [u8; 10] {
    let mut chance = [0; 10];
    SystemEntropy.fill(&mut chance).unwrap();
    chance
}

pub(crate) fn publish(store: &impl Store, row: PublicRow) {
    let act = if matches!(row, PublicRow::Risk(_)) { ActName::SetRisk } else { ActName::Publish };
    let entry = Entry::public(&Real, act, now(), &row).unwrap();
    block_on(store.apply(vec![Change::Public { row, entry }])).unwrap();
}

/// Rules of Guangxi for the region of the city, in force for a week.
pub(crate) fn rules() -> PublicRow {
    let (effect, sunset) = (today().minus(7), today().plus(100));
    let rules = RULES
        .replace("\"450000\"", "\"410000\"")
        .replacen("effect = 2021-12-24", &format!("effect = {effect}"), 1)
        .replacen("sunset = 2022-06-22", &format!("sunset = {sunset}"), 1);
    let region = "410000".parse().unwrap();
    PublicRow::Ruleset(RulesetEntry { region, id: "2021-12".into(), rules, examples: EXAMPLES.into() })
}

pub(crate) fn risk(region: &str) -> RegionRisk {
    RegionRisk { region: region.parse().unwrap(), level: Level::High, from: today().minus(5), until: None }
}

fn keep(store: &impl Store, person: PersonId, act: ActName, row: PersonRow) {
    let rows = vec![row];
    let entry = Entry::about(&Real, act, now(), person, &rows).unwrap();
    let entry = entry.done_by(Doer::is_told(act, &rows).then_some(Doer::Person));
    block_on(store.apply(vec![Change::Person { person, rows, notices: Vec::new(), entry }])).unwrap();
}

/// A day so many days ago, as it is written.
pub(crate) fn days_ago(days: u16) -> String {
    today().minus(days).to_string()
}

/// What a person said of themselves so many days ago.
pub(crate) fn own_word(store: &impl Store, person: PersonId, (kind, value): (&str, &str), days: u16) {
    let day = days_ago(days);
    let raw = RawFact { kind, value, at: &day, issuer: "self", ..RawFact::default() };
    let row =
        RecordedFact { id: FactId::new(now(), chance()), fact: Fact::parse(&raw).unwrap(), recorded: now() };
    keep(store, person, ActName::Declare, PersonRow::Fact(row));
}

/// A person was in a region three days ago.
pub(crate) fn was_in(store: &impl Store, person: PersonId, region: &str) {
    let day = today().minus(3).to_string();
    let raw =
        RawFact { kind: "stay", value: "declared", at: &day, region, issuer: "self", ..RawFact::default() };
    let fact = Fact::parse(&raw).unwrap();
    let row = RecordedFact { id: FactId::new(now(), chance()), fact, recorded: now() };
    keep(store, person, ActName::Declare, PersonRow::Fact(row));
}

/// A disease control office recorded a contact of a person's, three days ago.
pub(crate) fn met_a_case(store: &impl Store, person: PersonId) {
    let day = today().minus(3).to_string();
    let raw = RawFact {
        kind: "contact",
        value: "close",
        at: &day,
        issuer: "cdc:410000",
        evidence: "INV-7",
        ..RawFact::default()
    };
    let fact = Fact::parse(&raw).unwrap();
    let row = RecordedFact { id: FactId::new(now(), chance()), fact, recorded: now() };
    keep(store, person, ActName::Record, PersonRow::Fact(row));
}

/// A laboratory found a person's sample positive, yesterday.
pub(crate) fn tested_positive(store: &impl Store, person: PersonId) {
    let day = today().minus(1).to_string();
    let raw = RawFact {
        kind: "test",
        value: "positive",
        at: &day,
        issuer: "laboratory:410000-07",
        evidence: "S-7",
        ..RawFact::default()
    };
    let fact = Fact::parse(&raw).unwrap();
    let row = RecordedFact { id: FactId::new(now(), chance()), fact, recorded: now() };
    keep(store, person, ActName::Record, PersonRow::Fact(row));
}

/// A person holds a green code of today at a place.
pub(crate) fn holds_green(store: &impl Store, person: PersonId, index: u32) {
    let code = IssuedCode {
        id: CodeId::new(now(), chance()),
        ruleset: RulesetNumber(1),
        paper: true,
        issued: now(),
        expires: now() + SignedDuration::from_hours(20),
        listed: Some(Listed { place: StatusRef { shard: 7, index }, color: Color::Green, device: None }),
    };
    keep(store, person, ActName::Show, PersonRow::Code(code));
}

/// What became of a person: how often they were told, how many entries tell of it, and how many codes were revoked.
pub(crate) fn became(store: &impl Store, person: PersonId) -> (usize, usize, usize) {
    let notices = block_on(store.notices(person)).unwrap();
    let told = notices.iter().filter(|(notice, _)| notice.kind == NoticeKind::StatusChanged).count();
    let entries = block_on(store.entries(Some(person))).unwrap();
    let transits = entries.iter().filter(|entry| entry.act == ActName::Transit).count();
    (told, transits, block_on(store.record(person)).unwrap().revocations.len())
}

/// Waits until the census is current and everybody is told.
pub(crate) fn settled(served: &Served) {
    until("a current census", || served.log().contains("\"address\""));
    until("everybody's being told", || {
        let counted = counted(&served.log());
        let at = |name: &str| counted.contains(&format!("\n{name} ")).then(|| value(&counted, name));
        at("mingma_census_lag_seconds").is_some_and(|lag| lag < 30.0)
            && at("mingma_census_lag_entries").is_some_and(|lag| lag < 0.5)
            && at("mingma_transitions_waiting").is_some_and(|waiting| waiting < 0.5)
    });
}

#[test]
fn a_risk_level_is_told_to_each_once_and_revokes_each_code_whenever_the_program_is_killed() {
    let city = City::new(500);
    {
        let store = city.store();
        publish(&store, rules());
        for (n, person) in (0_u32..).zip(&city.people) {
            holds_green(&store, *person, n);
            if n % 5 != 0 {
                was_in(&store, *person, ABROAD);
            }
        }
    }
    // From here on it is followed.
    let mut served = city.serve(&["--metrics", "127.0.0.1:0"]);
    settled(&served);
    served.terminate();
    assert!(served.wait().success());
    {
        let store = city.store();
        assert!(city.people.iter().all(|person| became(&store, *person) == (0, 0, 0)));
        publish(&store, PublicRow::Risk(risk(ABROAD)));
    }
    // Killed at moments of its first second: while it builds, keeps its mark, revokes, tells, and after.
    for round in 0..12_u64 {
        let mut served = city.serve(&[]);
        let chance = u64::from(chance()[0]);
        std::thread::sleep(std::time::Duration::from_millis(round * 25 + chance / 4));
        served.child.kill().unwrap();
        served.wait();
    }
    std::fs::write(city.dir.path().join("log"), "").unwrap();
    let mut served = city.serve(&["--metrics", "127.0.0.1:0"]);
    settled(&served);
    served.terminate();
    assert!(served.wait().success());
    let store = city.store();
    for (n, person) in city.people.iter().enumerate() {
        let expected = if n % 5 == 0 { (0, 0, 0) } else { (1, 1, 1) };
        assert_eq!(became(&store, *person), expected, "person {n}");
    }
    let [mark] = block_on(store.marks()).unwrap()[..] else { panic!("all is told") };
    assert_eq!((mark.publication, mark.place), (2, block_on(store.fed()).unwrap()));
}

pub(crate) fn staff(store: &mingma_store::SqliteStore, name: &str, office: Office) -> String {
    let wish = AppointStaff {
        name: name.parse().unwrap(),
        office,
        region: "410000".parse().unwrap(),
        from: now() - SignedDuration::from_hours(1),
        until: now() + SignedDuration::from_hours(24),
    };
    block_on(add_staff(store, &Real, now(), &wish)).unwrap();
    City::seal(store, Who::Staff(name.parse().unwrap()))
}

pub(crate) fn sent(served: &Served, token: &str, path: &str, body: &Value) -> (u16, Value) {
    let body = body.to_string();
    let answer = served.send(&format!(
        "POST {path} HTTP/1.1\r\nhost: code\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ));
    (answer.status, serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{answer:?}")))
}

fn asked(served: &Served, token: &str, path: &str) -> Value {
    let answer =
        served.send(&format!("GET {path} HTTP/1.1\r\nhost: code\r\nauthorization: Bearer {token}\r\n\r\n"));
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn what_two_offices_saw_is_what_happens_and_each_is_told_once_while_it_is_served() {
    let city = City::new(40);
    let (commission, appeals) = {
        let store = city.store();
        publish(&store, rules());
        for (n, person) in (0_u32..).zip(&city.people) {
            holds_green(&store, *person, n);
            if n < 10 {
                was_in(&store, *person, HERE);
            }
        }
        (staff(&store, "commission", Office::HealthCommission), staff(&store, "appeals", Office::Appeals))
    };
    let mut served = city.serve(&["--metrics", "127.0.0.1:0"]);
    settled(&served);
    let (from, last) = (today().minus(5).to_string(), today().plus(9).to_string());
    // The risk lies in the province that is the offices' own: its people had been in one of its districts.
    let draft = json!({ "risk": { "region": HERE, "level": "high", "from": from, "until": last } });
    let nothing = json!({ "risk": { "region": "410102", "level": "low", "from": from } });
    let drafts = json!({ "drafts": [draft, nothing] });
    let (status, seen) = sent(&served, &commission, "/api/v1/previews", &drafts);
    assert_eq!(status, 200, "{seen}");
    let [first, second] = &seen["drafts"].as_array().unwrap()[..] else { panic!("{seen}") };
    assert_eq!(first["as_of"], second["as_of"], "side by side is of one moment");
    let (day, second_day) = (&first["days"][0], &second["days"][0]);
    assert_eq!(
        (&day["worse"], &day["longer"], &day["persons"], &first["needs_second_office"]),
        (&json!(10), &json!(0), &json!(40), &json!(true))
    );
    assert_eq!(day["shifts"], json!([{ "from": "green", "to": "red", "persons": 10 }]));
    let hit = json!([{ "region": "410105", "persons": 40, "worse": 10, "longer": 0, "later": 0, "better": 0, "alone": 0 }]);
    assert_eq!(first["regions"], hit);
    assert_eq!(day["reasons"].as_array().unwrap().len(), 1, "{first}");
    assert_eq!((day["longest"].as_array().unwrap().len(), &day["longest"][0]["to"]), (10, &json!("red")));
    assert_eq!((&second_day["changed"], &second["needs_second_office"]), (&json!(0), &json!(false)));
    let told = seen.to_string();
    assert!(city.people.iter().all(|person| !told.contains(&person.to_string())), "nobody is named");

    let risk = json!({ "level": "high", "from": from, "until": last });
    let alone = sent(&served, &commission, &format!("/api/v1/regions/{HERE}/risk-levels"), &risk);
    assert_eq!((alone.0, alone.1["type"].as_str()), (409, Some("/problems/held")));
    assert_eq!(sent(&served, &commission, "/api/v1/proposals", &nothing).0, 409, "it needs no second office");
    let (status, proposed) = sent(&served, &commission, "/api/v1/proposals", &draft);
    assert_eq!(status, 200, "{proposed}");
    assert_eq!(proposed["regions"], first["regions"]);
    let path = format!("/api/v1/proposals/{}/approval", proposed["number"]);
    let agreed = json!({ "seen": proposed["seen"] });
    assert_eq!(sent(&served, &commission, &path, &agreed).0, 403, "the same office");
    let other = json!({ "seen": "00".repeat(32) });
    assert_eq!(sent(&served, &appeals, &path, &other).0, 409, "other numbers");
    let (status, enacted) = sent(&served, &appeals, &path, &agreed);
    assert_eq!(status, 200, "{enacted}");
    settled(&served);
    until("all ten's being told", || {
        let counted = counted(&served.log());
        let told = "mingma_transitions_total{cause=\"risk\",direction=\"worse\"}";
        counted.contains(told) && value(&counted, told) > 9.5
    });
    let ready = served.get("/health/ready");
    assert!(
        ready.body.contains("\"census\":{\"state\":\"current\",\"entries\":0,\"seconds\":"),
        "{}",
        ready.body
    );
    let everybody = asked(&served, &commission, "/api/v1/census");
    let home = &everybody["regions"][0];
    assert_eq!(
        (&everybody["persons"], &home["region"], &home["persons"], &home["green"], &home["red"]),
        (&json!(40), &json!("410105"), &json!(40), &json!(30), &json!(10)),
    );
    assert_eq!(everybody["looks"], json!([]));
    let turn = asked(&served, &commission, "/api/v1/census/turn");
    assert_eq!((&turn["day"], &turn["persons"]), (&json!(today().plus(1).to_string()), &json!(40)));
    let told = format!("{everybody}{turn}");
    assert!(city.people.iter().all(|person| !told.contains(&person.to_string())), "nobody is named");
    let acts = served.get("/api/v1/publications").body;
    let about = format!("\"about\":{{\"is\":\"risk\",\"region\":\"{HERE}\",\"level\":\"high\"");
    assert!(acts.contains(&about) && acts.contains("\"share_of_10_000\":50"), "{acts}");
    served.terminate();
    assert!(served.wait().success());
    let store = city.store();
    for (n, person) in city.people.iter().enumerate() {
        let expected = if n < 10 { (1, 1, 1) } else { (0, 0, 0) };
        assert_eq!(became(&store, *person), expected, "person {n}");
    }
    let day = now().as_second().div_euclid(86_400);
    let moved = block_on(store.moved(day - 1, day + 2)).unwrap();
    let of = Moved { by: Mover::Risk, is_worse: true };
    let counted: u64 = moved.iter().map(|on| on.persons).sum();
    assert!(moved.iter().all(|on| on.moved == of) && counted == 10, "{moved:?}");
}
