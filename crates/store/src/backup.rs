//! A backup of a data folder while it serves, and its way back.
//!
//! A backup holds what is public as it is, and of everybody else nothing but sealed blobs: it has no key. The keys lie beside it, in a folder
//! of their own that each backup writes anew: the wrapped keys of persons and months, the key of the day that wraps them, the
//! master key. Restoring takes an old backup and the keys of today; so what was destroyed since does not come back. Whoever
//! keeps former folders of keys keeps what was destroyed.

mod keys;
mod seal;
mod tables;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use mingma_registry::{NoEntropy, Rng, StoreError};
use rusqlite::Connection;
use thiserror::Error;

use self::seal::{Keys, NOBODY};
use self::tables::TABLES;
use crate::folder::{self, BACKUP, KEY, KEYS};
use crate::open::{OpenError, connect, know_key, learn_days, pages, wrong};
use crate::read::{RESTORED, noted};
use crate::schema::{self, Found};
use crate::scrub::begins;
use crate::vault::Vault;
use crate::write::note;

/// Why there is no backup, or none came back.
#[derive(Debug, Error)]
pub enum BackupError {
    /// Something is there already.
    #[error("`{}` is there already: give a folder that is not", .path.display())]
    Exists {
        /// What.
        path: PathBuf,
    },
    /// What is to be restored is no backup.
    #[error("`{}` is no backup: it has a `backup.db`", .path.display())]
    NotABackup {
        /// Which.
        path: PathBuf,
    },
    /// What is to be copied is no data folder.
    #[error("`{}` is no data folder: it has a `mingma.db` and a `master.key`", .path.display())]
    NoData {
        /// Which.
        path: PathBuf,
    },
    /// What is to open a backup is no folder of keys.
    #[error("`{}` holds no keys: give the folder that the last backup wrote with `--keys`, or the data folder", .path.display())]
    NoKeys {
        /// Which.
        path: PathBuf,
    },
    /// A file cannot be written or read.
    #[error("`{}`: {error}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The database cannot be copied.
    #[error("`{}`: {detail}", .path.display())]
    Database {
        /// Which.
        path: PathBuf,
        /// What the library says.
        detail: String,
    },
    /// The backup is damaged or a later program's.
    #[error(transparent)]
    Refused(#[from] OpenError),
}

/// What came back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Restored {
    /// The sealed parts, one for each person and month, that today's keys opened.
    pub opened: u64,
    /// Those that they did not open: what is in them has been destroyed since.
    pub closed: u64,
}

/// Copies a data folder, open or not, into a new folder; and its keys into another, in place of those that it held.
///
/// `beside` puts what else belongs to the data into the draft before the data's moment, so that the database knows all of it.
///
/// # Errors
/// [`BackupError`].
pub fn backup_of(
    dir: &Path,
    (to, keys): (&Path, &Path),
    now: Timestamp,
    rng: Arc<dyn Rng>,
    beside: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), BackupError> {
    let source = folder::database(dir);
    if !source.is_file() {
        return Err(BackupError::NoData { path: dir.to_owned() });
    }
    let draft = start(to)?;
    beside(&draft).map_err(|error| BackupError::File { path: draft.clone(), error })?;
    let path = draft.join(BACKUP);
    let failed = |error: rusqlite::Error| BackupError::Refused(wrong(&source, &error));
    let mut connection = connect(&source, false).map_err(failed)?;
    same_version(&connection, &source)?;
    let vault = vault(dir, rng)?;
    keys::make_months(&mut connection, &vault, dir, now)?;
    empty(&path).map_err(failed)?;
    connection.execute("ATTACH ?1 AS backup", [path.to_string_lossy()]).map_err(failed)?;
    let days = moment(&connection, &vault, dir)?;
    let held = keys::read(&connection, &vault).map_err(failed)?;
    copy_public(&connection).map_err(failed)?;
    let database = |detail| BackupError::Database { path: path.clone(), detail };
    seal::seal(&connection, &vault, &held, now).map_err(database)?;
    keys::write(&connection, &days, dir, keys)?;
    connection.execute_batch("COMMIT; DETACH backup;").map_err(failed)?;
    sync(&path)?;
    finish(&draft, to)
}

