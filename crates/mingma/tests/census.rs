//! `mingma census` from the outside: a city is built, assessed, and a draft is previewed in words and as JSON.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod ahead;
mod days;
mod list;
mod one;
mod refused;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const PERSONS: u32 = 10_000;
const OLD: &[u8] = b"MINGMA\x1aC and so on";
const HOMES: [&str; 4] = ["610102", "610103", "610113", "610104"];

fn mingma(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mingma")).current_dir(dir).args(arguments).output().unwrap()
}

fn told(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A city in Xi'an: of a hundred persons one is a close contact, two were in the same vehicle as a case, three had a symptom,
/// ten a test; the last close contact was two weeks ago and more for some.
fn city(dir: &Path) {
    let mut facts = String::from("person,kind,value,at,until,region,issuer,evidence\n");
    let mut homes = String::from("person,region\n");
    for n in 0..PERSONS {
        writeln!(homes, "P{n:05},{}", HOMES[(n % 4) as usize]).unwrap();
        let day = 1 + n / 100 % 28;
        match n % 100 {
            0 => writeln!(facts, "P{n:05},contact,close,2020-04-{day:02},,,cdc,INV-1").unwrap(),
            1 | 2 => writeln!(facts, "P{n:05},contact,same-vehicle,2020-04-{day:02},,,cdc,INV-1").unwrap(),
            3..6 => writeln!(facts, "P{n:05},symptom,cough,2020-04-{day:02},,,self,").unwrap(),
            6..16 => {
                writeln!(facts, "P{n:05},test,negative,2020-04-{day:02}T08:30:00+08:00,,,laboratory,S-1")
                    .unwrap();
            }
            _ => {}
        }
    }
    // One contact is taken back; the row stands before the fact's own would, were the file sorted by day.
    facts.push_str("P00000,retract,wrong-person,2020-04-02,,,appeal,contact/close@2020-04-01\n");
    fs::write(dir.join("facts.csv"), facts).unwrap();
    fs::write(dir.join("homes.csv"), homes).unwrap();
}

fn rules(id: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulesets").join(id).display().to_string()
}

#[test]
fn a_city_is_built_assessed_and_shown_what_a_draft_would_do() {
    let dir = tempfile::tempdir().unwrap();
    city(dir.path());
    let built = [
        "census",
        "build",
        "--facts",
        "facts.csv",
        "--homes",
        "homes.csv",
        "--on",
        "2020-04-28",
        "--out",
        "xian.census",
    ];
    assert!(told(&mingma(dir.path(), &built)).starts_with("10000 persons in 4 home regions, 1600 facts"));
    let info: Value =
        serde_json::from_str(&told(&mingma(dir.path(), &["census", "info", "xian.census", "--json"])))
            .unwrap();
    assert_eq!((info["persons"].as_u64(), info["facts"].as_u64()), (Some(10_000), Some(1_600)));
    assert_eq!(info["day"], "2020-04-28");
    assert!(info["version"].is_u64() && info["ends"].is_string(), "{info}");

    let (shaanxi, heilongjiang) = (rules("shaanxi/2020"), rules("heilongjiang/2020"));
    let under = ["--census", "xian.census", "--rules", &shaanxi, "--on", "2020-04-28"];
    let assess = [&["census", "assess"][..], &under, &["--since", "2020-04-27", "--json"]].concat();
    let assessed: Value = serde_json::from_str(&told(&mingma(dir.path(), &assess))).unwrap();
    let everybody: u64 = assessed["counts"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(everybody, 10_000);
    for change in assessed["changes"]["persons"].as_array().unwrap() {
        assert_ne!(change["from"], change["to"]);
        assert_ne!(change["reasons_before"], change["reasons_after"]);
    }
    // What the batch command says of the same file.
    let batch = ["assess", "--rules", &shaanxi, "--facts", "facts.csv", "--on", "2020-04-28"];
    let batch = told(&mingma(dir.path(), &batch));
    let red = batch.lines().filter(|line| line.contains(",red,")).count() as u64;
    assert!(red > 30, "{red} are red");
    assert_eq!(assessed["counts"]["red"].as_u64(), Some(red));

    let preview = [&["census", "preview"][..], &under, &["--draft", &heilongjiang]].concat();
    let words = told(&mingma(dir.path(), &preview));
    for part in [
        "If «Heilongjiang health code: rules of 2020» were in force on 2020-04-28",
        "instead of «Shaanxi health code: rules of 2020»",
        "Of 10000 persons, ",
        "to red",
        "R2 (draft):",
        "Who would wait longest for a milder status",
        "red instead of green",
    ] {
        assert!(words.contains(part), "{part} is not in:\n{words}");
    }
    let json: Value =
        serde_json::from_str(&told(&mingma(dir.path(), &[&preview[..], &["--json"]].concat()))).unwrap();
    let draft = &json["drafts"][0];
    // 200 shared a vehicle with a case in April; those of the last fifteen days, day 0 to day 14, would turn red.
    let in_time = (0..PERSONS).filter(|n| matches!(n % 100, 1 | 2) && 1 + n / 100 % 28 >= 14).count() as u64;
    assert_eq!((draft["changed"].as_u64(), draft["worse"].as_u64()), (Some(in_time), Some(in_time)));
    assert_eq!(draft["stuck_longest"].as_array().unwrap().len(), 10);
    assert_eq!(draft["stuck_longest"][0]["until"], "2020-05-13");
}

#[test]
fn what_is_no_census_is_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    city(dir.path());
    let refused = mingma(dir.path(), &["census", "info", "facts.csv"]);
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("this is no census: make one with `mingma census build`"), "{said}");
    fs::write(
        dir.path().join("bad.csv"),
        "person,kind,value,at,until,region,issuer,evidence\nA,latitude,3,2020-04-01,,,cdc,X\n",
    )
    .unwrap();
    let refused = mingma(
        dir.path(),
        &["census", "build", "--facts", "bad.csv", "--on", "2020-04-28", "--out", "x.census"],
    );
    assert!(!refused.status.success());
    assert!(!dir.path().join("x.census").exists(), "nothing is half-made");
    assert!(String::from_utf8(refused.stderr).unwrap().contains("bad.csv:2:"));
}

