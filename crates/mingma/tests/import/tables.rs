//! What a map can do with a table.

use super::support::{HEADER, MAP, Place};

#[test]
fn columns_are_renamed_dates_read_and_constants_written() {
    let table = "note,day,longitude,id\nx,2020-01-23,126.9,p1\n,1/5/2020,, p2 \n";
    assert_eq!(
        Place::facts(MAP, table),
        "p1,diagnosis,confirmed,2020-01-23,,,cdc,case:p1-1\np2,diagnosis,confirmed,2020-01-05,,,cdc,case:p2-2\n"
    );
    // Quoted cells, their commas and line ends, marks and ends of other systems.
    let table =
        "\u{feff}id,day,note,longitude\r\np1,2020-01-23,\"a, \"\"b\"\"\r\nc\",\r\n\r\np2,2020-01-24,,";
    assert_eq!(Place::facts(MAP, table).lines().count(), 2);
}

#[test]
fn a_cell_with_several_ids_gives_a_fact_for_each() {
    let map = MAP.replace(
        "person = \"{id}\"",
        "person = \"{id}\"\nsplit = { column = \"id\", by = [\",\", \"/\", \" and \"] }",
    );
    assert_eq!(
        Place::facts(
            &map,
            "id,day,note,longitude\n\"p1, p2/p3 and p4,\",2020-01-23,,\n,2020-01-23,,\np5,2020-01-24,,\n"
        ),
        "p1,diagnosis,confirmed,2020-01-23,,,cdc,case:p1-1\n\
         p2,diagnosis,confirmed,2020-01-23,,,cdc,case:p2-1\n\
         p3,diagnosis,confirmed,2020-01-23,,,cdc,case:p3-1\n\
         p4,diagnosis,confirmed,2020-01-23,,,cdc,case:p4-1\n\
         p5,diagnosis,confirmed,2020-01-24,,,cdc,case:p5-3\n"
    );
}

