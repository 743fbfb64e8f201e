//! The keys of a backup: read from a data folder, kept in a folder of their own, read from there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use mingma_registry::PersonId;
use rusqlite::{Connection, TransactionBehavior};

use super::seal::Keys;
use super::tables::LAST_MONTH;
use super::{BackupError, copy_key, start_anew, sync};
use crate::folder::{self, KEY, KEYS};
use crate::open::{OpenError, learn_days, wrong};
use crate::scrub::{month, months};
use crate::vault::{Vault, Whose};

/// What of a data folder's database is the keys': the wrapped keys, and under which day's key.
const SCHEMA: &str = "PRAGMA secure_delete = ON;
    CREATE TABLE folder (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE persons (person BLOB PRIMARY KEY, wrapped_key BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE month_keys (month INTEGER PRIMARY KEY, wrapped_key BLOB NOT NULL) STRICT;";

/// Makes the keys of the months in which something may end that is recorded now.
pub(super) fn make_months(
    connection: &mut Connection,
    vault: &Vault,
    dir: &Path,
    now: Timestamp,
) -> Result<(), OpenError> {
    let path = folder::database(dir);
    let failed = |error: rusqlite::Error| wrong(&path, &error);
    let write = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    // Nobody wraps anew while this is held.
    learn_days(&write, vault, dir)?;
    let known: BTreeMap<i64, Vec<u8>> = months(&write).map_err(failed)?.into_iter().collect();
    for month in (month(now)..=month(now) + LAST_MONTH).filter(|month| !known.contains_key(month)) {
        let wrapped = vault.new_month(month).map_err(|_| OpenError::NoEntropy)?;
        let sql = "INSERT INTO month_keys (month, wrapped_key) VALUES (?1, ?2)";
        write.execute(sql, (month, wrapped)).map_err(failed)?;
    }
    write.commit().map_err(failed)
}

/// The keys that a database holds wrapped; those that do not open are nobody's any more.
pub(super) fn read(connection: &Connection, vault: &Vault) -> rusqlite::Result<Keys> {
    let mut persons = connection.prepare("SELECT person, wrapped_key FROM persons ORDER BY person")?;
    let persons = persons.query_map([], |row| Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    let opened = |(person, wrapped): ([u8; 16], Vec<u8>)| {
        let person = PersonId::from_bytes(person);
        Some((person, vault.open(Whose::Person(person), &wrapped)?))
    };
    let persons = persons.filter_map(|row| row.map(opened).transpose()).collect::<Result<_, _>>()?;
    let opened = |(month, wrapped): (i64, Vec<u8>)| Some((month, vault.open(Whose::Month(month), &wrapped)?));
    Ok(Keys { persons, months: months(connection)?.into_iter().filter_map(opened).collect() })
}

/// Writes the keys of the moment that `connection` sees into a folder, in place of those that it held.
pub(super) fn write(connection: &Connection, days: &[u32], dir: &Path, to: &Path) -> Result<(), BackupError> {
    let draft = start_anew(to)?;
    let path = draft.join(KEYS);
    let failed = |error: rusqlite::Error| BackupError::Refused(wrong(&path, &error));
    let copy =
        Connection::open(&path).and_then(|copy| copy.execute_batch(SCHEMA).map(|()| copy)).map_err(failed)?;
    copy.execute_batch("BEGIN").map_err(failed)?;
    for (table, columns) in
        [("folder", "name, value"), ("persons", "person, wrapped_key"), ("month_keys", "month, wrapped_key")]
    {
        let read = format!("SELECT {columns} FROM main.{table} WHERE ?1");
        let mut read = connection.prepare(&read).map_err(failed)?;
        let mut rows = read.query([true]).map_err(failed)?;
        let mut add = copy.prepare(&format!("INSERT INTO {table} VALUES (?1, ?2)")).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let values: [rusqlite::types::Value; 2] =
                [row.get(0).map_err(failed)?, row.get(1).map_err(failed)?];
            add.execute(values).map_err(failed)?;
        }
    }
    copy.execute_batch("COMMIT").map_err(failed)?;
    drop(copy);
    sync(&path)?;
    copy_key(&dir.join(KEY), &draft.join(KEY))?;
    for day in days {
        copy_key(&folder::day_key(dir, *day), &folder::day_key(&draft, *day))?;
    }
    replace(to, &draft)
}

/// Destroys the former keys of a folder and puts the new ones there. A folder that holds anything else stays as it is.
fn replace(to: &Path, draft: &Path) -> Result<(), BackupError> {
    let failed = |error| BackupError::File { path: to.to_owned(), error };
    if to.exists() {
        let days = folder::day_keys(to).map_err(failed)?;
        let ours = |name: &std::ffi::OsStr| {
            name == KEYS
                || name == KEY
                || days.iter().any(|day| folder::day_key(to, *day).file_name() == Some(name))
        };
        for entry in fs::read_dir(to).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if !ours(&entry.file_name()) {
                return Err(BackupError::Exists { path: entry.path() });
            }
        }
        for day in days {
            folder::destroy(&folder::day_key(to, day)).map_err(failed)?;
        }
        fs::remove_dir_all(to).map_err(failed)?;
    }
    super::finish(draft, to)
}
