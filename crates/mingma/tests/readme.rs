//! The numbers that the README shows are the numbers that the program gives.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it skips"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const RULESETS: usize = 4;

fn seoul() -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "where the test data of others lies is the environment's to say"
    )]
    let shared =
        std::env::var("MINGMA_SHARED").map_or_else(|_| Path::new(ROOT).join("../shared"), PathBuf::from);
    Some(shared.join("data/ds4c-seoul")).filter(|dir| dir.is_dir())
}

fn mingma(arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_mingma")).args(arguments).current_dir(ROOT).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The rows of a README's table: ruleset, then green, yellow, red, none.
fn table(page: &str) -> BTreeMap<String, [usize; 4]> {
    let text = fs::read_to_string(Path::new(ROOT).join(page)).unwrap();
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, ruleset, green, yellow, red, none, _] = cells[..] else { return None };
        let number = |cell: &str| cell.parse().ok();
        Some((
            ruleset.trim_matches('`').to_owned(),
            [number(green)?, number(yellow)?, number(red)?, number(none)?],
        ))
    });
    rows.collect()
}

#[test]
fn seoul_has_the_colours_that_the_readme_shows() {
    let (english, chinese) = (table("README.md"), table("README.zh-CN.md"));
    assert_eq!(english, chinese);
    assert_eq!(english.len(), RULESETS);
    let Some(data) = seoul() else {
        println!("skipped: {RULESETS} cases, the Seoul data is not at ../shared or MINGMA_SHARED");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let facts = dir.path().join("seoul.csv");
    let (patients, routes) = (data.join("PatientInfo.csv"), data.join("PatientRoute.csv"));
    let [facts, patients, routes] = [&facts, &patients, &routes].map(|path| path.to_str().unwrap());
    mingma(&["import", "--map", "maps/ds4c/map.toml", patients, routes, "--out", facts]);
    for (ruleset, shown) in english {
        let answer = mingma(&[
            "assess",
            "--rules",
            &format!("rulesets/{ruleset}"),
            "--facts",
            facts,
            "--on",
            "2020-03-01",
        ]);
        let colours: Vec<&str> = answer.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
        let count = |word: &str| colours.iter().filter(|colour| **colour == word).count();
        assert_eq!(["green", "yellow", "red", "none"].map(count), shown, "{ruleset}");
    }
}
