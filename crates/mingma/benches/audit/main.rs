//! `mingma audit verify` and `mingma audit replay` as whoever audits runs them: the commands over files, by the clock and by CPU time.
//!
//! `cargo bench -p mingma --bench audit [-- --facts N]`. What is made first and not measured: a journal of a million tests about a hundred thousand
//! persons, in tiles under a signed checkpoint, and the file of what opens everybody's entries. A laboratory that two offices appointed signed the tests,
//! a hundred to a submission. What is measured is the commands' whole process: starting, reading the files, the tree, the checkpoint's
//! signature; and for the replay each opening, chain, entitlement, issuer's signature and status.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a bench reads the clock, prints, and may fail by panicking"
)]

mod city;
mod files;

use std::process::Command;
use std::time::Instant;

use self::city::City;
use self::files::Files;

const FACTS: usize = 1_000_000;
/// How many facts there are about each person.
const EACH: usize = 10;
/// How often the kernel counts in a second: `getconf CLK_TCK`, 100 on every Linux.
const TICKS: f64 = 100.0;

fn main() {
    let given: Vec<String> = std::env::args().collect();
    let facts = given.iter().position(|argument| argument == "--facts");
    let facts = facts.map_or(FACTS, |place| given[place + 1].parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let city = City::new();
    let mut files = Files::new(folder.path());
    city.public(&mut files);
    city.live(facts, facts.div_ceil(EACH), &mut files);
    let made = files.end();
    let (log, openings) = (made.log.to_str().unwrap(), made.openings.to_str().unwrap());
    let verify = ["audit", "verify", "--key", &made.key, "--log", log];
    let whole = format!("whole; {} entries", made.entries);
    measured(&format!("audit verify of {} entries", made.entries), &verify, &whole);
    let replay =
        ["audit", "replay", "--region", "410000", "--key", &made.key, "--log", log, "--facts", openings];
    let signed = format!("with a signature that holds: {facts}, of before");
    let mb = std::fs::metadata(&made.openings).unwrap().len() >> 20;
    measured(&format!("audit replay of {facts} facts and {mb} MB of openings"), &replay, &signed);
}

/// Runs the command, holds it to what it must say, and tells how long it took.
fn measured(what: &str, command: &[&str], says: &str) {
    let (wall, before) = (Instant::now(), cpu_of_children());
    let done = Command::new(env!("CARGO_BIN_EXE_mingma")).args(command).output().unwrap();
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_of_children() - before);
    let said = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
    assert!(done.status.success() && said.contains(says), "{said}");
    println!("{what}: {wall:.2} s, {cpu:.2} s CPU");
}

/// The CPU time of all processes that this one has waited for, in seconds: the 16th and 17th fields, counted behind the name in brackets.
fn cpu_of_children() -> f64 {
    let line = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = line.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[13..15].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / TICKS
}
