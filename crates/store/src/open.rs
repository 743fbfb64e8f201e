//! Opening a data folder: everything that can be wrong with it is found here, before anything is served.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mingma_registry::{Rng, StoreError};
use rusqlite::{Connection, OpenFlags, OptionalExtension, ffi};
use thiserror::Error;

use crate::schema::{self, Found};
use crate::scrub::{DAY, NEXT_DAY, day};
use crate::vault::Vault;
use crate::writer::Writer;
use crate::{SqliteStore, end, folder, read, write};

/// How many connections read beside the writer: two for each core of a small machine; a read holds one for
/// microseconds.
const READERS: usize = 4;
/// The prepared statements that a connection keeps: there are about 50 in this crate.
const STATEMENTS: usize = 96;
/// How long a connection waits for another process's (a backup by hand); our own never wait for each other.
const BUSY: Duration = Duration::from_secs(5);
/// The largest database that is checked page by page at every opening, in bytes. A check reads about 400 MB/s from
/// memory, so 512 MiB cost little more than a second; a larger one is checked by [`SqliteStore::check`].
pub(crate) const CHECKED_AT_OPENING: u64 = 512 << 20;

/// What can be set.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// The most pages of 4 KiB that the database may have; `None` for as many as the disk holds.
    pub max_pages: Option<u32>,
}

/// Why a data folder cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The folder cannot be made or entered.
    #[error("`{}`: {error}", .dir.display())]
    Folder {
        /// Which.
        dir: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The deployment has ended.
    #[error("`{}` is what is left of a deployment that {}: {}", .dir.display(),
        if *.complete { "has ended" } else { "is being ended" },
        if *.complete { "its data is destroyed, and its log stands" } else { "run `mingma purge --everything` again" })]
    Ended {
        /// Which.
        dir: PathBuf,
        /// Whether everything is destroyed.
        complete: bool,
    },
    /// The keys of a folder are there, and its database is not.
    #[error("`{}` is not there or empty, and the keys that sealed it are: put it back beside them, or restore a backup into another \
        folder; if a first start broke off here, nothing is lost, and this folder can be removed", .path.display())]
    DatabaseLost {
        /// Which.
        path: PathBuf,
    },
    /// There is nothing in it.
    #[error("`{}` holds no data: `mingma serve` makes a data folder at its first start", .dir.display())]
    NoData {
        /// Which.
        dir: PathBuf,
    },
    /// Another process has it open.
    #[error("`{}` is open in another process: stop that one first", .dir.display())]
    InUse {
        /// Which.
        dir: PathBuf,
    },
    /// The key file is gone.
    #[error("`{}` is not there, and the data beside it was sealed with it: put the key file of this folder back", .path.display())]
    KeyLost {
        /// Where it should be.
        path: PathBuf,
    },
    /// The key file cannot be read.
    #[error("`{}`: {error}", .path.display())]
    Key {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The key file holds something else.
    #[error("`{}` is no key file: it has one line of 64 hexadecimal digits", .path.display())]
    NotAKey {
        /// Which.
        path: PathBuf,
    },
    /// The key file is another folder's.
    #[error("`{}` is another folder's key: the data was sealed with a different one", .path.display())]
    OtherKey {
        /// Which.
        path: PathBuf,
    },
    /// The data is a later program's.
    #[error("the data is of version {found}, this program knows {}: use the newer program", schema::VERSION)]
    Newer {
        /// Its version.
        found: usize,
    },
    /// The data is an earlier program's, and is only to be read.
    #[error(
        "the data is of version {found}, this program reads version {}: let `mingma serve` open it once",
        schema::VERSION
    )]
    Older {
        /// Its version.
        found: usize,
    },
    /// The tables are not those of the version that the data claims.
    #[error("the data says version {found} but its tables are not that version's: restore a backup")]
    Torn {
        /// What it claims.
        found: usize,
    },
    /// The database's pages are damaged.
    #[error("`{}` is damaged ({detail}): restore a backup", .path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What the check found first; names of tables and pages, no content.
        detail: String,
    },
    /// A step to the present version failed; the data is as it was before.
    #[error("the data could not be brought to version {}: {detail}; it is as it was", schema::VERSION)]
    Migration {
        /// What failed.
        detail: String,
    },
    /// There is no chance to draw a key from.
    #[error("the source of randomness gave none")]
    NoEntropy,
    /// The database cannot be opened for another reason.
    #[error("`{}`: {detail}", .path.display())]
    Database {
        /// Which.
        path: PathBuf,
        /// What the library says.
        detail: String,
    },
}

