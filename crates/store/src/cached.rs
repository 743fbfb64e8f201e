//! Records of persons in memory, in front of a store that nobody else writes.
//!
//! What it may never do is answer from memory what an answered change has made untrue. So nothing is kept of a person while
//! a change about them is under way, and a record that was being read meanwhile is not kept either; see [`Slot`].

mod clock;
mod public;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

use self::clock::{Clock, Slot};
use self::public::Public;

/// How many records are kept if nobody says otherwise.
///
/// A registered person with one code of today takes about 0.9 KiB: the record 0.4, its code and registration 0.2, the slot
/// 0.1, rounding the rest; each fact adds 0.2. So 131,072 take 120 MB, and with the program's own 60 stay below 200.
pub const RECORDS: usize = 131_072;
/// Into how many parts the memory is cut, so that two cores seldom wait for each other.
const PARTS: usize = 64;

/// A store with the records of some persons in memory.
///
/// The store below must be written through this alone: it is for a folder that one process holds open.
#[derive(Debug)]
pub struct Cached<S> {
    store: S,
    parts: Vec<Mutex<Clock>>,
    records: usize,
    tickets: AtomicU64,
    public: Public,
}

impl<S: Store> Cached<S> {
    /// The store with at most about so many records in memory.
    #[must_use]
    pub fn new(store: S, records: usize) -> Self {
        Self {
            store,
            parts: (0..PARTS).map(|_| Mutex::default()).collect(),
            records: records.div_ceil(PARTS),
            tickets: AtomicU64::new(0),
            public: Public::default(),
        }
    }

    /// The store below: to be read and never written, but through this.
    pub const fn below(&self) -> &S {
        &self.store
    }

    fn part(&self, person: PersonId) -> Option<MutexGuard<'_, Clock>> {
        // An id's last byte is chance.
        let place = person.as_bytes().last().map_or(0, |byte| usize::from(*byte)) % PARTS;
        // Nothing that is done under the lock can panic half-way.
        self.parts.get(place).map(|part| part.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Persons about whom changes are under way. Dropped before they are answered, it leaves them barred.
struct Bars<'c, S: Store> {
    cached: &'c Cached<S>,
    persons: Vec<PersonId>,
}

impl<'c, S: Store> Bars<'c, S> {
    fn of(cached: &'c Cached<S>, changes: &[Change]) -> Self {
        let persons = changes.iter().filter_map(|change| match change {
            Change::Person { person, .. } => Some(*person),
            // What lets a person in stands in no record.
            Change::Access { .. }
            | Change::Public { .. }
            | Change::Staff { .. }
            | Change::Spend(_)
            | Change::Submission { .. } => None,
        });
        Self::on(cached, persons.collect())
    }

    fn on(cached: &'c Cached<S>, persons: Vec<PersonId>) -> Self {
        for person in &persons {
            if let Some(mut part) = cached.part(*person) {
                part.bar(*person);
            }
        }
        Self { cached, persons }
    }

    fn lift(self) {
        for person in self.persons {
            if let Some(mut part) = self.cached.part(person) {
                part.lift(person);
            }
        }
    }
}

/// What looking for a record comes to.
enum Found {
    Record(Arc<PersonRecord>),
    /// It is to be read, and put down under this ticket.
    ToRead(u64),
    /// It is to be read, and not kept.
    Passing,
}

impl<S: Store> Cached<S> {
    fn look(&self, person: PersonId) -> Found {
        let Some(mut part) = self.part(person) else { return Found::Passing };
        if let Some(slot) = part.slots.get_mut(&person) {
            return match slot {
                Slot::Held { record, used } => {
                    *used = true;
                    Found::Record(Arc::clone(record))
                }
                Slot::Reading { .. } | Slot::Barred { .. } => Found::Passing,
            };
        }
        part.make_room(self.records);
        if part.slots.len() >= self.records {
            return Found::Passing;
        }
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        part.slots.insert(person, Slot::Reading { ticket });
        Found::ToRead(ticket)
    }

