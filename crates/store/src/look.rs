//! Looking at a data folder without opening it: for whoever asks what is wrong with it. Nothing in it is changed.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use mingma_registry::{NoEntropy, Rng, StoreError};
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::observe::{Backlog, MAX_COUNTED};
use crate::open::{self, OpenError};
use crate::schema::{self, Found};
use crate::vault::Vault;
use crate::{end, folder, read};

/// What a data folder is like.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Look {
    /// The version of its tables.
    pub version: usize,
    /// Whether that is a former one, which the next opening brings up to date.
    pub older: bool,
    /// The bytes of the database and of its log.
    pub bytes: u64,
    /// Whether every page was checked, and found whole.
    pub checked: bool,
    /// When the newest thing in it was recorded.
    pub newest: Option<Timestamp>,
    /// Notices that wait.
    pub backlog: Backlog,
    /// The number of the newest entry of the journal.
    pub numbered: u64,
}

/// How much of the database is read to find damage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// Every page, if the folder is not in use and opening it would read them too.
    AsOpening,
    /// Every page and every index.
    Whole,
}

/// Nothing is sealed here, so nobody needs chance.
pub(crate) struct NoChance;

impl Rng for NoChance {
    fn fill(&self, _: &mut [u8]) -> Result<(), NoEntropy> {
        Err(NoEntropy)
    }
}

/// Whether a process has the folder open.
///
/// # Errors
/// [`OpenError::Folder`] if its lock cannot be read.
pub fn in_use(dir: &Path) -> Result<bool, OpenError> {
    Ok(matches!(hold(dir)?, Held::Elsewhere))
}

/// Looks at a folder. If no process has it open it cannot be opened while this looks.
///
/// # Errors
/// [`OpenError`], as opening the folder would give, but for its being in use.
pub fn look(dir: &Path, depth: Depth) -> Result<Look, OpenError> {
    end::not_ended(dir)?;
    let path = folder::database(dir);
    if !folder::is_filled(dir)? {
        return Err(OpenError::NoData { dir: dir.to_owned() });
    }
    let (held, connection) = reading(dir)?;
    let vault = Vault::new(&*folder::present_key(dir)?, Arc::new(NoChance))
        .ok_or_else(|| OpenError::NotAKey { path: dir.join(folder::KEY) })?;
    let failed = |error: rusqlite::Error| open::wrong(&path, &error);
    let log_bytes = log_bytes(dir);
    let bytes = std::fs::metadata(&path).map_or(0, |meta| meta.len());
    let checked = match depth {
        Depth::Whole => Some("PRAGMA integrity_check(1)"),
        Depth::AsOpening => (matches!(held, Held::Here(_)) && bytes <= open::CHECKED_AT_OPENING)
            .then_some("PRAGMA quick_check(1)"),
    };
    if let Some(check) = checked {
        open::pages(&connection, check, &path)?;
    }
    let (version, older) = match schema::look(&connection).map_err(failed)? {
        Found::Same => (schema::VERSION, false),
        Found::Older(found) => (found, true),
        Found::Newer(found) => return Err(OpenError::Newer { found }),
        Found::Torn(found) => return Err(OpenError::Torn { found }),
    };
    let known: Option<Vec<u8>> = connection
        .query_row("SELECT value FROM folder WHERE name = 'key-check'", [], |row| row.get(0))
        .optional()
        .map_err(failed)?;
    if known.is_some_and(|known| known != vault.check()) {
        return Err(OpenError::OtherKey { path: dir.join(folder::KEY) });
    }
    if matches!(held, Held::Here(_)) {
        // Of a folder in use the night may just destroy one.
        open::learn_days(&connection, &vault, dir)?;
    }
    let unread = |error: StoreError| OpenError::Database { path: path.clone(), detail: error.to_string() };
    Ok(Look {
        version,
        older,
        bytes: bytes + log_bytes,
        checked: checked.is_some(),
        newest: read::newest(&connection).map_err(&unread)?,
        backlog: read::backlog(&connection, MAX_COUNTED).map_err(&unread)?,
        numbered: numbered(&connection, older).map_err(&unread)?,
    })
}

/// The number of the newest entry; none of tables of before entries had numbers.
fn numbered(connection: &Connection, older: bool) -> Result<u64, StoreError> {
    if older { Ok(0) } else { read::numbered(connection) }
}

/// The folder's database, to be read, and who has the folder. One that is at rest is read without a trace.
pub(crate) fn reading(dir: &Path) -> Result<(Held, Connection), OpenError> {
    let (path, held) = (folder::database(dir), hold(dir)?);
    let connection = match &held {
        // A folder at rest has no log, and a database that nobody writes leaves none.
        Held::Here(_) if log_bytes(dir) == 0 => untouched(&path),
        Held::Here(_) | Held::Elsewhere => open::connect(&path, true),
    };
    let connection = connection.map_err(|error| open::wrong(&path, &error))?;
    Ok((held, connection))
}

fn log_bytes(dir: &Path) -> u64 {
    std::fs::metadata(dir.join(folder::LOG)).map_or(0, |meta| meta.len())
}

/// Who has the folder.
pub(crate) enum Held {
    /// A process that has it open.
    Elsewhere,
    /// We, for as long as this is kept. A folder that was just restored has no lock to hold.
    Here(#[expect(dead_code, reason = "held, never read")] Option<File>),
}

/// Takes the folder's lock, shared, if no process has the folder open.
fn hold(dir: &Path) -> Result<Held, OpenError> {
    let failed = |error| OpenError::Folder { dir: dir.to_owned(), error };
    let file = match File::open(dir.join(folder::LOCK)) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Held::Here(None)),
        Err(error) => return Err(failed(error)),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(Held::Here(Some(file))),
        Err(TryLockError::WouldBlock) => Ok(Held::Elsewhere),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// A connection that leaves no file behind. Only for a database that nobody writes.
fn untouched(path: &Path) -> rusqlite::Result<Connection> {
    let mut name = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(byte) {
            name.push(char::from(*byte));
        } else {
            // INVARIANT: writing to a text never fails.
            let _written = std::fmt::Write::write_fmt(&mut name, format_args!("%{byte:02X}"));
        }
    }
    name.push_str("?immutable=1");
    let how = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(name, how)
}