impl SqliteStore {
    /// Opens a data folder, and makes it if it is not there.
    ///
    /// # Errors
    /// [`OpenError`]; nothing is changed in a folder that is refused.
    pub fn open(dir: &Path, settings: Settings, rng: Arc<dyn Rng>) -> Result<Self, OpenError> {
        let lock = folder::take(dir)?;
        end::not_ended(dir)?;
        let path = folder::database(dir);
        let fresh = !folder::is_filled(dir)?;
        let master = folder::key(dir, &*rng)?;
        let vault =
            Vault::new(&master, rng).ok_or_else(|| OpenError::NotAKey { path: dir.join(folder::KEY) })?;
        let failed = |error: rusqlite::Error| wrong(&path, &error);
        let mut connection = connect(&path, false).map_err(failed)?;
        if !fresh {
            inspect(&connection, &path)?;
        }
        match schema::look(&connection).map_err(failed)? {
            Found::Same => {}
            Found::Older(_) => {
                schema::migrate(&mut connection)
                    .map_err(|error| OpenError::Migration { detail: error.to_string() })?;
                // Former programs did not overwrite what they deleted.
                connection.execute_batch("VACUUM").map_err(failed)?;
            }
            Found::Newer(found) => return Err(OpenError::Newer { found }),
            Found::Torn(found) => return Err(OpenError::Torn { found }),
        }
        know_key(&connection, &vault, &path, dir)?;
        know_days(&connection, &vault, dir)?;
        write::seal_salts(&connection, &vault)
            .map_err(|error| OpenError::Migration { detail: error.to_string() })?;
        folder::sync_dir(dir).map_err(|error| OpenError::Folder { dir: dir.to_owned(), error })?;
        if let Some(pages) = settings.max_pages {
            connection.pragma_update(None, "max_page_count", pages).map_err(failed)?;
        }
        connection.pragma_update(None, SET_ASIDE, IN_MEMORY).map_err(failed)?;
        let readers = (0..READERS).map(|_| connect(&path, true).map(Mutex::new)).collect::<Result<_, _>>();
        let readers = readers.map_err(failed)?;
        let unread =
            |error: StoreError| OpenError::Database { path: path.clone(), detail: error.to_string() };
        let newest = read::newest(&connection).map_err(unread)?;
        let night = read::noted(&connection, read::NIGHT).map_err(unread)?;
        let restored = read::noted(&connection, read::RESTORED).map_err(unread)?;
        let writer = Writer::start(connection, vault.clone(), newest, dir)
            .map_err(|error| OpenError::Folder { dir: dir.to_owned(), error })?;
        Ok(Self {
            dir: dir.to_owned(),
            newest,
            night,
            restored,
            writer,
            readers,
            next: AtomicUsize::new(0),
            vault,
            _lock: lock,
        })
    }

    /// Checks every page and index of the database; reads all of it.
    ///
    /// # Errors
    /// [`OpenError::Damaged`] with what was found first.
    pub fn check(&self) -> Result<(), OpenError> {
        let path = folder::database(&self.dir);
        let connection = connect(&path, true).map_err(|error| wrong(&path, &error))?;
        pages(&connection, "PRAGMA integrity_check(1)", &path)
    }
}

/// Where the writer keeps what it sets aside of a change that may be undone: in memory, for pages hold rows of persons, and a temporary
/// file is in no plan of the end of data. Only a database that is written anew is too large for that.
pub(crate) const SET_ASIDE: &str = "temp_store";
pub(crate) const IN_MEMORY: &str = "MEMORY";

