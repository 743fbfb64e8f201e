//! The shipped rulesets, through the binary as an official uses it: all of them may be published, a copy without a way back
//! may not, and every other fault is refused with its message.
//!
//! Faults are made by editing the text of a copy, so that what is refused is a file as somebody might have written it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The rulesets that the design lists.
const SHIPPED: [&str; 11] = [
    "beijing/2022",
    "guangdong/2022",
    "guangxi/2021-12",
    "heilongjiang/2020",
    "henan/2021-08",
    "hubei/2020-03",
    "luohe/2022",
    "national/2021-01",
    "shaanxi/2020",
    "shanghai/2022-09",
    "zhejiang/2020-02",
];
/// How many rules they have together.
const RULES: usize = 87;

/// Rules in which there is no way back to strip, and why.
///
/// A lapse holds for want of a fact: the check-in (or test) that is late *is* the way back, and nothing in the rule says so
/// that could be taken out.
const NOTHING_TO_STRIP: [(&str, &str); 2] = [("hubei/2020-03", "Y5"), ("shanghai/2022-09", "Y4")];

/// Rules that begin only after a row of check-ins. The states from which the search sets out have no such row, so the
/// refusal names a state before it, and the rule that holds there.
const NAMED_BY_AN_EARLIER_RULE: [(&str, &str, &str); 1] = [("zhejiang/2020-02", "Y1", "R2")];

#[test]
fn every_shipped_ruleset_may_be_published() {
    let found: Vec<String> = shipped();
    assert_eq!(found, SHIPPED, "the folders of `rulesets/`");
    let dirs: Vec<PathBuf> = SHIPPED.iter().map(|name| folder(name)).collect();
    let output = check(&dirs);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stdout(&output).lines().filter(|line| line.starts_with("ok ")).count(), SHIPPED.len());
    assert_eq!(SHIPPED.iter().map(|name| rules_of(&read(name)).len()).sum::<usize>(), RULES);
}

#[test]
fn a_copy_of_any_rule_without_its_way_back_is_refused_with_the_state_that_is_stuck() {
    let mut refused = 0;
    for name in SHIPPED {
        let copies = tempfile::tempdir().unwrap();
        let mut stripped = Vec::new();
        for code in rules_of(&read(name)) {
            let text = without_way_back(&read(name), &code);
            if NOTHING_TO_STRIP.contains(&(name, code.as_str())) {
                assert_eq!(text, read(name), "{name} {code} has nothing to strip");
                continue;
            }
            stripped.push((copy(name, &copies.path().join(&code), &text), code));
        }
        let dirs: Vec<PathBuf> = stripped.iter().map(|(dir, _)| dir.clone()).collect();
        let output = check(&dirs);
        assert_eq!(output.status.code(), Some(1), "{name}");
        for (dir, code) in &stripped {
            let blamed = NAMED_BY_AN_EARLIER_RULE.iter().find(|(n, c, _)| (*n, *c) == (name, code.as_str()));
            let blamed = blamed.map_or(code.as_str(), |(_, _, earlier)| earlier);
            let start = format!("{}: dead end: a person with `", dir.join("ruleset.toml").display());
            let named = |line: &str| line.contains(&start) && line.contains(&format!("`{blamed}`"));
            let errors = stderr(&output);
            let about: Vec<&str> =
                errors.lines().filter(|line| line.contains(&*dir.to_string_lossy())).collect();
            assert!(errors.lines().any(named), "{name} without the way back of {code}: {about:#?}");
            refused += 1;
        }
    }
    assert_eq!(refused, RULES - NOTHING_TO_STRIP.len());
}

#[test]
fn a_fault_in_a_ruleset_is_refused_with_its_place_and_what_is_allowed() {
    let faults: [(&str, &str, &str, &[&str]); 9] = [
        (
            "two rules with one code",
            "code = \"R2\"",
            "code = \"R1\"",
            &["ruleset.toml:38:8: a second rule with the code `R1`: every rule has its own"],
        ),
        (
            "a text missing in one language",
            "en = \"You were a close contact of a case within the last 14 days.\"\n",
            "",
            &["ruleset.toml:43:1: `en` is missing here"],
        ),
        (
            "an unknown value",
            "value = \"close\", within_days",
            "value = \"cloose\", within_days",
            &["ruleset.toml:41:36: `cloose`", "did you mean `close`?"],
        ),
        (
            "an unknown kind",
            "fact = \"contact\"",
            "fact = \"contakt\"",
            &["ruleset.toml:41:17: `contakt`", "did you mean `contact`?"],
        ),
        (
            "an unknown key",
            "[rule.clears]",
            "[rule.cleares]",
            &["ruleset.toml:32:7: `cleares`", "did you mean `clears`?"],
        ),
        (
            "in force for 181 days",
            "sunset = 2020-08-28",
            "sunset = 2020-08-29",
            &["the sunset lies 181 days after the effect: at most 180"],
        ),
        (
            "a window longer than its facts are kept",
            "value = \"close\", within_days = 14",
            "value = \"close\", within_days = 61",
            &["rule `R2` reckons 61 days from a `contact`, which is kept 60 days only"],
        ),
        (
            "a rule that can never hold",
            "when = { fact = \"stay\", risk = \"focus\", within_days = 14 }",
            "when = { all = [{ fact = \"checkin\", within_days = 14 }, { not = { fact = \"checkin\", within_days = 14 } }] }",
            &["rule `R4` can never hold"],
        ),
        ("no longer TOML", "[ruleset]", "[ruleset", &["ruleset.toml:4:", "not TOML"]),
    ];
    for (what, from, to, messages) in faults {
        refuses("shaanxi/2020", "ruleset.toml", |text| replace_once(text, from, to), what, messages);
    }
}

