//! A snapshot that is not whole, not of this machine or not of this program is refused, and says why.

use std::io::{Seek, SeekFrom, Write};

use mingma_census::{Builder, Census, Need, Program, Refusal, SnapshotError};
use mingma_domain::time::Zone;
use mingma_domain::{RiskMap, Ruleset};
use mingma_testkit::build::fact;

use super::support;

fn small() -> Census {
    let zone = Zone::named("Asia/Shanghai").unwrap();
    let mut builder = Builder::new(&zone, "2022-01-10".parse().unwrap());
    for (name, home) in [("A", Some("450902")), ("B", None), ("C", Some("410105"))] {
        let entry = builder.named(name, home.map(|home| home.parse().unwrap())).unwrap();
        for line in [
            "contact close 2022-01-05",
            "entry JP 2022-01-02 310115",
            "stay declared 2022-01-03..2022-01-04 110105",
        ] {
            builder.fact(entry, &fact(line), &[]).unwrap();
        }
    }
    builder.finish().unwrap()
}

fn bytes() -> Vec<u8> {
    let mut bytes = Vec::new();
    small().write(&mut bytes).unwrap();
    bytes
}

fn open(bytes: &[u8]) -> Result<Census, SnapshotError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    Census::open(&file)
}

#[test]
fn a_snapshot_comes_back_as_it_was() {
    let (was, is) = (small(), open(&bytes()).unwrap());
    let mut events = [Vec::new(), Vec::new()];
    for number in was.numbers() {
        was.events(number, "2022-01-10".parse().unwrap(), &mut events[0]);
        is.events(number, "2022-01-10".parse().unwrap(), &mut events[1]);
        assert_eq!(was.name(number), is.name(number));
        assert_eq!(was.home_of(number), is.home_of(number));
    }
    assert_eq!(events[0], events[1]);
    assert_eq!((events[0].len(), was.persons(), is.facts()), (9, 3, 9));
    assert_eq!(is.name(is.number_of("C").unwrap()), Some("C"));
    assert_eq!(was.bytes(), is.bytes());
}

#[test]
fn every_byte_of_a_snapshot_counts() {
    let whole = bytes();
    let mut refused = 0;
    for at in (0..whole.len()).step_by(3) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        match open(&damaged) {
            Err(_) => refused += 1,
            // Only what fills the header's page or stands between sections may differ: nothing reads it.
            Ok(read) => assert_eq!(read.facts(), 9, "byte {at}"),
        }
    }
    assert!(refused > 300, "{refused} damaged files were refused");
}

#[test]
fn a_short_a_foreign_and_a_neighbours_file_are_told_apart() {
    let whole = bytes();
    let changed = |at: usize, with: &[u8]| {
        let mut changed = whole.clone();
        changed[at..at + with.len()].copy_from_slice(with);
        open(&changed).err().unwrap()
    };
    assert!(matches!(open(b"person,kind").err().unwrap(), SnapshotError::Foreign));
    assert!(matches!(changed(0, b"PK"), SnapshotError::Foreign));
    assert!(matches!(changed(8, &0x0102_0304_u32.swap_bytes().to_ne_bytes()), SnapshotError::ByteOrder));
    assert!(matches!(changed(12, &9_u32.to_ne_bytes()), SnapshotError::Version { found: 9, known: 3 }));
    assert!(matches!(changed(24, &[9]), SnapshotError::Damaged { part: "header" }));
    assert!(matches!(open(&whole[..whole.len() - 64]).err().unwrap(), SnapshotError::Length { .. }));
    assert!(matches!(open(&[&whole[..], &[0; 64]].concat()).err().unwrap(), SnapshotError::Length { .. }));
    assert!(matches!(changed(4_096, &[9]), SnapshotError::Damaged { part: "homes" }));
    let said = changed(4_096, &[9]).to_string();
    assert_eq!(said, "the census is damaged in its part `homes`: build it anew");
}

#[test]
fn what_does_not_fit_is_refused_and_never_cut() {
    let census = small();
    let today = "2022-01-10".parse().unwrap();
    let (_, ruleset) = support::shipped().swap_remove(0);
    let risk = RiskMap::default();
    let elsewhere = Ruleset { zone: Zone::named("Europe/Berlin").unwrap(), ..ruleset.clone() };
    let refused = Program::compile(&census, &elsewhere, &risk, today).err().unwrap();
    assert!(matches!(refused, Refusal::OtherZone { .. }), "{refused}");
    let rule = &ruleset.rules[0];
    let mut many = ruleset.clone();
    many.rules = (0..80_u16)
        .map(|days| {
            let mut rule = rule.clone();
            if let mingma_domain::ruleset::Condition::Fact(c) = &mut rule.when {
                c.from_days = days;
            }
            rule
        })
        .collect();
    let refused = Program::compile(&census, &many, &risk, today).err().unwrap();
    assert_eq!(refused, Refusal::TooManyConditions { limit: 62 });
    let need = Need::of(10_000_000, 6_600_000, 2_400_000);
    assert_eq!(need.within(1_000_000).unwrap_err(), Refusal::NotEnoughMemory { need: 251, have: 1 });
    assert!(need.within(300_000_000).is_ok());
}
