//! The published lists of revoked codes: made of the store's rows, signed by the authority, kept for ten seconds.
//!
//! A list is there before the first code points into it, and as long as it will ever be: a checkpoint that was cut off
//! in the morning knows in the evening that a code of noon was not revoked when it last heard. A list that is out of
//! date, or does not reach to a code's place, would make that code count for nothing at a gate.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mingma_credential::UnixSeconds;
use mingma_credential::limits::MAX_PAPER_LIFE_SECONDS;
use mingma_credential::status::StatusRef;
use mingma_credential::status_list::token::TokenError;
use mingma_credential::status_list::{INVALID, StatusList, StatusListError, Width};
use thiserror::Error;

use crate::acts::Registry;
use crate::canonical::sha256;
use crate::places::PARTS;
use crate::store::{PLACES_IN_A_SHARD, StoreError};

/// How long a list that was looked up is handed out before the store is asked again, in seconds. With the half minute for
/// which a reader may keep it ([`MAX_AGE_SECONDS`]) twenty of a minute are left for revoking whatever changed at once. Looking up the
/// longest list there is, a million revocations, takes a third of a second.
const FRESH_SECONDS: i64 = 10;
/// For how many seconds a reader may keep a list, or the directory of them, before asking again.
pub const MAX_AGE_SECONDS: i64 = 30;
/// How long a list may be used by a checkpoint that is cut off: a day, the life of a code on a phone.
const LIFE_SECONDS: u32 = 86_400;
/// A list is signed anew, though nothing has changed, when it may be used for less than this: whoever asks gets half a
/// day at least.
const RENEWED_SECONDS: i64 = 43_200;
const DAY_SECONDS: i64 = 86_400;

/// A signed list, as it is handed out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedShard {
    /// Its number.
    pub shard: u32,
    /// The token: `application/statuslist+cwt`.
    pub token: Vec<u8>,
    /// A name of these bytes, for asking whether they have changed.
    pub tag: String,
    revoked: usize,
    signed: UnixSeconds,
}

/// What was signed and looked up lately.
#[derive(Debug, Default)]
pub(crate) struct Lists(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    signed: BTreeMap<u32, (UnixSeconds, Arc<SignedShard>)>,
    current: Option<(UnixSeconds, Arc<[u32]>)>,
}