    /// Puts down what was read, or takes the ticket away if nothing was.
    fn put(&self, person: PersonId, mine: u64, record: Option<&Arc<PersonRecord>>) {
        let Some(mut part) = self.part(person) else { return };
        match (part.slots.get_mut(&person), record) {
            (Some(slot @ Slot::Reading { .. }), Some(record)) => {
                if matches!(slot, Slot::Reading { ticket } if *ticket == mine) {
                    *slot = Slot::Held { record: Arc::clone(record), used: false };
                }
            }
            (Some(Slot::Reading { ticket }), None) if *ticket == mine => {
                part.slots.swap_remove(&person);
            }
            (Some(_) | None, _) => {}
        }
    }
}

/// A reading under way: whoever goes away before it ends leaves no ticket behind.
struct Ticket<'c, S: Store> {
    cached: &'c Cached<S>,
    person: PersonId,
    number: u64,
    record: Option<Arc<PersonRecord>>,
}

impl<S: Store> Drop for Ticket<'_, S> {
    fn drop(&mut self) {
        self.cached.put(self.person, self.number, self.record.as_ref());
    }
}

#[async_trait]
impl<S: Store> Store for Cached<S> {
    async fn find(&self, document: &Document) -> Result<Option<PersonId>, StoreError> {
        self.store.find(document).await
    }

    async fn identify(&self, newcomers: Vec<Newcomer>) -> Result<Vec<PersonId>, StoreError> {
        // A record tells the birthday of its document: nothing may be kept of somebody who is just getting one.
        let bars = Bars::on(self, newcomers.iter().map(|newcomer| newcomer.candidate).collect());
        let identified = self.store.identify(newcomers).await;
        bars.lift();
        identified
    }

    async fn document(&self, person: PersonId) -> Result<Option<Document>, StoreError> {
        self.store.document(person).await
    }

    async fn apply(&self, changes: Vec<Change>) -> Result<Vec<Applied>, StoreError> {
        let bars = Bars::of(self, &changes);
        let public = changes.iter().filter(|change| matches!(change, Change::Public { .. })).count();
        self.public.under_way.fetch_add(public, Ordering::AcqRel);
        let applied = self.store.apply(changes).await;
        self.public.answered(public, &applied);
        bars.lift();
        applied
    }

    async fn record(&self, person: PersonId) -> Result<Arc<PersonRecord>, StoreError> {
        match self.look(person) {
            Found::Record(record) => Ok(record),
            Found::Passing => self.store.record(person).await,
            Found::ToRead(number) => {
                let mut ticket = Ticket { cached: self, person, number, record: None };
                let record = self.store.record(person).await?;
                ticket.record = Some(Arc::clone(&record));
                Ok(record)
            }
        }
    }

    async fn access(&self, person: PersonId, since: Timestamp) -> Result<AccessRecord, StoreError> {
        self.store.access(person, since).await
    }

    async fn staff_member(&self, name: &Evidence) -> Result<Option<StaffMember>, StoreError> {
        self.store.staff_member(name).await
    }

    async fn staff(&self) -> Result<Vec<StaffMember>, StoreError> {
        self.store.staff().await
    }

    async fn spent(&self, now: Timestamp) -> Result<Vec<Spent>, StoreError> {
        self.store.spent(now).await
    }

    async fn request(&self, of: Requester, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        self.store.request(of, key).await
    }

    async fn requests(&self, person: PersonId) -> Result<Vec<Request>, StoreError> {
        self.store.requests(person).await
    }

    async fn submission(&self, issuer: &Issuer, key: &IdempotencyKey) -> Result<Option<Intake>, StoreError> {
        self.store.submission(issuer, key).await
    }

    async fn submissions(
        &self,
        issuer: &Issuer,
        before: Option<(Timestamp, IdempotencyKey)>,
        limit: u32,
    ) -> Result<Vec<Intake>, StoreError> {
        self.store.submissions(issuer, before, limit).await
    }

    async fn issued(&self, issuer: &Issuer, facts: &[FactId]) -> Result<Vec<IssuedFact>, StoreError> {
        self.store.issued(issuer, facts).await
    }

    async fn waiting(&self, of: Waiting, limit: u32) -> Result<Page<RecordedFact, FactId>, StoreError> {
        self.store.waiting(of, limit).await
    }

    async fn open_appeals(
        &self,
        region: Region,
        after: Option<(Timestamp, AppealId)>,
        limit: u32,
    ) -> Result<Page<OpenCase, (Timestamp, AppealId)>, StoreError> {
        self.store.open_appeals(region, after, limit).await
    }

