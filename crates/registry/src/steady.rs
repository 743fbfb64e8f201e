//! A clock that never goes back, and says how far the machine's has.
//!
//! A machine's clock is set back by hand, by a time service that had erred, or by a battery that ran out. If the acts
//! followed it, sessions and codes would live again, a passed deadline would be open once more, and the journal would tell
//! an order in which nothing happened. So time stands still until the machine's clock has caught up. A step of more than
//! [`TOLERANCE`] means that one of the two times was wrong, and nobody here can tell which: then nothing is recorded
//! either, while everything that is read goes on.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

use crate::ports::Clock;

/// How far a clock may stand back while acts go on being recorded: a leap second, and what a time service steps by at
/// most (it slews below 128 ms), with room for a machine that was just moved to another host.
pub const TOLERANCE: SignedDuration = SignedDuration::from_secs(5);

/// A clock over another one. It tells the latest instant that was ever read from it.
#[derive(Debug)]
pub struct Steady<C> {
    clock: C,
    /// Microseconds since 1970: finer than anything is recorded, and room for every instant there is.
    latest: AtomicI64,
}

impl<C: Clock> Steady<C> {
    /// A clock that tells no instant before `newest`, the latest that anything kept was recorded at.
    #[must_use]
    pub fn new(clock: C, newest: Option<Timestamp>) -> Self {
        let newest = newest.unwrap_or(Timestamp::MIN);
        Self { clock, latest: AtomicI64::new(newest.as_microsecond()) }
    }
}

impl<C: Clock> Clock for Steady<C> {
    fn now(&self) -> Timestamp {
        let read = self.clock.now();
        let before = self.latest.fetch_max(read.as_microsecond(), Ordering::Relaxed);
        // INVARIANT: what is stored came from an instant.
        Timestamp::from_microsecond(before).map_or(read, |before| read.max(before))
    }

    fn behind(&self) -> SignedDuration {
        let read = self.clock.now();
        let latest = self.latest.load(Ordering::Relaxed);
        Timestamp::from_microsecond(latest).map_or(SignedDuration::ZERO, |latest| latest.duration_since(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A clock that a test sets, in seconds.
    struct Set(AtomicI64);

    impl Clock for &Set {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn time_stands_still_until_the_machines_clock_has_caught_up() {
        let set = Set(AtomicI64::new(1_000));
        let clock = Steady::new(&set, None);
        for (machine, told, behind) in
            [(1_000, 1_000, 0), (1_010, 1_010, 0), (900, 1_010, 110), (1_009, 1_010, 1), (1_011, 1_011, 0)]
        {
            set.0.store(machine, Ordering::Relaxed);
            assert_eq!((clock.now(), clock.behind().as_secs()), (at(told), behind), "{machine}");
        }
    }

    #[test]
    fn what_is_kept_counts_from_the_first_reading_on() {
        let set = Set(AtomicI64::new(1_000));
        let clock = Steady::new(&set, Some(at(5_000)));
        assert_eq!((clock.now(), clock.behind().as_secs()), (at(5_000), 4_000));
        let fresh = Steady::new(&set, None);
        assert!(fresh.behind() < SignedDuration::ZERO);
        assert_eq!(fresh.now(), at(1_000));
    }
}
