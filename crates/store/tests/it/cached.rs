//! Records in memory are never older than what was answered.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::document::Document;
use mingma_domain::fact::{Evidence, Issuer};
use mingma_registry::conformance::{fact, instant, person, public, public_rows};
use mingma_registry::feed::{Fed, Mark};
use mingma_registry::id::FactId;
use mingma_registry::intake::{Intake, IssuedFact};
use mingma_registry::journal::{Entry, Numbered};
use mingma_registry::memory::MemoryStore;
use mingma_registry::retention::{Holding, Passed};
use mingma_registry::row::{
    AppealSpan, IdempotencyKey, Notice, NoticeState, PersonRow, RecordedFact, Request, Requester, Tally,
};
use mingma_registry::staff::StaffMember;
use mingma_registry::store::{DisputedFact, Newcomer, OpenCase, Page, Published, Purge, Spent, Waiting};
use mingma_registry::words::ActName;
use mingma_registry::{
    AccessRecord, AppealId, Applied, Change, EntryId, NoticeId, PersonId, PersonRecord, Resident, Store,
    StoreError,
};
use mingma_store::Cached;
use pollster::block_on;

use crate::chance::seeded;

/// A store in memory that counts its readings and can hold back the answers to changes, which it has kept by then.
#[derive(Default)]
struct Slow {
    store: MemoryStore,
    readings: AtomicUsize,
    held_back: AtomicBool,
    asked_for_news: AtomicUsize,
}

