//! Holds the tree to what `ARCHITECTURE.md` says of it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Table;

/// The longest source file; the generated region table is data.
const MAX_LINES: usize = 400;
const GENERATED: &str = "crates/domain/src/region/table.rs";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every file below a folder with this ending, by its path from the root.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("target") {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|e| e == ending) {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "no .{ending} files below {folder}");
    found.sort();
    found
}

fn manifest(krate: &str) -> Table {
    let path = root().join("crates").join(krate).join("Cargo.toml");
    fs::read_to_string(&path).unwrap().parse().unwrap()
}

fn dependencies(krate: &str, section: &str) -> BTreeSet<String> {
    let manifest = manifest(krate);
    let Some(table) = manifest.get(section).and_then(|s| s.as_table()) else { return BTreeSet::new() };
    table.keys().cloned().collect()
}

/// The program's tests are one binary, whose modules are named by hand: a file that is not would not be run.
#[test]
fn every_file_of_tests_is_run() {
    let binary = fs::read_to_string(root().join("crates/mingma/tests/it.rs")).unwrap();
    for (path, _) in files("crates/mingma/tests", "rs") {
        let Some(name) = path.strip_prefix("crates/mingma/tests/").filter(|name| !name.contains('/')) else {
            continue;
        };
        let module = format!("mod {};", name.trim_end_matches(".rs"));
        assert!(
            name == "it.rs" || binary.lines().any(|line| line == module),
            "{path} is no module of tests/it.rs"
        );
    }
}

#[test]
fn the_arrows_point_one_way() {
    let arrows: &[(&str, &[&str])] = &[
        ("browser", &["mingma-credential"]),
        ("census", &["mingma-domain"]),
        ("domain", &[]),
        ("credential", &[]),
        ("e2e", &[]),
        ("journal", &[]),
        ("registry", &["mingma-credential", "mingma-domain"]),
        ("store", &["mingma-credential", "mingma-domain", "mingma-registry"]),
        ("server", &["mingma-credential", "mingma-domain", "mingma-registry", "mingma-wasm"]),
        ("testkit", &["mingma-domain"]),
        ("wasm", &[]),
        (
            "mingma",
            &[
                "mingma-census",
                "mingma-credential",
                "mingma-domain",
                "mingma-journal",
                "mingma-registry",
                "mingma-server",
                "mingma-store",
            ],
        ),
    ];
    let rooms: BTreeSet<String> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(
        rooms,
        arrows.iter().map(|(room, _)| (*room).to_owned()).collect(),
        "a room without its arrows here"
    );
    for (room, allowed) in arrows {
        let ours: BTreeSet<String> = dependencies(room, "dependencies")
            .into_iter()
            .filter(|name| name.starts_with("mingma"))
            .collect();
        let allowed = allowed.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(ours, allowed, "the dependencies of `{room}` on our own crates");
    }
}

#[test]
fn the_pure_crates_stay_pure() {
    const IMPURE: &[&str] = &[
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "std::os",
        "std::io::std",
        "std::io::{std",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "TimeZone::system",
        "println!",
        "eprintln!",
        "include_bytes!",
    ];
    const KEPT: &[(&str, &[&str])] = &[
        ("journal", &["aws-lc-rs", "base64ct", "thiserror"]),
        ("domain", &["jiff", "serde", "smallvec", "strsim", "thiserror", "toml"]),
        (
            "registry",
            &[
                "argon2",
                "async-trait",
                "aws-lc-rs",
                "base16ct",
                "cedar-policy",
                "jiff",
                "mingma-credential",
                "mingma-domain",
                "serde",
                "thiserror",
                "totp-rs",
                "uuid",
            ],
        ),
    ];
    let mut read = 0;
    for folder in [
        "crates/browser/src",
        "crates/domain/src",
        "crates/credential/src",
        "crates/journal/src",
        "crates/registry/src",
    ] {
        for (name, text) in files(folder, "rs") {
            // Tests stand last in a file and may do as they like.
            let code = text.split("#[cfg(test)]").next().unwrap();
            let code: String =
                code.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            for word in IMPURE {
                assert!(!code.contains(word), "{name} names `{word}`");
            }
            read += 1;
        }
    }
    assert!(read > 40, "only {read} files were read");
    for (room, kept) in KEPT {
        let found = dependencies(room, "dependencies");
        assert_eq!(
            found,
            kept.iter().map(|name| (*name).to_owned()).collect(),
            "the dependencies of `{room}`"
        );
    }
}

