//! The status lists that a checkpoint holds: each believed, of one issuer and number, the newest of its kind.

use std::collections::BTreeMap;

use thiserror::Error;

use super::token::{SignedList, StatusListToken, TokenError, parse_subject};
use super::{StatusList, Width};
use crate::limits::{MAX_CLOCK_SKEW_SECONDS, MAX_STATUS_LISTS};
use crate::status::{RegionCode, StatusRef};
use crate::time::UnixSeconds;
use crate::trust::{TrustList, Use};

/// Status lists by issuer and number; only lists that a believed key signed come in.
#[derive(Debug, Clone, Default)]
pub struct StatusLists {
    held: BTreeMap<(RegionCode, u32), Held>,
}

#[derive(Debug, Clone)]
struct Held {
    issued_at: UnixSeconds,
    expires_at: UnixSeconds,
    list: StatusList,
}

/// Why a list is not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotTaken {
    /// It cannot be read, or its signature does not count.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// No believed key of that name signs lists for that issuer at this time.
    #[error("the status list is signed by no key that is trusted for it")]
    UnknownKey,
    /// The URI is not one of our shards.
    #[error("the status list's `sub` is not of the form `urn:mingma:status:REGION:NUMBER`")]
    Subject,
    /// Our lists have two bits a state and an end.
    #[error("a status list of ours has 2 bits a state and an expiry")]
    Form,
    /// Signed later than the clock says.
    #[error("the status list was issued at {0}, which lies ahead")]
    Ahead(UnixSeconds),
    /// Past its end.
    #[error("the status list expired at {0}")]
    Stale(UnixSeconds),
    /// A newer list of this number is held.
    #[error("a newer status list of this number is held")]
    Older,
    /// [`MAX_STATUS_LISTS`] are held.
    #[error("{MAX_STATUS_LISTS} status lists are held; no more are taken")]
    TooMany,
}

/// Why the state of a code is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StatusUnknown {
    /// No list of that issuer and number is held.
    #[error("status list {0} is not at hand")]
    NoList(u32),
    /// The list held is past its end.
    #[error("status list {0} is out of date")]
    Stale(u32),
    /// The list is shorter.
    #[error("status list {0} has no place {1}")]
    NoPlace(u32, u32),
}

impl StatusLists {
    /// Holds no list yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a signed list if a key in `trust` may sign it and it is newer than the one held.
    ///
    /// # Errors
    /// [`NotTaken`]; what was held stays as it was.
    pub fn add(&mut self, bytes: &[u8], trust: &TrustList, now: UnixSeconds) -> Result<(), NotTaken> {
        let token = StatusListToken::from_bytes(bytes)?;
        let mut refused = NotTaken::UnknownKey;
        for entry in trust.named(token.key_id()) {
            let signed = match token.verify(entry.key()) {
                Ok(signed) => signed,
                Err(error) => {
                    refused = NotTaken::Token(error);
                    continue;
                }
            };
            let (issuer, shard) = parse_subject(&signed.subject).ok_or(NotTaken::Subject)?;
            let scope = entry.scope();
            if scope.allows(Use::StatusList) && scope.holds(&issuer) && scope.covers(now) {
                return self.hold((issuer, shard), signed, now);
            }
            refused = NotTaken::UnknownKey;
        }
        Err(refused)
    }

    /// How many lists are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether none is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// The state at a place in an issuer's lists; see [`super::VALID`].
    ///
    /// # Errors
    /// [`StatusUnknown`] if it cannot be said.
    pub fn look_up(
        &self,
        issuer: &RegionCode,
        place: StatusRef,
        now: UnixSeconds,
    ) -> Result<u8, StatusUnknown> {
        let held = self.held.get(&(issuer.clone(), place.shard)).ok_or(StatusUnknown::NoList(place.shard))?;
        if held.expires_at <= now {
            return Err(StatusUnknown::Stale(place.shard));
        }
        held.list.get(place.index).ok_or(StatusUnknown::NoPlace(place.shard, place.index))
    }

    fn hold(
        &mut self,
        name: (RegionCode, u32),
        signed: SignedList,
        now: UnixSeconds,
    ) -> Result<(), NotTaken> {
        let (Some(expires_at), Width::Two) = (signed.expires_at, signed.list.width()) else {
            return Err(NotTaken::Form);
        };
        if signed.issued_at > now.plus(MAX_CLOCK_SKEW_SECONDS) {
            return Err(NotTaken::Ahead(signed.issued_at));
        }
        if expires_at <= now {
            return Err(NotTaken::Stale(expires_at));
        }
        match self.held.get(&name) {
            Some(held) if held.issued_at > signed.issued_at => return Err(NotTaken::Older),
            None if self.held.len() >= MAX_STATUS_LISTS => return Err(NotTaken::TooMany),
            Some(_) | None => {}
        }
        self.held.insert(name, Held { issued_at: signed.issued_at, expires_at, list: signed.list });
        Ok(())
    }
}

impl StatusRef {
    /// The number of a list for codes that expire on the day of `expires_at`, which is cut into 64 parts.
    ///
    /// A list holds 16 million codes, so 64 parts serve an issuer of a thousand million codes a day. Past its
    /// day nobody needs the list, and it is dropped as a whole.
    #[must_use]
    pub fn shard_for(expires_at: UnixSeconds, part: u8) -> Option<u32> {
        const DAY_SECONDS: i64 = 86_400;
        const PARTS: u32 = 64;
        let day = u32::try_from(expires_at.get().div_euclid(DAY_SECONDS)).ok()?;
        if u32::from(part) >= PARTS {
            return None;
        }
        day.checked_mul(PARTS)?.checked_add(u32::from(part))
    }
}
