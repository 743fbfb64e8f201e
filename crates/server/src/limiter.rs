//! Limits against guessing: how often one address, one document or one name may try; 429 beyond.
//!
//! They are counted in memory, by hashes under the server's key: nothing here could tell who tried, and a restart forgets.
//! What must hold for good (tries at one code, codes of a day) is held by rows of the store.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use jiff::Timestamp;

use crate::problem::Problem;

/// What is limited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Limit {
    /// Requests for a code from one address. Behind one address may be a street: 60 at once, then one in two seconds.
    CodesFrom,
    /// Registrations from one address: 60 at once, then one in ten seconds. Whoever registers strangers, so as to be reached in
    /// their place, gets 8,640 a day; a village that registers in one hall waits its turn, or is helped at a desk.
    RegistrationsFrom,
    /// Requests for a code for one document: 10 at once, then one in two minutes; the store allows ten a day.
    CodesFor,
    /// Tries to sign in from one address: 60 at once, then one in two seconds.
    TriesFrom,
    /// Tries to sign in with one document: 20 at once, then one in a minute. Each code has five tries besides.
    TriesFor,
    /// Tries of officials from one address: 20 at once, then one in ten seconds. An office has one address; each try costs the
    /// server some 20 ms.
    OfficialsFrom,
    /// Tries with one official's name: 10 at once, then one in a minute.
    OfficialsAs,
    /// Challenges and answers of institutions from one address: 60 at once, then one a second.
    InstitutionsFrom,
}

impl Limit {
    /// How many at once, and after how many seconds one more.
    const fn quota(self) -> (u32, u64) {
        match self {
            Self::CodesFrom | Self::TriesFrom => (60, 2),
            Self::RegistrationsFrom => (60, 10),
            Self::CodesFor => (10, 120),
            Self::TriesFor => (20, 60),
            Self::OfficialsFrom => (20, 10),
            Self::OfficialsAs => (10, 60),
            Self::InstitutionsFrom => (60, 1),
        }
    }
}

/// After how many looks those are forgotten who have all their tries again: at 60 bytes each, 10,000 are 600 KB.
const LOOKS_BETWEEN_SWEEPS: u32 = 10_000;

/// The time as the registry's clock tells it, so that nothing here reads one.
#[derive(Clone, Debug, Default)]
struct Told(Arc<AtomicU64>);

impl Clock for Told {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(self.0.load(Ordering::Relaxed))
    }
}

type Counter = RateLimiter<[u8; 32], HashMapStateStore<[u8; 32]>, Told, NoOpMiddleware<Nanos>>;

/// Every counter.
#[derive(Debug)]
pub(crate) struct Limiter {
    clock: Told,
    counters: [(Limit, Counter); 8],
    looks: AtomicU32,
}

impl Limiter {
    /// Counters that have counted nothing.
    pub(crate) fn new() -> Self {
        let clock = Told::default();
        let counters = [
            Limit::CodesFrom,
            Limit::RegistrationsFrom,
            Limit::CodesFor,
            Limit::TriesFrom,
            Limit::TriesFor,
            Limit::OfficialsFrom,
            Limit::OfficialsAs,
            Limit::InstitutionsFrom,
        ]
        .map(|limit| (limit, counter(limit, &clock)));
        Self { clock, counters, looks: AtomicU32::new(0) }
    }

    /// Counts one try under a key.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub(crate) fn count(&self, limit: Limit, key: [u8; 32], now: Timestamp) -> Result<(), Problem> {
        let nanos = u64::try_from(now.as_nanosecond()).unwrap_or(0);
        // A clock that goes back stands still here.
        self.clock.0.fetch_max(nanos, Ordering::Relaxed);
        if self.looks.fetch_add(1, Ordering::Relaxed) % LOOKS_BETWEEN_SWEEPS == LOOKS_BETWEEN_SWEEPS - 1 {
            self.counters.iter().for_each(|(_, counter)| counter.retain_recent());
        }
        let Some((_, counter)) = self.counters.iter().find(|(of, _)| *of == limit) else { return Ok(()) };
        counter.check_key(&key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            Problem::too_often(wait.as_secs().saturating_add(1))
        })
    }
}

fn counter(limit: Limit, clock: &Told) -> Counter {
    let (burst, seconds) = limit.quota();
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    // INVARIANT: no quota has a period of nothing, for which alone there would be none.
    let quota = Quota::with_period(Duration::from_secs(seconds)).unwrap_or(Quota::per_second(burst));
    RateLimiter::new(quota.allow_burst(burst), HashMapStateStore::default(), clock.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_burst_and_then_one_in_each_period_and_others_their_own() {
        let limiter = Limiter::new();
        let at = |second: i64| Timestamp::from_second(1_655_092_800 + second).unwrap();
        let count = |limit, key, second| limiter.count(limit, [key; 32], at(second));
        for _ in 0..10 {
            count(Limit::CodesFor, 1, 0).unwrap();
        }
        assert_eq!(count(Limit::CodesFor, 1, 0).unwrap_err().status().as_u16(), 429);
        assert!(count(Limit::CodesFor, 1, 119).is_err());
        count(Limit::CodesFor, 1, 120).unwrap();
        assert!(count(Limit::CodesFor, 1, 121).is_err());
        assert!(count(Limit::CodesFor, 1, 0).is_err(), "a clock that goes back gives nothing");
        count(Limit::CodesFor, 2, 121).unwrap();
        count(Limit::TriesFor, 1, 121).unwrap();
    }
}