#[test]
fn examples_that_fail_or_leave_a_boundary_untried_are_refused() {
    let faults: [(&str, &str, &str, &[&str]); 4] = [
        (
            "an example with the wrong day",
            "until = 2020-03-16",
            "until = 2020-03-17",
            &[
                "example `a close contact is red on day 14, for the last time` (line 6)",
                "expected red by R2 until 2020-03-17, the rules give red by R2 until 2020-03-16",
            ],
        ),
        (
            "no example on the first day after",
            "on = 2020-03-16\nfacts = [{ kind = \"contact\", value = \"close\", at = 2020-03-01 }]",
            "on = 2020-03-17\nfacts = [{ kind = \"contact\", value = \"close\", at = 2020-03-01 }]",
            &["rule `R2` needs an example on the first day on which it no longer holds"],
        ),
        (
            "an example that names no rule",
            "reasons = [\"R2\"]",
            "reasons = [\"R9\"]",
            &["names the reason `R9`, which no rule has"],
        ),
        (
            "an unknown value in a fact",
            "value = \"general\"",
            "value = \"genaral\"",
            &["examples.toml:31:38: ", "`genaral`", "did you mean `general`?"],
        ),
    ];
    for (what, from, to, messages) in faults {
        refuses("shaanxi/2020", "examples.toml", |text| replace_once(text, from, to), what, messages);
    }
}

#[test]
fn a_folder_without_one_of_its_three_files_is_refused() {
    for file in ["ruleset.toml", "examples.toml", "source.md"] {
        let copies = tempfile::tempdir().unwrap();
        let dir = copy("shaanxi/2020", &copies.path().join("copy"), &read("shaanxi/2020"));
        fs::remove_file(dir.join(file)).unwrap();
        let output = check(std::slice::from_ref(&dir));
        assert_eq!(output.status.code(), Some(1), "without {file}");
        let errors = stderr(&output);
        assert!(errors.contains(&format!("{}: ", dir.join(file).display())), "{errors}");
        assert!(
            errors.contains("a ruleset is a folder with `ruleset.toml`, `examples.toml` and `source.md`")
        );
    }
    refuses(
        "shaanxi/2020",
        "source.md",
        |_| "\n".to_owned(),
        "an empty source",
        &["empty: say where the law's text is to be read"],
    );
}

#[test]
fn one_refused_ruleset_does_not_hide_the_others() {
    let copies = tempfile::tempdir().unwrap();
    let text = replace_once(&read("shaanxi/2020"), "sunset = 2020-08-28", "sunset = 2020-08-29");
    let broken = copy("shaanxi/2020", &copies.path().join("broken"), &text);
    let output = check(&[folder("henan/2021-08"), broken, folder("national/2021-01")]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output).lines().filter(|line| line.starts_with("ok ")).count(), 2);
    assert!(stderr(&output).contains("1 of 3 rulesets may not be published"), "{}", stderr(&output));
}

#[test]
fn the_page_of_a_ruleset_has_every_text_in_every_language() {
    for name in SHIPPED {
        let text = read(name);
        for lang in ["zh-Hans", "zh-Hant", "en"] {
            let output = mingma(&["rules", "show", "--lang", lang, &folder(name).to_string_lossy()]);
            assert!(output.status.success(), "{name} {lang}: {}", stderr(&output));
            let page = stdout(&output);
            let start = format!("{lang} = \"");
            let texts: Vec<&str> =
                text.lines().filter_map(|line| line.strip_prefix(&start)).map(quoted).collect();
            // Title and authority, two texts for each rule, and one more where there is a movement permit.
            let permit = usize::from(text.contains("[permit]"));
            assert_eq!(texts.len(), 2 + 2 * rules_of(&text).len() + permit, "{name} {lang}");
            for text in texts {
                assert!(page.contains(text), "{name} {lang}: `{text}` is not on the page");
            }
            for code in rules_of(&text) {
                assert!(page.contains(&format!(" {code}\n")), "{name} {lang}: {code}");
            }
        }
    }
}

