//! JSON Lines and Parquet: the same facts give the same results, and each format's own faults are refused.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, FixedLenByteArrayType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::support::{HEADER, Place};

const WANTED: &str = "person,color,reasons,until\nadam,red,R1,2022-06-20\nbea,green,,\n";

#[test]
fn json_lines_are_read() {
    let place = Place::new();
    let lines = [
        r#"{"person":"adam","kind":"contact","value":"close","at":"2022-06-05","issuer":"cdc","evidence":"INV-1"}"#,
        "",
        r#" { "evidence": "B-1", "until": null, "region": "", "issuer": "hospital", "at": "2022-06-05", "value": 2, "kind": "vaccination", "person": "be\u0061" } "#,
    ];
    place.write("facts.jsonl", lines.join("\r\n"));
    let ran = place.assess(&["--facts", "facts.jsonl"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), WANTED), "{}", ran.err);
    let ran =
        place.assess_stdin(&["--facts-format", "jsonl"], |to| to.write_all(lines.join("\n").as_bytes()));
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), WANTED), "{}", ran.err);
}

#[test]
fn json_that_is_not_one_flat_object_of_words_is_refused() {
    let place = Place::new();
    for (line, wanted) in [
        (
            r#"{"person":"SECRET","knd":"contact"}"#,
            "1:24: `knd` is not a column of a facts file: did you mean `kind`?",
        ),
        (r#"{"person":"SECRET","longitude":"1"}"#, "1:30: column `longitude` would bring in a coordinate"),
        (r#"{"person":"SECRET","person":"b"}"#, "1:27: the key `person` stands here for the second time"),
        (r#"{"person":"SECRET","at":20220605}"#, "1:32: `at` is a number: write a string"),
        (r#"{"person":"SECRET","value":1.5}"#, "`value` is a number"),
        (r#"{"person":"SECRET","value":-1}"#, "`value` is a number"),
        (r#"{"person":"SECRET","value":true}"#, "`value` is `true` or `false`"),
        (r#"{"person":"SECRET","value":["SECRET"]}"#, "`value` is a list"),
        (r#"{"person":"SECRET","value":{"SECRET":1}}"#, "`value` is an object"),
        (r#"["SECRET"]"#, "a line is one object"),
        (r#""SECRET""#, "a line is one object"),
        ("7", "a line is one object"),
        (r#"{"person":"SECRET"} {}"#, "1:21: trailing characters"),
        (r#"{"person":"SECRET","kind":"#, "EOF while parsing"),
        (r#"{"person":"SECRET","kind":"a	b"}"#, "control character"),
        (r#"{"person":"SECRET","kind":"contact","value":"closed"}"#, "1:45: `value`: `closed`"),
        (r#"{"person":"SECRET","kind" : "contac"}"#, "1:29: `kind`: `contac`"),
        (r#"{"person":"SECRET"}"#, "1:1: `kind`: `` is not a kind of fact"),
        (r#"{"kind":"contact"}"#, "1:1: `person`: `person` is empty"),
    ] {
        place.write("facts.jsonl", line);
        let ran = place.assess(&["--facts", "facts.jsonl"]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{line}");
        assert!(ran.err.contains(wanted), "{line}: {}", ran.err);
        assert!(!ran.err.contains("SECRET"), "{line}: {}", ran.err);
    }
    let nested = format!("{{\"person\":{}", "[".repeat(60_000));
    place.write("facts.jsonl", nested);
    let ran = place.assess(&["--facts", "facts.jsonl"]);
    assert_eq!(ran.status, Some(1), "{}", ran.err);
    assert!(ran.err.contains("`person` is a list"), "{}", ran.err);
}

/// The values of one column of a test's file; `None` is an empty cell.
#[derive(Clone)]
enum Values {
    Text(Vec<Option<&'static str>>),
    Int32(Vec<Option<i32>>),
    Int64(Vec<Option<i64>>),
    Fixed(Vec<&'static str>),
}

fn levels<T>(values: &[Option<T>]) -> Vec<i16> {
    values.iter().map(|value| i16::from(value.is_some())).collect()
}

/// Writes a Parquet file: each column with its type as the schema's language writes it.
fn parquet(path: &Path, columns: &[(&str, Values)], compression: Compression) {
    let schema =
        columns.iter().fold("message facts {\n".to_owned(), |schema, (column, _)| schema + column + ";\n")
            + "}";
    let schema = Arc::new(parse_message_type(&schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut writer = SerializedFileWriter::new(File::create(path).unwrap(), schema, properties).unwrap();
    // Two row groups: the second must follow the first.
    for _ in 0..2 {
        let mut group = writer.next_row_group().unwrap();
        for (name, values) in columns {
            let mut column = group.next_column().unwrap().unwrap();
            let optional = name.starts_with("optional");
            match values.clone() {
                Values::Text(values) => {
                    let levels = levels(&values);
                    let bytes: Vec<_> = values.into_iter().flatten().map(ByteArray::from).collect();
                    let repeated = name.starts_with("repeated");
                    let (definitions, firsts) =
                        ((optional || repeated).then_some(&*levels), vec![0; levels.len()]);
                    let repetitions = repeated.then_some(&*firsts);
                    column.typed::<ByteArrayType>().write_batch(&bytes, definitions, repetitions).unwrap();
                }
                Values::Int32(values) => {
                    let levels = levels(&values);
                    let numbers: Vec<_> = values.into_iter().flatten().collect();
                    column
                        .typed::<Int32Type>()
                        .write_batch(&numbers, optional.then_some(&levels), None)
                        .unwrap();
                }
                Values::Int64(values) => {
                    let levels = levels(&values);
                    let numbers: Vec<_> = values.into_iter().flatten().collect();
                    column
                        .typed::<Int64Type>()
                        .write_batch(&numbers, optional.then_some(&levels), None)
                        .unwrap();
                }
                Values::Fixed(values) => {
                    let bytes: Vec<_> = values.into_iter().map(|v| ByteArray::from(v).into()).collect();
                    column.typed::<FixedLenByteArrayType>().write_batch(&bytes, None, None).unwrap();
                }
            }
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.close().unwrap();
}

/// The days from 1970-01-01 to 2022-06-05.
const DAY: i32 = 19_148;
const SECONDS: i64 = DAY as i64 * 86_400;

fn text(words: &[&'static str]) -> Values {
    Values::Text(words.iter().map(|word| Some(*word).filter(|word| !word.is_empty())).collect())
}

/// Adam's contact and Bea's vaccination.
fn columns(at: (&'static str, Values)) -> Vec<(&'static str, Values)> {
    vec![
        ("required binary person (STRING)", text(&["adam", "bea"])),
        ("optional binary kind (STRING)", text(&["contact", "vaccination"])),
        ("optional binary value", text(&["close", "2"])),
        at,
        ("optional int64 until (TIMESTAMP(MILLIS,true))", Values::Int64(vec![None, None])),
        ("optional int32 region", Values::Int32(vec![None, None])),
        ("optional binary issuer (ENUM)", text(&["cdc", "hospital"])),
        ("optional binary evidence (STRING)", text(&["INV-1", "B-1"])),
    ]
}

fn days() -> (&'static str, Values) {
    ("optional int32 at (DATE)", Values::Int32(vec![Some(DAY), Some(DAY)]))
}

#[test]
fn parquet_is_read_with_the_types_that_tools_write() {
    let place = Place::new();
    let instant =
        |name, second: i64| (name, Values::Int64(vec![Some(SECONDS * second), Some(SECONDS * second)]));
    let zstd = Compression::ZSTD(ZstdLevel::default());
    for (at, compression) in [
        (days(), Compression::SNAPPY),
        (days(), zstd),
        (days(), Compression::GZIP(GzipLevel::default())),
        (("required int32 at (DATE)", Values::Int32(vec![Some(DAY), Some(DAY)])), Compression::UNCOMPRESSED),
        (("required binary at (STRING)", text(&["2022-06-05", "2022-06-05"])), Compression::SNAPPY),
        (instant("optional int64 at (TIMESTAMP(MILLIS,true))", 1_000), Compression::SNAPPY),
        (instant("optional int64 at (TIMESTAMP(MICROS,true))", 1_000_000), Compression::SNAPPY),
        (instant("optional int64 at (TIMESTAMP(NANOS,true))", 1_000_000_000), Compression::SNAPPY),
        (instant("required int64 at (TIMESTAMP_MILLIS)", 1_000), Compression::SNAPPY),
    ] {
        let name = at.0;
        let mut columns = columns(at);
        columns.rotate_left(3);
        parquet(&place.path("facts.parquet"), &columns, compression);
        let ran = place.assess(&["--facts", "facts.parquet"]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(0), WANTED), "{name}: {}", ran.err);
        assert!(ran.err.contains("4 rows: 4 facts"), "{name}: {}", ran.err);
    }
}

#[test]
fn more_rows_than_one_batch_are_read_side_by_side() {
    const ROWS: usize = 5_000;
    let place = Place::new();
    let every = |words: [&'static str; 3]| text(&words.repeat(ROWS));
    let columns = vec![
        ("required binary person (STRING)", every(["a", "b", "c"])),
        ("required binary kind (STRING)", every(["contact", "stay", "checkin"])),
        ("required binary value (STRING)", every(["close", "declared", "well"])),
        ("required int32 at (DATE)", Values::Int32(vec![Some(DAY); 3 * ROWS])),
        ("optional binary until (STRING)", every(["", "", ""])),
        ("optional int64 region", Values::Int64([None, Some(410_105), None].repeat(ROWS))),
        ("optional binary issuer (STRING)", every(["cdc", "self", "self"])),
        ("optional binary evidence (STRING)", every(["X", "", ""])),
    ];
    parquet(&place.path("facts.parquet"), &columns, Compression::SNAPPY);
    let ran = place.assess(&["--facts", "facts.parquet"]);
    // 10,000 contacts of one person are refused, which shows that row 12,289 is the first too many: every third.
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.err.contains("facts.parquet:row 12289: `person`: this person has more than 4096"),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains(&format!("{} of {} rows refused", 2 * (2 * ROWS - 4_096), 6 * ROWS)),
        "{}",
        ran.err
    );
}

#[test]
fn parquet_with_wrong_columns_or_types_is_refused() {
    let place = Place::new();
    let refused = |columns: &[(&str, Values)], parts: &[&str]| {
        parquet(&place.path("facts.parquet"), columns, Compression::SNAPPY);
        let ran = place.assess(&["--facts", "facts.parquet"]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{}", ran.err);
        for part in parts {
            assert!(ran.err.contains(part), "{part}: {}", ran.err);
        }
    };
    let two = |number: i64| Values::Int64(vec![Some(number), Some(number)]);
    refused(&columns(days())[1..], &["column `person` is missing"]);
    let mut more = columns(days());
    more.push(("required binary latitude (STRING)", text(&["1", "2"])));
    refused(&more, &["column `latitude` would bring in a coordinate"]);
    more.last_mut().unwrap().0 = "required binary evidance (STRING)";
    refused(&more, &["`evidance` is not a column", "did you mean `evidence`?"]);
    for (at, part) in [
        (("optional int64 at", two(SECONDS)), "column `at` has the type INT64: write it as text, as `DATE`"),
        (("optional int64 at (TIMESTAMP(MILLIS,false))", two(SECONDS)), "TIMESTAMP without a zone"),
        (("optional int64 at (TIME(MICROS,true))", two(1)), "column `at` has the type INT64 (Time"),
        (
            ("required fixed_len_byte_array(10) at", Values::Fixed(vec!["2022-06-05"; 2])),
            "FIXED_LEN_BYTE_ARRAY",
        ),
    ] {
        refused(&columns(at), &[part]);
    }
    for (at, part) in [
        (("optional int32 at (DATE)", Values::Int32(vec![Some(i32::MAX), None])), ":row 1: `at`:"),
        (
            ("optional int32 at (DATE)", Values::Int32(vec![Some(DAY), Some(10_956)])),
            ":row 2: `at`: the day lies outside",
        ),
        (("optional int32 at (DATE)", Values::Int32(vec![Some(DAY), None])), ":row 2: `at`: `at` is empty"),
        (("optional int64 at (TIMESTAMP(MILLIS,true))", two(i64::MIN)), ":row 1: `at`:"),
    ] {
        refused(&columns(at), &["facts.parquet", part]);
    }
    refused(
        &[("required binary name (STRING)", text(&["a", "b"]))],
        &["facts.parquet: none of the columns of a facts file is named here"],
    );
    let mut wrong = columns(days());
    wrong[6] = ("optional int32 issuer", Values::Int32(vec![Some(1), Some(1)]));
    refused(&wrong, &["column `issuer` has the type INT32: write it as text (`STRING`)"]);
    wrong[6] = ("repeated binary issuer (STRING)", text(&["cdc", "cdc"]));
    refused(&wrong, &["column `issuer` has the type nested BYTE_ARRAY (String)"]);
    let mut wrong = columns(days());
    wrong[2] = ("optional int32 value", Values::Int32(vec![Some(1), Some(2)]));
    refused(&wrong, &["facts.parquet:row 1: `value`: `1` is not a value of `contact`"]);
}

#[test]
fn a_parquet_file_cut_short_or_damaged_is_an_error_and_never_a_crash() {
    let place = Place::new();
    parquet(&place.path("whole.parquet"), &columns(days()), Compression::SNAPPY);
    let whole = std::fs::read(place.path("whole.parquet")).unwrap();
    let mut refused = 0;
    for end in (1..whole.len()).step_by(whole.len() / 40) {
        place.write("facts.parquet", &whole[..end]);
        let ran = place.assess(&["--facts", "facts.parquet"]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{end}: {}", ran.err);
        assert!(ran.err.contains("not a Parquet file that can be read"), "{end}: {}", ran.err);
        refused += 1;
    }
    assert!(refused >= 40);
    for at in (0..whole.len()).step_by(whole.len() / 80) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        place.write("facts.parquet", &damaged);
        let ran = place.assess(&["--facts", "facts.parquet"]);
        // A flipped byte of statistics or of unread padding changes nothing; all else is refused in words.
        assert!(matches!(ran.status, Some(0 | 1)), "{at}: {ran:?}");
        assert!(ran.status == Some(0) || ran.out.is_empty(), "{at}: {ran:?}");
        assert!(!ran.err.contains("panicked"), "{at}: {}", ran.err);
    }
}

#[test]
fn what_is_not_parquet_is_not_read_as_such() {
    let place = Place::new();
    place.write("facts.parquet", HEADER);
    let ran = place.assess(&["--facts", "facts.parquet"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("facts.parquet: not a Parquet file that can be read"), "{}", ran.err);
}
