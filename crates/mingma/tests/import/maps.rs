//! What a map may not say: each fault with its line and column.

use super::support::{MAP, Place};

#[test]
fn every_fault_of_a_map_has_its_place() {
    for (from, to, wanted) in [
        ("name = \"cases\"", "nam = \"cases\"", "map.toml:3:1: unknown field `nam`"),
        ("name = \"cases\"\n", "", "map.toml:2:1: missing field `name`"),
        ("evidence =", "evidance =", "map.toml:16:1: unknown field `evidance`"),
        (
            "kind = \"diagnosis\"",
            "kind = 1",
            "map.toml:12:8: invalid type: integer `1`, expected a text such as",
        ),
        ("kind = \"diagnosis\"", "kind = {}", "map.toml:12:8: a cell is a text, `{ date = … }`"),
        ("date = \"day\"", "date = \"day\", lookup = \"x\"", "map.toml:14:6: a cell is a text"),
        ("date = \"day\"", "lookup = \"x\", of = \"{day}\"", "map.toml:14:17: there is no look-up table `x`"),
        ("date = \"day\"", "earliest = []", "map.toml:14:19: `earliest` names no column"),
        ("{id}-{#row}", "{id", "map.toml:16:12: `{` stands alone"),
        ("{id}-{#row}", "id}", "map.toml:16:12: `}` stands alone"),
        ("{id}-{#row}", "{}", "map.toml:16:12: the name of a column is empty"),
        ("\"%m/%d/%Y\"", "\"%m/%Y\"", "map.toml:5:22: `%m/%Y` does not make a whole date"),
        ("dates = [\"%Y-%m-%d\", \"%m/%d/%Y\"]", "", "declares no style of dates"),
        ("files = [\"cases*.csv\"]", "files = []", "map.toml:4:9: `files` names no file"),
        (
            "longitude = \"a coordinate\"",
            "longitude = \" \"",
            "map.toml:8:13: say why `longitude` is refused",
        ),
        ("[[source]]", "[[sources]]", "map.toml:7:2: invalid type: map, expected a sequence"),
        (
            "issuer =",
            "split = { column = \"id\", by = [] }\nissuer =",
            "map.toml:15:31: `by` lists what stands between",
        ),
        (
            "issuer =",
            "when = [{ column = \"id\" }]\nissuer =",
            "map.toml:15:9: a test has `column` and one of",
        ),
        ("issuer =", "issuer = =", "map.toml:15:"),
    ] {
        let map = MAP.replacen(from, to, 1);
        assert_ne!(map, MAP, "{from}");
        let err = Place::refused(&map);
        assert!(err.contains(wanted), "{to}: {err}");
        assert!(err.contains("docs/facts-file.md"), "{err}");
    }
}

#[test]
fn a_refused_column_cannot_be_read_in_any_way() {
    for (from, to, place) in [
        ("case:{id}-{#row}", "{longitude}", "16:12"),
        ("person = \"{id}\"", "person = \"{Longitude_Deg}\"", "11:10"),
        ("date = \"day\"", "date = \"gps_day\"", "14:15"),
        ("issuer =", "when = [{ column = \"bank_account\", present = true }]\nissuer =", "15:20"),
        ("issuer =", "split = { column = \"contacts\", by = [\";\"] }\nissuer =", "15:20"),
        ("ignore = [\"note\"]", "ignore = [\"latitude\"]", "6:11"),
    ] {
        let err = Place::refused(&MAP.replacen(from, to, 1));
        assert!(err.contains(&format!("map.toml:{place}: ")), "{to}: {err}");
        assert!(err.contains("would bring in a") && err.contains("name it under `refuse`"), "{to}: {err}");
    }
    // What a map refuses for its own reasons cannot be used either, nor what it ignores.
    for used in ["{note}", "{secret}"] {
        let map =
            MAP.replacen("{id}-{#row}", used, 1).replacen("longitude =", "secret = \"why\"\nlongitude =", 1);
        assert!(Place::refused(&map).contains("is ignored or refused in this source, and cannot be used"));
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let map = MAP.replacen("date = \"day\"", "date = \"lat\"", 1).replacen("{id}-{#row}", "{id", 1);
    let err = Place::refused(&map);
    assert!(err.contains("map.toml:14:15:") && err.contains("map.toml:16:12:"), "{err}");
}

#[test]
fn look_up_tables_are_whole_or_refused() {
    let with = |lookup: &str| {
        let cell = "value = { lookup = \"t\", of = [\"{id}\", \"{day}\"] }";
        let map = format!("[lookup.t]\n{lookup}\n{}", MAP.replacen("value = \"confirmed\"", cell, 1));
        Place::refused(&map)
    };
    for (lookup, wanted) in [
        ("table = { a = \"b\" }", "the keys of `t` have 1 words, `of` gives 2"),
        ("file = \"t.csv\"", "map.toml:1:1: a look-up table has either `table`, or `file`"),
        ("table = {}\nfile = \"t.csv\"", "a look-up table has either"),
        ("file = \"none.csv\"\nkey = [\"a\", \"b\"]\nvalue = \"c\"", "none.csv: No such file"),
        ("file = \"none.csv\"\nkey = []\nvalue = \"c\"", "map.toml:3:7: `key` names no column"),
        (
            "file = \"cases.csv\"\nkey = [\"id\", \"b\"]\nvalue = \"day\"",
            "cases.csv:1:1: column `b` is missing",
        ),
        (
            "file = \"cases.csv\"\nkey = [\"id\", \"day\"]\nvalue = \"note\"",
            "column `longitude` would bring in a coordinate",
        ),
    ] {
        let err = with(lookup);
        assert!(err.contains(wanted), "{lookup}: {err}");
    }
}
