//! The night is done in portions: between two of them acts are answered, and it may break off.

use std::fs;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use jiff::{SignedDuration, Timestamp};
use mingma_registry::conformance::{change, fact, instant};
use mingma_registry::row::PersonRow;
use mingma_registry::store::Newcomer;
use mingma_registry::{Applied, PersonId, Store as _, StoreError};
use mingma_store::{Restored, Settings, SqliteStore, backup_of, restore};
use pollster::block_on;
use tempfile::TempDir;

use crate::chance::seeded;

/// Persons for eight portions.
const PERSONS: u32 = 8_192;

fn open(dir: &Path, n: u64) -> SqliteStore {
    SqliteStore::open(dir, Settings::default(), seeded(n)).unwrap()
}

fn newcomer(n: u32) -> Newcomer {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&(n + 1).to_be_bytes());
    Newcomer { document: format!("passport:JP:TR{n:07}").parse().unwrap(), candidate: PersonId::new(id) }
}

fn later(days: i64) -> Timestamp {
    instant().checked_add(SignedDuration::from_hours(24 * days)).unwrap()
}

/// A city of which two persons have a fact, and the keys are those of the first night.
fn settled(dir: &Path) -> SqliteStore {
    let store = open(dir, 1);
    for first in (0..PERSONS).step_by(4_096) {
        block_on(store.identify((first..first + 4_096).map(newcomer).collect())).unwrap();
    }
    for (n, entry) in [(0, 1), (PERSONS - 1, 3)] {
        let who = newcomer(n).candidate;
        let change = change(who, vec![PersonRow::Fact(fact(1))], vec![], entry);
        assert_eq!(block_on(store.apply(vec![change])), Ok(vec![Applied::Done]));
    }
    block_on(store.scrub(later(0))).unwrap();
    store
}

fn days(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut days: Vec<String> = names.filter(|name| name.starts_with("day-")).collect();
    days.sort();
    days
}

fn everybody_opens(store: &SqliteStore) {
    for n in (0..PERSONS).step_by(64).chain([PERSONS - 1]) {
        let Newcomer { document, candidate } = newcomer(n);
        assert_eq!(block_on(store.document(candidate)), Ok(Some(document)), "person {n}");
    }
}

type Night<'s> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 's>>;

/// Asks whether a night is over; the first time this is what begins it.
fn is_over(night: &mut Night<'_>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    matches!(night.as_mut().poll(&mut context), Poll::Ready(Ok(())))
}

#[test]
fn acts_are_answered_while_keys_are_wrapped_anew() {
    let dir = TempDir::new().unwrap();
    let store = settled(dir.path());
    let mut night = store.scrub(later(1));
    assert!(!is_over(&mut night));
    let who = newcomer(7).candidate;
    let change = change(who, vec![PersonRow::Fact(fact(2))], vec![], 2);
    assert_eq!(block_on(store.apply(vec![change])), Ok(vec![Applied::Done]));
    assert!(!is_over(&mut night), "it was waited for");
    block_on(night).unwrap();
    assert_eq!(days(dir.path()), ["day-2.key"]);
    everybody_opens(&store);
}

#[test]
fn a_night_that_is_cut_between_two_portions_goes_on_with_its_key_at_the_next() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    let store = settled(&data);
    assert_eq!(days(&data), ["day-1.key"]);
    let mut night = store.scrub(later(1));
    assert!(!is_over(&mut night));
    drop(night);
    drop(store);
    // Some keys are wrapped under the one, some under the other.
    assert_eq!(days(&data), ["day-1.key", "day-2.key"]);
    let store = open(&data, 2);
    assert_eq!(store.night(), Some(later(0)), "it is due still");
    everybody_opens(&store);
    block_on(store.identify(vec![newcomer(PERSONS)])).unwrap();

    let at = |name: &str| dir.path().join(name);
    backup_of(&data, (&at("backup"), &at("keys")), later(1), seeded(3), |_| Ok(())).unwrap();
    assert_eq!(days(&at("keys")), ["day-1.key", "day-2.key"]);
    let Restored { opened, closed } = restore(&at("backup"), &at("keys"), &at("back"), |_| Ok(())).unwrap();
    assert!(opened >= 2 && closed == 0, "{opened} opened, {closed} closed");
    everybody_opens(&open(&at("back"), 4));

    block_on(store.scrub(later(2))).unwrap();
    assert_eq!(days(&data), ["day-2.key"], "the key that it had made is the day's");
    drop(store);
    let store = open(&data, 5);
    assert_eq!(store.night(), Some(later(2)));
    everybody_opens(&store);
    let Newcomer { document, candidate } = newcomer(PERSONS);
    assert_eq!(block_on(store.document(candidate)), Ok(Some(document)));
}