/// Why a list cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ListError {
    /// The store cannot say.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The list cannot be made.
    #[error(transparent)]
    List(#[from] StatusListError),
    /// It cannot be signed.
    #[error(transparent)]
    Token(#[from] TokenError),
}

impl Registry {
    /// The numbers of the lists into which a code that still counts, or one that is issued next, can point.
    ///
    /// # Errors
    /// [`ListError`].
    pub async fn current_lists(&self) -> Result<Arc<[u32]>, ListError> {
        let now = UnixSeconds::new(self.now().as_second());
        if let Some((looked, current)) = &self.lists().state().current
            && (0..FRESH_SECONDS).contains(&now.since(*looked))
        {
            return Ok(Arc::clone(current));
        }
        let first = StatusRef::shard_for(now, 0).unwrap_or(0);
        let reserved = self.store().reserved(first).await?;
        let current: Arc<[u32]> = shards(now, &reserved.into_iter().collect()).into();
        let mut state = self.lists().state();
        state.signed.retain(|shard, _| *shard >= first);
        state.current = Some((now, Arc::clone(&current)));
        Ok(current)
    }

    /// The signed list of this number, not older than ten seconds; none if there is none now.
    ///
    /// # Errors
    /// [`ListError`].
    pub async fn status_list(&self, shard: u32) -> Result<Option<Arc<SignedShard>>, ListError> {
        if !self.current_lists().await?.contains(&shard) {
            return Ok(None);
        }
        let now = UnixSeconds::new(self.now().as_second());
        let held = self.lists().state().signed.get(&shard).cloned();
        if let Some((looked, list)) = &held
            && (0..FRESH_SECONDS).contains(&now.since(*looked))
        {
            return Ok(Some(Arc::clone(list)));
        }
        let revoked = self.store().revoked(shard).await?;
        // Revocations are only ever added, so that as many are the same.
        let as_it_was = held.filter(|(_, list)| {
            list.revoked == revoked.len()
                && (0..i64::from(LIFE_SECONDS) - RENEWED_SECONDS).contains(&now.since(list.signed))
        });
        let list = match as_it_was {
            Some((_, list)) => list,
            None => Arc::new(self.sign_shard(shard, &revoked, now)?),
        };
        let mut state = self.lists().state();
        let entry = state.signed.entry(shard).or_insert_with(|| (now, Arc::clone(&list)));
        // Of two that looked at once the later signature stays.
        if (entry.1.signed, entry.1.revoked) <= (list.signed, list.revoked) {
            *entry = (now, list);
        }
        Ok(Some(Arc::clone(&entry.1)))
    }

    fn sign_shard(&self, shard: u32, revoked: &[u32], now: UnixSeconds) -> Result<SignedShard, ListError> {
        let mut list = StatusList::new(Width::Two, PLACES_IN_A_SHARD as usize)?;
        for place in revoked {
            list.set(*place, INVALID)?;
        }
        let token = self.signer().sign_list(&list, shard, now, LIFE_SECONDS)?;
        let tag = base16ct::lower::encode_string(&sha256(&token)[..8]);
        Ok(SignedShard { shard, token, tag, revoked: revoked.len(), signed: now })
    }
}

impl Lists {
    fn state(&self) -> MutexGuard<'_, State> {
        // What a panic elsewhere left behind is whole: entries are replaced, never changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lists of each day from today to the end of the longest paper: those in use, the next one from when the last
/// is half given away, and at least one; tomorrow at least as many as today.
fn shards(now: UnixSeconds, reserved: &BTreeMap<u32, u32>) -> Vec<u32> {
    let day = |ahead: i64| now.plus(ahead * DAY_SECONDS);
    let used = |ahead: i64| {
        let last = (0..PARTS).rev().find(|part| {
            StatusRef::shard_for(day(ahead), *part).is_some_and(|shard| reserved.contains_key(&shard))
        });
        let Some(last) = last else { return 1 };
        let places = StatusRef::shard_for(day(ahead), last).and_then(|shard| reserved.get(&shard));
        let next = u8::from(places.is_some_and(|places| *places > PLACES_IN_A_SHARD / 2));
        (last + 1 + next).min(PARTS)
    };
    let days = 0..=MAX_PAPER_LIFE_SECONDS / DAY_SECONDS;
    days.flat_map(|ahead| {
        let parts = if ahead == 1 { used(0).max(used(1)) } else { used(ahead) };
        (0..parts).filter_map(move |part| StatusRef::shard_for(day(ahead), part))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_there_before_the_first_code_points_into_it() {
        let now = UnixSeconds::new(1_655_092_800);
        let shard = |ahead: i64, part| StatusRef::shard_for(now.plus(ahead * DAY_SECONDS), part).unwrap();
        let at = |reserved: &[(u32, u32)]| shards(now, &reserved.iter().copied().collect());
        let nothing: Vec<u32> = (0..=30).map(|ahead| shard(ahead, 0)).collect();
        assert_eq!(at(&[]), nothing, "one for each day on which a code may end");
        let half = PLACES_IN_A_SHARD / 2;
        assert_eq!(at(&[(shard(5, 0), half)]), nothing);
        let beyond = at(&[(shard(5, 0), half + 1)]);
        assert!(beyond.contains(&shard(5, 1)) && beyond.len() == 32, "before the first is full");
        let today = at(&[(shard(0, 0), PLACES_IN_A_SHARD), (shard(0, 1), 1)]);
        assert!(today.contains(&shard(1, 1)) && today.len() == 33, "tomorrow as many as today");
        let full = at(&(0..PARTS).map(|part| (shard(2, part), PLACES_IN_A_SHARD)).collect::<Vec<_>>());
        assert_eq!(full.len(), 30 + 64);
    }
}
