//! The rows of persons in a backup: for each person and month one sealed blob, under a name that only its keys tell.
//!
//! Whoever has a backup without the keys sees how many blobs there are and how long, and no person, kind, place or time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use mingma_registry::PersonId;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use zeroize::Zeroizing;

use super::tables::{Months, TABLES, Table};
use crate::vault::{Secret, Vault, derive, open_under};

/// How many persons are read at a time.
const PAGE: usize = 1_024;
/// What seals a blob is made under this name, what it is called under the next.
const KEY: &str = "mingma/backup-key/1";
const NAME: &str = "mingma/backup-name/1";

/// Whose an entry is in a backup until its person's key says so.
pub(super) const NOBODY: &str = "x'ffffffffffffffffffffffffffffffff'";

/// The keys of everybody, and of the months that are not over.
pub(super) struct Keys {
    pub(super) persons: Vec<(PersonId, Secret)>,
    pub(super) months: BTreeMap<i64, Secret>,
}

/// A person's keys for a month: what seals the blob, and what it is called.
fn for_month(person: &Secret, month: &Secret) -> (Zeroizing<[u8; 32]>, [u8; 32]) {
    (derive(person, month, KEY), *derive(person, month, NAME))
}

/// Seals everybody's rows, of the moment that the connection sees, into the backup that is attached to it.
pub(super) fn seal(from: &Connection, vault: &Vault, keys: &Keys, now: Timestamp) -> Result<(), String> {
    let mut add =
        from.prepare("INSERT INTO backup.sealed (name, body) VALUES (?1, ?2)").map_err(|e| e.to_string())?;
    for page in keys.persons.chunks(PAGE) {
        let (Some((first, _)), Some((last, _))) = (page.first(), page.last()) else { continue };
        let mut months: BTreeMap<[u8; 16], Months> = BTreeMap::new();
        let mut blobs: BTreeMap<([u8; 16], i64), Zeroizing<Vec<u8>>> = BTreeMap::new();
        let between = (first.as_bytes(), last.as_bytes());
        let [facts, ..] = &TABLES;
        each_row(from, facts, between, |person, row, names| {
            let named = names.iter().map(String::as_str).zip(row).collect();
            months.entry(person).or_default().foresee(&named, now);
        })
        .map_err(|e| e.to_string())?;
        for table in &TABLES {
            each_row(from, table, between, |person, row, names| {
                let named = names.iter().map(String::as_str).zip(row).collect();
                let month = months.entry(person).or_default().of(table.ends, &named, now);
                write(blobs.entry((person, month)).or_default(), table.name, row);
            })
            .map_err(|e| e.to_string())?;
        }
        let persons: BTreeMap<[u8; 16], &Secret> =
            page.iter().map(|(who, key)| (*who.as_bytes(), key)).collect();
        for ((person, month), rows) in blobs {
            // A row of somebody whose key is gone is nobody's.
            let Some(key) = persons.get(&person) else { continue };
            let month = keys.months.get(&month).ok_or("a month has no key")?;
            let (key, name) = for_month(key, month);
            let sealed = vault.seal_under(&*key, &name, &rows).map_err(|why| format!("{why:?}"))?;
            add.execute((name, sealed)).map_err(|e| e.to_string())?;
        }
    }
    Ok(())
}

/// Opens every blob whose keys are there, and puts its rows back; gives how many were opened.
pub(super) fn open(to: &Connection, keys: &Keys) -> Result<u64, String> {
    let mut opened = 0;
    let failed = |error: rusqlite::Error| error.to_string();
    let mut find = to.prepare("SELECT body FROM sealed WHERE name = ?1").map_err(failed)?;
    for (_, person) in &keys.persons {
        for month in keys.months.values() {
            let (key, name) = for_month(person, month);
            let mut found = find.query([name]).map_err(failed)?;
            let Some(row) = found.next().map_err(failed)? else { continue };
            let body: Vec<u8> = row.get(0).map_err(failed)?;
            let rows = open_under(&*key, &name, &body).ok_or("a sealed part of the backup was changed")?;
            put_back(to, &rows)?;
            opened += 1;
        }
    }
    Ok(opened)
}

