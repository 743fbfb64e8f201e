//! Hands the outbox's notices to a channel: none is lost, and each id is shown once.
//!
//! If the process dies between the channel's answer and the note of it, the notice is handed over again under the same
//! id: the channel shows it once. That is the price of never losing one.
//!
//! Whoever is reached nowhere, as most children are, is told through whoever acts for them. Each of those gets a notice of
//! their own, which is tried by itself: a second guardian whose mail server is down costs the first one no second message.
//! It goes only to whoever could read on that person's page what happened, as of its delivery.

use jiff::{SignedDuration, Timestamp};

use super::change_contact::receiver;
use super::code::since;
use super::{Registry, Unable, ward};
use crate::canonical::{Canonical, chance_of};
use crate::id::{NoticeId, PersonId};
use crate::ports::{NotDelivered, Notifier, Outgoing};
use crate::row::{Notice, NoticeState};
use crate::store::Change;
use crate::words::NoticeKind;

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
    /// Passed on to whoever acts for the person.
    pub passed_on: u32,
    /// Left to the page.
    pub on_page: u32,
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
            NoticeState::PassedOn { .. } => done.passed_on += 1,
            NoticeState::OnPage { .. } => done.on_page += 1,
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
    let state = attempt(registry, channel, notice, attempts).await?;
    registry.store().settle(notice.person, notice.id, state).await?;
    Ok(state)
}

async fn attempt(
    registry: &Registry,
    channel: &dyn Notifier,
    notice: &Notice,
    attempts: u16,
) -> Result<NoticeState, Unable> {
    let at = registry.now();
    let access = registry.store().access(notice.person, since(at)).await?;
    let is_code = notice.kind.is_code();
    let challenge = access.challenges.iter().find(|c| is_code && *c.id.as_bytes() == notice.about);
    let Some((contact, lang)) = receiver(&access, notice, challenge) else {
        return pass_on(registry, notice).await;
    };
    let about = PersonId::from_bytes(notice.about);
    if notice.kind == NoticeKind::AboutWard && !ward::may_read_of(registry, notice.person, about).await? {
        return Ok(NoticeState::OnPage { at });
    }
    if is_code && challenge.is_none_or(|challenge| challenge.until <= at) {
        // A code that came too late would only confuse; the person asks for a new one.
        return Ok(NoticeState::Undeliverable { at });
    }
    let code = challenge.map(|challenge| &challenge.code);
    let result = channel.deliver(&Outgoing { notice, contact, lang, code }).await;
    let at = registry.now();
    Ok(match result {
        Ok(()) => NoticeState::Delivered { at },
        Err(NotDelivered::Never) => NoticeState::Undeliverable { at },
        Err(NotDelivered::Later) => {
            NoticeState::Waiting { attempts: attempts.saturating_add(1), due: next(at, attempts) }
        }
    })
}

/// Gives each of those who act for a person who is reached nowhere a notice that there is news.
async fn pass_on(registry: &Registry, notice: &Notice) -> Result<NoticeState, Unable> {
    let at = registry.now();
    let is_theirs = notice.kind.is_about_record();
    let agents = if is_theirs { ward::agents(registry, notice.person).await? } else { Vec::new() };
    if agents.is_empty() {
        return Ok(NoticeState::OnPage { at });
    }
    for person in agents {
        // At a crash between two of them, or before the first is noted, those that are kept are kept once: their ids are the same.
        let notices = vec![about_ward(notice, person, at)];
        registry.keep(Change::Access { person, rows: Vec::new(), notices }).await?;
    }
    Ok(NoticeState::PassedOn { at })
}

/// The notice to an agent of a notice to their ward.
fn about_ward(of: &Notice, agent: PersonId, at: Timestamp) -> Notice {
    let mut text = Canonical::new("mingma/passed-on/1");
    text.bytes(of.id.as_bytes());
    text.bytes(agent.as_bytes());
    Notice {
        person: agent,
        id: NoticeId::new(of.created, chance_of(&text.hash(), 0)),
        kind: NoticeKind::AboutWard,
        about: *of.person.as_bytes(),
        created: at,
    }
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
