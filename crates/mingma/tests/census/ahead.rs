//! A preview tells the whole of it: who is held longer, which rules are the draft, and what it cannot tell.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{PERSONS, city, mingma, rules, told};

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
    assert_eq!(draft["exceeds_share"], true);
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
        &format!("{longer} because theirs lasts longer, 0 only in the days to come."),
        "of them longer, 0 only later; 0 milder",
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

/// Guangxi's rules as a draft, in which a stay in one city is red from the third day after it on.
fn from_the_third_day(dir: &Path) {
    let shipped = rules("guangxi/2021-12");
    let read = |file: &str| fs::read_to_string(Path::new(&shipped).join(file)).unwrap();
    let rule = r#"
[[rule]]
code = "T1"
color = "red"
article = "1"
when = { fact = "stay", region = "440100", from_days = 3, within_days = 10 }
text = { zh-Hans = "到过", zh-Hant = "到過", en = "was there" }
clears = { zh-Hans = "过期", zh-Hant = "過期", en = "it is over" }
"#;
    let rules = read("ruleset.toml").replacen("id = \"2021-12\"", "id = \"2022-01\"", 1) + rule;
    let example = |day: u8, expect: &str| {
        format!(
            "\n[[example]]\nname = \"day {day} after a stay on the 8th\"\non = 2022-01-{day}\n\
             facts = [{{ kind = \"stay\", value = \"declared\", region = \"440105\", at = 2022-01-08 }}]\nexpect = {{ {expect} }}\n"
        )
    };
    let red = "color = \"red\", reasons = [\"T1\"], until = 2022-01-19";
    let all =
        [(10, "color = \"green\", until = 2022-01-11"), (11, red), (18, red), (19, "color = \"green\"")];
    let examples: String = all.map(|(day, expect)| example(day, expect)).concat();
    fs::create_dir(dir.join("third")).unwrap();
    fs::write(dir.join("third/ruleset.toml"), rules).unwrap();
    fs::write(dir.join("third/examples.toml"), read("examples.toml") + &examples).unwrap();
    fs::write(dir.join("third/source.md"), read("source.md")).unwrap();
}

#[test]
fn whom_a_draft_makes_red_only_tomorrow_it_hits_and_waits_for_a_second_office() {
    let dir = tempfile::tempdir().unwrap();
    from_the_third_day(dir.path());
    let (mut facts, mut homes) = (
        String::from("person,kind,value,at,until,region,issuer,evidence\n"),
        String::from("person,region\n"),
    );
    for n in 0..PERSONS {
        writeln!(homes, "P{n:05},{}", ["450902", "450903"][n as usize % 2]).unwrap();
        if n % 5 < 2 {
            writeln!(facts, "P{n:05},stay,declared,2022-01-08,,440105,self,").unwrap();
        }
    }
    fs::write(dir.path().join("facts.csv"), facts).unwrap();
    fs::write(dir.path().join("homes.csv"), homes).unwrap();
    let build = ["--facts", "facts.csv", "--homes", "homes.csv", "--on", "2022-01-10", "--out", "x.census"];
    told(&mingma(dir.path(), &[&["census", "build"][..], &build].concat()));
    let guangxi = rules("guangxi/2021-12");
    let under = ["census", "preview", "--census", "x.census", "--rules", &guangxi, "--draft", "third"];
    // the day, how many are worse off, and how many of them only later
    for (on, worse, later) in [("2022-01-10", 4_000, 4_000), ("2022-01-11", 4_000, 0), ("2022-01-19", 0, 0)] {
        let seen = json(dir.path(), &[&under[..], &["--on", on]].concat());
        let draft = &seen["drafts"][0];
        let number = |name: &str| draft[name].as_u64().unwrap();
        assert_eq!((number("worse"), number("later")), (worse, later), "{on}: {draft}");
        assert_eq!(draft["exceeds_share"], worse > 0, "{on}");
        let coming =
            serde_json::json!([{ "on": "2022-01-11", "from": "green", "to": "red", "persons": 4_000 }]);
        let because = |persons: u64| serde_json::json!([{ "code": "T1", "gain": persons, "lose": 0 }]);
        let none = serde_json::json!([]);
        let (expected, why, why_later) = match (worse, later) {
            (0, _) => (&none, none.clone(), none.clone()),
            (_, 0) => (&none, because(worse), none.clone()),
            (..) => (&coming, none.clone(), because(later)),
        };
        assert_eq!(&draft["coming"], expected, "{on}");
        assert_eq!((&draft["reasons"], &draft["coming_reasons"]), (&why, &why_later), "{on}");
        let of_regions = draft["regions"].as_array().unwrap().iter().map(|of| of["worse"].as_u64().unwrap());
        assert_eq!(of_regions.collect::<Vec<_>>(), if worse > 0 { vec![2_000, 2_000] } else { vec![] });
    }
    for (lang, parts) in [
        (
            "en",
            [
                "0 because theirs lasts longer, 4000 only in the days to come.",
                "4000 from 2022-01-11 on: red instead of green\n  \
                 T1: 4000 would then have this reason, and not by the rules in force. was there\n",
                "waits for a second office",
            ],
        ),
        (
            "zh-Hans",
            [
                "4000 人今后才变差",
                "4000 人自 2022-01-11 起：为红码而非绿码\n  T1：4000 人届时将有此原因，而按有效规则没有。到过\n",
                "须由另一单位",
            ],
        ),
        (
            "zh-Hant",
            [
                "4000 人今後才變差",
                "4000 人自 2022-01-11 起：為紅碼而非綠碼\n  T1：4000 人屆時將有此原因，而按有效規則沒有。到過\n",
                "須由另一單位",
            ],
        ),
    ] {
        let words =
            told(&mingma(dir.path(), &[&under[..], &["--on", "2022-01-10", "--lang", lang]].concat()));
        for part in parts {
            assert!(words.contains(part), "{part} is not in:\n{words}");
        }
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
    assert_eq!(json(dir.path(), &preview)["drafts"][0]["exceeds_share"], Value::Null);
    let words = told(&mingma(dir.path(), &preview));
    assert!(words.contains("cannot be told") && words.contains("`--homes`"), "{words}");
    assert!(!words.contains("waits for no second office"), "{words}");
    // What makes nobody worse waits for nobody, wherever they live.
    let same = [&under[..], &["--draft", &shaanxi]].concat();
    assert_eq!(json(dir.path(), &same)["drafts"][0]["exceeds_share"], false);
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
