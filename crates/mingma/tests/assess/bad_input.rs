//! Bad input, and what it gets: a clear error with its place, a status that is not 0, and nothing written.

use super::support::{HEADER, Place, Ran, skipped};

/// The person of every wrong row: no message may repeat it.
const SECRET: &str = "410105199003071234";

fn refused(ran: &Ran, parts: &[&str]) {
    assert_eq!((ran.status, ran.out.is_empty()), (Some(1), true), "{}", ran.err);
    for part in parts {
        assert!(ran.err.contains(part), "`{part}` is missing: {}", ran.err);
    }
    assert!(!ran.err.contains(SECRET), "the person is named: {}", ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
}

#[test]
fn a_wrong_header_names_the_column_and_the_nearest() {
    let place = Place::new();
    for (header, parts) in [
        (
            "person,kind,valu,at,until,region,issuer,evidence",
            &[
                "facts.csv:1:13: `valu` is not a column",
                "did you mean `value`?",
                "facts.csv:1:1: column `value` is missing",
            ][..],
        ),
        (
            "person,kind,value,at,until,region,issuer",
            &[
                "facts.csv:1:1: column `evidence` is missing",
                "person,kind,value,at,until,region,issuer,evidence",
            ],
        ),
        (
            "person,kind,value,at,until,region,issuer,evidence,kind",
            &["facts.csv:1:51: column `kind` stands here for the second time"],
        ),
        (
            "person,kind,value,at,until,region,issuer,evidence,latitude",
            &["facts.csv:1:51: column `latitude` would bring in a coordinate"],
        ),
        (
            "person,kind,value,at,until,region,issuer,evidence,credit_score",
            &["would bring in a credit record"],
        ),
        ("person,kind,value,at,until,region,issuer,evidence,", &["facts.csv:1:51: `` is not a column"]),
        ("Person,Kind,Value,At,Until,Region,Issuer,Evidence", &["facts.csv:1:1: none of the columns of"]),
        ("410105199003071234,checkin,well,2022-06-15,,,self,", &["facts.csv:1:1: none of the columns of"]),
        (
            "person;kind;value;at;until;region;issuer;evidence",
            &["none of the columns of", "`person,kind,value,"],
        ),
        ("\"person,kind", &["line 1: a double quote is opened and not closed"]),
    ] {
        place.write("facts.csv", format!("{header}\n{SECRET},checkin,well,2022-06-15,,,self,\n"));
        refused(&place.assess(&["--facts", "facts.csv"]), parts);
    }
}

#[test]
fn an_output_replaces_no_input_and_no_other_output() {
    let place = Place::new();
    place.write("g.csv", format!("{HEADER}{SECRET},checkin,well,2022-06-15,,,self,\n"));
    place.write("r.csv", "region,level,from,until\n");
    let before = (place.read("g.csv"), place.read("r.csv"), place.read("rules/ruleset.toml"), place.names());
    let with = |more: &[&str]| place.assess(&[&["--facts", "g.csv", "--risk", "r.csv"], more].concat());
    for (more, parts) in [
        (&["--out", "g.csv"][..], &["g.csv: `--out` would replace `--facts`", "help: name another file"][..]),
        (&["--out", "./rules/../g.csv"], &["`--out` would replace `--facts`"]),
        (&["--out", "r.csv"], &["`--out` would replace `--risk`"]),
        (&["--out", "rules/ruleset.toml"], &["`--out` would replace `--rules`"]),
        (&["--out", "rules/examples.toml"], &["`--out` would replace `--rules`"]),
        (&["--keep-going", "--refused", "g.csv"], &["`--refused` would replace `--facts`"]),
        (&["--keep-going", "--refused", "rules/source.md"], &["`--refused` would replace `--rules`"]),
        (
            &["--keep-going", "--refused", "new.csv", "--out", "./new.csv"],
            &["`--refused` would replace `--out`"],
        ),
    ] {
        refused(&with(more), parts);
        let after =
            (place.read("g.csv"), place.read("r.csv"), place.read("rules/ruleset.toml"), place.names());
        assert_eq!(before, after, "{more:?}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("g.csv", place.path("link.csv")).unwrap();
        refused(&with(&["--out", "link.csv"]), &["link.csv: `--out` would replace `--facts`"]);
        assert_eq!(place.read("g.csv"), before.0);
        // A device is not replaced.
        let ran = with(&["--keep-going", "--refused", "/dev/null", "--out", "/dev/null"]);
        assert_eq!(ran.status, Some(0), "{}", ran.err);
    }
}

#[test]
fn the_columns_may_stand_in_any_order() {
    let place = Place::new();
    place.write(
        "facts.csv",
        "evidence,issuer,region,until,at,value,kind,person\nINV-1,cdc,,,2022-06-05,close,contact,p\n",
    );
    assert_eq!(
        place.assess(&["--facts", "facts.csv"]).out,
        "person,color,reasons,until\np,red,R1,2022-06-20\n"
    );
    place.write(
        "facts.csv",
        "evidence,issuer,region,until,at,value,kind,person\nINV-1,cdc,,,2022-06-05,closed,contact,p\n",
    );
    refused(&place.assess(&["--facts", "facts.csv"]), &["facts.csv:2:24: `value`: `closed`"]);
}

#[test]
fn every_wrong_word_has_its_place_and_the_nearest() {
    let place = Place::new();
    for (row, parts) in [
        (
            "contat,close,2022-06-01,,,cdc,X",
            &[":2:20: `kind`: `contat` is not a kind of fact: did you mean `contact`?"][..],
        ),
        ("gps,close,2022-06-01,,,cdc,X", &[":2:20: `kind`: `gps` would bring in a coordinate"]),
        ("contact,closed,2022-06-01,,,cdc,X", &[":2:28: `value`: `closed`", "`close`?"]),
        ("contact,close,2022-02-30,,,cdc,X", &[":2:34: `at`: `2022-02-30` does not exist"]),
        (
            "contact,close,6/1/2022,,,cdc,X",
            &[":2:34: `at`: `6/1/2022` is not a day: write it as `2022-06-13`"],
        ),
        ("contact,close,1999-12-31,,,cdc,X", &[":2:34: `at`: the day lies outside 2000-01-01…2100-12-31"]),
        ("contact,close,2022-06-01 09:40,,,cdc,X", &[":2:34: `at`:", "2022-06-13T09:40:00+08:00"]),
        ("isolation,home,2022-06-10,2022-06-09,,cdc,X", &[":2:46: `until`: `until` lies before `at`"]),
        (
            "stay,declared,2022-06-01,,41010,self,",
            &[":2:46: `region`: `41010` is not a region: did you mean `410100`?"],
        ),
        ("stay,declared,2022-06-01,,,self,", &[":2:46: `region`: `region` is empty"]),
        ("contact,close,2022-06-01,,,police,X", &[":2:47: `issuer`: `police` is not a class of issuer"]),
        (
            "contact,close,2022-06-01,,,community,X",
            &[":2:47: `issuer`: an issuer of class `community` is not entitled"],
        ),
        ("contact,close,2022-06-01,,,cdc,", &[":2:51: `evidence`:", "investigation number"]),
        ("contact,close,2022-06-01,,,cdc,see file", &[":2:51: `evidence`: ` ` cannot stand in a reference"]),
        (
            "retract,because,2022-06-01,,,cdc,contact/close@2022-06-01",
            &[":2:28: `value`: `because` is not a reason to retract"],
        ),
    ] {
        refused(&place.rows(&format!("{SECRET},{row}\n")), parts);
        refused(
            &place.rows(&format!("{SECRET},{row}\n")),
            &["1 of 1 row refused", "--keep-going --refused FILE"],
        );
    }
}

#[test]
fn whoever_a_row_is_about_must_be_named() {
    let place = Place::new();
    for person in ["", " ", " a", "a\u{7f}", &"x".repeat(129)] {
        refused(
            &place.rows(&format!("{person},checkin,well,2022-06-15,,,self,\n")),
            &["facts.csv:2:1: `person`: `person` "],
        );
    }
}

#[test]
fn rows_must_have_the_cells_of_the_header() {
    let place = Place::new();
    refused(
        &place.rows(&format!("{SECRET},checkin,well,2022-06-15,,,self\n")),
        &["facts.csv:2:46: the row has 7 cells, the header has 8"],
    );
    refused(
        &place.rows(&format!("{SECRET},checkin,well,2022-06-15,,,self,,,\n")),
        &["facts.csv:2:52: the row has 10 cells"],
    );
    refused(&place.rows(&format!("{SECRET}\n")), &["facts.csv:2:1: the row has 1 cells"]);
}

#[test]
fn quotes_stand_around_cells_or_the_row_is_refused() {
    let place = Place::new();
    let ran = place.rows("\"a,\"\"b\"\"\",\"checkin\",well,2022-06-15,,,self,\"\"\n");
    assert_eq!(ran.out, "person,color,reasons,until\n\"a,\"\"b\"\"\",green,,\n", "{}", ran.err);
    refused(
        &place.rows("a,check\"in\",well,2022-06-15,,,self,\n"),
        &["facts.csv:2:3: a double quote may only stand around"],
    );
    refused(&place.rows("a,\"check\"in,well,2022-06-15,,,self,\n"), &["facts.csv:2:3: a double quote"]);
    refused(
        &place.rows("a,checkin,well,2022-06-15,,,self,\nb,checkin,\"well,2022-06-15,,,self,\n"),
        &["facts.csv: line 3: a double quote is opened and not closed"],
    );
    // A cell may go on over lines, and lines are counted as an editor does.
    refused(
        &place.rows("\"a\nb\",checkin,well,2022-06-15,,,self,\nc,checkin,good,2022-06-15,,,self,\n"),
        &["facts.csv:2:1: `person`:", "facts.csv:4:11: `value`: `good`"],
    );
}

#[test]
fn bytes_that_are_not_utf_8_are_named_by_line_and_byte() {
    let place = Place::new();
    let latin1 =
        [HEADER.as_bytes(), b"p,checkin,well,2022-06-15,,,self,\np\xe9,checkin,well,2022-06-15,,,self,\n"]
            .concat();
    place.write("facts.csv", latin1);
    refused(
        &place.assess(&["--facts", "facts.csv"]),
        &["facts.csv:3:2: byte 2 of the line (0xe9) is not UTF-8: save the file as UTF-8"],
    );
    place.write("facts.csv", b"person,kind,value,\xff\n");
    refused(
        &place.assess(&["--facts", "facts.csv"]),
        &["the header cannot be read: byte 19 of the line (0xff)"],
    );
    place.write("facts.csv", b"\xff\xfep\0e\0r\0");
    refused(&place.assess(&["--facts", "facts.csv"]), &["the file is UTF-16: save it as UTF-8"]);
    place.write("facts.jsonl", b"{\"person\":\"\xe9\"}\n");
    refused(&place.assess(&["--facts", "facts.jsonl"]), &["facts.jsonl:1:12: byte 12 of the line (0xe9)"]);
}

#[test]
fn marks_and_line_ends_of_other_systems_are_read() {
    let place = Place::new();
    let rows = "a,contact,close,2022-06-05,,,cdc,INV-1\n\nb,contact,closed,2022-06-05,,,cdc,INV-1";
    let ran = place.rows(rows);
    refused(&ran, &["facts.csv:4:11: `value`"]);
    let windows = format!("\u{feff}{HEADER}{rows}").replace('\n', "\r\n");
    place.write("facts.csv", windows);
    assert_eq!(place.assess(&["--facts", "facts.csv"]).err, ran.err);
}

#[test]
fn an_empty_file_is_refused_and_one_without_rows_is_told() {
    let place = Place::new();
    for name in ["facts.csv", "facts.jsonl", "facts.parquet"] {
        place.write(name, "");
        refused(&place.assess(&["--facts", name]), &["the file is empty"]);
    }
    for header in [HEADER, HEADER.trim()] {
        place.write("facts.csv", header);
        let ran = place.assess(&["--facts", "facts.csv"]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(0), "person,color,reasons,until\n"));
        assert!(ran.err.contains("note: the facts file has a header and no rows"), "{}", ran.err);
    }
}

#[test]
fn the_first_refusals_are_shown_and_all_are_counted() {
    let place = Place::new();
    let ran = place.rows(&format!("{SECRET},checkin,good,2022-06-15,,,self,\n").repeat(57));
    refused(&ran, &["facts.csv:21:28:", "… and 37 more", "57 of 57 rows refused (an unknown value: 57)"]);
    assert!(!ran.err.contains("facts.csv:22:"), "{}", ran.err);
}

#[test]
fn more_facts_than_anybody_has_are_refused() {
    let place = Place::new();
    let row = format!("{SECRET},contact,close,2022-06-05,,,cdc,INV-1\n");
    let ran = place.rows(&row.repeat(4_096));
    assert_eq!(ran.out, format!("person,color,reasons,until\n{SECRET},red,R1,2022-06-20\n"));
    refused(
        &place.rows(&row.repeat(4_097)),
        &["facts.csv:4098:1: `person`: this person has more than 4096 facts"],
    );
    // Facts that no rule reads are not held, and may be as many as they like.
    let row = "p,vaccination,1,2022-06-05,,,hospital,B-1\n";
    assert_eq!(place.rows(&row.repeat(5_000)).out, "person,color,reasons,until\np,green,,\n");
}

#[cfg(unix)]
#[test]
fn a_line_of_a_gigabyte_is_passed_over_in_little_memory() {
    const MIB: usize = 1 << 20;
    let place = Place::new();
    // With a quarter of the line's size as all the memory that there is, it cannot be held.
    let ran = place.assess_stdin_within(256 * 1_024, |to| {
        to.write_all(HEADER.as_bytes())?;
        let part = vec![b'x'; MIB];
        (0..1_024).try_for_each(|_| to.write_all(&part))?;
        to.write_all(b"\na,checkin,good,2022-06-15,,,self,\n")
    });
    refused(
        &ran,
        &["standard input:2:1: the row is longer than 65536 bytes", "standard input:3:11: `value`"],
    );
}

#[test]
fn a_quote_without_end_ends_the_reading() {
    let place = Place::new();
    let ran = place.assess_stdin(&[], |to| {
        to.write_all(HEADER.as_bytes())?;
        to.write_all(b"\"")?;
        (0..100_000).try_for_each(|_| to.write_all(b"xxxxxxxxx\n"))
    });
    refused(&ran, &["standard input: line 2: a double quote is opened and not closed within 65536 bytes"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_leaves_nothing_half_written() {
    let place = Place::new();
    let rows: Vec<_> = (0..5_000).map(|n| format!("p{n},contact,close,2022-06-05,,,cdc,INV-1\n")).collect();
    place.write("facts.csv", format!("{HEADER}{}", rows.concat()));
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = place.command(&["--facts", "facts.csv"]).stdout(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("standard output: No space left on device"), "{err}");
    let ran = place.assess(&["--facts", "facts.csv", "--out", "/dev/full"]);
    refused(&ran, &["/dev/full: No space left on device"]);
    let ran = place.assess(&["--facts", "facts.csv", "--keep-going", "--refused", "/dev/full"]);
    refused(&ran, &["/dev/full: No space left on device"]);
    // A file system of its own, where the test may make one.
    let disk = place.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = |arguments: &[&str]| std::process::Command::new("mount").args(arguments).arg(&disk).output();
    if !mount(&["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).is_ok_and(|output| output.status.success()) {
        skipped("skipped 1 case: no right to mount a small file system");
        return;
    }
    std::fs::write(disk.join("out.csv"), "former").unwrap();
    let ran = place.assess(&["--facts", "facts.csv", "--out", "disk/out.csv"]);
    let left: Vec<_> = std::fs::read_dir(&disk).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let former = std::fs::read_to_string(disk.join("out.csv")).unwrap();
    let unmounted = std::process::Command::new("umount").arg(&disk).output().unwrap();
    assert!(unmounted.status.success());
    refused(&ran, &["disk/out.csv: No space left on device", "the file is as it was before"]);
    assert_eq!((former.as_str(), left.len()), ("former", 1));
}

#[test]
fn a_risk_file_is_read_whole_or_not_at_all() {
    let place = Place::new();
    place.write("facts.csv", HEADER);
    for (risk, parts) in [
        (
            "region,level,since\n",
            &["risk.csv:1:14: `since` is not a column of a risk file", "column `from` is missing"][..],
        ),
        (
            "region,level,from,until\n41010,high,2022-06-01,\n",
            &["risk.csv:2:1: `region`: `41010` is not a region"],
        ),
        (
            "region,level,from,until\n410100,hi,2022-06-01,\n",
            &["risk.csv:2:8: `level`: `hi` is not a risk level"],
        ),
        ("region,level,from,until\n410100,high,2022-06-31,\n", &["risk.csv:2:13: `from`:"]),
        ("region,level,from,until\n410100,high,,\n", &["risk.csv:2:13: `from`: `from` is empty"]),
        (
            "region,level,from,until\n410100,high,2022-06-02,2022-06-01\n",
            &["risk.csv:2:24: `until`: `until` lies before `from`"],
        ),
        (
            "region,level,from,until\n410100,high\n",
            &["risk.csv:2:8: the row has 2 cells", "1 of 1 row refused"],
        ),
        ("", &["risk.csv: the file is empty"]),
    ] {
        place.write("risk.csv", risk);
        refused(&place.assess(&["--facts", "facts.csv", "--risk", "risk.csv"]), parts);
    }
}

#[test]
fn files_that_are_not_there_are_named() {
    let place = Place::new();
    refused(&place.assess(&["--facts", "none.csv"]), &["none.csv: No such file"]);
    place.write("facts.txt", HEADER);
    refused(
        &place.assess(&["--facts", "facts.txt"]),
        &["facts.txt: the name does not say which format", "--facts-format"],
    );
    let ran = place.assess(&["--facts", "facts.txt", "--facts-format", "csv"]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    refused(
        &place.assess(&["--facts", "facts.txt", "--facts-format", "csv", "--out", "no/such.csv"]),
        &["no/such.csv: No such file"],
    );
    refused(
        &place.assess(&["--facts", "facts.txt", "--facts-format", "csv", "--out", "rules"]),
        &["rules: is a folder"],
    );
    refused(
        &place.assess(&["--facts", "-", "--facts-format", "parquet"]),
        &["Parquet cannot be read from a pipe"],
    );
}
