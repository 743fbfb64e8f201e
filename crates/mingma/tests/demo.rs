//! The README's first command: what a newcomer sees.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

fn demo(arguments: &[&str]) -> Output {
    // An empty folder: the demo must not lean on the tree that it was built from.
    let elsewhere = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_mingma"))
        .arg("demo")
        .args(arguments)
        .current_dir(elsewhere.path())
        .output()
        .unwrap()
}

/// The numbers after a colour's word in the first lines.
fn count(page: &str, color: &str) -> usize {
    let line = page
        .lines()
        .find(|line| line.contains(color) && line.trim_end().ends_with(|c: char| c.is_ascii_digit()));
    line.unwrap().split_whitespace().last().unwrap().parse().unwrap()
}

#[test]
fn the_demo_shows_one_of_each_colour_and_refuses_bad_codes() {
    let output = demo(&[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = String::from_utf8(output.stdout).unwrap();
    let (green, yellow, red) = (count(&page, "● green"), count(&page, "▲ yellow"), count(&page, "■ red"));
    assert_eq!(green + yellow + red, 10_000);
    assert!(green > 9_000 && yellow > 50 && red > 20, "{green} {yellow} {red}");
    for (story, color) in [
        ("a close contact on day 9", "⇒ ■ red"),
        ("a yellow code returning to green by check-ins", "⇒ ▲ yellow"),
        ("a wrong fact, corrected", "⇒ ● green"),
        ("a child, declared for by a parent", "⇒ ● green"),
        ("an elderly person with a paper code", "⇒ ● green"),
    ] {
        let told = page.split(&format!("── {story}")).nth(1).unwrap().split("\n── ").next().unwrap();
        assert!(told.contains(color), "{story}: {told}");
        assert_eq!(told.contains("to clear:"), color != "⇒ ● green", "{story}: {told}");
        assert_eq!(told.contains("green again:"), color != "⇒ ● green", "{story}: {told}");
    }
    for verified in ["→ ✓ green", "→ ✓ yellow", "→ ✓ red", "(paper) → ✓ green"] {
        assert!(page.contains(verified), "{verified}");
    }
    for refused in ["unknown key", "unreadable", "expired", "clock"] {
        assert!(page.contains(&format!("— {refused}")), "{refused}");
    }
    assert!(page.matches('█').count() > 2_000, "no QR symbols");
}

#[test]
fn once_means_the_same_and_every_run_shows_the_same_city() {
    let told = |arguments: &[&str]| {
        let page = String::from_utf8(demo(arguments).stdout).unwrap();
        // Signatures are drawn anew, and with them the QR symbols and which check a changed code fails first.
        page.lines()
            .filter(|l| !l.contains(['█', '▀', '▄']) && !l.contains("one character"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(told(&[]), told(&["--once"]));
}

#[test]
fn the_demo_speaks_three_languages() {
    for (lang, words) in [("zh-Hans", "转绿："), ("zh-Hant", "轉綠："), ("en", "green again:")] {
        let page = String::from_utf8(demo(&["--lang", lang]).stdout).unwrap();
        assert!(page.contains(words), "{lang}");
    }
    assert!(!demo(&["--lang", "de"]).status.success());
}