#[test]
fn no_public_way_makes_a_status() {
    let sources = files("crates/domain/src", "rs");
    let status = &sources.iter().find(|(name, _)| name.ends_with("assess/mod.rs")).unwrap().1;
    let fields = status.split("pub struct Status {").nth(1).unwrap().split('}').next().unwrap();
    assert!(!fields.contains("pub"), "`Status` has a public field");
    let mut makers = Vec::new();
    for (name, text) in &sources {
        for signature in text.split("pub fn ").skip(1) {
            let signature = signature.split('{').next().unwrap();
            let gives = signature.split("->").nth(1).unwrap_or_default();
            if gives.split(|c: char| !c.is_alphanumeric()).any(|word| word == "Status") {
                makers.push(format!("{name}: {}", signature.split('(').next().unwrap()));
            }
        }
        let deserialized = text.contains("Deserialize") && text.contains("struct Status");
        assert!(!deserialized, "{name} would read a status from a file");
    }
    let makers_known =
        ["crates/domain/src/assess/judge.rs: status", "crates/domain/src/assess/mod.rs: assess"];
    assert_eq!(makers, makers_known, "functions that give a status");
}

#[test]
fn only_tests_depend_on_the_testkit() {
    for room in [
        "browser",
        "registry",
        "store",
        "server",
        "census",
        "domain",
        "credential",
        "journal",
        "mingma",
        "wasm",
    ] {
        assert!(
            !dependencies(room, "dependencies").contains("mingma-testkit"),
            "`{room}` would ship the testkit"
        );
    }
}

#[test]
fn what_the_architecture_names_exists() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let code: String = files("crates", "rs").into_iter().map(|(_, text)| text).collect();
    let (mut paths, mut tests) = (0, 0);
    let fenced = page.split("```").enumerate().filter(|(i, _)| i % 2 == 0).map(|(_, text)| text);
    for text in fenced {
        for (_, word) in text.split('`').enumerate().filter(|(i, _)| i % 2 == 1) {
            if word.contains('/') && !word.contains('<') {
                assert!(root().join(word).exists(), "ARCHITECTURE.md names `{word}`, which is not there");
                paths += 1;
            } else if word.matches('_').count() >= 2 {
                assert!(
                    code.contains(&format!("fn {word}(")) || code.contains(&format!("fn {word}<")),
                    "ARCHITECTURE.md names the test `{word}`, which is not there"
                );
                tests += 1;
            }
        }
    }
    assert!(paths >= 15 && tests >= 6, "{paths} paths and {tests} tests were found");
}

/// The lines of a charter: each number with the tests that hold it.
fn charter(name: &str) -> Vec<(String, Vec<String>)> {
    let page = fs::read_to_string(root().join(name)).unwrap();
    let numbered = page.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    let read = numbered.map(|line| {
        let (number, rest) = line.split_once(". ").unwrap();
        let (said, tests) = rest.split_once(" — ").unwrap_or_else(|| panic!("{name}: {line}"));
        assert!(said.chars().count() >= 8, "{name}: {line}");
        let tests = tests.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        (number.to_owned(), tests)
    });
    read.collect()
}

/// Whether a function of this name is there, and a test.
fn is_a_test(code: &str, name: &str) -> bool {
    let Some(at) = code.find(&format!("fn {name}(")) else { return false };
    // What stands above it, up to an empty line: a test may have more than one mark.
    let before = code.get(..at).unwrap().rsplit("\n\n").next().unwrap();
    before.contains("#[test]") || before.contains("#[tokio::test")
}

#[test]
fn each_bad_input_of_the_manual_has_its_test() {
    let code: String = files("crates", "rs").into_iter().map(|(_, text)| text).collect();
    let page = fs::read_to_string(root().join("docs/bad-input.md")).unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    for row in &rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [_, _, held] = cells[..] else { panic!("{row}") };
        let tests: Vec<&str> = held.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "{row}");
        for test in tests {
            assert!(
                is_a_test(&code, test),
                "docs/bad-input.md names `{test}`, which is no test that is there"
            );
        }
    }
    assert!(rows.len() >= 17, "only {} rows", rows.len());
}