#[test]
fn words_are_looked_up_in_the_map_or_beside_it() {
    let map = r#"
[lookup.result]
table = { NEG = "negative", POS = "positive" }
[lookup.where]
file = "where.csv"
key = ["city", "ward"]
value = "code"
[lookup.how]
table = {}
default = "declared"

[[source]]
name = "cases"
files = ["cases.csv"]
[[source.fact]]
person = "{id}"
kind = "test"
value = { lookup = "result", of = "{result}" }
at = "{at}"
issuer = "laboratory:{lab}"
evidence = "{{{sample}}}"
[[source.fact]]
person = "{id}"
kind = "stay"
value = { lookup = "how", of = "{lab}" }
at = "{at}"
region = { lookup = "where", of = ["{city}", "ward-{ward}"] }
issuer = "self"
"#;
    let place = Place::new(map);
    place.write("where.csv", "city,code,ward\nA,410105,ward-1\nA,410100,*\n");
    place.write("cases.csv", "id,result,at,lab,sample,city,ward\np,NEG,2022-06-13T09:40:00+08:00,L1,S1,A,1\nq,POS,2022-06-13,L2,S2,A,9\n");
    let ran = place.import(&["cases.csv"]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    assert_eq!(
        place.read("facts.csv").unwrap(),
        format!(
            "{HEADER}\
             p,test,negative,2022-06-13T09:40:00+08:00,,,laboratory:L1,{{S1}}\n\
             p,stay,declared,2022-06-13T09:40:00+08:00,,410105,self,\n\
             q,test,positive,2022-06-13,,,laboratory:L2,{{S2}}\n\
             q,stay,declared,2022-06-13,,410100,self,\n"
        )
    );
    assert!(ran.err.contains("4 facts: stay 2, test 2"), "{}", ran.err);
    place.write("cases.csv", "id,result,at,lab,sample,city,ward\nSECRET,neg,2022-06-13,L1,S1,A,1\nSECRET,NEG,2022-06-13,L1,S1,B,1\n");
    let ran = place.import(&["cases.csv"]);
    assert_eq!(ran.status, Some(1));
    for part in [
        "cases.csv:2:8: `result`: fact 1 of this row: `value`: the look-up table has no entry",
        "cases.csv:3:29: `city`: fact 2 of this row: `region`:",
        "2 of 2 rows refused (no entry in a look-up table: 2)",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert!(!ran.err.contains("SECRET"), "{}", ran.err);
}

#[test]
fn rows_and_facts_are_chosen_by_their_cells() {
    let map = |when: &str| MAP.replace("ignore = [\"note\"]", &format!("ignore = []\nwhen = [{when}]"));
    let table =
        "id,day,note,longitude\np1,2020-01-01,,\np2,2020-01-01,a,\np3,2020-01-01,b,\np4,2020-01-01, c ,\n";
    for (when, wanted) in [
        (r#"{ column = "note", present = true }"#, "p2 p3 p4"),
        (r#"{ column = "note", present = false }"#, "p1"),
        (r#"{ column = "note", equals = "c" }"#, "p4"),
        (r#"{ column = "note", one_of = ["a", "b"] }"#, "p2 p3"),
        (r#"{ column = "note", none_of = ["a", "b"] }"#, "p1 p4"),
        (r#"{ column = "note", none_of = ["a", "b"] }, { column = "id", equals = "p1" }"#, "p1"),
    ] {
        let facts = Place::facts(&map(when), table);
        let people: Vec<_> = facts.lines().map(|line| line.split(',').next().unwrap()).collect();
        assert_eq!(people.join(" "), wanted, "{when}");
    }
    let map = MAP.replace("issuer =", "when = [{ column = \"id\", equals = \"p3\" }]\nissuer =");
    assert_eq!(Place::facts(&map, table).lines().count(), 1);
}

#[test]
fn the_earliest_of_several_dates_is_the_earliest_that_is_there() {
    let map = MAP.replace("{ date = \"day\" }", "{ earliest = [\"day\", \"other\"] }");
    let facts = Place::facts(
        &map,
        "id,day,other,note,longitude\na,2020-01-02,2020-01-03,,\nb,1/4/2020,2020-01-03,,\nc,,1/1/2020,,\n",
    );
    let days: Vec<_> = facts.lines().map(|line| line.split(',').nth(3).unwrap()).collect();
    assert_eq!(days, ["2020-01-02", "2020-01-03", "2020-01-01"]);
}

#[test]
fn each_file_finds_its_source_by_name_or_by_columns() {
    let other = MAP.replace("cases", "other").replace("{id}", "{name}").replace("confirmed", "suspected");
    let place = Place::new(&format!("{MAP}{other}"));
    place.write("cases-1.csv", "id,day,note,longitude\np1,2020-01-01,,\n");
    place.write("unknown.csv", "name,day,note,longitude\np2,2020-01-01,,\n");
    let ran = place.import(&["cases-1.csv", "unknown.csv"]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    assert!(
        ran.err.contains("cases-1.csv (cases): 1 row, 0 refused\nunknown.csv (other): 1 row, 0 refused"),
        "{}",
        ran.err
    );
    assert!(
        place
            .read("facts.csv")
            .unwrap()
            .ends_with("case:p1-1\np2,diagnosis,suspected,2020-01-01,,,cdc,case:p2-1\n")
    );
    // A name decides, even if the columns are those of another source.
    place.write("cases-2.csv", "name,day,note,longitude\np2,2020-01-01,,\n");
    assert!(place.import(&["cases-2.csv"]).err.contains("column `id` is missing"));
    place.write("unknown.csv", "nobody,day\n");
    assert!(place.import(&["unknown.csv"]).err.contains("no source of the map is for this file"));
    place.write("map.toml", format!("{MAP}{}", MAP.replace("\"cases\"", "\"again\"")));
    assert!(
        place.import(&["cases-1.csv"]).err.contains("`cases` and `again` of the map are both for this file")
    );
}

#[test]
fn a_dry_run_counts_and_writes_nothing() {
    let place = Place::new(MAP);
    place.write("cases.csv", "id,day,note,longitude\np1,2020-01-01,,\np2,2020-13-01,,\n,2020-01-01,,\n");
    let ran = place.mingma(&["import", "--map", "map.toml", "--dry-run", "cases.csv"]);
    assert_eq!(ran.status, Some(1), "{}", ran.err);
    for part in [
        "cases.csv (cases): 3 rows, 2 refused",
        "refused for: a date in no declared style: 1, no person: 1",
        "1 fact: diagnosis 1",
        "refused: cases.csv:3:4: `day`: fact 1 of this row: `at`: this is no date in any of the styles `%Y-%m-%d`, `%m/%d/%Y`",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    place.write("cases.csv", "id,day,note,longitude\np1,2020-01-01,,\n");
    let ran = place.mingma(&["import", "--map", "map.toml", "--dry-run", "cases.csv"]);
    assert_eq!(
        (ran.status, ran.out.as_str()),
        (Some(0), "cases.csv (cases): 1 row, 0 refused\n1 fact: diagnosis 1\n")
    );
    assert_eq!(place.read("facts.csv"), None);
    assert_eq!(
        place.mingma(&["import", "--map", "map.toml", "cases.csv"]).status,
        Some(2),
        "neither --out nor --dry-run"
    );
}
