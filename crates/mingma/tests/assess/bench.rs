//! A million facts: in how little memory, and that it can be done at all in a test's time.

use std::fmt::Write;

use super::support::{HEADER, Place};

/// Writes `rows` facts about `people` persons, all of which the rules read, in an order that mixes persons.
fn facts(rows: u64, people: u64) -> String {
    let mut text = HEADER.to_owned();
    for row in 0..rows {
        // A multiplication by an odd number mixes; the same rows give the same file.
        let person = row.wrapping_mul(0x9e37_79b9_7f4a_7c15) % people;
        let day = row % 30 + 1;
        let written = match row % 3 {
            0 => writeln!(
                text,
                "p{person},test,negative,2022-04-{day:02}T08:00:00+08:00,,,laboratory:L1,S-{row}"
            ),
            1 => writeln!(text, "p{person},stay,declared,2022-04-{day:02},,410105,self,"),
            _ => writeln!(text, "p{person},contact,close,2022-05-{day:02},,,cdc:410100,INV-{row}"),
        };
        written.unwrap();
    }
    text
}

#[test]
fn a_hundred_thousand_facts_give_every_person_one_line() {
    let place = Place::new();
    place.write("facts.csv", facts(100_000, 20_000));
    let ran = place.assess(&["--facts", "facts.csv"]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    assert!(ran.err.contains("100000 rows: 100000 facts"), "{}", ran.err);
    assert_eq!(ran.out.lines().count(), 1 + 20_000 - nobody(100_000, 20_000), "{}", ran.err);
}

/// How many persons the rows leave out.
fn nobody(rows: u64, people: u64) -> usize {
    let named: std::collections::BTreeSet<_> =
        (0..rows).map(|row| row.wrapping_mul(0x9e37_79b9_7f4a_7c15) % people).collect();
    usize::try_from(people).unwrap() - named.len()
}

/// The largest resident memory of a process that ends, in KiB, as the system counts it.
#[cfg(target_os = "linux")]
fn peak_kib(place: &Place, feed: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()> + Send) -> u64 {
    use std::process::Stdio;
    let mut child = place
        .command(&["--facts", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut stdin = child.stdin.take().unwrap();
    feed(&mut stdin).unwrap();
    // The rows are all in: what the process held at most until now is the peak of its reading.
    let status = std::fs::read_to_string(status).unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success());
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn memory_grows_with_the_persons_and_not_with_the_file() {
    let place = Place::new();
    // Facts that no rule reads: a hundred times as many rows about the same persons take no more memory.
    let row = |n: u64| format!("p{},vaccination,1,2022-05-01,,,hospital,B-{n}\n", n % 1_000);
    let peak = |rows: u64| {
        peak_kib(&place, |to| {
            to.write_all(HEADER.as_bytes())?;
            (0..rows).try_for_each(|n| to.write_all(row(n).as_bytes()))
        })
    };
    let (few, many) = (peak(5_000), peak(500_000));
    assert!(many < few + 2_048, "{few} KiB for 5,000 rows, {many} KiB for 500,000");
}