    async fn disputes(
        &self,
        issuer: &Issuer,
        after: Option<(Timestamp, AppealId)>,
        limit: u32,
    ) -> Result<Page<DisputedFact, (Timestamp, AppealId)>, StoreError> {
        self.store.disputes(issuer, after, limit).await
    }

    async fn tallies(
        &self,
        of: Option<&Issuer>,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Tally>, StoreError> {
        self.store.tallies(of, since, until).await
    }

    async fn appeal_spans(&self, since: Timestamp) -> Result<Vec<AppealSpan>, StoreError> {
        self.store.appeal_spans(since).await
    }

    async fn publications(&self, after: u64, limit: u32) -> Result<Vec<Published>, StoreError> {
        self.store.publications(after, limit).await
    }

    async fn published(&self, after: u64) -> Result<Vec<Published>, StoreError> {
        if self.public.none_after(after) {
            return Ok(Vec::new());
        }
        let news = self.store.published(after).await?;
        let last = news.last().map_or(after, |act| act.number);
        self.public.last.fetch_max(last, Ordering::AcqRel);
        self.public.known.store(true, Ordering::Release);
        Ok(news)
    }

    async fn entries(&self, about: Option<PersonId>) -> Result<Vec<Entry>, StoreError> {
        self.store.entries(about).await
    }

    async fn journal(&self, after: u64, limit: u32) -> Result<Vec<Numbered>, StoreError> {
        self.store.journal(after, limit).await
    }

    async fn adopt(&self, lost: Vec<Numbered>) -> Result<Option<u64>, StoreError> {
        self.store.adopt(lost).await
    }

    async fn numbers(&self, about: Option<PersonId>) -> Result<Vec<(EntryId, u64)>, StoreError> {
        self.store.numbers(about).await
    }

    async fn notices(&self, person: PersonId) -> Result<Vec<(Notice, NoticeState)>, StoreError> {
        self.store.notices(person).await
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<(Notice, u16)>, StoreError> {
        self.store.due(now, limit).await
    }

    async fn settle(&self, person: PersonId, notice: NoticeId, to: NoticeState) -> Result<(), StoreError> {
        self.store.settle(person, notice, to).await
    }

    async fn holders(&self, persons: &[PersonId], now: Timestamp) -> Result<Vec<PersonId>, StoreError> {
        self.store.holders(persons, now).await
    }

    async fn reserve(&self, shard: u32) -> Result<Option<u32>, StoreError> {
        self.store.reserve(shard).await
    }

    async fn reserved(&self, from: u32) -> Result<Vec<(u32, u32)>, StoreError> {
        self.store.reserved(from).await
    }

    async fn revoked(&self, shard: u32) -> Result<Vec<u32>, StoreError> {
        self.store.revoked(shard).await
    }

    async fn feed(&self, after: u64, limit: u32, disputes: Timestamp) -> Result<Vec<Fed>, StoreError> {
        self.store.feed(after, limit, disputes).await
    }

    async fn lapsed(&self, place: u64, due: (Timestamp, Timestamp)) -> Result<Vec<Resident>, StoreError> {
        self.store.lapsed(place, due).await
    }

    async fn fed(&self) -> Result<u64, StoreError> {
        self.store.fed().await
    }

    async fn marks(&self) -> Result<Vec<Mark>, StoreError> {
        self.store.marks().await
    }

    async fn mark(&self, marks: Vec<Mark>) -> Result<(), StoreError> {
        self.store.mark(marks).await
    }

    async fn persons(&self, after: Option<PersonId>, limit: u32) -> Result<Vec<PersonId>, StoreError> {
        self.store.persons(after, limit).await
    }

    async fn holding(&self, person: PersonId) -> Result<Holding, StoreError> {
        // Once each night everybody's: nothing of it is kept here.
        self.store.holding(person).await
    }

    async fn purge(&self, purge: Purge) -> Result<Applied, StoreError> {
        let bars = Bars::on(self, purge.erasures.iter().map(|erasure| erasure.person).collect());
        self.public.under_way.fetch_add(1, Ordering::AcqRel);
        let applied = self.store.purge(purge).await;
        self.public.answered(1, &applied.clone().map(|applied| vec![applied]));
        bars.lift();
        applied
    }

    async fn pass(&self, passed: Passed) -> Result<u64, StoreError> {
        self.store.pass(passed).await
    }

    async fn scrub(&self, now: Timestamp) -> Result<(), StoreError> {
        self.store.scrub(now).await
    }
}
