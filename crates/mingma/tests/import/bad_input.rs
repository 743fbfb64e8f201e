//! Bad tables, and what they get: a clear error with its place, a status that is not 0, and nothing written.

use super::support::{HEADER, MAP, Place, Ran};

const COLUMNS: &str = "id,day,note,longitude\n";

/// Goes on past what is refused, which is kept aside.
#[track_caller]
fn leaves_rows_out(place: &Place) -> Ran {
    let fixed = ["import", "--map", "map.toml", "cases.csv", "--out", "facts.csv"];
    let ran = place.mingma(&[&fixed[..], &["--keep-going", "--refused", "refused.csv"]].concat());
    assert_eq!(ran.status, Some(3), "{}", ran.err);
    ran
}

#[test]
fn a_table_with_a_column_too_many_or_too_few_is_refused() {
    let place = Place::new(MAP);
    for (header, wanted) in [
        (
            "id,day,note,longitude,sex",
            "cases.csv:1:23: `sex` is not a column of the source `cases` of the map: use it in a fact, or name it under `ignore`",
        ),
        ("id,dya,note,longitude", "did you mean `day`?"),
        ("id,note,longitude", "cases.csv:1:1: column `day` is missing"),
        (
            "id,day,note,longitude,latitude",
            "column `latitude` would bring in a coordinate, which no kind of fact takes: name it under `refuse` in the map",
        ),
        ("id,day,day", "cases.csv:1:8: column `day` stands here for the second time"),
        ("p1,2020-01-01,,", "cases.csv:1:1: none of the columns of"),
        ("", "cases.csv: the file is empty"),
    ] {
        place.write("cases.csv", header);
        let ran = place.import(&["cases.csv"]);
        assert_eq!(ran.status, Some(1), "{header}");
        assert!(ran.err.contains(wanted), "{header}: {}", ran.err);
        assert_eq!(place.read("facts.csv"), None);
    }
    // Columns that are ignored or refused need not be there.
    place.write("cases.csv", "id,day\n");
    assert_eq!(place.import(&["cases.csv"]).status, Some(0));
}

#[test]
fn an_output_replaces_no_input_and_no_other_output() {
    let cell = "value = { lookup = \"t\", of = \"{id}\" }";
    let map = format!(
        "[lookup.t]\nfile = \"words.csv\"\nkey = \"theirs\"\nvalue = \"ours\"\n{}",
        MAP.replacen("value = \"confirmed\"", cell, 1)
    );
    let place = Place::new(&map);
    place.write("cases.csv", format!("{COLUMNS}p1,2020-01-01,,\n"));
    place.write("words.csv", "theirs,ours\np1,confirmed\n");
    let files = || ["map.toml", "cases.csv", "words.csv", "new.csv"].map(|name| place.read(name));
    let before = files();
    for (arguments, wanted) in [
        (&["--out", "./map.toml"][..], "./map.toml: `--out` would replace `--map`"),
        (&["--out", "cases.csv"], "cases.csv: `--out` would replace a table that is read"),
        (&["--out", "words.csv"], "words.csv: `--out` would replace a look-up table of the map"),
        (&["--out", "new.csv", "--keep-going", "--refused", "new.csv"], "`--refused` would replace `--out`"),
        (
            &["--out", "new.csv", "--keep-going", "--refused", "cases.csv"],
            "`--refused` would replace a table",
        ),
    ] {
        let ran = place.mingma(&[&["import", "--map", "map.toml", "cases.csv"], arguments].concat());
        assert_eq!((ran.status, files() == before), (Some(1), true), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(wanted), "{arguments:?}: {}", ran.err);
    }
    assert_eq!(place.import(&["cases.csv"]).status, Some(0));
}

#[test]
fn one_refused_row_and_nothing_is_written() {
    let place = Place::new(MAP);
    place.write("facts.csv", "former");
    let rows = "p1,2020-01-01,,\nSECRET,1999-12-31,,\nSECRET\nSECRET,,,\nSEC RET,2020-01-01,,\n";
    place.write("cases.csv", [COLUMNS.as_bytes(), rows.as_bytes(), b"SECRET,\xff,,\n"].concat());
    let ran = place.import(&["cases.csv"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
    for part in [
        "cases.csv:3:8: `day`: fact 1 of this row: `at`: the day lies outside",
        "cases.csv:4:1: the row has 1 cells, the header has 4",
        "cases.csv:5:8: `day`: fact 1 of this row: `at`: `at` is empty",
        "cases.csv:6:1: `id`: fact 1 of this row: `evidence`: ` ` cannot stand in a reference",
        "cases.csv:7:8: byte 8 of the line (0xff) is not UTF-8",
        "5 of 6 rows refused",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert!(!ran.err.contains("SECRET"), "{}", ran.err);
    assert_eq!(place.read("facts.csv").unwrap(), "former");
    leaves_rows_out(&place);
    assert_eq!(
        place.read("facts.csv").unwrap(),
        format!("{HEADER}p1,diagnosis,confirmed,2020-01-01,,,cdc,case:p1-1\n")
    );
    let refused = place.read("refused.csv").unwrap();
    assert_eq!(refused.lines().count(), 6, "{refused}");
    assert!(refused.contains("\ncases.csv,3,day,fact 1 of this row: `at`: the day lies outside 2000-01-01…2100-12-31,\"SECRET,1999-12-31,,\"\n"), "{refused}");
    assert!(refused.ends_with("\"SECRET,\u{fffd},,\"\n"), "{refused}");
}

#[test]
fn a_row_gives_all_of_its_facts_or_none() {
    let second = "[[source.fact]]\nperson = \"{id}\"\nkind = \"symptom\"\nvalue = \"{note}\"\nat = { date = \"day\" }\nissuer = \"self\"\n";
    let place = Place::new(&format!("{}{second}", MAP.replacen("ignore = [\"note\"]", "", 1)));
    place.write("cases.csv", format!("{COLUMNS}p1,2020-01-01,fever,\np2,2020-01-01,sneeze,\n"));
    let ran = leaves_rows_out(&place);
    let facts = place.read("facts.csv").unwrap();
    assert_eq!((facts.matches("p1").count(), facts.matches("p2").count()), (3, 0), "{facts}");
    assert!(
        ran.err.contains(
            "cases.csv:3:15: `note`: fact 2 of this row: `value`: `sneeze` is not a value of `symptom`"
        ),
        "{}",
        ran.err
    );
}

#[test]
fn a_file_given_twice_or_not_there_is_refused() {
    let place = Place::new(MAP);
    place.write("cases.csv", COLUMNS);
    assert!(place.import(&["cases.csv", "./cases.csv"]).err.contains("./cases.csv: is given twice"));
    assert!(place.import(&["cases.csv", "none.csv"]).err.contains("none.csv: No such file"));
    assert!(
        place
            .mingma(&["import", "--map", "none.toml", "cases.csv", "--dry-run"])
            .err
            .contains("none.toml: No such file")
    );
    assert_eq!(place.read("facts.csv"), None);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let place = Place::new(MAP);
    let rows: Vec<_> = (0..5_000).map(|n| format!("p{n},2020-01-01,,\n")).collect();
    place.write("cases.csv", format!("{COLUMNS}{}", rows.concat()));
    let ran = place.mingma(&["import", "--map", "map.toml", "cases.csv", "--out", "/dev/full"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("/dev/full: No space left on device"), "{}", ran.err);
}