/// Puts a backup into a new data folder, after it has been checked page by page, as far as the keys of `keys` open it: the
/// folder that the last backup wrote, or a data folder. `beside` puts what else the backup holds into the draft.
///
/// # Errors
/// [`BackupError`]; then there is no data folder.
pub fn restore(
    backup: &Path,
    keys: &Path,
    to: &Path,
    beside: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<Restored, BackupError> {
    let source = backup.join(BACKUP);
    if !source.is_file() {
        return Err(BackupError::NotABackup { path: backup.to_owned() });
    }
    let table = [KEYS, folder::DATABASE].map(|name| keys.join(name)).into_iter().find(|path| path.is_file());
    let table = table.ok_or_else(|| BackupError::NoKeys { path: keys.to_owned() })?;
    let draft = start(to)?;
    let path = folder::database(&draft);
    fs::copy(&source, &path).map_err(|error| BackupError::File { path: path.clone(), error })?;
    let failed = |error: rusqlite::Error| BackupError::Refused(wrong(&path, &error));
    let database = |detail| BackupError::Database { path: path.clone(), detail };
    let copy = Connection::open(&path).map_err(failed)?;
    pages(&copy, "PRAGMA integrity_check(1)", &path)?;
    let vault = vault(keys, Arc::new(NoChance))?;
    know_key(&copy, &vault, &path, keys)?;
    copy.execute("ATTACH ?1 AS keys", [table.to_string_lossy()]).map_err(failed)?;
    let present = connect(&table, true).map_err(failed)?;
    let days = learn_days(&present, &vault, keys)?;
    let held = keys::read(&present, &vault).map_err(failed)?;
    drop(present);
    copy.execute_batch(TAKE_KEYS).map_err(failed)?;
    let opened = seal::open(&copy, &held).map_err(database)?;
    let parts: i64 = copy.query_row("SELECT count(*) FROM sealed", [], |row| row.get(0)).map_err(failed)?;
    let parts = u64::try_from(parts).unwrap_or(0);
    if opened < parts {
        note_ended(&copy, &held, &table)?;
    }
    // Who came later than the backup has a key, and nothing that it sealed.
    copy.execute_batch(
        "DELETE FROM persons WHERE sealed_identity = x''; DROP TABLE sealed; COMMIT; DETACH keys; VACUUM;",
    )
    .map_err(failed)?;
    match schema::look(&copy).map_err(failed)? {
        Found::Same | Found::Older(_) => {}
        Found::Newer(found) => return Err(OpenError::Newer { found }.into()),
        Found::Torn(found) => return Err(OpenError::Torn { found }.into()),
    }
    drop(copy);
    sync(&path)?;
    copy_key(&keys.join(KEY), &draft.join(KEY))?;
    for day in days {
        copy_key(&folder::day_key(keys, day), &folder::day_key(&draft, day))?;
    }
    beside(&draft).map_err(|error| BackupError::File { path: draft.clone(), error })?;
    finish(&draft, to)?;
    Ok(Restored { opened, closed: parts.saturating_sub(opened) })
}

/// Notes up to when these keys had ended what they do not open: no act of the backup tells of it, and the folder is to be held against the
/// journal by whoever asks. What ends in a month is closed once the month's key is gone, so that is the beginning of the first that is left.
fn note_ended(copy: &Connection, held: &Keys, table: &Path) -> Result<(), BackupError> {
    let unread = |error: StoreError| {
        let (path, detail) = (table.to_owned(), error.to_string());
        BackupError::Database { path, detail }
    };
    let first = held.months.keys().next().and_then(|month| begins(*month));
    let noted = noted(copy, RESTORED).map_err(unread)?;
    noted.max(first).map_or(Ok(()), |ended| note(copy, RESTORED, ended)).map_err(unread)
}

/// Puts today's keys where the backup had none.
const TAKE_KEYS: &str = "BEGIN;
    INSERT INTO persons (person, wrapped_key, sealed_identity) SELECT person, wrapped_key, x'' FROM keys.persons;
    INSERT INTO month_keys (month, wrapped_key) SELECT month, wrapped_key FROM keys.month_keys;
    INSERT INTO folder (name, value) SELECT name, value FROM keys.folder WHERE name IN ('day', 'next-day');";

/// The tables whose rows a backup seals, by name.
#[cfg(test)]
pub(crate) fn sealed_tables() -> Vec<&'static str> {
    let tables: std::collections::BTreeSet<_> = TABLES.iter().map(|table| table.from).collect();
    tables.into_iter().collect()
}

/// Restoring seals nothing.
struct NoChance;

impl Rng for NoChance {
    fn fill(&self, _: &mut [u8]) -> Result<(), NoEntropy> {
        Err(NoEntropy)
    }
}

fn vault(dir: &Path, rng: Arc<dyn Rng>) -> Result<Vault, OpenError> {
    let master = folder::present_key(dir)?;
    Vault::new(&master, rng).ok_or_else(|| OpenError::NotAKey { path: dir.join(KEY) })
}

