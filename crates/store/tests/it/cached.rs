//! Records in memory are never older than what was answered.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use mingma_registry::conformance::{fact, instant, person, public, public_rows};
use mingma_registry::id::FactId;
use mingma_registry::journal::Entry;
use mingma_registry::memory::MemoryStore;
use mingma_registry::row::{PersonRow, RecordedFact};
use mingma_registry::store::Published;
use mingma_registry::words::ActName;
use mingma_registry::{Applied, Change, PersonId, PersonRecord, Store, StoreError};
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
impl mingma_registry::store::Layer for Slow {
    type Below = MemoryStore;

    fn below(&self) -> Result<&MemoryStore, StoreError> {
        Ok(&self.store)
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

    async fn publications(&self, after: u64, limit: u32) -> Result<Vec<Published>, StoreError> {
        self.asked_for_news.fetch_add(1, Ordering::SeqCst);
        self.store.publications(after, limit).await
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
