//! What the program refuses on principle, held from the outside.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

fn mingma(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mingma")).args(arguments).output().unwrap()
}

/// The names of the subcommands in a help text.
fn subcommands(help: &str) -> Vec<String> {
    let commands = help.split("Commands:").nth(1).unwrap_or_default();
    let lines = commands.lines().skip(1).take_while(|line| !line.is_empty());
    // A name stands two blanks in; what is further in is the rest of a description.
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

fn each_help(path: &[String], see: &mut impl FnMut(&[String], &str)) {
    let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
    arguments.push("--help");
    let help = String::from_utf8(mingma(&arguments).stdout).unwrap();
    see(path, &help);
    for name in subcommands(&help) {
        each_help(&[path, &[name]].concat(), see);
    }
}

/// Whether a word of a help text is an option or a placeholder that names a colour.
fn takes_a_colour(word: &str) -> bool {
    let is_argument =
        word.starts_with("--") || (word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase()));
    let lower = word.to_lowercase();
    let mut parts = lower.trim_start_matches('-').split(['-', '_']);
    is_argument && parts.any(|part| ["color", "colour", "red", "yellow", "green"].contains(&part))
}

#[test]
fn no_command_takes_a_colour() {
    assert!(takes_a_colour("--set-color") && takes_a_colour("COLOUR") && !takes_a_colour("--status"));
    let mut seen = 0;
    each_help(&[], &mut |path, help| {
        seen += 1;
        for word in help.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')) {
            assert!(!takes_a_colour(word), "`mingma {}` takes `{word}`", path.join(" "));
        }
    });
    assert!(seen >= 6, "only {seen} commands were seen");
}

#[test]
fn no_facts_file_sets_a_colour() {
    let dir = tempfile::tempdir().unwrap();
    let facts = dir.path().join("facts.csv");
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rulesets/guangxi/2021-12");
    for (row, part) in [
        ("p1,color,red,2022-01-01,,,cdc,X-1", "not a kind of fact"),
        ("p1,status,red,2022-01-01,,,cdc,X-1", "not a kind of fact"),
        ("p1,diagnosis,red,2022-01-01,,,cdc,X-1", "not a value of `diagnosis`"),
        ("p1,foreign-status,red,2022-01-01,,410000,cdc,X-1", "not entitled"),
        ("p1,foreign-status,red,2022-01-01,,410000,community,X-1", "not entitled"),
        ("p1,bank-depositor,yes,2022-01-01,,,cdc,X-1", "a payment"),
    ] {
        std::fs::write(&facts, format!("person,kind,value,at,until,region,issuer,evidence\n{row}\n"))
            .unwrap();
        let output =
            mingma(&["assess", "--rules", rules, "--facts", facts.to_str().unwrap(), "--on", "2022-01-10"]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{row}");
        assert!(output.stdout.is_empty(), "{row}");
        assert!(stderr.contains(part), "{row}: {stderr}");
    }
}
