//! Records of persons in memory, in front of a store that nobody else writes.
//!
//! What it may never do is answer from memory what an answered change has made untrue. So nothing is kept of a person while
//! a change about them is under way, and a record that was being read meanwhile is not kept either; see [`Slot`].

mod clock;
mod public;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use mingma_registry::store::{Layer, Newcomer, Published, Purge};
use mingma_registry::{Applied, Change, PersonId, PersonRecord, Store, StoreError};

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
            Change::Told(told) => Some(told.notice.person),
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
impl<S: Store> Layer for Cached<S> {
    type Below = S;

    fn below(&self) -> Result<&S, StoreError> {
        Ok(&self.store)
    }

    async fn identify(&self, newcomers: Vec<Newcomer>) -> Result<Vec<PersonId>, StoreError> {
        // A record tells the birthday of its document: nothing may be kept of somebody who is just getting one.
        let bars = Bars::on(self, newcomers.iter().map(|newcomer| newcomer.candidate).collect());
        let identified = self.store.identify(newcomers).await;
        bars.lift();
        identified
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

    async fn purge(&self, purge: Purge) -> Result<Applied, StoreError> {
        let bars = Bars::on(self, purge.erasures.iter().map(|erasure| erasure.person).collect());
        self.public.under_way.fetch_add(1, Ordering::AcqRel);
        let applied = self.store.purge(purge).await;
        self.public.answered(1, &applied.clone().map(|applied| vec![applied]));
        bars.lift();
        applied
    }
}
