//! The README's first command: what a newcomer sees.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Output, Stdio};

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
    let output = demo(&["--once"]);
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
fn every_run_shows_the_same_city() {
    let told = || {
        let page = String::from_utf8(demo(&["--once"]).stdout).unwrap();
        // Signatures are drawn anew, and with them the QR symbols, the jitter of a code's end, and which check a changed
        // code fails first.
        let drawn = |l: &&str| {
            l.contains(['█', '▀', '▄']) || l.contains("one character") || l.contains("expired since")
        };
        page.lines().filter(|l| !drawn(l)).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(told(), told());
}

#[test]
fn without_once_the_city_of_today_is_served_until_the_program_is_told_to_end() {
    let elsewhere = tempfile::tempdir().unwrap();
    let data = elsewhere.path().join("data");
    let mut running = Command::new(env!("CARGO_BIN_EXE_mingma"))
        .args(["demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let address = lines
        .find_map(|line| {
            line.unwrap()
                .split("http://")
                .nth(1)
                .map(|rest| rest.split(['/', ' ']).next().unwrap().to_owned())
        })
        .unwrap();
    let rules = get(&address, "/rules");
    assert!(rules.starts_with("HTTP/1.1 200 OK"), "{rules}");
    assert!(rules.contains("Guangxi health code"), "{rules}");
    let ended = Command::new("kill").arg(running.id().to_string()).status().unwrap();
    assert!(ended.success());
    assert!(running.wait().unwrap().success(), "told to end, it ends well");
    let again = demo(&["--data", data.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("the folder is not empty"), "{again:?}");
}

/// One request over a connection of its own.
fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: {address}\r\naccept-language: en\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_demo_speaks_three_languages() {
    for (lang, words) in [("zh-Hans", "转绿："), ("zh-Hant", "轉綠："), ("en", "green again:")] {
        let page = String::from_utf8(demo(&["--once", "--lang", lang]).stdout).unwrap();
        assert!(page.contains(words), "{lang}");
    }
    assert!(!demo(&["--once", "--lang", "de"]).status.success());
}