/// What the page says before the publish button, with these numbers in it.
fn on_the_page(lang: &str, text: &str, numbers: &[(&str, &str)]) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../server/locales/{lang}/ahead.ftl"));
    let texts = fs::read_to_string(file).unwrap();
    let after = texts.split_once(&format!("\n{text} = ")).unwrap().1;
    let of_it = after.lines().enumerate().take_while(|(at, line)| *at == 0 || line.starts_with(' '));
    let said: String = of_it.map(|(_, line)| line).collect::<Vec<_>>().join("\n");
    // English tells one person from many.
    let many =
        "{ $persons ->\n        [one] { $persons } person\n       *[other] { $persons } persons\n    }";
    let said = said.replace(many, "{ $persons } persons");
    numbers.iter().fold(said, |said, (name, number)| said.replace(&format!("{{ ${name} }}"), number))
}

#[test]
fn heilongjiangs_contact_rule_instead_of_shaanxis_on_the_demo_city_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let (shaanxi, heilongjiang, guangxi) =
        (rules("shaanxi/2020"), rules("heilongjiang/2020"), rules("guangxi/2021-12"));
    let preview = ["census", "preview", "--demo", "--rules", &shaanxi, "--draft", &heilongjiang];
    let words = told(&mingma(dir.path(), &preview));
    for part in [
        "If «Heilongjiang health code: rules of 2020» were in force on 2022-01-10",
        "Of 10000 persons, 127 would be worse off: 127 by a stricter status, 0 because theirs lasts longer, 0 only in the days to come. 0 would be better off.",
        "125 from green to red",
        "R2 (draft): 127 would have this reason and do not have it now. An investigation found that you had contact",
    ] {
        assert!(words.contains(part), "{part} is not in:\n{words}");
    }
    let json: Value =
        serde_json::from_str(&told(&mingma(dir.path(), &[&preview[..], &["--json"]].concat()))).unwrap();
    assert_eq!(json["drafts"][0]["worse"], 127);
    let second = "In 5 regions more than 0.50 % would be worse off: publishing it waits for a second office";
    assert!(words.contains(second), "{words}");
    for (lang, shift) in [
        ("en", "125 from green to red"),
        ("zh-Hans", "125 人由绿码变为红码"),
        ("zh-Hant", "125 人由綠碼變為紅碼"),
    ] {
        let words = told(&mingma(dir.path(), &[&preview[..], &["--lang", lang]].concat()));
        let numbers = [
            ("changed", "127"),
            ("persons", "10000"),
            ("worse", "127"),
            ("stricter", "127"),
            ("longer", "0"),
            ("later", "0"),
            ("better", "0"),
        ];
        let page =
            ["ahead-sum", "ahead-where", "ahead-reasons"].map(|text| on_the_page(lang, text, &numbers));
        for part in page.iter().map(String::as_str).chain([shift]) {
            assert!(words.contains(part), "{part} is not in:\n{words}");
        }
    }
    // Several drafts stand side by side before they are told one by one.
    let two = told(&mingma(dir.path(), &[&preview[..], &["--draft", &guangxi]].concat()));
    let table: Vec<&str> = two.lines().take_while(|line| !line.starts_with("If ")).collect();
    let row = |name: &str| {
        table
            .iter()
            .find(|line| line.starts_with(name))
            .unwrap()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(row("another status"), "another status 127 (1.27 %) 241 (2.41 %)");
    assert_eq!(row("newly yellow"), "newly yellow 0 (0.00 %) 113 (1.13 %)");
    assert_eq!(row("in the region hit"), "in the region hit hardest 30 (1.45 %) 56 (2.82 %)");
    assert!(table.iter().any(|line| line.contains("B  «Guangxi")), "{two}");
}

