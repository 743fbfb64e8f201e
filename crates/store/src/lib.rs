//! Keeps what the registry decides, in SQLite: one writer that commits in groups, readers beside it.
//!
//! A data folder holds the database (`mingma.db` with its log), the master key (`master.key`, the owner's eyes only) and
//! a lock file. One process at a time opens it. Every write goes to one thread, which gathers what has come meanwhile, commits
//! it with one `fsync` and only then answers; so a caller that hangs up cuts nothing, and a thousand callers share
//! one wait. Identities are sealed with a key per person, and found by a keyed hash. No rule and no policy is here.

mod backup;
mod cached;
mod end;
mod folder;
mod look;
mod observe;
mod open;
mod read;
mod rows;
mod schema;
mod scrub;
mod vault;
mod write;
mod writer;

pub use backup::{BackupError, Restored, backup_of, restore};
pub use cached::{Cached, RECORDS};
pub use end::{begin_end, ended, finish_end, not_ended};
pub use look::{Depth, Look, in_use, look};
pub use observe::{Backlog, GROUP_SIZES, MAX_COUNTED, Observer, Seen};
pub use open::{OpenError, Settings};
pub use read::population::{Residents, Snapshot};

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use mingma_domain::document::Document;
use mingma_domain::fact::{Evidence, Issuer};
use mingma_domain::{Fact, Region};
use mingma_registry::feed::{AsOf, Fed, Later, Mark};
use mingma_registry::intake::{Intake, IssuedFact};
use mingma_registry::journal::{Entry, Numbered};
use mingma_registry::retention::{Aged, Holding, Passed};
use mingma_registry::row::{
    AppealSpan, Counted, IdempotencyKey, MovedOn, Notice, NoticeState, RecordedFact, Request, Requester,
    Said, Tally,
};
use mingma_registry::staff::StaffMember;
use mingma_registry::store::{
    DisputedFact, MAX_CHANGES, MAX_ERASURES, Newcomer, OpenCase, Page, Persons, Published, Purge, Spent,
    Waiting,
};
use mingma_registry::{
    AccessRecord, AppealId, Applied, Change, EntryId, FactId, NoticeId, PersonId, PersonRecord, Resident,
    Store, StoreError,
};
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

    /// When the last [`scrub`](Store::scrub) was over, as of its opening; none if there never was one.
    #[must_use]
    pub const fn night(&self) -> Option<Timestamp> {
        self.night
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

#[async_trait]
impl Store for SqliteStore {
    async fn find(&self, document: &Document) -> Result<Option<PersonId>, StoreError> {
        let key = self.vault.document_key(document);
        self.read(|c| read::person_of(c, &key))
    }

    async fn identify(&self, newcomers: Vec<Newcomer>) -> Result<Vec<PersonId>, StoreError> {
        // Most are known: what is read needs no wait for the disk, for one document is one person for good.
        let keys: Vec<_> = newcomers.iter().map(|n| self.vault.document_key(&n.document)).collect();
        let known =
            self.read(|c| keys.iter().map(|key| read::person_of(c, key)).collect::<Result<Vec<_>, _>>())?;
        if let Some(all) = known.into_iter().collect::<Option<Vec<_>>>() {
            return Ok(all);
        }
        self.writer.identify(newcomers).await
    }

    async fn document(&self, person: PersonId) -> Result<Option<Document>, StoreError> {
        self.read(|c| read::document(c, &self.vault, person))
    }

    async fn apply(&self, changes: Vec<Change>) -> Result<Vec<Applied>, StoreError> {
        match changes.len() {
            0 => Ok(Vec::new()),
            1..=MAX_CHANGES => self.writer.apply(changes).await,
            given => Err(StoreError::TooMany { given }),
        }
    }

    async fn record(&self, person: PersonId) -> Result<Arc<PersonRecord>, StoreError> {
        self.read(|c| read::record(c, &self.vault, person)).map(Arc::new)
    }

    async fn access(&self, person: PersonId, since: Timestamp) -> Result<AccessRecord, StoreError> {
        self.read(|c| read::access(c, &self.vault, person, since))
    }

    async fn staff_member(&self, name: &Evidence) -> Result<Option<StaffMember>, StoreError> {
        self.read(|c| read::staff_member(c, &self.vault, name))
    }

    async fn staff(&self) -> Result<Vec<StaffMember>, StoreError> {
        self.read(|c| read::staff(c, &self.vault))
    }

    async fn spent(&self, now: Timestamp) -> Result<Vec<Spent>, StoreError> {
        self.read(|c| read::spent(c, now))
    }

    async fn request(&self, of: Requester, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        self.read(|c| read::request(c, &of, key))
    }

    async fn requests(&self, person: PersonId) -> Result<Vec<Request>, StoreError> {
        self.read(|c| read::requests(c, person))
    }

    async fn submission(&self, issuer: &Issuer, key: &IdempotencyKey) -> Result<Option<Intake>, StoreError> {
        self.read(|c| read::submission(c, issuer, key))
    }

    async fn submissions(
        &self,
        issuer: &Issuer,
        before: Option<(Timestamp, IdempotencyKey)>,
        limit: u32,
    ) -> Result<Vec<Intake>, StoreError> {
        self.read(|c| read::submissions(c, issuer, before.as_ref(), limit))
    }

    async fn issued(
        &self,
        issuer: &Issuer,
        facts: &[FactId],
        witnessed: u64,
    ) -> Result<Vec<IssuedFact>, StoreError> {
        self.read(|c| read::issued(c, issuer, facts, witnessed))
    }

    async fn recorded_by(
        &self,
        issuer: &Issuer,
        of: &[(Document, Evidence)],
    ) -> Result<Vec<Vec<Fact>>, StoreError> {
        let keyed: Vec<_> = of.iter().map(|(d, evidence)| (self.vault.document_key(d), evidence)).collect();
        self.read(|c| keyed.iter().map(|of| read::recorded_by(c, issuer, of)).collect())
    }

    async fn waiting(&self, of: Waiting, limit: u32) -> Result<Page<RecordedFact, FactId>, StoreError> {
        self.read(|c| read::waiting(c, &of, limit))
    }

    async fn open_appeals(
        &self,
        region: Region,
        after: Option<(Timestamp, AppealId)>,
        limit: u32,
    ) -> Result<Page<OpenCase, (Timestamp, AppealId)>, StoreError> {
        self.read(|c| read::open_appeals(c, region, after, limit))
    }

    async fn disputes(
        &self,
        issuer: &Issuer,
        after: Option<(Timestamp, AppealId)>,
        limit: u32,
    ) -> Result<Page<DisputedFact, (Timestamp, AppealId)>, StoreError> {
        self.read(|c| read::disputes(c, issuer, after, limit))
    }

    async fn tallies(
        &self,
        of: Option<&Issuer>,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Tally>, StoreError> {
        self.read(|c| read::tallies(c, of, since, until))
    }

    async fn said(
        &self,
        issuer: &Issuer,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Said>, StoreError> {
        self.read(|c| read::said(c, issuer, since, until))
    }

    async fn counted(
        &self,
        issuer: &Issuer,
        key: &IdempotencyKey,
    ) -> Result<Vec<(Counted, u64)>, StoreError> {
        self.read(|c| read::counted(c, issuer, key))
    }

    async fn moved(&self, since: i64, until: i64) -> Result<Vec<MovedOn>, StoreError> {
        self.read(|c| read::moved(c, since, until))
    }

    async fn appeal_spans(&self, since: Timestamp) -> Result<Vec<AppealSpan>, StoreError> {
        self.read(|c| read::appeal_spans(c, since))
    }

    async fn publications(&self, after: u64, limit: u32) -> Result<Vec<Published>, StoreError> {
        self.read(|c| read::publications(c, after, limit))
    }

    async fn entries(&self, about: Option<PersonId>) -> Result<Vec<Entry>, StoreError> {
        self.read(|c| read::entries(c, &self.vault, about))
    }

    async fn journal(&self, after: u64, limit: u32) -> Result<Vec<Numbered>, StoreError> {
        self.read(|c| read::journal(c, after, limit))
    }

    async fn adopt(&self, lost: Vec<Numbered>) -> Result<Option<u64>, StoreError> {
        self.writer.adopt(lost).await
    }

    async fn numbers(&self, about: Option<PersonId>) -> Result<Vec<(EntryId, u64)>, StoreError> {
        self.read(|c| read::numbers(c, about))
    }

    async fn notices(&self, person: PersonId) -> Result<Vec<(Notice, NoticeState)>, StoreError> {
        self.read(|c| read::notices(c, person))
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<(Notice, u16)>, StoreError> {
        self.read(|c| read::due(c, now, limit))
    }

    async fn settle(&self, person: PersonId, notice: NoticeId, to: NoticeState) -> Result<(), StoreError> {
        self.writer.settle(person, notice, to).await
    }

    async fn holders(&self, persons: &[PersonId], now: Timestamp) -> Result<Vec<PersonId>, StoreError> {
        if persons.is_empty() {
            return Ok(Vec::new());
        }
        self.read(|c| read::holders(c, persons, now))
    }

    async fn reserve(&self, shard: u32) -> Result<Option<u32>, StoreError> {
        self.writer.reserve(shard).await
    }

    async fn reserved(&self, from: u32) -> Result<Vec<(u32, u32)>, StoreError> {
        self.read(|c| read::reserved(c, from))
    }

    async fn revoked(&self, shard: u32) -> Result<Vec<u32>, StoreError> {
        self.read(|c| read::revoked(c, shard))
    }

    async fn feed(&self, after: u64, limit: u32, as_of: AsOf) -> Result<Vec<Fed>, StoreError> {
        self.read(|c| read::feed(c, after, limit, as_of))
    }

    async fn lapsed(
        &self,
        place: u64,
        due: (Timestamp, Timestamp),
        witnessed: u64,
    ) -> Result<Vec<Resident>, StoreError> {
        self.read(|c| read::lapsed(c, place, due, witnessed))
    }

    async fn resident(&self, person: PersonId, place: u64, as_of: AsOf) -> Result<Resident, StoreError> {
        self.read(|c| read::resident(c, person, place, as_of))
    }

    async fn later(&self, person: PersonId, witnessed: u64) -> Result<Vec<Later>, StoreError> {
        self.read(|c| read::later(c, person, witnessed))
    }

    async fn fed(&self) -> Result<u64, StoreError> {
        self.read(read::fed)
    }

    async fn marks(&self) -> Result<Vec<Mark>, StoreError> {
        self.read(read::marks)
    }

    async fn mark(&self, first: Mark, further: Vec<Mark>) -> Result<(), StoreError> {
        self.writer.mark(first, further).await
    }

    async fn aged(
        &self,
        after: Option<PersonId>,
        limit: u32,
        aged: Option<&Aged>,
    ) -> Result<Persons, StoreError> {
        self.read(|c| read::aged(c, after, limit, aged))
    }

    async fn holding(&self, person: PersonId) -> Result<Holding, StoreError> {
        self.read(|c| read::holding(c, &self.vault, person))
    }

    async fn purge(&self, purge: Purge) -> Result<Applied, StoreError> {
        match purge.erasures.len() {
            0..=MAX_ERASURES => self.writer.purge(purge).await,
            given => Err(StoreError::TooMany { given }),
        }
    }

    async fn pass(&self, passed: Passed) -> Result<u64, StoreError> {
        self.writer.pass(passed).await
    }

    async fn scrub(&self, now: Timestamp) -> Result<(), StoreError> {
        self.writer.scrub(now).await
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("dir", &self.dir).finish_non_exhaustive()
    }
}
