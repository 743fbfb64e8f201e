//! The list of everybody whom a draft would touch, and what is said of rules that are not in force on the day.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{mingma, rules, told};

/// How often each of these is in a column.
fn of<'a>(rows: &'a [Vec<&'a str>], column: usize, value: &str) -> Vec<&'a Vec<&'a str>> {
    rows.iter().filter(|row| row[column] == value).collect()
}

fn preview(dir: &Path, more: &[&str]) -> Value {
    let guangxi = rules("guangxi/2021-12");
    let preview = ["census", "preview", "--demo", "--rules", &guangxi, "--json"];
    serde_json::from_str(&told(&mingma(dir, &[&preview[..], more].concat()))).unwrap()
}

#[test]
fn everybody_whom_a_level_of_risk_touches_is_listed_with_the_reasons_before_and_after() {
    let dir = tempfile::tempdir().unwrap();
    // From the next day on: whoever is there on a journey by then is hit only later.
    fs::write(dir.path().join("high.csv"), "region,level,from,until\n440105,high,2021-12-25,\n").unwrap();
    let heilongjiang = rules("heilongjiang/2020");
    let drafts = ["--draft", &heilongjiang, "--draft", &rules("guangxi/2021-12"), "--draft-risk", "high.csv"];
    let seen = preview(dir.path(), &[&drafts[..], &["--list", "who.csv"]].concat());
    preview(dir.path(), &[&drafts[..], &["--list", "who.jsonl"]].concat());
    let csv = fs::read_to_string(dir.path().join("who.csv")).unwrap();
    let (header, rows) = csv.split_once('\n').unwrap();
    assert_eq!(header, "draft,person,region,becomes,on,from,until_before,reasons_before,to,until,reasons");
    let rows: Vec<Vec<&str>> = rows.lines().map(|row| row.split(',').collect()).collect();
    let lines = fs::read_to_string(dir.path().join("who.jsonl")).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), lines.len());
    let (becomes, mut all) = (["stricter", "longer", "stricter-later", "milder"], 0);
    for draft in seen["drafts"].as_array().unwrap() {
        let label = draft["draft"].as_str().unwrap();
        // A label with a comma in it stands in quotes.
        let own: Vec<&Value> = lines.iter().filter(|line| line["draft"] == label).collect();
        all += own.len();
        let [worse, longer, later, better] =
            ["worse", "longer", "later", "better"].map(|name| draft[name].as_u64().unwrap());
        let counted = becomes.map(|how| own.iter().filter(|line| line["becomes"] == how).count() as u64);
        assert_eq!(counted, [worse - longer - later, longer, later, better], "{label}");
        for line in own {
            let (from, to) = (line["from"].as_str().unwrap(), line["to"].as_str().unwrap());
            let reasons = |name: &str| line[name].as_array().unwrap().len();
            assert_eq!(reasons("reasons_before") == 0, matches!(from, "green" | "no-rules"), "{line}");
            assert_eq!(reasons("reasons") == 0, matches!(to, "green" | "no-rules"), "{line}");
            assert!(line["person"].is_string() && line["region"].is_string(), "{line}");
            assert_eq!(line["on"] == "2022-01-10", line["becomes"] != "stricter-later", "{line}");
        }
    }
    assert!(all == lines.len() && all > 100, "{all} of {}", lines.len());
    // The label of the drafts has a comma in it, so each column is one further on.
    assert!(!of(&rows, 4, "stricter").is_empty(), "{csv}");
}

#[test]
fn a_list_says_by_its_name_how_it_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let (shaanxi, heilongjiang) = (rules("shaanxi/2020"), rules("heilongjiang/2020"));
    let preview = ["census", "preview", "--demo", "--rules", &shaanxi, "--draft", &heilongjiang];
    let refused = mingma(dir.path(), &[&preview[..], &["--list", "who.txt"]].concat());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && refused.stdout.is_empty(), "{said}");
    assert!(said.contains("who.txt") && said.contains("`.csv` or `.jsonl`"), "{said}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left");
}

#[test]
fn rules_that_are_not_in_force_on_the_day_are_judged_as_if_they_were_and_it_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let guangxi = rules("guangxi/2021-12");
    for (on, note) in [
        ("2021-12-23", Some("take effect on 2021-12-24")),
        ("2021-12-24", None),
        ("2022-06-21", None),
        ("2022-06-22", Some("ended on 2022-06-22")),
    ] {
        let demo = ["--demo", "--rules", &guangxi, "--on", on];
        let assess = [&["census", "assess"][..], &demo].concat();
        let preview = [&["census", "preview"][..], &demo, &["--draft", &guangxi]].concat();
        for command in [assess, preview] {
            let done = mingma(dir.path(), &command);
            let said = String::from_utf8(done.stderr.clone()).unwrap();
            told(&done);
            let expected = note.map_or_else(String::new, |note| {
                format!(" note: the rules `2021-12` 450000 {note}; they are judged as if they were in force on {on}\n")
            });
            assert_eq!(said, expected, "{command:?}");
            let json = told(&mingma(dir.path(), &[&command[..], &["--json"]].concat()));
            let json: Value = serde_json::from_str(&json).unwrap();
            let told = json["note"].as_str().map(|told| format!(" note: {told}\n")).unwrap_or_default();
            assert_eq!(told, expected, "{command:?}");
            if let Some(draft) = json.get("drafts") {
                assert_eq!(draft[0]["note"], json["note"], "{command:?}");
            }
        }
    }
    let preview =
        ["census", "preview", "--demo", "--rules", &guangxi, "--draft", &guangxi, "--on", "2022-07-01"];
    for (lang, part) in [("zh-Hans", "已于 2022-06-22 失效"), ("zh-Hant", "已於 2022-06-22 失效")] {
        let done = mingma(dir.path(), &[&preview[..], &["--lang", lang]].concat());
        assert!(String::from_utf8(done.stderr).unwrap().contains(part), "{lang}");
    }
}