fn same_version(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    match schema::look(connection).map_err(|error| wrong(path, &error))? {
        Found::Same => Ok(()),
        Found::Older(found) => Err(OpenError::Older { found }),
        Found::Newer(found) => Err(OpenError::Newer { found }),
        Found::Torn(found) => Err(OpenError::Torn { found }),
    }
}

/// The database of a backup, with nothing in it.
fn empty(path: &Path) -> rusqlite::Result<()> {
    let mut empty = Connection::open(path)?;
    empty.pragma_update(None, "secure_delete", true)?;
    schema::migrate(&mut empty).map_err(|_| rusqlite::Error::ExecuteReturnedResults)?;
    // A program that sealed salts has left the note of them, if its folder is of such a version, to the folder itself.
    empty.execute_batch(
        "DELETE FROM folder; CREATE TABLE sealed (name BLOB PRIMARY KEY CHECK (length(name) = 32), body BLOB NOT NULL) STRICT",
    )
}

/// How often the moment of a backup may fall between two keys of days.
const ROUNDS: usize = 5;

/// From here on everything is read as of one moment; gives the numbers of its days. A key of theirs is gone if a night ended just here:
/// then a later moment is taken.
fn moment(connection: &Connection, vault: &Vault, dir: &Path) -> Result<Vec<u32>, OpenError> {
    let path = folder::database(dir);
    let failed = |error: rusqlite::Error| wrong(&path, &error);
    let mut last = OpenError::NoEntropy;
    for _ in 0..ROUNDS {
        connection.execute_batch("BEGIN; SELECT count(*) FROM main.folder;").map_err(failed)?;
        match learn_days(connection, vault, dir) {
            Ok(days) => return Ok(days),
            Err(error) => last = error,
        }
        connection.execute_batch("ROLLBACK").map_err(failed)?;
    }
    Err(last)
}

/// Copies what is about nobody, and of the journal's entries about persons what everybody may see.
fn copy_public(connection: &Connection) -> rusqlite::Result<()> {
    let tables =
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let tables: Vec<String> =
        connection.prepare(tables)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let sealed = |name: &String| name == "month_keys" || TABLES.iter().any(|table| table.from == name);
    for table in tables.iter().filter(|name| !sealed(name)) {
        let some = if table == "folder" { "WHERE name NOT IN ('day', 'next-day')" } else { "" };
        connection.execute(&format!("INSERT INTO backup.{table} SELECT * FROM main.{table} {some}"), [])?;
    }
    let entries = format!(
        "INSERT INTO backup.journal (person, entry, act, at, salt, leaf, number, issuer, region, subject) \
         SELECT CASE WHEN person = zeroblob(16) THEN person ELSE {NOBODY} END, entry, act, at, \
         CASE WHEN person = zeroblob(16) THEN salt END, leaf, number, issuer, region, subject FROM main.journal"
    );
    connection.execute(&entries, []).map(|_| ())
}

/// A draft folder beside the one that is to come.
fn start(to: &Path) -> Result<PathBuf, BackupError> {
    if to.exists() {
        return Err(BackupError::Exists { path: to.to_owned() });
    }
    start_anew(to)
}

/// The same beside one that may be there.
fn start_anew(to: &Path) -> Result<PathBuf, BackupError> {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".draft");
    let draft = to.with_file_name(name);
    if draft.exists() {
        // What a broken-off run left behind is worth nothing.
        fs::remove_dir_all(&draft).map_err(|error| BackupError::File { path: draft.clone(), error })?;
    }
    folder::make_private(&draft).map_err(|error| BackupError::File { path: draft.clone(), error })?;
    Ok(draft)
}

fn copy_key(from: &Path, to: &Path) -> Result<(), BackupError> {
    let key = fs::read(from).map(zeroize::Zeroizing::new);
    let key = key.map_err(|error| BackupError::File { path: from.to_owned(), error })?;
    folder::write_private(to, &key).map_err(|error| BackupError::File { path: to.to_owned(), error })
}

fn sync(path: &Path) -> Result<(), BackupError> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|error| BackupError::File { path: path.to_owned(), error })
}

fn finish(draft: &Path, to: &Path) -> Result<(), BackupError> {
    let failed = |error| BackupError::File { path: to.to_owned(), error };
    folder::sync_dir(draft).map_err(failed)?;
    fs::rename(draft, to).map_err(failed)?;
    match to.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => folder::sync_dir(parent).map_err(failed),
        None => Ok(()),
    }
}