fn each_row(
    from: &Connection,
    table: &Table,
    between: (&[u8; 16], &[u8; 16]),
    mut see: impl FnMut([u8; 16], &[Value], &[String]),
) -> rusqlite::Result<()> {
    let sql = format!("SELECT {} FROM main.{} WHERE person BETWEEN ?1 AND ?2", table.columns, table.from);
    let mut statement = from.prepare(&sql)?;
    let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let place = names.iter().position(|name| name == "person").unwrap_or(0);
    let mut rows = statement.query(between)?;
    while let Some(row) = rows.next()? {
        let person = row.get(place)?;
        let values = (0..names.len()).map(|n| row.get(n)).collect::<rusqlite::Result<Vec<Value>>>()?;
        see(person, &values, &names);
    }
    Ok(())
}

/// Adds a row: the table's name, how many values, and each with its type and length.
fn write(to: &mut Vec<u8>, table: &str, row: &[Value]) {
    field(to, b'n', table.as_bytes());
    field(to, b'c', &row.len().to_be_bytes());
    for value in row {
        match value {
            Value::Null => field(to, b'0', &[]),
            Value::Integer(number) => field(to, b'i', &number.to_be_bytes()),
            Value::Real(number) => field(to, b'r', &number.to_be_bytes()),
            Value::Text(text) => field(to, b't', text.as_bytes()),
            Value::Blob(bytes) => field(to, b'b', bytes),
        }
    }
}

fn field(to: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    to.push(kind);
    // INVARIANT: no value of a row is near 4 GiB.
    to.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    to.extend_from_slice(bytes);
}

fn put_back(to: &Connection, mut rows: &[u8]) -> Result<(), String> {
    const TORN: &str = "a sealed part of the backup cannot be read";
    while !rows.is_empty() {
        let (_, name) = take(&mut rows).ok_or(TORN)?;
        let (_, count) = take(&mut rows).ok_or(TORN)?;
        let count = usize::from_be_bytes(count.try_into().map_err(|_| TORN)?);
        let values = (0..count).map(|_| take(&mut rows).and_then(|(kind, bytes)| value(kind, bytes)));
        let values: Vec<Value> = values.collect::<Option<_>>().ok_or(TORN)?;
        let sql = putting_back(name, count).ok_or(TORN)?;
        let mut statement = to.prepare_cached(&sql).map_err(|e| e.to_string())?;
        statement.execute(params_from_iter(values)).map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// What puts a row back into its table, as many values as it has. None if no version of the program sealed such rows.
fn putting_back(name: &[u8], values: usize) -> Option<String> {
    let salt = |column| {
        // In whichever order the two come.
        format!(
            "UPDATE journal SET person = ?1, {column} = ?3 WHERE person IN (?1, {NOBODY}) AND entry = ?2 AND ?4 IS NOT NULL"
        )
    };
    Some(match (name, values) {
        // Before the fourteenth version entries named no former one, and their salts were not sealed by themselves.
        (b"journal", 2) => format!("UPDATE journal SET person = ?1 WHERE person = {NOBODY} AND entry = ?2"),
        (b"salts", _) => salt("salt"),
        (b"journal", _) => {
            format!(
                "UPDATE journal SET person = ?1, former = ?3 WHERE person IN (?1, {NOBODY}) AND entry = ?2"
            )
        }
        (b"openings", _) => salt("sealed_opening"),
        // Its wrapped key is there already.
        (b"persons", _) => "UPDATE persons SET sealed_identity = ?2 WHERE person = ?1".to_owned(),
        (name, values) => {
            // INVARIANT: the blob opened, so that its names are those that were sealed.
            let table = TABLES.iter().find(|table| table.name.as_bytes() == name)?;
            format!("INSERT INTO {} VALUES ({})", table.name, vec!["?"; values].join(", "))
        }
    })
}

fn take<'r>(rows: &mut &'r [u8]) -> Option<(u8, &'r [u8])> {
    let (kind, rest) = rows.split_first()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (bytes, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *rows = rest;
    Some((*kind, bytes))
}

fn value(kind: u8, bytes: &[u8]) -> Option<Value> {
    Some(match kind {
        b'0' => Value::Null,
        b'i' => Value::Integer(i64::from_be_bytes(bytes.try_into().ok()?)),
        b'r' => Value::Real(f64::from_be_bytes(bytes.try_into().ok()?)),
        b't' => Value::Text(String::from_utf8(bytes.to_vec()).ok()?),
        b'b' => Value::Blob(bytes.to_vec()),
        _ => return None,
    })
}
