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
        " worse off (",
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
        let because = |persons: u64| serde_json::json!([{ "code": "T1", "whose": "draft", "gain": persons, "lose": 0 }]);
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

/// Shaanxi's rules as a draft by which whoever has lost the sense of taste is yellow for three days and red for the eighteen after them.
fn in_steps(dir: &Path) {
    let shipped = rules("shaanxi/2020");
    let read = |file: &str| fs::read_to_string(Path::new(&shipped).join(file)).unwrap();
    let rule = |code: &str, color: &str, days: &str| {
        format!(
            "\n[[rule]]\ncode = \"{code}\"\ncolor = \"{color}\"\narticle = \"1\"\n\
             when = {{ fact = \"symptom\", value = \"taste-loss\", {days} }}\n\
             text = {{ zh-Hans = \"失去味觉\", zh-Hant = \"失去味覺\", en = \"no taste\" }}\n\
             clears = {{ zh-Hans = \"过期\", zh-Hant = \"過期\", en = \"it is over\" }}\n"
        )
    };
    let rules = read("ruleset.toml").replacen("id = \"2020\"", "id = \"2020-steps\"", 1)
        + &rule("Z1", "red", "from_days = 3, within_days = 20")
        + &rule("Z2", "yellow", "within_days = 2");
    let example = |day: &str, expect: &str| {
        format!(
            "\n[[example]]\nname = \"on {day}, no taste since 1 April\"\non = {day}\n\
             facts = [{{ kind = \"symptom\", value = \"taste-loss\", at = 2020-04-01 }}]\nexpect = {{ {expect} }}\n"
        )
    };
    let red = "color = \"red\", reasons = [\"Z1\"], until = 2020-04-22";
    let examples = example("2020-04-03", "color = \"yellow\", reasons = [\"Z2\"], until = 2020-04-04")
        + &example("2020-04-04", red)
        + &example("2020-04-21", red)
        + &example("2020-04-22", "color = \"green\"");
    fs::create_dir(dir.join("steps")).unwrap();
    fs::write(dir.join("steps/ruleset.toml"), rules).unwrap();
    fs::write(dir.join("steps/examples.toml"), read("examples.toml") + &examples).unwrap();
    fs::write(dir.join("steps/source.md"), read("source.md")).unwrap();
}

#[test]
fn who_turns_yellow_at_once_and_red_later_is_told_of_both_days_and_waits_until_it_is_milder() {
    let dir = tempfile::tempdir().unwrap();
    in_steps(dir.path());
    let (mut facts, mut homes) = (
        String::from("person,kind,value,at,until,region,issuer,evidence\n"),
        String::from("person,region\n"),
    );
    for n in 0..700 {
        writeln!(homes, "P{n:05},610102").unwrap();
        if n % 100 == 0 {
            writeln!(facts, "P{n:05},symptom,taste-loss,2020-04-15,,,self,").unwrap();
        }
    }
    // Red by both, and worse off by none.
    writeln!(facts, "P00001,contact,close,2020-04-13,,,cdc:610100,INV-1").unwrap();
    fs::write(dir.path().join("facts.csv"), facts).unwrap();
    fs::write(dir.path().join("homes.csv"), homes).unwrap();
    let build = ["--facts", "facts.csv", "--homes", "homes.csv", "--on", "2020-04-15", "--out", "x.census"];
    told(&mingma(dir.path(), &[&["census", "build"][..], &build].concat()));
    let shaanxi = rules("shaanxi/2020");
    let under = ["census", "preview", "--census", "x.census", "--rules", &shaanxi, "--draft", "steps"];
    let under = [&under[..], &["--on", "2020-04-15"]].concat();
    let seen = json(dir.path(), &under);
    let draft = &seen["drafts"][0];
    assert_eq!(draft["shifts"], serde_json::json!([{ "from": "green", "to": "yellow", "persons": 7 }]));
    assert_eq!(draft["coming"], serde_json::json!([]));
    let still = serde_json::json!([{ "on": "2020-04-18", "from": "green", "to": "red", "persons": 7 }]);
    assert_eq!(draft["stricter_still"], still);
    assert_eq!((&draft["worse"], &draft["later"]), (&7.into(), &0.into()), "each counts once");
    let stuck = draft["stuck_longest"].as_array().unwrap();
    assert!(stuck.len() == 7 && stuck.iter().all(|of| of["until"] == "2020-05-06"), "{draft}");
    // What `assess` says of these days.
    for (on, [yellow, red]) in
        [("2020-04-17", [7, 1]), ("2020-04-18", [0, 8]), ("2020-05-05", [0, 7]), ("2020-05-06", [0, 0])]
    {
        let assess = ["census", "assess", "--census", "x.census", "--rules", "steps", "--on", on];
        let counts = &json(dir.path(), &assess)["counts"];
        assert_eq!((&counts["yellow"], &counts["red"]), (&yellow.into(), &red.into()), "{on}");
    }
    let side = [&under[..], &["--draft", &shaanxi]].concat();
    let table = told(&mingma(dir.path(), &side));
    let last = table.lines().find(|line| line.starts_with("the last is milder on")).unwrap();
    assert_eq!(last.split_whitespace().last(), Some("2020-05-06"), "{table}");
    for (lang, parts) in [
        (
            "en",
            ["7 from 2020-04-18 on: red instead of green", "yellow instead of green, until 2020-05-06 (Z2)"],
        ),
        ("zh-Hans", ["7 人自 2020-04-18 起：为红码而非绿码", "由绿码变为黄码，至 2020-05-06 变宽（Z2）"]),
        ("zh-Hant", ["7 人自 2020-04-18 起：為紅碼而非綠碼", "由綠碼變為黃碼，至 2020-05-06 轉寬（Z2）"]),
    ] {
        let words = told(&mingma(dir.path(), &[&under[..], &["--lang", lang]].concat()));
        for part in parts {
            assert!(words.contains(part), "{part} is not in:\n{words}");
        }
    }
}

/// Shaanxi and Guangdong both have a Y1: of symptoms, and of having been where a case was.
#[test]
fn one_code_that_stands_for_two_rules_is_two_reasons_each_with_its_own_text() {
    let dir = tempfile::tempdir().unwrap();
    let (shaanxi, guangdong) = (rules("shaanxi/2020"), rules("guangdong/2022"));
    let preview = ["census", "preview", "--demo", "--rules", &shaanxi, "--draft", &guangdong];
    let seen = json(dir.path(), &preview);
    let of = |whose: &str| {
        let reasons = seen["drafts"][0]["reasons"].as_array().unwrap().iter();
        let mut found = reasons.filter(|of| of["code"] == "Y1" && of["whose"] == whose);
        let one = found.next().unwrap_or_else(|| panic!("{seen}"));
        assert!(found.next().is_none());
        [&one["gain"], &one["lose"]].map(|number| number.as_u64().unwrap())
    };
    let ([0, lost], [gained, 0]) = (of("in-force"), of("draft")) else { panic!("{seen}") };
    assert!(lost > 0 && gained > 0, "{seen}");
    let words = told(&mingma(dir.path(), &preview));
    for part in [
        format!(
            "Y1 (in force): {lost} have this reason and would not have it any more. You declared, or were found to have, a fever"
        ),
        format!(
            "Y1 (draft): {gained} would have this reason and do not have it now. You were in the same place"
        ),
    ] {
        assert!(words.contains(&part), "{part} is not in:\n{words}");
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
