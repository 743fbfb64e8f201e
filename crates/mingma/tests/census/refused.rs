//! What `mingma census` refuses, and what it tells of levels that a draft sets.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{PERSONS, city, mingma, rules, told};

#[test]
fn a_draft_that_may_not_be_published_has_no_preview() {
    let dir = tempfile::tempdir().unwrap();
    let (shaanxi, heilongjiang) = (rules("shaanxi/2020"), rules("heilongjiang/2020"));
    let draft = dir.path().join("draft");
    fs::create_dir(&draft).unwrap();
    for file in ["ruleset.toml", "source.md"] {
        fs::copy(Path::new(&heilongjiang).join(file), draft.join(file)).unwrap();
    }
    // A ruleset that nobody has tried.
    fs::write(draft.join("examples.toml"), "").unwrap();
    let drafts = ["--draft", &heilongjiang, "--draft", "draft"];
    let preview = [&["census", "preview", "--demo", "--rules", &shaanxi][..], &drafts].concat();
    let refused = mingma(dir.path(), &preview);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && refused.stdout.is_empty(), "{said}");
    assert!(said.contains("needs an example") && said.contains("has no preview"), "{said}");
}

#[test]
fn what_is_missing_or_a_folder_is_said_with_what_is_wanted() {
    let dir = tempfile::tempdir().unwrap();
    city(dir.path());
    let shaanxi = rules("shaanxi/2020");
    let said = |arguments: &[&str]| {
        let refused = mingma(dir.path(), arguments);
        assert!(!refused.status.success() && refused.stdout.is_empty(), "{arguments:?}");
        String::from_utf8(refused.stderr).unwrap()
    };
    let of = ["--on", "2020-04-28", "--rules", &shaanxi];
    for command in [vec!["info", "."], [&["assess", "--census", "."][..], &of].concat()] {
        let folder = said(&[&["census"][..], &command].concat());
        assert!(folder.starts_with("error: .: it is a folder, and a census is a file\n"), "{folder}");
        assert!(folder.contains("`--data DIR"), "{folder}");
    }
    let draft = said(&["census", "preview", "--demo", "--rules", &shaanxi, "--draft", "nosuch"]);
    assert!(draft.contains("nosuch/ruleset.toml: No such file"), "{draft}");
    assert!(
        draft.contains("a ruleset is a folder with") && !draft.contains("may not be published"),
        "{draft}"
    );
    let build = ["--facts", "facts.csv", "--homes", "homes.csv", "--on", "2020-04-28", "--out", "x.census"];
    for (row, at) in [("P1,999999", "2:4: "), (",610102", "2:1: `person` is empty"), ("P1,610102,5", "2:")] {
        fs::write(dir.path().join("homes.csv"), format!("person,region\n{row}\n")).unwrap();
        let wrong = said(&[&["census", "build"][..], &build].concat());
        assert!(wrong.starts_with(&format!("error: homes.csv:{at}")), "{row}: {wrong}");
    }
}

#[test]
fn draft_levels_are_set_beside_those_in_force_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let guangxi = rules("guangxi/2021-12");
    fs::write(dir.path().join("levels.csv"), "region,level,from,until\n330604,high,2022-01-02,\n").unwrap();
    let preview = ["census", "preview", "--demo", "--rules", &guangxi, "--draft-risk", "levels.csv"];
    let words = told(&mingma(dir.path(), &preview));
    let heading = "If these levels were set on 2022-01-10, under «Guangxi";
    assert!(
        words.starts_with(heading) && words.contains("330604") && words.contains("high from 2022-01-02 on")
    );
    let json: Value =
        serde_json::from_str(&told(&mingma(dir.path(), &[&preview[..], &["--json"]].concat()))).unwrap();
    let draft = &json["drafts"][0];
    let [changed, longer, worse] = ["changed", "longer", "worse"].map(|name| draft[name].as_u64().unwrap());
    assert_eq!((worse, longer), (changed + longer, 1), "no level that is in force is taken away: {words}");
    assert_eq!((&json["ruleset"]["id"], &draft["ruleset"]), (&"2021-12".into(), &json["ruleset"]));
    let level = json!({ "region": "330604", "level": "high", "from": "2022-01-02", "until": null });
    assert_eq!(draft["draft_levels"], json!([level]));
    assert!(draft["exceeds_share"].is_boolean());
}

#[test]
fn what_contradicts_itself_is_refused_and_no_other_file_is_written_over() {
    let dir = tempfile::tempdir().unwrap();
    city(dir.path());
    let said = |arguments: &[&str]| {
        let refused = mingma(dir.path(), arguments);
        assert!(!refused.status.success() && refused.stdout.is_empty());
        String::from_utf8(refused.stderr).unwrap()
    };
    let (facts, homes) = (dir.path().join("facts.csv"), dir.path().join("homes.csv"));
    let build =
        ["census", "build", "--facts", "facts.csv", "--homes", "homes.csv", "--on", "2020-04-28", "--out"];
    let before = fs::read(&facts).unwrap();
    let over = said(&[&build[..], &["facts.csv"]].concat());
    assert!(over.contains("facts.csv: it is there already and no census"), "{over}");
    assert_eq!(fs::read(&facts).unwrap(), before);
    let shaanxi = rules("shaanxi/2020");
    let assess =
        ["census", "assess", "--demo", "--rules", &shaanxi, "--on", "2022-01-10", "--since", "2022-02-04"];
    let later = said(&assess);
    assert!(later.contains("the day to compare with is not earlier than 2022-01-10"), "{later}");
    let mut twice = fs::read_to_string(&homes).unwrap();
    twice.push_str("P00000,610102\nP00001,610102\n");
    fs::write(&homes, twice).unwrap();
    let two = said(&[&build[..], &["x.census"]].concat());
    assert!(two.contains(&format!("homes.csv:{}:8: a row before it", PERSONS + 3)), "{two}");
    assert!(!two.contains("P00001"), "{two}");
}

#[test]
fn too_little_memory_is_said_before_it_starts_with_what_is_needed() {
    let dir = tempfile::tempdir().unwrap();
    city(dir.path());
    let mut homes = "person,region\n".to_owned();
    (0..200_000).for_each(|n| writeln!(homes, "q{n},410105").unwrap());
    fs::write(dir.path().join("many.csv"), homes).unwrap();
    let build = |memory: u32| {
        let homes = format!("--homes=many.csv --memory={memory} --out=x.census --on=2020-04-28");
        let arguments: Vec<&str> = homes.split(' ').collect();
        mingma(dir.path(), &[&["census", "build", "--facts", "facts.csv"][..], &arguments].concat())
    };
    // By the number of rows, before one is read; names come on top, and then it says so again.
    let mut free = 1;
    for is_first in [true, false] {
        let refused = build(free);
        assert!(!refused.status.success() && refused.stdout.is_empty());
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains(&format!(" MB of memory, and {free} MB are free")), "{said}");
        assert!(said.contains("build one census for each province"), "{said}");
        assert!(!dir.path().join("x.census").exists() && !dir.path().join("x.part").exists());
        free = said.split("this needs ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        assert!(!is_first || free == 3, "{said}");
    }
    assert!(build(free).status.success(), "what it says it needs is enough");
    // Without a limit of ours the machine's is asked.
    let arguments = ["--facts", "facts.csv", "--on", "2020-04-28", "--out", "y.census"];
    assert!(mingma(dir.path(), &[&["census", "build"][..], &arguments].concat()).status.success());
}
