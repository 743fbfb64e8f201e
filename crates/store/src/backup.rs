//! A backup of a data folder while it serves, and its way back.
//!
//! A backup is a folder like the one it was made of: the database as of one moment, and the key that opens it. Whoever
//! has it has everything; it is to be kept like the key.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::SqliteStore;
use crate::folder::{self, KEY};
use crate::open::{OpenError, connect};

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
    #[error("`{}` is no backup: it has a `mingma.db` and a `master.key`", .path.display())]
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

impl SqliteStore {
    /// Copies the data as of one moment into a new folder, while everything goes on. It is whole under its name or not
    /// there: a copy that breaks off stays behind as `NAME.draft`.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn backup(&self, to: &Path) -> Result<(), BackupError> {
        backup_of(self.dir(), to)
    }
}

/// Copies a data folder, open or not, into a new folder.
///
/// # Errors
/// [`BackupError`].
pub fn backup_of(dir: &Path, to: &Path) -> Result<(), BackupError> {
    let source = folder::database(dir);
    if !source.is_file() {
        return Err(BackupError::NoData { path: dir.to_owned() });
    }
    let draft = start(to)?;
    let path = folder::database(&draft);
    let failed =
        |error: rusqlite::Error| BackupError::Database { path: source.clone(), detail: error.to_string() };
    let connection = connect(&source, true).map_err(failed)?;
    let name = path.to_string_lossy().into_owned();
    connection.execute("VACUUM INTO ?1", [name]).map_err(failed)?;
    sync(&path)?;
    copy_key(dir, &draft)?;
    finish(&draft, to)
}

/// Puts a backup into a new data folder, after it has been checked page by page.
///
/// # Errors
/// [`BackupError`]; then there is no data folder.
pub fn restore(backup: &Path, to: &Path) -> Result<(), BackupError> {
    let source = folder::database(backup);
    if !source.is_file() || !backup.join(KEY).is_file() {
        return Err(BackupError::NotABackup { path: backup.to_owned() });
    }
    let draft = start(to)?;
    let path = folder::database(&draft);
    fs::copy(&source, &path).map_err(|error| BackupError::File { path: path.clone(), error })?;
    sync(&path)?;
    copy_key(backup, &draft)?;
    crate::open::check_copy(&path)?;
    finish(&draft, to)
}

/// A draft folder beside the one that is to come.
fn start(to: &Path) -> Result<PathBuf, BackupError> {
    if to.exists() {
        return Err(BackupError::Exists { path: to.to_owned() });
    }
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
    let path = from.join(KEY);
    let key =
        fs::read(&path).map(zeroize::Zeroizing::new).map_err(|error| BackupError::File { path, error })?;
    let path = to.join(KEY);
    folder::write_private(&path, &key).map_err(|error| BackupError::File { path, error })
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
