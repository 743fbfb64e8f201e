//! The data folder: its lock, its key file, its permissions.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use mingma_registry::Rng;
use mingma_registry::ports::draw;
use zeroize::Zeroizing;

use crate::open::OpenError;
use crate::vault::KEY_BYTES;

/// The database.
pub(crate) const DATABASE: &str = "mingma.db";
/// The database of a backup.
pub(crate) const BACKUP: &str = "backup.db";
/// The wrapped keys, beside a backup.
pub(crate) const KEYS: &str = "keys.db";
/// The master key, in hexadecimal.
pub(crate) const KEY: &str = "master.key";
/// Held by the process that has the folder open.
pub(crate) const LOCK: &str = "lock";
/// What was committed and is not folded into the database yet.
pub(crate) const LOG: &str = "mingma.db-wal";

/// The certificate of an end that has begun: from here on nothing is recorded.
const ENDING: &str = "ending.cose";
/// The certificate of an end that is complete.
const ENDED: &str = "ended.cose";

/// The certificate of a folder whose deployment has ended, or whose end has begun, and whether it is complete.
pub(crate) fn certificate(dir: &Path) -> Option<(PathBuf, bool)> {
    let found = |name: &str, complete| Some((dir.join(name), complete)).filter(|(path, _)| path.is_file());
    found(ENDED, true).or_else(|| found(ENDING, false))
}

/// Where the certificate lies while the end goes on, and when it is complete.
pub(crate) fn certificates(dir: &Path) -> (PathBuf, PathBuf) {
    (dir.join(ENDING), dir.join(ENDED))
}

/// The folder, for as long as this is held. The operating system lets go of it with the process, however that ends.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "held, never read")] File);

/// Makes the folder if it is not there, and takes it.
pub(crate) fn take(dir: &Path) -> Result<Lock, OpenError> {
    make_private(dir).map_err(|error| OpenError::Folder { dir: dir.to_owned(), error })?;
    let path = dir.join(LOCK);
    let failed = |error| OpenError::Folder { dir: dir.to_owned(), error };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { dir: dir.to_owned() }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// The file of a day's key.
pub(crate) fn day_key(dir: &Path, day: u32) -> PathBuf {
    dir.join(format!("{DAY_KEY}{day}.key"))
}

/// How the file of a day's key begins; its number follows.
const DAY_KEY: &str = "day-";

/// The numbers of the days whose keys lie in a folder.
pub(crate) fn day_keys(dir: &Path) -> io::Result<Vec<u32>> {
    let mut days = Vec::new();
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(DAY_KEY)?.strip_suffix(".key"));
        days.extend(number.and_then(|number| number.parse::<u32>().ok()));
    }
    Ok(days)
}

/// Destroys a key's file: it is overwritten, then removed. What a disk keeps of it beneath its file system is out of reach.
pub(crate) fn destroy(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(&[b'0'; 2 * KEY_BYTES])?;
    file.sync_all()?;
    fs::remove_file(path)
}

/// The master key; a new one only where there is no database that an older one sealed.
pub(crate) fn key(dir: &Path, rng: &dyn Rng) -> Result<Zeroizing<[u8; KEY_BYTES]>, OpenError> {
    match present_key(dir) {
        Err(OpenError::KeyLost { path }) if !dir.join(DATABASE).exists() => {
            let bytes = Zeroizing::new(draw(rng).map_err(|_| OpenError::NoEntropy)?);
            write_key(&path, &bytes).map_err(|error| OpenError::Key { path, error })?;
            sync_dir(dir).map_err(|error| OpenError::Folder { dir: dir.to_owned(), error })?;
            Ok(bytes)
        }
        present => present,
    }
}

/// The master key that is there.
pub(crate) fn present_key(dir: &Path) -> Result<Zeroizing<[u8; KEY_BYTES]>, OpenError> {
    key_in(dir.join(KEY))
}

/// The key in a file.
pub(crate) fn key_in(path: PathBuf) -> Result<Zeroizing<[u8; KEY_BYTES]>, OpenError> {
    match File::open(&path) {
        Ok(file) => read_key(file, &path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(OpenError::KeyLost { path }),
        Err(error) => Err(OpenError::Key { path, error }),
    }
}

fn read_key(mut file: File, path: &Path) -> Result<Zeroizing<[u8; KEY_BYTES]>, OpenError> {
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(|error| OpenError::Key { path: path.to_owned(), error })?;
    let text = text.trim_end();
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    match base16ct::mixed::decode(text, key.as_mut_slice()).map(<[u8]>::len) {
        Ok(KEY_BYTES) => Ok(key),
        _ => Err(OpenError::NotAKey { path: path.to_owned() }),
    }
}

pub(crate) fn write_key(path: &Path, key: &[u8; KEY_BYTES]) -> io::Result<()> {
    let mut line = Zeroizing::new([b'\n'; 2 * KEY_BYTES + 1]);
    base16ct::lower::encode(key, line.as_mut_slice()).map_err(io::Error::other)?;
    write_private(path, line.as_slice())
}

/// Writes a new file for the owner's eyes only: whole or not at all under its name.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("draft");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

/// A folder that only its owner can enter; one that is there already stays as it is.
pub(crate) fn make_private(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Whether there is a database, and if there is none also no key that sealed one: to make another would be to lose what comes back.
pub(crate) fn is_filled(dir: &Path) -> Result<bool, OpenError> {
    let path = database(dir);
    let failed = |error| OpenError::Folder { dir: dir.to_owned(), error };
    if fs::metadata(&path).is_ok_and(|database| database.len() > 0) {
        return Ok(true);
    }
    if dir.join(KEY).exists() || dir.is_dir() && !day_keys(dir).map_err(failed)?.is_empty() {
        return Err(OpenError::DatabaseLost { path });
    }
    Ok(false)
}

/// The path of the database.
pub(crate) fn database(dir: &Path) -> PathBuf {
    dir.join(DATABASE)
}
