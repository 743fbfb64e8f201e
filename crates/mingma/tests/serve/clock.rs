//! A clock that goes back: time stands still, what is read goes on, and nothing is recorded until the clock is right.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::SignedDuration;
use tempfile::TempDir;

use super::support::{City, mingma, now, until};

/// The library that tells a program another time.
pub(crate) fn faketime() -> Option<PathBuf> {
    let found = fs::read_dir("/usr/lib")
        .unwrap()
        .filter_map(Result::ok)
        .map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"))
        .find(|path| path.is_file());
    if found.is_none() {
        println!("skipped: a clock that is set under a running program: libfaketime is not here");
    }
    found
}

pub(crate) fn under(library: &Path, offset: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mingma"));
    command
        .env("LD_PRELOAD", library)
        .env("FAKETIME_TIMESTAMP_FILE", offset)
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    command
}

#[test]
fn a_clock_that_goes_back_stops_what_records_and_nothing_else() {
    let Some(library) = faketime() else { return };
    let city = City::new(1);
    let offset = city.dir.path().join("offset");
    let set = |text: &str| fs::write(&offset, text).unwrap();
    set("+0");
    let mut served = city.serve_by(under(&library, &offset), &[]);
    let declare = |key: &str| served.send(&city.declaration(0, key, "well"));
    assert_eq!(declare("k-1").status, 200);
    set("-2");
    assert_eq!(declare("k-2").status, 200, "a clock is set by seconds now and then");
    set("-3600");
    until("the clock's going back", || declare("k-3").status == 503);
    let refused = declare("k-3");
    assert_eq!(refused.problem(), "clock");
    assert!(refused.body.contains("nothing is recorded until it is right again"), "{}", refused.body);
    assert_eq!(served.get("/rules").status, 200, "what is read goes on");
    set("+1");
    until("the clock's catching up", || declare("k-3").status == 200);
    served.terminate();
    assert!(served.wait().success());
    assert_eq!(city.facts(0), 3);
}

#[test]
fn data_of_a_later_time_is_served_and_nothing_is_recorded_unless_the_operator_says_so() {
    let city = City::in_dir(TempDir::new().unwrap(), 1, now() + SignedDuration::from_hours(2));
    let mut served = city.serve(&[]);
    assert!(served.log().contains("the machine's clock is behind the data"), "{}", served.log());
    assert_eq!(served.send(&city.declaration(0, "k", "well")).problem(), "clock");
    assert_eq!(served.get("/rules").status, 200);
    served.terminate();
    assert!(served.wait().success());
    let asked = mingma(&["doctor", "--data", city.data().to_str().unwrap()]);
    let told = String::from_utf8(asked.stdout).unwrap();
    assert!(!asked.status.success() && told.contains("docs/OPERATING.md#clock"), "{told}");
    let mut served = city.serve(&["--clock-went-back"]);
    assert_eq!(served.send(&city.declaration(0, "k", "well")).status, 200);
    served.terminate();
    assert!(served.wait().success());
    assert_eq!(city.facts(0), 1);
}
