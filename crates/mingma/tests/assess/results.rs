//! What is written for rows that are right.

use super::support::{HEADER, Place};

const ROWS: &str = "\
zoe,checkin,well,2022-06-15,,,self,
adam,contact,close,2022-06-05,,,cdc,INV-1
bea,contact,close,2022-05-28,,,cdc,INV-2
carl,contact,close,2022-06-01,,,cdc,INV-3
zoe,stay,declared,2022-06-10,2022-06-11,410105,self,
dora,contact,close,2022-06-05,,,cdc,INV-4
dora,retract,wrong-person,2022-06-06,,,cdc,contact/close@2022-06-05
eve,contact,close,2022-06-16,,,cdc,INV-5
finn,foreign-status,red,2022-06-14,,440000,region:440000,C-1
gina,stay,venue,2022-06-10,,410105,venue,V-1
gina,test,negative,2022-06-12T10:00:00+08:00,,,laboratory,S-1
";

const RISK: &str = "region,level,from,until\n410100,high,2022-06-09,2022-06-10\n";

#[test]
fn each_person_has_one_line_in_the_order_of_first_appearance() {
    let place = Place::new();
    place.write("facts.csv", format!("{HEADER}{ROWS}"));
    place.write("risk.csv", RISK);
    let ran = place.assess(&["--facts", "facts.csv", "--risk", "risk.csv"]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    assert_eq!(
        ran.out,
        "person,color,reasons,until\n\
         zoe,yellow,Y2,2022-06-18\n\
         adam,red,R1,2022-06-20\n\
         bea,yellow,Y1,2022-06-19\n\
         carl,red,R1,2022-06-16\n\
         dora,green,,\n\
         eve,green,,\n\
         finn,none,,2022-06-29\n\
         gina,green,,\n"
    );
    for part in [
        "11 rows: 10 facts, 1 retraction, 0 refused",
        "8 persons on 2022-06-15 under 410000/test: green 3, yellow 2, red 2, none 1",
        "persons by reason: R1 2, Y1 1, Y2 1",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert!(!ran.err.contains("note:"), "{}", ran.err);
}

#[test]
fn json_lines_say_the_same_and_explain() {
    let place = Place::new();
    place.write("facts.csv", format!("{HEADER}{ROWS}"));
    place.write(
        "risk.jsonl",
        r#"{"region":"410100","level":"high","from":"2022-06-09","until":"2022-06-10"}"#,
    );
    let ran = place.assess(&["--facts", "facts.csv", "--risk", "risk.jsonl", "--format", "jsonl"]);
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(lines[0], r#"{"person":"zoe","color":"yellow","reasons":["Y2"],"until":"2022-06-18"}"#);
    assert_eq!(lines[4], r#"{"person":"dora","color":"green","reasons":[],"until":null}"#);
    let ran =
        place.assess(&["--facts", "facts.csv", "--risk", "risk.jsonl", "--format", "jsonl", "--explain"]);
    let told: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), 8);
    let adam = &told[1]["explanation"];
    assert_eq!(adam["reasons"][0]["code"], "R1");
    assert_eq!(adam["reasons"][0]["facts"][0]["evidence"], "INV-1");
    assert_eq!(adam["reasons"][0]["text"]["zh-Hant"], "密接");
    assert!(adam["path_to_green"].is_object(), "{adam}");
    let ran = place.assess(&["--facts", "facts.csv", "--explain"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("add `--format jsonl`"), "{}", ran.err);
}

#[test]
fn a_day_means_its_end_in_the_zone_of_the_ruleset() {
    let place = Place::new();
    place.write("facts.csv", format!("{HEADER}p,contact,close,2022-06-01,,,cdc,INV-1\n"));
    for (on, line) in [
        ("2022-06-15", "p,red,R1,2022-06-16"),
        ("2022-06-16", "p,yellow,Y1,2022-06-23"),
        ("2022-06-15T15:59:59Z", "p,red,R1,2022-06-16"),
        ("2022-06-15T16:00:00Z", "p,yellow,Y1,2022-06-23"),
        ("2022-06-15T23:00:00+07:00", "p,yellow,Y1,2022-06-23"),
    ] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_mingma"))
            .current_dir(place.path("."))
            .args(["assess", "--rules", "rules", "--facts", "facts.csv", "--on", on])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap().lines().nth(1), Some(line), "{on}");
    }
}

#[test]
fn outside_the_time_of_the_rules_a_note_says_so_and_the_answer_is_given() {
    let place = Place::new();
    place.write("facts.csv", format!("{HEADER}p,contact,close,2022-08-25,,,cdc,INV-1\n"));
    for (on, noted) in
        [("2022-05-31", true), ("2022-06-01", false), ("2022-08-31", false), ("2022-09-01", true)]
    {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_mingma"))
            .current_dir(place.path("."))
            .args(["assess", "--rules", "rules", "--facts", "facts.csv", "--on", on])
            .output()
            .unwrap();
        assert!(output.status.success());
        let note = "note: these rules are in force from 2022-06-01 to 2022-08-31";
        assert_eq!(String::from_utf8(output.stderr).unwrap().contains(note), noted, "{on}");
        assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2);
    }
}

