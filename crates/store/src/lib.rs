//! Keeps what the registry decides, in SQLite: one writer that commits in groups, readers beside it.
//!
//! A data folder holds the database (`mingma.db` with its log), the master key (`master.key`, the owner's eyes only) and
//! a lock file. One process at a time opens it. Every write goes to one thread, which gathers what has come meanwhile, commits
//! it with one `fsync` and only then answers; so a caller that hangs up cuts nothing, and a thousand callers share
//! one wait. Identities are sealed with a key per person, and found by a keyed hash. No rule and no policy is here.

mod backup;
mod beside;
mod cached;
mod end;
mod folder;
mod look;
mod observe;
mod open;
mod port;
mod read;
mod rows;
mod schema;
mod scrub;
mod vault;
mod write;
mod writer;

pub use backup::{BackupError, Restored, backup_of, restore};
pub use beside::{Beside, KeptOf, KeptPublic};
pub use cached::{Cached, RECORDS};
pub use end::{begin_end, ended, finish_end, not_ended};
pub use look::{Depth, Look, in_use, look};
pub use observe::{Backlog, GROUP_SIZES, MAX_COUNTED, Observer, Seen};
pub use open::{OpenError, Settings};
pub use read::population::{Residents, Snapshot};

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use mingma_registry::{PersonId, StoreError};
use rusqlite::Connection;
use zeroize::Zeroizing;

use crate::folder::Lock;
use crate::vault::Vault;
use crate::writer::Writer;

/// A data folder that is open.
///
/// It is closed when it is dropped: the writer finishes what it has taken in, and the log is folded into the
/// database.
pub struct SqliteStore {
    dir: PathBuf,
    newest: Option<Timestamp>,
    night: Option<Timestamp>,
    restored: Option<Timestamp>,
    // Before the writer: only the last connection that closes folds the log in, and readers may not write.
    readers: Vec<Mutex<Connection>>,
    writer: Writer,
    next: AtomicUsize,
    vault: Vault,
    // Held until everything above it is closed: fields are dropped in this order.
    _lock: Lock,
}

impl SqliteStore {
    /// Its folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// When the newest thing in it was recorded, as of its opening: no clock was right that says less.
    #[must_use]
    pub const fn newest(&self) -> Option<Timestamp> {
        self.newest
    }

    /// When the last [`scrub`](mingma_registry::Store::scrub) was over, as of its opening; none if there never was one.
    #[must_use]
    pub const fn night(&self) -> Option<Timestamp> {
        self.night
    }

    /// Up to when the keys that opened its backup had ended what is not in it, as of its opening; none if it has everything that the backup
    /// had. No public act tells of that, for it was the night of another folder.
    #[must_use]
    pub const fn restored(&self) -> Option<Timestamp> {
        self.restored
    }

    /// About whom an entry of the journal is, by its number; none of a public act, or if there is none. For whoever draws
    /// persons by the log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn whose(&self, number: u64) -> Result<Option<PersonId>, StoreError> {
        self.read(|c| read::whose(c, number))
    }

    /// Somebody who looks at the store from beside it.
    #[must_use]
    pub fn observer(&self) -> Observer {
        self.writer.observer(folder::database(&self.dir))
    }

    /// A secret for a purpose of the program's own, such as its sessions: the same as long as the folder's key is, and
    /// of no use for opening what is kept.
    #[must_use]
    pub fn secret(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        self.vault.secret(purpose)
    }

    /// Runs a read on a connection of its own, as of one moment.
    ///
    /// It runs where it is called: a read of one person is a few dozen microseconds of work on pages that are in memory.
    fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let free = self.readers.iter().find_map(|reader| reader.try_lock().ok());
        let waiting = || self.readers.get(turn % self.readers.len().max(1)).map(Mutex::lock);
        let mut connection = match free {
            Some(connection) => connection,
            None => waiting()
                .ok_or_else(|| StoreError::Stopped { reason: "no reader".to_owned() })?
                .unwrap_or_else(PoisonError::into_inner),
        };
        let moment = connection.transaction().map_err(|e| rows::failed(&e))?;
        read(&moment)
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("dir", &self.dir).finish_non_exhaustive()
    }
}