#[test]
fn each_line_of_the_charter_has_its_test_and_the_languages_say_the_same() {
    let code: String = files("crates", "rs").into_iter().map(|(_, text)| text).collect();
    let lines = charter("CHARTER.md");
    for (place, (number, tests)) in (1..).zip(&lines) {
        assert_eq!(number.parse(), Ok(place), "the lines are numbered");
        assert!(!tests.is_empty(), "line {number} has no test");
        for test in tests {
            assert!(is_a_test(&code, test), "line {number} names `{test}`, which is no test that is there");
        }
    }
    assert!(lines.len() >= 20, "only {} lines", lines.len());
    for other in ["CHARTER.zh-Hans.md", "CHARTER.zh-Hant.md"] {
        assert_eq!(charter(other), lines, "{other}");
    }
}

/// What opens a way out of a process: sockets, clients of other people's services, other programs.
const WAYS_OUT: [&str; 9] = [
    "TcpStream",
    "UdpSocket",
    "UnixStream",
    "TcpSocket",
    "ureq::",
    "reqwest",
    "lettre::",
    "hyper_util::client",
    "process::Command",
];

#[test]
fn nothing_is_sent_but_a_message_to_the_person_it_is_about_or_to_whoever_acts_for_them() {
    let ships = |name: &&(String, String)| {
        name.0.contains("/src/")
            && !name.0.starts_with("crates/testkit/")
            && !name.0.starts_with("crates/e2e/")
    };
    let all = files("crates", "rs");
    let mut ways = BTreeSet::new();
    for (name, text) in all.iter().filter(ships) {
        let plain = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        if WAYS_OUT.iter().any(|way| plain.contains(way)) {
            ways.insert(name.as_str());
        }
    }
    // The two ways to a person, with the client that they share, what they are set by and what catches them in tests; what accepts
    // connections; an auditor's own reading of a log at an address that the auditor gives; the log's heads, which name nobody, to
    // the witnesses that sign them; and the demo's story, which asks the program that it has just started.
    let known = [
        "crates/mingma/src/channel/agent.rs",
        "crates/mingma/src/channel/catcher.rs",
        "crates/mingma/src/channel/mail.rs",
        "crates/mingma/src/channel/sms.rs",
        "crates/mingma/src/command/audit/place.rs",
        "crates/mingma/src/command/demo/depositors/client.rs",
        "crates/mingma/src/config.rs",
        "crates/mingma/src/journal/witnesses.rs",
        "crates/server/src/serve.rs",
    ];
    assert_eq!(ways, known.into(), "say in the charter to whom it sends what");
    // What they are handed: the notice's name, where its person is reached or asks to be (of somebody who is reached nowhere, each agent
    // gets a notice of their own), and a message that is made of nothing but the sort of notice, the person's language, a one-time code
    // and the address of the pages.
    let text = |name: &str| &all.iter().find(|(path, _)| path == name).unwrap().1;
    for (file, call) in [
        ("registry/src/acts/deliver.rs", "receiver(&access, notice, challenge)"),
        ("registry/src/acts/deliver.rs", "Outgoing { notice, contact, lang, code }"),
        ("mingma/src/channel/mod.rs", "sms.send(&id, contact.wire(), &message.text)"),
        ("mingma/src/channel/mod.rs", "mail.send(&id, contact.wire(), &message)"),
    ] {
        assert!(text(&format!("crates/{file}")).contains(call), "`{call}` is another");
    }
    let notices = text("crates/server/src/notices.rs");
    let made = "pub fn message(texts: &Texts, lang: Lang, kind: NoticeKind, code: Option<&str>, origin: &str) -> Message";
    assert!(notices.contains(made), "a message is made of something else");
    let row = text("crates/registry/src/row/notice.rs");
    let notice = row.split("pub struct Notice {").nth(1).and_then(|rest| rest.split('}').next()).unwrap();
    let fields: Vec<&str> = notice.lines().filter_map(|line| line.trim().strip_prefix("pub ")).collect();
    let known = [
        "person: PersonId,",
        "id: NoticeId,",
        "kind: NoticeKind,",
        "about: [u8; 16],",
        "created: Timestamp,",
    ];
    assert_eq!(fields, known, "a notice carries something else");
}

#[test]
fn files_are_short_and_say_what_they_are() {
    for (name, text) in files("crates", "rs") {
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES || name == GENERATED, "{name} has {lines} lines; split it");
        assert!(
            text.starts_with("//!") || text.starts_with("// @generated") || name == GENERATED,
            "{name} does not say what it is"
        );
    }
}