#[test]
fn shaanxi_and_heilongjiang_differ_in_whose_contacts_are_red_and_in_nothing_else() {
    let (shaanxi, heilongjiang) = (read("shaanxi/2020"), read("heilongjiang/2020"));
    let differing: Vec<String> = rules_of(&shaanxi)
        .into_iter()
        .filter(|code| rule_text(&shaanxi, code) != rule_text(&heilongjiang, code))
        .collect();
    assert_eq!(differing, ["R2"]);
    assert_eq!(rules_of(&shaanxi), rules_of(&heilongjiang));
}

/// Edits one file of a copy of a ruleset and asserts that the copy is refused with all these messages.
fn refuses(name: &str, file: &str, edit: impl Fn(&str) -> String, what: &str, messages: &[&str]) {
    let copies = tempfile::tempdir().unwrap();
    let dir = copy(name, &copies.path().join("copy"), &read(name));
    let path = dir.join(file);
    fs::write(&path, edit(&fs::read_to_string(&path).unwrap())).unwrap();
    let output = check(&[dir]);
    assert_eq!(output.status.code(), Some(1), "{what}");
    let errors = stderr(&output);
    for message in messages {
        assert!(errors.contains(message), "{what}: `{message}` is not in\n{errors}");
    }
    assert!(stdout(&output).is_empty(), "{what}: {}", stdout(&output));
}

/// The text with the first `from` replaced; a test whose edit no longer fits its ruleset fails here.
fn replace_once(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "`{from}` is no longer in the ruleset that the test edits");
    text.replacen(from, to, 1)
}

/// The ruleset's text with everything taken out of one rule that could end it: windows, terms and clearances.
fn without_way_back(text: &str, code: &str) -> String {
    let rule = rule_text(text, code);
    let mut when = without_lists(rule, ", cleared_by = [");
    if !rule.contains("lapse = ") {
        when = without_numbers(&when, ", within_days = ");
    }
    let stripped = without_numbers(&when, ", for_days = ");
    text.replacen(rule, &stripped, 1)
}

/// Takes out every `start … ]` with its matching bracket.
fn without_lists(text: &str, start: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, list)) = rest.split_once(start) {
        kept.push_str(before);
        let mut depth = 1;
        let end = list.find(|c| {
            depth += match c {
                '[' => 1,
                ']' => -1,
                _ => 0,
            };
            depth == 0
        });
        rest = list.get(end.unwrap() + 1..).unwrap();
    }
    kept + rest
}

/// Takes out every `start 14`.
fn without_numbers(text: &str, start: &str) -> String {
    let mut parts = text.split(start);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    kept
}

/// The codes of a ruleset's rules.
fn rules_of(text: &str) -> Vec<String> {
    let codes = text.lines().filter_map(|line| line.strip_prefix("code = \""));
    codes.map(|rest| quoted(rest).to_owned()).collect()
}

/// The text of one rule, from its code to the next rule.
fn rule_text<'a>(text: &'a str, code: &str) -> &'a str {
    let found = text.split("[[rule]]").find(|part| part.contains(&format!("code = \"{code}\"\n")));
    found.unwrap_or_else(|| panic!("no rule {code}"))
}

/// What stands before the closing quote.
fn quoted(rest: &str) -> &str {
    rest.strip_suffix('"').unwrap()
}

/// A copy of a shipped ruleset with another `ruleset.toml`.
fn copy(name: &str, to: &Path, ruleset: &str) -> PathBuf {
    fs::create_dir_all(to).unwrap();
    for file in ["examples.toml", "source.md"] {
        fs::copy(folder(name).join(file), to.join(file)).unwrap();
    }
    fs::write(to.join("ruleset.toml"), ruleset).unwrap();
    to.to_owned()
}

/// The names of the folders below `rulesets/`, in order.
fn shipped() -> Vec<String> {
    let below = |dir: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_dir()).collect()
    };
    let root = folder("");
    let mut names: Vec<String> = below(&root)
        .iter()
        .flat_map(|region| below(region))
        .map(|dir| dir.strip_prefix(&root).unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulesets").canonicalize().unwrap().join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(folder(name).join("ruleset.toml")).unwrap()
}

fn check(dirs: &[PathBuf]) -> Output {
    let dirs: Vec<String> = dirs.iter().map(|dir| dir.to_string_lossy().into_owned()).collect();
    mingma(&["rules", "check"].into_iter().chain(dirs.iter().map(String::as_str)).collect::<Vec<_>>())
}

fn mingma(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mingma")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