#[test]
fn a_draft_with_errors_is_refused_with_its_lines_and_nothing_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let draft = dir.path().join("draft");
    fs::create_dir(&draft).unwrap();
    let text = fs::read_to_string(Path::new(&rules("shaanxi/2020")).join("ruleset.toml")).unwrap();
    fs::write(
        draft.join("ruleset.toml"),
        text.replace("'contact'", "'contcat'").replace("\"contact\"", "\"contcat\""),
    )
    .unwrap();
    let shaanxi = rules("shaanxi/2020");
    let refused =
        mingma(dir.path(), &["census", "preview", "--demo", "--rules", &shaanxi, "--draft", "draft"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && refused.stdout.is_empty());
    assert!(said.contains("draft/ruleset.toml:") && said.contains("`contcat`"), "{said}");
}

#[test]
fn a_facts_file_in_any_order_gives_the_same_census() {
    let dir = tempfile::tempdir().unwrap();
    city(dir.path());
    let facts = fs::read_to_string(dir.path().join("facts.csv")).unwrap();
    let (header, rows) = facts.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    // Every person's facts are scattered, the latest first.
    rows.reverse();
    let (odd, even): (Vec<_>, Vec<_>) = rows.iter().enumerate().partition(|(n, _)| n % 2 == 1);
    let scattered: Vec<&str> = odd.into_iter().chain(even).map(|(_, row)| *row).collect();
    fs::write(dir.path().join("scattered.csv"), format!("{header}\n{}\n", scattered.join("\n"))).unwrap();
    let shaanxi = rules("shaanxi/2020");
    let counts = |facts: &str| {
        let out = format!("{facts}.census");
        let build = [
            "census",
            "build",
            "--facts",
            facts,
            "--homes",
            "homes.csv",
            "--on",
            "2020-04-28",
            "--out",
            &out,
        ];
        told(&mingma(dir.path(), &build));
        let assess =
            ["census", "assess", "--census", &out, "--rules", &shaanxi, "--on", "2020-04-28", "--json"];
        let assessed: Value = serde_json::from_str(&told(&mingma(dir.path(), &assess))).unwrap();
        assessed["regions"].clone()
    };
    assert_eq!(counts("facts.csv"), counts("scattered.csv"));
}