/// A connection with everything set that the contract leans on.
pub(crate) fn connect(path: &Path, read_only: bool) -> rusqlite::Result<Connection> {
    let how = if read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    };
    let connection = Connection::open_with_flags(path, how | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    if !read_only {
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        // FULL: the log is synced at every commit, before anybody is answered.
        connection.pragma_update(None, "synchronous", "FULL")?;
        // 64 MiB of pages, and the log is folded in every 128 MiB: a page that many groups touch is
        // then written back once. Reading such a log at the next opening takes a third of a second.
        connection.pragma_update(None, "cache_size", -65_536)?;
        connection.pragma_update(None, "wal_autocheckpoint", 32_768)?;
        // What is deleted is overwritten with zeros, in pages that stay and in those that are free.
        connection.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(()))?;
    }
    Ok(connection)
}

fn inspect(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let bytes = std::fs::metadata(path).map_or(0, |meta| meta.len());
    if bytes > CHECKED_AT_OPENING {
        return Ok(());
    }
    pages(connection, "PRAGMA quick_check(1)", path)
}

pub(crate) fn pages(connection: &Connection, check: &str, path: &Path) -> Result<(), OpenError> {
    let found: String =
        connection.query_row(check, [], |row| row.get(0)).map_err(|error| wrong(path, &error))?;
    if found == "ok" {
        return Ok(());
    }
    // The first line that says where; the rest repeats the same damage from other sides. Before it stands which database, which is known.
    let mut lines = found.lines().filter(|line| !line.starts_with("***"));
    let detail = lines.next().unwrap_or(&found).to_owned();
    Err(OpenError::Damaged { path: path.to_owned(), detail })
}

/// Compares the vault with the one that sealed the folder; of a new folder, notes it.
pub(crate) fn know_key(
    connection: &Connection,
    vault: &Vault,
    path: &Path,
    dir: &Path,
) -> Result<(), OpenError> {
    let failed = |error: rusqlite::Error| wrong(path, &error);
    let held: Option<Vec<u8>> = connection
        .query_row("SELECT value FROM folder WHERE name = 'key-check'", [], |row| row.get(0))
        .optional()
        .map_err(failed)?;
    match held {
        Some(held) if held == vault.check() => Ok(()),
        Some(_) => Err(OpenError::OtherKey { path: dir.join(folder::KEY) }),
        None => connection
            .execute("INSERT INTO folder (name, value) VALUES ('key-check', ?1)", [vault.check()])
            .map(|_| ())
            .map_err(failed),
    }
}

/// Learns the keys of the days under which the folder's keys are wrapped, and destroys those of other days: of one that was
/// made for a night that never began, and of one that ended and left its former key.
fn know_days(connection: &Connection, vault: &Vault, dir: &Path) -> Result<(), OpenError> {
    let lost = |error| OpenError::Folder { dir: dir.to_owned(), error };
    let days = learn_days(connection, vault, dir)?;
    // Of a night that broke off before its first portion a key is left that is written over by the next one.
    let others = folder::day_keys(dir).map_err(lost)?.into_iter().filter(|other| !days.contains(other));
    for other in others.filter(|_| !days.is_empty()) {
        folder::destroy(&folder::day_key(dir, other)).map_err(lost)?;
    }
    Ok(())
}

/// Learns the keys of the days under which a database's keys are wrapped, from the folder in which they lie; gives their numbers. None before
/// the first night, two while one is under way.
pub(crate) fn learn_days(connection: &Connection, vault: &Vault, dir: &Path) -> Result<Vec<u32>, OpenError> {
    let failed = |error: rusqlite::Error| wrong(&folder::database(dir), &error);
    let mut days = Vec::new();
    for name in [DAY, NEXT_DAY] {
        let Some(day) = day(connection, name).map_err(failed)? else { continue };
        let path = folder::day_key(dir, day);
        let key = folder::key_in(path.clone())?;
        vault.learn(day, &key).ok_or(OpenError::NotAKey { path })?;
        vault.begin(day);
        days.push(day);
    }
    Ok(days)
}

pub(crate) fn wrong(path: &Path, error: &rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    let detail = error.to_string();
    match error.sqlite_error_code() {
        Some(ffi::ErrorCode::DatabaseCorrupt | ffi::ErrorCode::NotADatabase) => {
            OpenError::Damaged { path, detail }
        }
        Some(_) | None => OpenError::Database { path, detail },
    }
}
