//! A snapshot that is not whole, not of this machine or not of this program is refused, and says why.

use std::io::{Seek, SeekFrom, Write};

use jiff::Timestamp;
use mingma_census::job::reassess;
use mingma_census::{Builder, Census, Need, Program, Refusal, SnapshotError, VERSION, Work};
use mingma_domain::assess::Record;
use mingma_domain::time::Zone;
use mingma_domain::{RiskMap, Ruleset, assess};
use mingma_testkit::build::{fact, retraction, rules};

use super::support;

const ENDS: Timestamp = Timestamp::constant(1_642_000_000, 0);

/// So many seconds before it ends.
fn before(seconds: i64) -> Timestamp {
    Timestamp::from_second(ENDS.as_second() - seconds).unwrap()
}

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
    small().write(&mut bytes, ENDS).unwrap();
    bytes
}

fn open(bytes: &[u8]) -> Result<Census, SnapshotError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    Census::open(&file, before(1))
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
    assert_eq!(is.name(is.numbers_of("C").next().unwrap()), Some("C"));
    assert_eq!(was.bytes(), is.bytes());
}

/// Facts and retractions on the first and the last days that may be written, and in whichever zone the census reckons.
#[test]
fn whatever_may_be_written_fits_the_census_of_any_zone() {
    let lines = [
        "test negative 2100-12-31T23:00:00Z",
        "test positive 2100-12-31T23:59:59-25:59",
        "test positive 2000-01-01T00:00:00+25:59",
        "contact close 2000-01-01T00:00:00+14:00",
        "stay declared 2022-01-01..2100-12-31T23:00:00Z 110105",
        "isolation central 2000-01-01T00:00:00+14:00..2100-12-31T23:59:59-12:00",
        "contact close 2022-01-05",
    ];
    let facts = lines.map(fact);
    let retractions = ["2000-01-01T00:00:00+14:00", "2100-12-31T23:00:00Z"].map(|at| {
        let of = if at.starts_with("2000") { &facts[2] } else { &facts[6] };
        retraction(&format!("{} {at} by appeal", of.name()))
    });
    for zone in ["Asia/Shanghai", "Pacific/Kiritimati", "Etc/GMT+12"] {
        let zone = Zone::named(zone).unwrap();
        let mut ruleset = many_kinds();
        ruleset.zone = zone.clone();
        let mut builder = Builder::new(&zone, "2022-01-10".parse().unwrap());
        for (n, fact) in facts.iter().enumerate() {
            let entry = builder.named(&n.to_string(), None).unwrap();
            builder.fact(entry, fact, &retractions).unwrap();
        }
        let census = builder.finish().unwrap();
        let risk = RiskMap::default();
        for today in ["2000-01-01", "2022-01-10", "2100-12-31"] {
            let today = today.parse().unwrap();
            let program = Program::compile(&census, &ruleset, &risk, today).unwrap();
            let outcomes = reassess(&census, &program, None, &Work::default()).unwrap().outcomes;
            for (n, fact) in facts.iter().enumerate() {
                let number = census.numbers_of(&n.to_string()).next().unwrap();
                let record = Record { facts: std::slice::from_ref(fact), retractions: &retractions };
                let status = assess(&ruleset, &record, &risk, zone.end_of(today).unwrap());
                assert_eq!(outcomes.of(number), Some(status.outcome()), "{} on {today}", lines[n]);
                let seen = census.status(&program, number).unwrap().status;
                assert_eq!(seen.until(), status.until(), "{} on {today}", lines[n]);
            }
        }
    }
}

fn many_kinds() -> Ruleset {
    rules(&[
        ("A", "red", "{ fact = 'test', value = 'positive', within_days = 14 }"),
        ("B", "red", "{ fact = 'isolation' }"),
        (
            "C",
            "yellow",
            "{ any = [{ fact = 'contact', within_days = 14 }, { fact = 'stay', within_days = 14 }] }",
        ),
    ])
}

#[test]
fn every_byte_of_a_snapshot_counts() {
    let whole = bytes();
    for at in (0..whole.len()).step_by(3) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        assert!(open(&damaged).is_err(), "byte {at}");
    }
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
    assert!(matches!(changed(12, &9_u32.to_ne_bytes()), SnapshotError::Version { found: 9, known: VERSION }));
    assert!(matches!(changed(24, &[9]), SnapshotError::Damaged { part: "header" }));
    assert!(matches!(open(&whole[..whole.len() - 64]).err().unwrap(), SnapshotError::Length { .. }));
    assert!(matches!(open(&[&whole[..], &[0; 64]].concat()).err().unwrap(), SnapshotError::Length { .. }));
    for short in [8, 100, 4_095] {
        let said = open(&whole[..short]).err().unwrap();
        assert!(matches!(said, SnapshotError::Short { found } if found == short as u64), "{said}");
    }
    assert!(matches!(changed(4_000, &[9]), SnapshotError::Damaged { part: "filler" }));
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
    let need = Need::of(10_000_000, 6_600_000, 2_400_000);
    assert_eq!(need.within(1_000_000).unwrap_err(), Refusal::NotEnoughMemory { need: 277, have: 1 });
    assert!(need.within(300_000_000).is_ok());
}

#[test]
fn a_snapshot_says_its_day_and_is_refused_from_its_end_on() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes()).unwrap();
    let census = Census::open(&file, before(1)).unwrap();
    assert_eq!((census.day().to_string().as_str(), census.ends()), ("2022-01-10", Some(ENDS)));
    assert_eq!((small().day(), small().ends()), (census.day(), None));
    for late in [0, -1, -86_400] {
        let ended = Census::open(&file, before(late)).map(|_| ()).unwrap_err();
        assert!(matches!(ended, SnapshotError::Ended { ends } if ends == ENDS), "{ended}");
    }
}

#[test]
fn what_it_takes_counts_facts_that_are_not_packed() {
    let zone = Zone::named("Asia/Shanghai").unwrap();
    let of = |line: &str| {
        let mut builder = Builder::new(&zone, "2022-01-10".parse().unwrap());
        for _ in 0..4_096 {
            let entry = builder.person(None).unwrap();
            builder.fact(entry, &fact(line), &[]).unwrap();
        }
        (builder.need(), builder.finish().unwrap().bytes().facts as u64)
    };
    let (need, _) = of("contact close 2022-01-05");
    // An old fact, and an entry, whose country and port no packed fact holds.
    for line in ["contact close 2015-01-05", "entry JP 2022-01-02 310115"] {
        let (more, taken) = of(line);
        assert!(more.resident >= need.resident + 4_096 * 24 && more.building > more.resident, "{line}");
        assert!(more.resident >= taken, "{line}: {taken} bytes of {}", more.resident);
    }
}