#[test]
fn results_in_a_file_replace_the_former_ones_at_once() {
    let place = Place::new();
    place.write("facts.csv", format!("{HEADER}{ROWS}"));
    place.write("out.csv", "former");
    let ran = place.assess(&["--facts", "facts.csv", "--out", "out.csv"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), ""));
    assert!(place.read("out.csv").unwrap().starts_with("person,color,reasons,until\nzoe,"));
    place.write("facts.csv", format!("{HEADER}{ROWS}p,contact,closed,2022-06-01,,,cdc,INV-1\n"));
    place.write("out.csv", "former");
    assert_eq!(place.assess(&["--facts", "facts.csv", "--out", "out.csv"]).status, Some(1));
    assert_eq!(place.read("out.csv").unwrap(), "former");
    assert_eq!(place.names(), ["facts.csv", "out.csv", "rules"]);
}

#[test]
fn with_keep_going_whoever_has_a_refused_row_is_left_out() {
    let place = Place::new();
    let rows = "\
        adam,contact,close,2022-06-05,,,cdc,INV-1\n\
        bea,checkin,well,2022-06-15,,,self,\n\
        bea,contact,closed,2022-06-05,,,cdc,INV-2\n\
        carl,checkin,well,2022-06-15,,,self,\n\
        carl,checkin,well\n";
    let ran = place.rows(rows);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("2 of 5 rows refused"), "{}", ran.err);
    let ran = place.assess(&["--facts", "facts.csv", "--keep-going", "--refused", "refused.csv"]);
    assert_eq!(ran.status, Some(3), "{}", ran.err);
    assert_eq!(ran.out, "person,color,reasons,until\nadam,red,R1,2022-06-20\ncarl,green,,\n");
    assert_eq!(
        place.read("refused.csv").unwrap(),
        "file,line,column,reason,row\n\
         facts.csv,4,value,`closed` is not a value of `contact`: did you mean `close`?,\"bea,contact,closed,2022-06-05,,,cdc,INV-2\"\n\
         facts.csv,6,,\"the row has 3 cells, the header has 8\",\"carl,checkin,well\"\n"
    );
    for part in ["left out: 1 person,", "unknown: whom 1 of the refused rows", "an unknown value: 1"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    place.write("facts.csv", format!("{HEADER}adam,contact,close,2022-06-05,,,cdc,INV-1\n"));
    let ran = place.assess(&["--facts", "facts.csv", "--keep-going", "--refused", "refused.csv"]);
    assert_eq!(ran.status, Some(0), "nothing was refused");
    assert_eq!(place.read("refused.csv").unwrap(), "file,line,column,reason,row\n");
}

#[test]
fn keep_going_and_the_file_of_refused_rows_go_together() {
    let place = Place::new();
    place.write("facts.csv", format!("{HEADER}{ROWS}"));
    for arguments in [&["--keep-going"][..], &["--refused", "refused.csv"]] {
        let ran = place.assess(&[&["--facts", "facts.csv"], arguments].concat());
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{arguments:?}");
    }
    assert_eq!(place.names(), ["facts.csv", "rules"]);
}

#[test]
fn a_retraction_that_takes_nothing_back_is_counted() {
    let place = Place::new();
    let idle = "took nothing back";
    let contact = "p,contact,close,2022-06-05,,,cdc,INV-1\n";
    for (rows, count) in [
        (format!("{contact}p,retract,wrong-person,2022-06-06,,,cdc,contact/close@2022-06-05\n"), 0),
        (format!("p,retract,wrong-person,2022-06-06,,,cdc,contact/close@2022-06-05\n{contact}"), 0),
        (format!("{contact}p,retract,appeal-upheld,2022-06-06,,,appeal,contact/close@2022-06-05\n"), 0),
        (format!("{contact}p,retract,wrong-person,2022-06-06,,,cdc,contact/close@2022-06-04\n"), 1),
        (format!("{contact}p,retract,wrong-person,2022-06-06,,,venue,contact/close@2022-06-05\n"), 1),
        (format!("{contact}q,retract,wrong-person,2022-06-06,,,cdc,contact/close@2022-06-05\n"), 1),
        (format!("{contact}p,retract,wrong-person,2022-06-16,,,cdc,contact/close@2022-06-04\n"), 0),
        // The fact was read, and is too old to be held.
        ("p,contact,close,2021-06-05,,,cdc,I\np,retract,wrong-person,2022-06-06,,,cdc,contact/close@2021-06-05\n".into(), 0),
    ] {
        let ran = place.rows(&rows);
        assert_eq!(ran.status, Some(0), "{}", ran.err);
        assert_eq!(ran.err.contains(&format!("note: {count} retraction {idle}")), count > 0, "{rows}{}", ran.err);
        assert_eq!(ran.err.contains(idle), count > 0, "{rows}{}", ran.err);
    }
}