#[async_trait]
impl Store for Slow {
    async fn find(&self, document: &Document) -> Result<Option<PersonId>, StoreError> {
        self.store.find(document).await
    }
    async fn identify(&self, newcomers: Vec<Newcomer>) -> Result<Vec<PersonId>, StoreError> {
        self.store.identify(newcomers).await
    }
    async fn document(&self, person: PersonId) -> Result<Option<Document>, StoreError> {
        self.store.document(person).await
    }
    async fn apply(&self, changes: Vec<Change>) -> Result<Vec<Applied>, StoreError> {
        let applied = self.store.apply(changes).await;
        poll_fn(|_| if self.held_back.load(Ordering::SeqCst) { Poll::Pending } else { Poll::Ready(()) })
            .await;
        applied
    }
    async fn record(&self, person: PersonId) -> Result<Arc<PersonRecord>, StoreError> {
        self.readings.fetch_add(1, Ordering::SeqCst);
        let record = self.store.record(person).await;
        // As a disk would: others get in between what was read and its being answered.
        std::thread::yield_now();
        record
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
        self.asked_for_news.fetch_add(1, Ordering::SeqCst);
        self.store.publications(after, limit).await
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
    async fn entries(&self, about: Option<PersonId>) -> Result<Vec<Entry>, StoreError> {
        self.store.entries(about).await
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
        self.store.holding(person).await
    }

    async fn purge(&self, purge: Purge) -> Result<Applied, StoreError> {
        self.store.purge(purge).await
    }

    async fn pass(&self, passed: Passed) -> Result<u64, StoreError> {
        self.store.pass(passed).await
    }

    async fn scrub(&self, now: Timestamp) -> Result<(), StoreError> {
        self.store.scrub(now).await
    }
}

fn add(who: PersonId, n: u64) -> Change {
    let mut chance = [0; 10];
    chance[..8].copy_from_slice(&n.to_be_bytes());
    let rows = vec![PersonRow::Fact(RecordedFact { id: FactId::new(instant(), chance), ..fact(1) })];
    let entry = Entry::about(&*seeded(n + 1), ActName::Record, instant(), who, &rows).unwrap();
    Change::Person { person: who, rows, notices: Vec::new(), entry }
}

fn facts<S: Store>(store: &S, who: PersonId) -> usize {
    block_on(store.record(who)).unwrap().facts.len()
}

/// The readings that reach the store below.
fn readings(store: &Cached<Slow>, who: PersonId) -> usize {
    let before = store.below().readings.load(Ordering::SeqCst);
    facts(store, who);
    store.below().readings.load(Ordering::SeqCst) - before
}

#[test]
fn a_record_is_read_once_until_it_changes() {
    let store = Cached::new(Slow::default(), 1_000);
    let (one, two) = (person(1), person(2));
    assert_eq!((readings(&store, one), readings(&store, one)), (1, 0));
    block_on(store.apply(vec![add(two, 0)])).unwrap();
    assert_eq!(readings(&store, one), 0, "another's change is no change");
    block_on(store.apply(vec![add(one, 1), add(one, 2)])).unwrap();
    assert_eq!((readings(&store, one), readings(&store, one)), (1, 0));
    assert_eq!(facts(&store, one), 2);
}

#[test]
fn nothing_is_kept_of_a_person_while_a_change_is_under_way_or_was_left_unanswered() {
    let store = Cached::new(Slow::default(), 1_000);
    let who = person(1);
    assert_eq!(readings(&store, who), 1);
    store.below().held_back.store(true, Ordering::SeqCst);
    {
        let mut change = pin!(store.apply(vec![add(who, 0)]));
        assert!(change.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!((readings(&store, who), readings(&store, who)), (1, 1), "under way");
        store.below().held_back.store(false, Ordering::SeqCst);
        assert!(change.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    }
    assert_eq!((readings(&store, who), readings(&store, who)), (1, 0), "answered");
    store.below().held_back.store(true, Ordering::SeqCst);
    {
        let mut change = pin!(store.apply(vec![add(who, 1)]));
        assert!(change.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    store.below().held_back.store(false, Ordering::SeqCst);
    assert_eq!((readings(&store, who), readings(&store, who)), (1, 1), "nobody knows when");
    block_on(store.apply(vec![add(who, 2)])).unwrap();
    assert_eq!((readings(&store, who), facts(&store, who)), (1, 3), "and a later answer does not tell");
}

#[test]
fn no_thread_ever_reads_less_than_was_answered() {
    const PERSONS: u8 = 8;
    // Room for a few only, so that records come and go meanwhile.
    let store = Cached::new(Slow::default(), 256);
    let answered: Vec<AtomicU64> = (0..PERSONS).map(|_| AtomicU64::new(0)).collect();
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for reader in 0..3_u8 {
            let (store, answered, ended) = (&store, &answered, &ended);
            scope.spawn(move || {
                let mut n = reader;
                while !ended.load(Ordering::SeqCst) {
                    n = (n + 1) % PERSONS;
                    let before = answered[usize::from(n)].load(Ordering::SeqCst);
                    let seen = u64::try_from(facts(store, person(n + 1))).unwrap();
                    assert!(seen >= before, "person {n}: {seen} facts, {before} were answered");
                }
            });
        }
        let writers: Vec<_> = (0..2_u8)
            .map(|writer| {
                let (store, answered) = (&store, &answered);
                scope.spawn(move || {
                    for n in 0..2_000_u64 {
                        let whom = u8::try_from(n % u64::from(PERSONS)).unwrap();
                        let number = n * 2 + u64::from(writer);
                        block_on(store.apply(vec![add(person(whom + 1), number)])).unwrap();
                        answered[usize::from(whom)].fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        ended.store(true, Ordering::SeqCst);
    });
    for n in 0..PERSONS {
        assert_eq!(facts(&store, person(n + 1)), 4_000 / usize::from(PERSONS));
    }
}

#[test]
fn news_are_asked_for_once_and_after_every_public_act() {
    let store = Cached::new(Slow::default(), 1_000);
    let asked = |after| {
        let before = store.below().asked_for_news.load(Ordering::SeqCst);
        let news = block_on(store.published(after)).unwrap().len();
        (news, store.below().asked_for_news.load(Ordering::SeqCst) - before)
    };
    assert_eq!((asked(0), asked(0)), ((0, 1), (0, 0)));
    let mut acts = public_rows().into_iter().zip(1..).map(|(row, n)| public(row, n));
    block_on(store.apply(vec![acts.next().unwrap()])).unwrap();
    assert_eq!((asked(0), asked(1), asked(0)), ((1, 1), (0, 0), (1, 1)));
    store.below().held_back.store(true, Ordering::SeqCst);
    {
        let mut act = pin!(store.apply(vec![acts.next().unwrap()]));
        assert!(act.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!((asked(1), asked(2)), ((1, 1), (0, 1)), "left unanswered: the store is asked from then on");
}

#[test]
fn as_many_records_are_kept_as_was_said() {
    let store = Cached::new(Slow::default(), 128);
    let all =
        |store: &Cached<Slow>| (0..=255).map(|n| readings(store, PersonId::new([n; 16]))).sum::<usize>();
    assert_eq!(all(&store), 256);
    let again = all(&store);
    assert!(again >= 128, "{again} of 256 had to be read again: no more than 128 can have been kept");
}
