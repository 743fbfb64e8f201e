//! Somebody edits the database: whatever it is, the doctor and the program that serves it name the entry, also where nobody reads.

use std::fs;
use std::sync::Arc;

use jiff::SignedDuration;
use mingma_domain::Fact;
use mingma_domain::fact::RawFact;
use mingma_registry::journal::Entry;
use mingma_registry::row::{PersonRow, RecordedFact};
use mingma_registry::words::ActName;
use mingma_registry::{Change, FactId, Store as _};
use mingma_store::backup_of;
use pollster::block_on;
use rusqlite::{Connection, params};
use tempfile::TempDir;

use super::support::{City, Real, mingma, now, until};
use super::watching::{counted, value};

/// What the doctor says of the journal, in lines.
fn journal(city: &City, options: &[&str]) -> (bool, Vec<String>) {
    let asked = mingma(&[&["doctor", "--json", "--data", city.data().to_str().unwrap()], options].concat());
    let told: serde_json::Value = serde_json::from_slice(&asked.stdout).unwrap();
    let findings =
        told["findings"].as_array().unwrap().iter().filter(|finding| finding["check"] == "journal");
    let said = findings.map(|finding| {
        let page = finding["page"].as_str().unwrap();
        assert_eq!(page, "docs/OPERATING.md#edited");
        finding["said"].as_str().unwrap().to_owned()
    });
    (asked.status.success(), said.collect())
}

/// A folder whose three people declared something, which nobody serves any more: the first of them last, but for one of the second.
fn declared() -> City {
    let city = City::new(3);
    let mut served = city.serve(&[]);
    for (n, key) in [(0, "k-1"), (1, "k-1"), (2, "k-1"), (0, "k-2"), (1, "k-2")] {
        assert_eq!(served.send(&city.declaration(n, key, "well")).status, 200);
    }
    served.terminate();
    assert!(served.wait().success());
    // What it said is read no more: the next one says its own addresses.
    fs::write(city.dir.path().join("log"), "").unwrap();
    city
}

fn database(city: &City) -> Connection {
    Connection::open(city.data().join("mingma.db")).unwrap()
}

/// The number of the last entry about somebody.
fn last(city: &City, n: usize) -> i64 {
    let sql = "SELECT max(number) FROM journal WHERE person = ?1";
    database(city).query_row(sql, [city.people[n].as_bytes()], |row| row.get(0)).unwrap()
}

type Edit = fn(&Connection, &[u8; 16]);

/// What somebody does to the first person's rows, and what is said of it, with the number of the person's last entry.
const EDITS: [(&str, Edit, &str); 5] = [
    (
        "the last entry and what was done with it are taken out, so that no chain shows a gap",
        |database, person| {
            let of = "WHERE person = ?1 AND recorded = (SELECT max(recorded) FROM facts WHERE person = ?1)";
            assert_eq!(database.execute(&format!("DELETE FROM facts {of}"), [person]).unwrap(), 1);
            let last = "DELETE FROM journal WHERE person = ?1 AND number = (SELECT max(number) FROM journal WHERE person = ?1)";
            assert_eq!(database.execute(last, [person]).unwrap(), 1);
        },
        "entry {last} of the log is not in the database: it was taken out",
    ),
    (
        "a fact is put in, beside the acts",
        |database, person| {
            let sql = "INSERT INTO facts (person, fact, kind, value, at, issuer, evidence, recorded) \
                       SELECT person, randomblob(16), 'contact', 'close', at, 'cdc:410100', 'INV-7', recorded FROM facts WHERE person = ?1 LIMIT 1";
            assert_eq!(database.execute(sql, [person]).unwrap(), 1);
        },
        "no entry commits to 1 of the rows that are kept about the person of entry {last}",
    ),
    (
        "what a fact says is changed",
        |database, person| {
            let of = "recorded = (SELECT max(recorded) FROM facts WHERE person = ?1)";
            let sql = format!("UPDATE facts SET value = 'unwell' WHERE person = ?1 AND {of}");
            assert_eq!(database.execute(&sql, [person]).unwrap(), 1);
        },
        "what entry {last} commits to is not kept as it was: it was taken out, or changed",
    ),
    (
        "an entry is made another one",
        |database, person| {
            let sql = "UPDATE journal SET leaf = randomblob(32) WHERE person = ?1 AND number = (SELECT max(number) FROM journal WHERE person = ?1)";
            assert_eq!(database.execute(sql, [person]).unwrap(), 1);
        },
        "entry {last} is another one in the database than in the log",
    ),
    (
        "an entry is said to be about somebody else",
        |database, person| {
            let sql = "UPDATE journal SET person = ?2, sealed_opening = NULL WHERE person = ?1 AND number = (SELECT max(number) FROM journal WHERE person = ?1)";
            assert_eq!(database.execute(sql, params![person, [7_u8; 16]]).unwrap(), 1);
        },
        "entry {last} does not follow the one before it about the same person: one was taken out, or put in",
    ),
];

