//! The shipped map on the data that it is for: the cases of Seoul, where they are at hand.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::support::{HEADER, Place};

/// How many checks are skipped without the data.
const CASES: usize = 3;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder with the data; without it says what is skipped.
#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "a test that did less must say so")]
fn data() -> Option<PathBuf> {
    let shared = std::env::var("MINGMA_SHARED").map_or_else(|_| root().join("../shared"), PathBuf::from);
    let data = shared.join("data/ds4c-seoul");
    if data.is_dir() {
        return Some(data);
    }
    eprintln!(
        "skipped {CASES} cases: no folder data/ds4c-seoul beside the project and none at MINGMA_SHARED"
    );
    None
}

#[test]
fn seoul_is_imported_whole_and_assessed() {
    let Some(data) = data() else { return };
    let place = Place::new("");
    let (map, rules) = (root().join("maps/ds4c/map.toml"), root().join("rulesets/guangxi/2021-12"));
    let (patients, routes) = (data.join("PatientInfo.csv"), data.join("PatientRoute.csv"));
    let path = |path: &PathBuf| path.to_str().unwrap().to_owned();
    let (map, rules, patients, routes) = (path(&map), path(&rules), path(&patients), path(&routes));
    let mut cases = 0;

    let ran = place.mingma(&["import", "--map", &map, &patients, &routes, "--out", "facts.csv"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
    assert!(ran.err.contains("PatientInfo.csv (patients): 1312 rows, 0 refused"), "{}", ran.err);
    assert!(ran.err.contains("PatientRoute.csv (routes): 2804 rows, 0 refused"), "{}", ran.err);
    assert!(
        ran.err.contains("4487 facts: contact 138, diagnosis 1312, discharge 54, stay 2804, symptom 179"),
        "{}",
        ran.err
    );
    cases += 1;

    let facts = place.read("facts.csv").unwrap();
    let rows: Vec<Vec<&str>> =
        facts.strip_prefix(HEADER).unwrap().lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 4_487);
    let mut stays = BTreeMap::<&str, u32>::new();
    for row in rows.iter().filter(|row| row[1] == "stay") {
        *stays.entry(if row[5].starts_with("KR-11") { "Seoul" } else { row[5] }).or_default() += 1;
    }
    let wanted = [
        ("KR-27", 16),
        ("KR-28", 180),
        ("KR-30", 5),
        ("KR-41", 101),
        ("KR-43", 7),
        ("KR-45", 5),
        ("KR-46", 3),
        ("KR-47", 2),
        ("KR-48", 3),
        ("KR-49", 13),
        ("Seoul", 2_469),
    ];
    assert_eq!(stays, BTreeMap::from(wanted));
    assert_eq!(rows.iter().filter(|row| row[5] == "KR-11680").count(), 273, "Gangnam-gu");
    assert!(rows.contains(&vec![
        "1000000001",
        "stay",
        "venue",
        "2020-01-22",
        "",
        "KR-41",
        "venue:kcdc",
        "route:1"
    ]));
    assert!(rows.contains(&vec![
        "1000000003",
        "contact",
        "close",
        "2020-01-30",
        "",
        "",
        "cdc:kcdc",
        "case:1000000003"
    ]));
    // Nothing of what the map refuses or ignores got through.
    assert!(
        !facts.contains("37.6") && !facts.contains("126.") && !facts.contains("hospital,etc"),
        "a coordinate"
    );
    cases += 1;

    let ran = place.mingma(&["assess", "--rules", &rules, "--facts", "facts.csv", "--on", "2020-03-01"]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    assert_eq!(ran.out.lines().count(), 1 + 1_312);
    assert!(ran.out.starts_with("person,color,reasons,until\n1000000001,"), "{}", ran.out);
    assert!(ran.err.contains("4487 rows: 4487 facts, 0 retractions, 0 refused"), "{}", ran.err);
    cases += 1;
    assert_eq!(cases, CASES);
}

#[test]
fn the_shipped_look_up_table_names_regions_that_exist() {
    let table = std::fs::read_to_string(root().join("maps/ds4c/regions.csv")).unwrap();
    let mut provinces = std::collections::BTreeSet::new();
    for line in table.lines().skip(1) {
        let cells: Vec<_> = line.split(',').collect();
        let region: mingma_domain::Region = cells[2].parse().unwrap();
        // The name in the files is the region's own, or that of the province that it lies in.
        let name = if cells[1] == "*" || cells[1] == "etc" { cells[0] } else { cells[1] };
        assert_eq!(region.name_en(), Some(name), "{line}");
        provinces.insert(cells[0].to_owned());
    }
    assert_eq!((table.lines().count(), provinces.len()), (1 + 25 + 1 + 16, 17));
}
