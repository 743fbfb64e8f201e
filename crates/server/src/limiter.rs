//! Limits against guessing: how often one address, one document or one name may try; 429 beyond.
//!
//! They are counted in memory, by hashes under the server's key: nothing here could tell who tried, and a restart forgets.
//! What must hold for good (tries at one code, codes of a day) is held by rows of the store.
//!
//! A try is counted before it is answered, so that any number at one moment are as many; what was right is given back. Whoever
//! knows no more than somebody's number or name must not be able to keep them out: so what is counted by it is counted by the
//! address as well, and by it alone only much more widely.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::problem::Problem;

/// What is limited.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Limit {
    /// Requests for a code from one address. Behind one address may be a street: 60 at once, then one in two seconds.
    CodesFrom,
    /// Registrations from one address: 60 at once, then one in ten seconds. Whoever registers strangers, so as to be reached in
    /// their place, gets 8,640 a day; a village that registers in one hall waits its turn, or is helped at a desk.
    RegistrationsFrom,
    /// Requests for a code for one document from one address: 5 at once, then one in two hours. That is 17 on a day, and the
    /// store makes 20: whoever asks for somebody else's leaves them three.
    CodesFor,
    /// Requests for a code for one document from anywhere: 20 at once, then one in two minutes.
    CodesForFromAnywhere,
    /// Tries to sign in from one address: 60 at once, then one in two seconds.
    TriesFrom,
    /// Tries with one document from one address: 4 at once, then one in five minutes, for which a code counts. Each code has
    /// five tries: whoever tries at somebody else's leaves them one.
    TriesFor,
    /// Tries with one document from anywhere: 20 at once, then one in a minute.
    TriesForFromAnywhere,
    /// Tries of officials from one address: 20 at once, then one in ten seconds. An office has one address; each try costs the
    /// server some 20 ms.
    OfficialsFrom,
    /// Tries with one official's name from one address: 10 at once, then one in a minute.
    OfficialsAs,
    /// Tries with one official's name from addresses where nobody has come in by it: 100 at once, then one in six seconds.
    OfficialsAsFromAnywhere,
    /// Challenges and answers of institutions from one address: 60 at once, then one a second.
    InstitutionsFrom,
}

impl Limit {
    /// How many at once, and after how many seconds one more.
    const fn quota(self) -> (u32, u64) {
        match self {
            Self::CodesFrom | Self::TriesFrom => (60, 2),
            Self::RegistrationsFrom => (60, 10),
            Self::CodesFor => (5, 7_200),
            Self::CodesForFromAnywhere => (20, 120),
            Self::TriesFor => (4, 300),
            Self::TriesForFromAnywhere => (20, 60),
            Self::OfficialsFrom => (20, 10),
            Self::OfficialsAs => (10, 60),
            Self::OfficialsAsFromAnywhere => (100, 6),
            Self::InstitutionsFrom => (60, 1),
        }
    }

    const fn period(self) -> Duration {
        Duration::from_secs(self.quota().1)
    }
}

/// After how many looks those are forgotten who have all their tries again: at 60 bytes each, 10,000 are 600 KB.
const LOOKS_BETWEEN_SWEEPS: u32 = 10_000;
/// How many addresses are remembered from which an official has come in: each of a province's offices, at 32 bytes 320 KB.
const MAX_KNOWN: usize = 10_000;

/// Every counter. Of each key that tried it is kept when it will have all its tries again, since 1970.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    whole_again: Mutex<BTreeMap<(Limit, [u8; 32]), Duration>>,
    known: Mutex<BTreeSet<[u8; 32]>>,
    looks: AtomicU32,
}

impl Limiter {
    /// Counters that have counted nothing.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Counts one try under a key. A clock that goes back gives nothing: the time kept lies that much further ahead.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub(crate) fn count(&self, limit: Limit, key: [u8; 32], now: Timestamp) -> Result<(), Problem> {
        let now = since_1970(now);
        let mut counters = lock(&self.whole_again);
        if self.looks.fetch_add(1, Ordering::Relaxed) % LOOKS_BETWEEN_SWEEPS == LOOKS_BETWEEN_SWEEPS - 1 {
            counters.retain(|_, whole_again| *whole_again > now);
        }
        let whole_again = counters.entry((limit, key)).or_default();
        let next = now.max(*whole_again) + limit.period();
        let wait = next.saturating_sub(now + limit.period() * limit.quota().0);
        if !wait.is_zero() {
            return Err(Problem::too_often(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)));
        }
        *whole_again = next;
        Ok(())
    }

    /// Gives a try back that was counted and turned out right.
    pub(crate) fn give_back(&self, limit: Limit, key: [u8; 32]) {
        if let Some(whole_again) = lock(&self.whole_again).get_mut(&(limit, key)) {
            *whole_again = whole_again.saturating_sub(limit.period());
        }
    }

    /// Remembers a key, by which somebody has come in.
    pub(crate) fn remember(&self, key: [u8; 32]) {
        let mut known = lock(&self.known);
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        known.insert(key);
    }

    /// Whether somebody has come in by a key.
    pub(crate) fn remembers(&self, key: [u8; 32]) -> bool {
        lock(&self.known).contains(&key)
    }
}

fn since_1970(at: Timestamp) -> Duration {
    Duration::try_from(at.as_duration()).unwrap_or_default()
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_655_092_800 + second).unwrap()
    }

    #[test]
    fn a_key_has_its_burst_and_then_one_in_each_period_and_others_their_own() {
        let limiter = Limiter::new();
        let count = |limit, key, second| limiter.count(limit, [key; 32], at(second));
        for _ in 0..10 {
            count(Limit::OfficialsAs, 1, 0).unwrap();
        }
        assert_eq!(count(Limit::OfficialsAs, 1, 0).unwrap_err().status().as_u16(), 429);
        assert!(count(Limit::OfficialsAs, 1, 59).is_err());
        count(Limit::OfficialsAs, 1, 60).unwrap();
        assert!(count(Limit::OfficialsAs, 1, 61).is_err());
        assert!(count(Limit::OfficialsAs, 1, 0).is_err(), "a clock that goes back gives nothing");
        count(Limit::OfficialsAs, 2, 61).unwrap();
        count(Limit::TriesFor, 1, 61).unwrap();
    }

    #[test]
    fn what_was_right_is_given_back_and_never_more_than_there_was() {
        let limiter = Limiter::new();
        let limit = Limit::TriesFor;
        for _ in 0..100 {
            limiter.count(limit, [1; 32], at(0)).unwrap();
            limiter.give_back(limit, [1; 32]);
        }
        limiter.give_back(limit, [1; 32]);
        let tries = (0..10).filter(|_| limiter.count(limit, [1; 32], at(0)).is_ok()).count();
        assert_eq!(tries, 4);
    }

    #[test]
    fn who_has_all_their_tries_again_is_forgotten() {
        let limiter = Limiter::new();
        for n in 0..LOOKS_BETWEEN_SWEEPS {
            let key = std::array::from_fn(|place| n.to_le_bytes().get(place).copied().unwrap_or(0));
            limiter.count(Limit::TriesFrom, key, at(i64::from(n))).unwrap();
        }
        assert!(lock(&limiter.whole_again).len() < 5);
    }
}