#[test]
fn the_doctor_names_the_entry_of_whatever_somebody_edits_in_the_database() {
    let city = declared();
    let whole = fs::read(city.data().join("mingma.db")).unwrap();
    let (fine, said) = journal(&city, &[]);
    let all = "the database is what the log commits to: 8 entries, and what is kept of 3 persons";
    assert_eq!((fine, said), (true, vec![all.to_owned()]));
    for (what, edit, named) in EDITS {
        let number = last(&city, 0);
        edit(&database(&city), city.people[0].as_bytes());
        let (fine, said) = journal(&city, &["--whole"]);
        let named = named.replace("{last}", &number.to_string());
        assert!(!fine && said.contains(&named), "{what}: {said:?}");
        fs::write(city.data().join("mingma.db"), &whole).unwrap();
    }
    // An entry with what it is to be made of, which is no act's: the log has not taken it in yet.
    let person = city.people[0].as_bytes();
    EDITS[1].1(&database(&city), person);
    let sql = "INSERT INTO journal (person, entry, act, at, leaf, number, former) \
               SELECT person, randomblob(16), 'record', at, randomblob(32), 9, leaf FROM journal WHERE person = ?1 ORDER BY number DESC LIMIT 1";
    assert_eq!(database(&city).execute(sql, [person]).unwrap(), 1);
    let (fine, said) = journal(&city, &[]);
    let named = "what entry 9 commits to is not kept as it was: it was taken out, or changed";
    assert!(!fine && said.iter().any(|said| said == named), "{said:?}");
    fs::write(city.data().join("mingma.db"), &whole).unwrap();
    assert!(journal(&city, &[]).0, "as it was");
}

#[test]
fn the_program_tells_by_itself_of_what_was_edited_where_nobody_reads() {
    let city = declared();
    let number = last(&city, 0);
    EDITS[0].1(&database(&city), city.people[0].as_bytes());
    let mut served = city.serve(&["--metrics", "127.0.0.1:0"]);
    until("the database was held against the log", || {
        value(&counted(&served.log()), "mingma_log_comparisons_total") > 0.5
    });
    assert!((value(&counted(&served.log()), "mingma_log_differences") - 1.0).abs() < 0.5);
    let named = EDITS[0].2.replace("{last}", &number.to_string());
    assert!(served.log().contains(&named), "{}", served.log());
    let ready: serde_json::Value = serde_json::from_str(&served.get("/health/ready").body).unwrap();
    assert_eq!((&ready["ready"], &ready["differences"]), (&true.into(), &1.into()), "it goes on: {ready}");
    assert_eq!(served.send(&city.declaration(2, "k-3", "well")).status, 200);
    served.terminate();
    assert!(served.wait().success());
}

#[test]
fn a_folder_restored_from_an_older_backup_is_not_called_edited_for_what_its_newer_keys_had_ended() {
    let before = |days: i64| now() - SignedDuration::from_hours(24 * days);
    let city = City::in_dir(TempDir::new().unwrap(), 2, before(100));
    let at = |name: &str| city.dir.path().join(name);
    let store = city.store();
    for (n, chance) in [(0, 1), (1, 2)] {
        let raw =
            RawFact { kind: "test", value: "negative", issuer: "laboratory:410100-07", ..RawFact::default() };
        let (on, evidence) = (before(100).to_string(), format!("S-{n}"));
        let fact = Fact::parse(&RawFact { at: &on, evidence: &evidence, ..raw }).unwrap();
        let row = RecordedFact { id: FactId::new(before(100), [chance; 10]), fact, recorded: before(100) };
        let (person, rows) = (city.people[n], vec![PersonRow::Fact(row)]);
        let entry = Entry::about(&Real, ActName::Record, before(100), person, &rows).unwrap();
        let change = Change::Person { person, rows, notices: Vec::new(), entry };
        block_on(store.apply(vec![change])).unwrap();
    }
    let copy = |to: &str, keys: &str, days| {
        backup_of(&city.data(), (&at(to), &at(keys)), before(days), Arc::new(Real), |_| Ok(())).unwrap();
    };
    copy("old", "keys-then", 95);
    // The tests ended after sixty days, and their month is over: with the nights since its key went, which is all that a restored folder has of them.
    block_on(store.scrub(before(1))).unwrap();
    copy("new", "keys", 1);
    drop(store);

    let restored = |what: &str, keys: &str| {
        let [from, keys, data] =
            [at("old"), at(keys), city.data()].map(|path| path.to_str().unwrap().to_owned());
        fs::rename(city.data(), at(what)).unwrap();
        let put = mingma(&["restore", "--from", &from, "--keys", &keys, "--data", &data]);
        assert!(put.status.success(), "{}", String::from_utf8_lossy(&put.stderr));
        String::from_utf8(put.stdout).unwrap()
    };
    let told = restored("data-then", "keys");
    assert!(told.contains("2 did not"), "{told}");
    let (_, said) = journal(&city, &["--whole"]);
    assert_eq!(said, ["the database is what the log commits to: 0 entries, and what is kept of 2 persons"]);

    let home = "DELETE FROM registrations WHERE person = ?1";
    assert_eq!(database(&city).execute(home, [city.people[0].as_bytes()]).unwrap(), 1);
    let (fine, said) = journal(&city, &["--whole"]);
    assert!(!fine && said.iter().any(|said| said.ends_with("it was taken out, or changed")), "{said:?}");
}
