//! The README's first command: what a newcomer sees.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

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
    // A folder that is there, as a mount point is, stays that folder.
    fs::create_dir(&data).unwrap();
    let number = fs::metadata(&data).unwrap().ino();
    let mut running = filling(&data, Stdio::inherit());
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
    assert_eq!(fs::metadata(&data).unwrap().ino(), number);
    assert!(names(&data).iter().all(|name| !name.starts_with(".mingma-demo-")), "{:?}", names(&data));
}

/// The demo, begun over a new folder.
fn filling(data: &Path, stderr: Stdio) -> Child {
    Command::new(env!("CARGO_BIN_EXE_mingma"))
        .args(["demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(stderr)
        .spawn()
        .unwrap()
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_taken_address_is_told_before_anything_is_filled_and_leaves_nothing_behind() {
    let elsewhere = tempfile::tempdir().unwrap();
    let data = elsewhere.path().join("data");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = demo(&["--listen", &address, "--data", data.to_str().unwrap()]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(said.contains(&address) && said.contains("name another address with `--listen`"), "{said}");
    assert_eq!(names(elsewhere.path()), [""; 0]);
}

#[test]
fn a_demo_that_is_killed_while_it_fills_leaves_no_folder_in_its_place_and_the_next_one_clears_up() {
    let elsewhere = tempfile::tempdir().unwrap();
    let data = elsewhere.path().join("data");
    let mut running = filling(&data, Stdio::inherit());
    // It prints nothing before the city is whole, so whatever it has made by its first files is a draft.
    while names(elsewhere.path()).is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    running.kill().unwrap();
    running.wait().unwrap();
    // Whether or not it was quick enough to be whole by then: what is in the place is.
    let is_whole = ["mingma.db", "keys/trust.cose"].iter().all(|name| data.join(name).exists());
    assert!(is_whole || !data.exists());
    let draft = names(elsewhere.path());
    assert!(draft.iter().all(|name| name == "data" || name.starts_with(".mingma-demo-")), "{draft:?}");
    if is_whole {
        return;
    }
    assert_eq!(draft.len(), 1);
    let left = draft.first().unwrap();
    let mut next = filling(&data, Stdio::piped());
    // It is the first thing that it does and says, long before it is whole.
    let said = BufReader::new(next.stderr.take().unwrap()).lines().next().unwrap().unwrap();
    assert!(said.starts_with("cleared ") && said.contains(left.as_str()), "{said}");
    next.kill().unwrap();
    next.wait().unwrap();
    assert!(!elsewhere.path().join(left).exists());
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

/// What came of each attempt of the story: its title, how it ended, how many are red.
fn attempts(page: &str) -> Vec<(String, String, usize)> {
    let told = page.split("\n\n").filter_map(|part| {
        let (number, rest) = part.trim_start().split_once(". ")?;
        number.parse::<usize>().ok()?;
        let (end, red) = rest.lines().last()?.trim().strip_prefix("⇒ ")?.split_once(" · ")?;
        let red = red.split_whitespace().next()?.parse().ok()?;
        Some((rest.lines().next()?.to_owned(), end.to_owned(), red))
    });
    told.collect()
}

#[test]
fn whatever_an_official_tries_who_wants_1317_people_red_is_refused_or_seen_and_undone() {
    let elsewhere = tempfile::tempdir().unwrap();
    let data = elsewhere.path().join("data");
    let output = demo(&["--story", "depositors", "--data", data.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = String::from_utf8(output.stdout).unwrap();
    let seen = "seen by those concerned, the public and the auditor";
    let expected = [
        ("Set the colour", "refused", 0),
        ("Import a list", "refused", 0),
        ("Claim entries from abroad without the border post’s key", "refused", 0),
        ("Claim them in the community’s own name", "refused", 0),
        ("Appoint a border post of one’s own", "refused", 0),
        ("Fire when they scan at a venue", "refused", 0),
        ("Change the rule for one street", "refused", 0),
        ("With a stolen border key, all at once", "refused", 0),
        ("With a stolen border key, patiently", seen, 0),
        ("With both keys, the border post’s and the community’s", seen, 446),
        ("Confirm it oneself, and reject the disputes oneself", "refused", 446),
        ("The depositors dispute it", "undone", 0),
        ("With a stolen hospital key, suspect them", seen, 0),
        ("Change the rule, and call it an emergency", seen, 0),
        ("Edit the database", "refused", 0),
        ("Wipe the traces", "refused", 0),
    ];
    let told = attempts(&page);
    let told: Vec<_> = told.iter().map(|(what, end, red)| (what.as_str(), end.as_str(), *red)).collect();
    assert_eq!(told, expected, "{page}");
    for words in [
        // Who is concerned knows: by a message, in their own record, by name.
        "1317 people have a message, and the public log has",
        "1317 people are told again, the public log has",
        "border:410100 submitted, community:410105 countersigned",
        // The public knows.
        "on the public page: 1 alarm",
        "in whole tens, 1310 rows recorded as entries from abroad, 440 disputes due, 440 that nobody answered",
        "446 turn red, and it ends within seven days; 446 people are told",
        "at its end the rule is void by itself: 0 are red",
        "an emergency that no second office agreed to (1 in all)",
        // All offices of the city are one hand, and whoever is accused does not answer.
        "agreed to by the account that the official has in the city’s appeals office: 403",
        "let through by the official’s accounts in both offices of the city: 403",
        "signed with the border post’s key, 446 times: 409",
        "rejected by the city’s appeals office, 446 times: 403",
        // The program knows.
        "the system wrote 0 entries of it",
        "no entry of the journal commits to 2634 rows, and they do not count",
        "446 rows “suspected”, signed with the hospital’s true key: they are recorded, and none counts",
        "that it is so, signed with the hospital’s key: 409",
        "449 rows that were taken away are found again by what their entries commit to, and count",
        "as it is kept: somebody has written into the database",
        "446 of 446 persons would be worse off",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // And so does whoever audits the log that is left, with the program's own command.
    let audit = Command::new(env!("CARGO_BIN_EXE_mingma"))
        .args(["audit", "verify", "--log"])
        .arg(data.join("log"))
        .arg("--policy")
        .arg(data.join("policy"))
        .output()
        .unwrap();
    let audit = String::from_utf8(audit.stdout).unwrap();
    by_the_commands_it_is_as_the_story_tells(&data, &page);
    let alarms = page.lines().find(|line| line.trim().starts_with("alarm: ")).map(str::trim);
    for count in [
        alarms.expect("alarms"),
        "appeal: 447",
        "countersign: 1317",
        "publish-in-emergency: 2",
        "record: 1763",
    ] {
        assert!(audit.lines().any(|line| line.trim() == count), "{count}: {audit}");
        assert!(page.lines().any(|line| line.trim() == count), "{count}: {page}");
    }
    shows("README.md", "--story depositors", &page);
}

/// What the story's auditor found is what anybody finds by the commands, though rows were taken out of the database that is left.
fn by_the_commands_it_is_as_the_story_tells(data: &Path, page: &str) {
    let [log, policy, openings] = ["log", "policy", "openings"].map(|name| data.join(name));
    let run = |command: &[&str], paths: &[(&str, &Path)]| {
        let mut run = Command::new(env!("CARGO_BIN_EXE_mingma"));
        run.arg("audit").args(command);
        for (option, path) in paths {
            run.arg(option).arg(path);
        }
        let done = run.output().unwrap();
        let said = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
        assert!(done.status.success(), "{said}");
        said
    };
    let whom = ["open", "--everybody", "--by", "inspectorate", "--case", "2022-1317"];
    let opened = run(&whom, &[("--data", data), ("--to", &openings)]);
    assert!(
        opened.contains(
            "rows of 448 entries were taken out of the database beside the acts, the first of entry "
        ),
        "{opened}"
    );
    assert!(
        opened.contains("rows in the database to which no entry commits: 2634; they are left out"),
        "{opened}"
    );
    let paths = [("--log", &*log), ("--policy", &policy), ("--facts", &openings)];
    let replayed = run(&["replay", "--region", "410000"], &paths);
    for line in replayed.lines() {
        assert!(page.lines().any(|told| told.trim() == line.trim()), "{line}: {page}");
    }
    let json: serde_json::Value = serde_json::from_str(&run(&["replay", "--json"], &paths)).unwrap();
    let first = opened.split("the first of entry ").nth(1).unwrap().split(':').next().unwrap();
    assert_eq!(
        *json.get("found_again").unwrap(),
        serde_json::json!({ "count": 448, "first_entry": first.parse::<u64>().unwrap() })
    );
}

/// Without the numbers that are of this run: how many seconds something took, and what had come until then.
fn lasting(line: &str) -> String {
    let passing = [" within ", "proofs", "秒内", "可以验证"].iter().any(|word| line.contains(word));
    line.chars().filter(|c| !passing || !c.is_ascii_digit()).collect()
}

/// What a README shows after a command is what the story says.
fn shows(readme: &str, command: &str, page: &str) {
    let path = format!("{}/../../{readme}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    let excerpt =
        text.split(&format!("{command}\n```\n\n```text\n")).nth(1).unwrap().split("```").next().unwrap();
    assert!(excerpt.lines().count() > 20, "{readme}");
    let told: Vec<String> = page.lines().map(lasting).collect();
    for line in excerpt.lines().filter(|line| *line != "…") {
        assert!(told.contains(&lasting(line)), "{readme}: {line}");
    }
}

#[test]
fn the_story_is_told_in_three_languages() {
    let told = |lang| {
        let output = demo(&["--story", "depositors", "--lang", lang]);
        assert!(output.status.success(), "{lang}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    shows("README.zh-CN.md", "--story depositors --lang zh-Hans", &told("zh-Hans"));
    let hant = told("zh-Hant");
    assert!(hant.contains("儲戶提出異議") && hant.contains("最後紅碼的人數：0"), "{hant}");
}
