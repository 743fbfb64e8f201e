//! A preview tells the whole of it: who is held longer, which rules are the draft, and what it cannot tell.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{city, mingma, rules, told};

/// Heilongjiang's rules as a new version under the same title, by which contacts are red for twice as long.
fn twice_as_long(dir: &Path) {
    let shipped = rules("heilongjiang/2020");
    let text = fs::read_to_string(Path::new(&shipped).join("ruleset.toml")).unwrap();
    let examples = fs::read_to_string(Path::new(&shipped).join("examples.toml")).unwrap();
    let short = "when = { fact = \"contact\", within_days = 14 }";
    assert!(text.contains(short));
    let text = text.replace(short, &short.replace("14", "28")).replace("id = \"2020\"", "id = \"2020b\"");
    // Of the examples those of a contact alone.
    let of_contacts = |example: &str| {
        let example = example.replace("2020-03-15", "2020-03-29").replace("2020-03-16", "2020-03-30");
        format!("[[example]]{example}")
    };
    let (head, rest) = examples.split_once("[[example]]").unwrap();
    let examples = rest.split("[[example]]").map(|example| {
        if example.contains("kind = \"contact\"") {
            of_contacts(example)
        } else {
            format!("[[example]]{example}")
        }
    });
    let examples = head.to_owned() + &examples.collect::<String>();
    fs::create_dir(dir.join("long")).unwrap();
    fs::write(dir.join("long/ruleset.toml"), text).unwrap();
    fs::write(dir.join("long/examples.toml"), examples).unwrap();
    fs::copy(Path::new(&shipped).join("source.md"), dir.join("long/source.md")).unwrap();
}

fn json(dir: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&told(&mingma(dir, &[arguments, &["--json"]].concat()))).unwrap()
}

#[test]
fn a_draft_that_keeps_people_red_longer_hits_them_and_waits_for_a_second_office() {
    let dir = tempfile::tempdir().unwrap();
    twice_as_long(dir.path());
    let shipped = rules("heilongjiang/2020");
    let preview = ["census", "preview", "--demo", "--rules", &shipped, "--draft", "long"];
    let seen = json(dir.path(), &preview);
    let draft = &seen["drafts"][0];
    let number = |of: &Value, name: &str| of[name].as_u64().unwrap();
    let (changed, worse, longer) =
        (number(draft, "changed"), number(draft, "worse"), number(draft, "longer"));
    assert!(longer > 100 && worse == changed + longer, "{draft}");
    assert_eq!(draft["needs_second_office"], true);
    let of_regions: u64 = draft["regions"].as_array().unwrap().iter().map(|of| number(of, "longer")).sum();
    assert_eq!(of_regions, longer);
    let held = |stuck: &&Value| stuck["from"] == stuck["to"];
    for stuck in draft["stuck_longest"].as_array().unwrap().iter().filter(held) {
        assert!(stuck["until"].as_str() > stuck["instead_of"].as_str(), "{stuck}");
    }
    let words = told(&mingma(dir.path(), &preview));
    let title = "«Heilongjiang health code: rules of 2020»";
    for part in [
        &format!("If {title} (2020b) were in force on 2022-01-10\ninstead of {title} (2020):"),
        &format!("{longer} because theirs lasts longer."),
        "of them longer; 0 milder",
        "red, until 2022-02-08 instead of 2022-01-25 (R2)",
        "publishing it waits for a second office",
    ] {
        assert!(words.contains(part), "{part} is not in:\n{words}");
    }
    assert!(!words.contains("these levels"), "no level is set:\n{words}");
    for (lang, part) in [("zh-Hans", "人受限更久"), ("zh-Hant", "人受限更久")] {
        let words = told(&mingma(dir.path(), &[&preview[..], &["--lang", lang]].concat()));
        assert!(words.contains(part), "{part} is not in:\n{words}");
    }
}

#[test]
fn without_homes_nobody_can_tell_whether_one_office_may_publish_it() {
    let dir = tempfile::tempdir().unwrap();
    city(dir.path());
    let build = ["census", "build", "--facts", "facts.csv", "--on", "2020-04-28", "--out", "x.census"];
    told(&mingma(dir.path(), &build));
    let (shaanxi, heilongjiang) = (rules("shaanxi/2020"), rules("heilongjiang/2020"));
    let under = ["census", "preview", "--census", "x.census", "--on", "2020-04-28", "--rules", &shaanxi];
    let preview = [&under[..], &["--draft", &heilongjiang]].concat();
    assert_eq!(json(dir.path(), &preview)["drafts"][0]["needs_second_office"], Value::Null);
    let words = told(&mingma(dir.path(), &preview));
    assert!(words.contains("cannot be told") && words.contains("`--homes`"), "{words}");
    assert!(!words.contains("one office may publish it."), "{words}");
    // What makes nobody worse waits for nobody, wherever they live.
    let same = [&under[..], &["--draft", &shaanxi]].concat();
    assert_eq!(json(dir.path(), &same)["drafts"][0]["needs_second_office"], false);
}

#[test]
fn levels_stand_side_by_side_and_more_drafts_than_letters_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    for (file, level) in [("high.csv", "high"), ("low.csv", "low")] {
        let levels = format!("region,level,from,until\n440105,{level},2022-01-01,\n");
        fs::write(dir.path().join(file), levels).unwrap();
    }
    let (henan, shaanxi) = (rules("henan/2021-08"), rules("shaanxi/2020"));
    let preview = ["census", "preview", "--demo", "--rules", &henan];
    let two = [&preview[..], &["--draft-risk", "high.csv", "--draft-risk", "low.csv"]].concat();
    let labels = |seen: &Value| -> Vec<String> {
        let drafts = seen["drafts"].as_array().unwrap().iter();
        drafts.map(|draft| draft["draft"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(labels(&json(dir.path(), &two)), ["high.csv", "low.csv"]);
    let words = told(&mingma(dir.path(), &two));
    assert_eq!(words.matches("If these levels were set on").count(), 2, "{words}");
    // Each draft of rules under each.
    let each = [&two[..], &["--draft", &shaanxi]].concat();
    let under = |file: &str| format!("{shaanxi}, {file}");
    assert_eq!(labels(&json(dir.path(), &each)), [under("high.csv"), under("low.csv")]);
    let many: Vec<&str> = std::iter::repeat_n(["--draft", &*shaanxi], 27).flatten().collect();
    let refused = mingma(dir.path(), &[&preview[..], &many].concat());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && refused.stdout.is_empty());
    assert!(said.contains("27 drafts are too many") && said.contains("at most 26"), "{said}");
}
