//! Hands the outbox's notices to a channel: none is lost, and each id is shown once.
//!
//! If the process dies between the channel's answer and the note of it, the notice is handed over again under the same
//! id: the channel shows it once. That is the price of never losing one.

use jiff::{SignedDuration, Timestamp};

use super::{Registry, Unable};
use crate::ports::{NotDelivered, Notifier};
use crate::row::{Notice, NoticeState};

/// The first wait after a failed attempt, in seconds; it doubles with each further one.
const FIRST_WAIT_SECONDS: i64 = 30;
/// The longest wait: 30 s doubled eleven times is 17 h; a day's outage costs at most six hours more.
const LONGEST_WAIT_SECONDS: i64 = 6 * 3_600;

/// What one round did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Delivery {
    /// Handed over.
    pub delivered: u32,
    /// To be tried again.
    pub waiting: u32,
    /// Never to be tried again.
    pub undeliverable: u32,
}

/// Tries at most `limit` notices that are due.
///
/// # Errors
/// [`Unable`]; what was handed over before is settled.
pub async fn deliver(registry: &Registry, channel: &dyn Notifier, limit: u32) -> Result<Delivery, Unable> {
    let now = registry.now();
    let mut done = Delivery::default();
    for (notice, attempts) in registry.store().due(now, limit).await? {
        match hand_over(registry, channel, &notice, attempts).await? {
            NoticeState::Delivered { .. } => done.delivered += 1,
            NoticeState::Undeliverable { .. } => done.undeliverable += 1,
            NoticeState::Waiting { .. } => done.waiting += 1,
        }
    }
    Ok(done)
}

/// Tries one notice that was tried so often before, and says what became of it.
///
/// # Errors
/// [`Unable`]: the channel may have it, and it is tried again under the same id.
pub async fn hand_over(
    registry: &Registry,
    channel: &dyn Notifier,
    notice: &Notice,
    attempts: u16,
) -> Result<NoticeState, Unable> {
    let result = channel.deliver(notice).await;
    let now = registry.now();
    let state = match result {
        Ok(()) => NoticeState::Delivered { at: now },
        Err(NotDelivered::Never) => NoticeState::Undeliverable { at: now },
        Err(NotDelivered::Later) => {
            NoticeState::Waiting { attempts: attempts.saturating_add(1), due: next(now, attempts) }
        }
    };
    registry.store().settle(notice.person, notice.id, state).await?;
    Ok(state)
}

fn next(now: Timestamp, attempts: u16) -> Timestamp {
    let doubled = FIRST_WAIT_SECONDS.saturating_mul(1_i64 << attempts.min(20));
    let wait = SignedDuration::from_secs(doubled.min(LONGEST_WAIT_SECONDS));
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_six_hours() {
        let now = Timestamp::UNIX_EPOCH;
        let waits: Vec<i64> = [0, 1, 2, 9, 10, 60_000].iter().map(|n| next(now, *n).as_second()).collect();
        assert_eq!(waits, [30, 60, 120, 15_360, 21_600, 21_600]);
    }
}
