//! What takes effect later is looked at on that day, and as if it did at once; the brake goes by both.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use super::{mingma, rules, told};

/// What a draft would do to a thousand persons, some of whom are on a journey.
fn preview(dir: &Path, more: &[&str]) -> Output {
    let guangxi = rules("guangxi/2021-12");
    let of = ["census", "preview", "--census", "x.census", "--on", "2022-01-10", "--rules", &guangxi];
    mingma(dir, &[&of[..], more].concat())
}

fn json(dir: &Path, more: &[&str]) -> Value {
    serde_json::from_str(&told(&preview(dir, &[more, &["--json"]].concat()))).unwrap()
}

/// A census of a thousand persons with these stays: who, from when and until when.
fn census_with(dir: &Path, stays: &[(u32, &str, &str)]) {
    let homes: Vec<String> = (0..1_000).map(|n| format!("P{n},450902")).collect();
    let stays = stays.iter().map(|(n, at, until)| format!("P{n},stay,declared,{at},{until},440105,self,"));
    let stays: Vec<String> = stays.collect();
    fs::write(dir.join("homes.csv"), format!("person,region\n{}\n", homes.join("\n"))).unwrap();
    let header = "person,kind,value,at,until,region,issuer,evidence";
    fs::write(dir.join("facts.csv"), format!("{header}\n{}\n", stays.join("\n"))).unwrap();
    let build = ["--facts", "facts.csv", "--homes", "homes.csv", "--on", "2022-01-10", "--out", "x.census"];
    told(&mingma(dir, &[&["census", "build"][..], &build].concat()));
}

fn high_from(dir: &Path, day: &str) {
    fs::write(dir.join("high.csv"), format!("region,level,from,until\n440105,high,{day},\n")).unwrap();
}

/// What stands of a draft, but for what it is called and what the brake says.
fn numbers(draft: &Value) -> [&Value; 6] {
    ["on", "worse", "longer", "shifts", "regions", "reasons"].map(|name| &draft[name])
}

/// By region, how many are worse off.
fn worse(regions: &Value) -> BTreeMap<&str, u64> {
    let regions = regions.as_array().unwrap().iter();
    regions.map(|of| (of["region"].as_str().unwrap(), of["worse"].as_u64().unwrap())).collect()
}

#[test]
fn a_level_that_begins_later_is_seen_on_its_day_and_as_if_it_began_at_once() {
    let dir = tempfile::tempdir().unwrap();
    // Of two who are there on the day, one has left when it begins.
    census_with(dir.path(), &[(7, "2022-01-09", "2022-01-20"), (8, "2022-01-09", "2022-01-11")]);
    high_from(dir.path(), "2022-01-10");
    let at_once = json(dir.path(), &["--draft-risk", "high.csv"]);
    high_from(dir.path(), "2022-01-12");
    let seen = json(dir.path(), &["--draft-risk", "high.csv", "--list", "who.csv"]);
    let [now, then] = &seen["drafts"].as_array().unwrap()[..] else { panic!("two days: {seen}") };
    assert_eq!(at_once["drafts"].as_array().unwrap().len(), 1);
    assert_eq!(numbers(now), numbers(&at_once["drafts"][0]), "as if it began at once");
    assert_eq!(
        (&now["draft_levels"][0]["from"], &then["draft_levels"][0]["from"]),
        (&"2022-01-10".into(), &"2022-01-12".into())
    );
    assert_eq!((&then["on"], &then["draft"]), (&"2022-01-12".into(), &"high.csv, 2022-01-12".into()));
    // Each person counts once, on whichever day.
    assert_eq!(now["regions_on_any_day"], then["regions_on_any_day"]);
    assert_eq!(now["exceeds_share"], then["exceeds_share"]);
    let [of_now, of_then, of_any] =
        [&now["regions"], &then["regions"], &now["regions_on_any_day"]].map(worse);
    assert_eq!([&of_now, &of_then].map(|of| of.values().sum::<u64>()), [2, 1], "{seen}");
    for (region, any) in &of_any {
        let [one, other] = [&of_now, &of_then].map(|of| of.get(region).copied().unwrap_or(0));
        assert!((one.max(other)..=one + other).contains(any), "{region}: {one}, {other}, {any}");
    }
    let list = fs::read_to_string(dir.path().join("who.csv")).unwrap();
    let of = |label: &str| list.lines().filter(|line| line.starts_with(label)).count() as u64;
    let touched = |of: &Value| of["worse"].as_u64().unwrap() + of["better"].as_u64().unwrap();
    assert_eq!([of("high.csv,"), of("\"high.csv, 2022-01-12\",")], [touched(now), touched(then)], "{list}");
    let words = told(&preview(dir.path(), &["--draft-risk", "high.csv"]));
    assert!(
        words.contains("set on 2022-01-10, under") && words.contains("set on 2022-01-12, under"),
        "{words}"
    );
}

#[test]
fn rules_that_take_effect_later_are_seen_on_their_day_too() {
    let dir = tempfile::tempdir().unwrap();
    let (heilongjiang, guangxi) = (rules("heilongjiang/2020"), rules("guangxi/2021-12"));
    let preview = ["census", "preview", "--demo", "--rules", &heilongjiang, "--draft", &guangxi, "--json"];
    for (on, days) in [("2021-12-23", &["2021-12-23", "2021-12-24"][..]), ("2021-12-24", &["2021-12-24"])] {
        let seen = told(&mingma(dir.path(), &[&preview[..], &["--on", on]].concat()));
        let seen: Value = serde_json::from_str(&seen).unwrap();
        let drafts = seen["drafts"].as_array().unwrap();
        assert_eq!(drafts.iter().map(|draft| draft["on"].as_str().unwrap()).collect::<Vec<_>>(), days);
        assert!(drafts.last().unwrap()["note"].is_null(), "it is in force by then");
    }
}

#[test]
fn a_census_does_not_say_that_one_office_may_publish() {
    let dir = tempfile::tempdir().unwrap();
    census_with(dir.path(), &[(7, "2022-01-08", "")]);
    high_from(dir.path(), "2022-01-05");
    for (lang, part, note) in [
        ("en", "what was published alone there before is added", "no region's level of risk is known"),
        ("zh-Hans", "此前单独发布的部分", "不知道任何地区的风险等级"),
        ("zh-Hant", "此前單獨發布的部分", "不知道任何地區的風險等級"),
    ] {
        let done = preview(dir.path(), &["--draft-risk", "high.csv", "--lang", lang]);
        let words = told(&done);
        assert!(words.contains(part), "{lang}: {words}");
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(said.contains(note), "{lang}: {said}");
    }
    let seen = json(dir.path(), &["--draft-risk", "high.csv"]);
    let draft = &seen["drafts"][0];
    assert_eq!((&draft["worse"], &draft["exceeds_share"]), (&1.into(), &false.into()), "{draft}");
    assert_eq!(seen["levels_known"], false);
}
