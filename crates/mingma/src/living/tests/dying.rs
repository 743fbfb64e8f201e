//! A store whose process dies at a chosen write: before it was kept, or after.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::document::Document;
use mingma_domain::fact::{Evidence, Issuer};
use mingma_registry::feed::{Fed, Mark};
use mingma_registry::intake::{Intake, IssuedFact};
use mingma_registry::journal::{Entry, Numbered};
use mingma_registry::retention::{Holding, Passed};
use mingma_registry::row::{
    AppealSpan, IdempotencyKey, Notice, NoticeState, RecordedFact, Request, Requester, Tally,
};
use mingma_registry::staff::StaffMember;
use mingma_registry::store::{DisputedFact, Newcomer, OpenCase, Page, Published, Purge, Spent, Waiting};
use mingma_registry::{
    AccessRecord, AppealId, Applied, Change, EntryId, FactId, NoticeId, PersonId, PersonRecord, Resident,
    Store, StoreError,
};
use mingma_store::SqliteStore;

pub(super) struct Dying {
    pub(super) store: Arc<SqliteStore>,
    /// After so many writes.
    left: AtomicUsize,
    /// Whether the write at which it dies is kept.
    is_kept: bool,
    dead: AtomicBool,
}

fn gone() -> StoreError {
    StoreError::Stopped { reason: "the process is gone".to_owned() }
}

impl Dying {
    pub(super) fn after(store: Arc<SqliteStore>, writes: usize, is_kept: bool) -> Self {
        Self { store, left: AtomicUsize::new(writes), is_kept, dead: AtomicBool::new(false) }
    }

    pub(super) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    fn alive(&self) -> Result<(), StoreError> {
        if self.is_dead() { Err(gone()) } else { Ok(()) }
    }

    /// Whether this write goes through, and whether it is answered.
    fn write(&self) -> (bool, bool) {
        let lives =
            self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if self.is_dead() {
            return (false, false);
        }
        if !lives {
            self.dead.store(true, Ordering::SeqCst);
        }
        (lives || self.is_kept, lives)
    }
}

/// A store that is shared by those who look at it from outside.
pub(super) struct Shared(pub(super) Arc<Dying>);

macro_rules! reads {
    ($($name:ident($($given:ident: $of:ty),*) -> $out:ty;)*) => {
        #[async_trait]
        impl Store for Shared {
            $(async fn $name(&self, $($given: $of),*) -> Result<$out, StoreError> {
                self.0.alive()?;
                self.0.store.$name($($given),*).await
            })*

            async fn apply(&self, changes: Vec<Change>) -> Result<Vec<Applied>, StoreError> {
                let (goes, is_answered) = self.0.write();
                let applied = if goes { self.0.store.apply(changes).await } else { Err(gone()) };
                if is_answered { applied } else { Err(gone()) }
            }

            async fn mark(&self, marks: Vec<Mark>) -> Result<(), StoreError> {
                let (goes, is_answered) = self.0.write();
                let marked = if goes { self.0.store.mark(marks).await } else { Err(gone()) };
                if is_answered { marked } else { Err(gone()) }
            }
        }
    };
}

reads! {
    find(document: &Document) -> Option<PersonId>;
    identify(newcomers: Vec<Newcomer>) -> Vec<PersonId>;
    document(person: PersonId) -> Option<Document>;
    record(person: PersonId) -> Arc<PersonRecord>;
    access(person: PersonId, since: Timestamp) -> AccessRecord;
    staff_member(name: &Evidence) -> Option<StaffMember>;
    staff() -> Vec<StaffMember>;
    spent(now: Timestamp) -> Vec<Spent>;
    request(of: Requester, key: &IdempotencyKey) -> Option<Request>;
    requests(person: PersonId) -> Vec<Request>;
    submission(issuer: &Issuer, key: &IdempotencyKey) -> Option<Intake>;
    submissions(issuer: &Issuer, before: Option<(Timestamp, IdempotencyKey)>, limit: u32) -> Vec<Intake>;
    issued(issuer: &Issuer, facts: &[FactId]) -> Vec<IssuedFact>;
    waiting(of: Waiting, limit: u32) -> Page<RecordedFact, FactId>;
    open_appeals(region: Region, after: Option<(Timestamp, AppealId)>, limit: u32)
        -> Page<OpenCase, (Timestamp, AppealId)>;
    publications(after: u64, limit: u32) -> Vec<Published>;
    entries(about: Option<PersonId>) -> Vec<Entry>;
    journal(after: u64, limit: u32) -> Vec<Numbered>;
    numbers(about: Option<PersonId>) -> Vec<(EntryId, u64)>;
    adopt(lost: Vec<Numbered>) -> Option<u64>;
    notices(person: PersonId) -> Vec<(Notice, NoticeState)>;
    due(now: Timestamp, limit: u32) -> Vec<(Notice, u16)>;
    settle(person: PersonId, notice: NoticeId, state: NoticeState) -> ();
    holders(persons: &[PersonId], now: Timestamp) -> Vec<PersonId>;
    reserve(shard: u32) -> Option<u32>;
    reserved(from: u32) -> Vec<(u32, u32)>;
    revoked(shard: u32) -> Vec<u32>;
    disputes(issuer: &Issuer, after: Option<(Timestamp, AppealId)>, limit: u32)
        -> Page<DisputedFact, (Timestamp, AppealId)>;
    tallies(of: Option<&Issuer>, since: Timestamp, until: Timestamp) -> Vec<Tally>;
    appeal_spans(since: Timestamp) -> Vec<AppealSpan>;
    feed(after: u64, limit: u32, disputes: Timestamp) -> Vec<Fed>;
    lapsed(place: u64, due: (Timestamp, Timestamp)) -> Vec<Resident>;
    fed() -> u64;
    marks() -> Vec<Mark>;
    persons(after: Option<PersonId>, limit: u32) -> Vec<PersonId>;
    holding(person: PersonId) -> Holding;
    purge(purge: Purge) -> Applied;
    pass(passed: Passed) -> u64;
    scrub(now: Timestamp) -> ();
}
