//! `mingma census` from the outside: a city is built, assessed, and a draft is previewed in words and as JSON.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const PERSONS: u32 = 10_000;
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
        "of 10000 persons would see another code",
        "to red",
        "R2:",
        "Who would wait longest for a milder code",
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