#[test]
fn a_build_that_is_interrupted_leaves_the_old_census_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let run = |command: &str, arguments: &[&str]| {
        assert!(Command::new(command).current_dir(dir.path()).args(arguments).status().unwrap().success());
    };
    run("mkfifo", &["facts.csv"]);
    fs::write(dir.path().join("city.census"), OLD).unwrap();
    let build = ["census", "build", "--facts", "facts.csv", "--on", "2020-04-28", "--out", "city.census"];
    let child = Command::new(env!("CARGO_BIN_EXE_mingma"))
        .current_dir(dir.path())
        .args(build)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // The pipe opens when the command reads it, so it is at work by now.
    let mut facts = fs::OpenOptions::new().write(true).open(dir.path().join("facts.csv")).unwrap();
    facts.write_all(b"person,kind,value,at,until,region,issuer,evidence\n").unwrap();
    run("kill", &["-INT", &child.id().to_string()]);
    // It is asked between two rows; sooner or later it reads no more, and the pipe breaks.
    let row = b"A,symptom,cough,2020-04-01,,,self,\n";
    while facts.write_all(row).is_ok() {}
    let ended = child.wait_with_output().unwrap();
    assert!(!ended.status.success());
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains("cancelled"), "{said}");
    assert_eq!(fs::read(dir.path().join("city.census")).unwrap(), OLD);
    let mut left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["city.census", "facts.csv"]);
}

#[test]
fn an_assessment_or_a_preview_that_is_interrupted_says_so_and_tells_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (shaanxi, heilongjiang) = (rules("shaanxi/2020"), rules("heilongjiang/2020"));
    let demo = ["--demo", "--rules", &shaanxi, "--risk", "risk.csv"];
    let assess = [&["census", "assess"][..], &demo].concat();
    let preview = [&["census", "preview"][..], &demo, &["--draft", &heilongjiang]].concat();
    for arguments in [assess, preview] {
        assert!(Command::new("mkfifo").arg(dir.path().join("risk.csv")).status().unwrap().success());
        let child = Command::new(env!("CARGO_BIN_EXE_mingma"))
            .current_dir(dir.path())
            .args(&arguments)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // The pipe opens when the command reads it, after the city was made: it is at work by now.
        let mut risk = fs::OpenOptions::new().write(true).open(dir.path().join("risk.csv")).unwrap();
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        // Whether it was heard is not seen from outside; the thread that hears has nothing else to do.
        std::thread::sleep(std::time::Duration::from_secs(1));
        risk.write_all(b"region,level,from,until\n").unwrap();
        drop(risk);
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(!ended.status.success() && ended.stdout.is_empty(), "{arguments:?}: {said}");
        assert!(said.contains("cancelled"), "{said}");
        fs::remove_file(dir.path().join("risk.csv")).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left");
    }
}

#[test]
fn a_census_that_is_cut_of_another_version_or_of_another_byte_order_is_refused_by_every_command() {
    let dir = tempfile::tempdir().unwrap();
    city(dir.path());
    let build = ["census", "build", "--facts", "facts.csv", "--on", "2020-04-28", "--out", "whole.census"];
    told(&mingma(dir.path(), &build));
    let whole = fs::read(dir.path().join("whole.census")).unwrap();
    let with = |at: usize, bytes: [u8; 4]| {
        let mut changed = whole.clone();
        changed[at..at + 4].copy_from_slice(&bytes);
        changed
    };
    // The byte order stands at 8, the version at 12, the first section at 4096.
    let order: [u8; 4] = whole[8..12].try_into().unwrap();
    let swapped = [order[3], order[2], order[1], order[0]];
    let shaanxi = rules("shaanxi/2020");
    for (spoilt, said) in [
        (whole[..whole.len() - 64].to_vec(), "the census is damaged: it has"),
        (whole[..100].to_vec(), "the census is damaged: it was cut short after 100 bytes"),
        (b"P".repeat(100), "this is no census: make one with `mingma census build`"),
        (with(12, 99_u32.to_ne_bytes()), "the census has version 99, this program reads version"),
        (with(8, swapped), "the census was made on a machine of the other byte order"),
        (with(4_096, [7; 4]), "the census is damaged in its part `homes`"),
    ] {
        fs::write(dir.path().join("x.census"), spoilt).unwrap();
        let under = ["--census", "x.census", "--rules", &shaanxi, "--on", "2020-04-28"];
        for command in [
            vec!["census", "info", "x.census"],
            [&["census", "assess"][..], &under].concat(),
            [&["census", "preview"][..], &under, &["--draft", &shaanxi]].concat(),
        ] {
            let refused = mingma(dir.path(), &command);
            let told = String::from_utf8(refused.stderr).unwrap();
            assert!(!refused.status.success() && refused.stdout.is_empty(), "{command:?}");
            assert!(told.contains("x.census") && told.contains(said), "{command:?}: {told}");
        }
    }
}
