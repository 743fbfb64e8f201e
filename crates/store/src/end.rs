//! The end of a data folder: a certificate is put down, then everything is destroyed, and only then is the end complete.
//!
//! At each crash point, what is there. Before the certificate: everything, and the folder can be opened. After it: the certificate says that
//! the end has begun, nobody opens the folder any more, and whoever goes on destroys what is left. When nothing is left it gets the name
//! under which it is complete. The master key goes first: from then on nothing opens what is sealed, whatever becomes of the rest.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::folder;
use crate::open::OpenError;

/// How much is overwritten at a time, in bytes.
const CHUNK: usize = 1 << 20;

/// Refuses a folder whose deployment has ended, or whose end has begun.
///
/// # Errors
/// [`OpenError::Ended`].
pub fn not_ended(dir: &Path) -> Result<(), OpenError> {
    match folder::certificate(dir) {
        None => Ok(()),
        Some((_, complete)) => Err(OpenError::Ended { dir: dir.to_owned(), complete }),
    }
}

/// The certificate of a folder whose end has begun, and whether it is complete.
#[must_use]
pub fn ended(dir: &Path) -> Option<(PathBuf, bool)> {
    folder::certificate(dir)
}

/// Puts down the certificate: from here on there is no way back. The folder may be open.
///
/// # Errors
/// What the system says; then nothing has begun.
pub fn begin_end(dir: &Path, certificate: &[u8]) -> io::Result<()> {
    let (ending, _) = folder::certificates(dir);
    folder::write_private(&ending, certificate)?;
    folder::sync_dir(dir)
}

/// Destroys the folder's keys and everything that it keeps, and these files of keys besides; then the end is complete. Gives where the
/// certificate lies. What broke off goes on when it is called again.
///
/// # Errors
/// [`OpenError`] if the folder is open, or a file cannot be destroyed: the end goes on when this is called again.
pub fn finish_end(dir: &Path, keys: &[PathBuf]) -> Result<PathBuf, OpenError> {
    let failed = |error| OpenError::Folder { dir: dir.to_owned(), error };
    let _lock = folder::take(dir)?;
    let (ending, ended) = folder::certificates(dir);
    if !ending.is_file() {
        return if ended.is_file() { Ok(ended) } else { Err(OpenError::NoData { dir: dir.to_owned() }) };
    }
    let days = folder::day_keys(dir).map_err(failed)?;
    let own =
        std::iter::once(dir.join(folder::KEY)).chain(days.into_iter().map(|day| folder::day_key(dir, day)));
    let database = folder::database(dir);
    let beside = |ending| PathBuf::from(format!("{}-{ending}", database.display()));
    let kept = [beside("wal"), beside("shm"), database.clone()];
    for path in own.chain(keys.iter().cloned()).chain(kept) {
        destroy(&path).map_err(failed)?;
    }
    folder::sync_dir(dir).map_err(failed)?;
    fs::rename(&ending, &ended).and_then(|()| folder::sync_dir(dir)).map_err(failed)?;
    Ok(ended)
}

/// Overwrites a file with zeros and removes it; one that is not there was destroyed before.
fn destroy(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let zeros = vec![0; CHUNK];
    let mut left = file.metadata()?.len();
    while left > 0 {
        let some = zeros.get(..usize::try_from(left).unwrap_or(CHUNK).min(CHUNK)).unwrap_or_default();
        file.write_all(some)?;
        left = left.saturating_sub(u64::try_from(some.len()).unwrap_or(left));
    }
    file.sync_all()?;
    fs::remove_file(path)
}
