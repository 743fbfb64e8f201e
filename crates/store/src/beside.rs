//! Reading all that a database keeps, beside whoever has it open: for whoever holds it against the journal's log. Each reading sees one moment, and
//! nothing that is read goes through what leaves out or puts back rows.

use std::cell::OnceCell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use mingma_registry::journal::{Entry, Numbered};
use mingma_registry::row::{PublicRow, Request};
use mingma_registry::staff::StaffMember;
use mingma_registry::store::Published;
use mingma_registry::{PersonId, PersonRecord, StoreError};
use rusqlite::Connection;

use crate::look::{self, Held, NoChance};
use crate::open::{self, OpenError};
use crate::rows::failed;
use crate::vault::Vault;
use crate::{SqliteStore, end, folder, read};

/// Somebody who reads a database beside whoever has it open. From the first reading on its connection is open.
pub struct Beside {
    path: PathBuf,
    connection: OnceCell<Connection>,
    vault: Vault,
    /// The folder whose keys of days are to be learnt, where another process may change them.
    learns: Option<PathBuf>,
    _held: Option<Held>,
}

/// All that is kept of a person of which the journal speaks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptOf {
    /// The rows, as they are kept.
    pub record: PersonRecord,
    /// The requests.
    pub requests: Vec<Request>,
    /// The entries, in the order of their ids.
    pub entries: Vec<Entry>,
    /// Their numbers, in the same order.
    pub numbers: Vec<u64>,
}

/// All that is kept about nobody of which the journal speaks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptPublic {
    /// The public acts, in their order.
    pub published: Vec<Published>,
    /// The staff list.
    pub staff: Vec<StaffMember>,
    /// The entries of both with their numbers, in that order.
    pub entries: Vec<(u64, Entry)>,
}

impl SqliteStore {
    /// Somebody who reads beside it. Once it has read it is to be dropped before the store: the last connection that closes folds the log in.
    #[must_use]
    pub fn beside(&self) -> Beside {
        let (path, vault) = (folder::database(&self.dir), self.vault.clone());
        Beside { path, connection: OnceCell::new(), vault, learns: None, _held: None }
    }
}

impl Beside {
    /// Reads a folder, whoever has it open. If no process has, none can open it meanwhile.
    ///
    /// # Errors
    /// [`OpenError`], as opening the folder would give, but for its being in use.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        end::not_ended(dir)?;
        let (held, connection) = look::reading(dir)?;
        let vault = Vault::new(&*folder::present_key(dir)?, Arc::new(NoChance))
            .ok_or_else(|| OpenError::NotAKey { path: dir.join(folder::KEY) })?;
        let (path, connection) = (folder::database(dir), OnceCell::from(connection));
        Ok(Self { path, connection, vault, learns: Some(dir.to_owned()), _held: Some(held) })
    }

    /// The entries with numbers above this one, in order, without what opens them; at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn journal(&self, after: u64, limit: u32) -> Result<Vec<Numbered>, StoreError> {
        self.moment(|connection| read::journal(connection, after, limit))
    }

    /// What is kept about nobody.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn public(&self) -> Result<KeptPublic, StoreError> {
        self.moment(|connection| {
            let numbers = read::numbers(connection, None)?.into_iter().map(|(_, number)| number);
            let mut entries: Vec<(u64, Entry)> =
                numbers.zip(read::entries(connection, &self.vault, None)?).collect();
            entries.sort_unstable_by_key(|(number, _)| *number);
            let published = read::publications(connection, 0, u32::MAX)?;
            Ok(KeptPublic { published, staff: read::staff(connection, &self.vault)?, entries })
        })
    }

    /// When the last end of data was that a public act with a number above this one tells of, or up to when the keys of a restored folder had
    /// ended things; and the number of the last act.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn purged(&self, after: u64) -> Result<(u64, Option<Timestamp>), StoreError> {
        let (acts, restored) = self.moment(|connection| {
            let acts = read::publications(connection, after, u32::MAX)?;
            Ok((acts, read::noted(connection, read::RESTORED)?))
        })?;
        let last = acts.last().map_or(after, |act| act.number);
        let told = acts.into_iter().filter_map(|act| {
            let PublicRow::Purged(purged) = act.row else { return None };
            Some(purged.at)
        });
        Ok((last, told.max().max(restored)))
    }

    /// The next about whom anything is kept of which the journal speaks, known or not, in the order of their ids; at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn persons(&self, after: Option<PersonId>, limit: u32) -> Result<Vec<PersonId>, StoreError> {
        self.moment(|connection| read::everybody(connection, after, limit))
    }

    /// What is kept of a person.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn of(&self, person: PersonId) -> Result<KeptOf, StoreError> {
        self.moment(|connection| {
            let vault = &self.vault;
            let numbers = read::numbers(connection, Some(person))?.into_iter().map(|(_, number)| number);
            Ok(KeptOf {
                record: read::record(connection, vault, person)?,
                requests: read::requests(connection, person)?,
                entries: read::entries(connection, vault, Some(person))?,
                numbers: numbers.collect(),
            })
        })
    }

    fn connection(&self) -> Result<&Connection, StoreError> {
        if let Some(connection) = self.connection.get() {
            return Ok(connection);
        }
        let opened = open::connect(&self.path, true).map_err(|e| failed(&e))?;
        Ok(self.connection.get_or_init(|| opened))
    }

    /// Reads as of one moment.
    fn moment<T>(&self, read: impl Fn(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let once = || {
            let moment = self.connection()?.unchecked_transaction().map_err(|e| failed(&e))?;
            if let Some(dir) = &self.learns {
                let unknown = |error: OpenError| StoreError::Stopped { reason: error.to_string() };
                open::learn_days(&moment, &self.vault, dir).map_err(unknown)?;
            }
            read(&moment)
        };
        // Between the moment and the reading of a day's key the night of another process may have destroyed that: then there is a next one.
        once().or_else(|error| if self.learns.is_some() { once() } else { Err(error) })
    }
}

impl fmt::Debug for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Beside").finish_non_exhaustive()
    }
}
