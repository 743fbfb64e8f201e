//! Issuing: a status becomes a signed text, for a phone or for paper.
//!
//! The colour is an argument because this crate cannot know it: it is computed from facts elsewhere, and
//! the caller that signs is the one place where that result and this key meet.

use thiserror::Error;

use crate::certificate::Certificate;
use crate::claims::StatusCode;
use crate::cose::{self, Typed};
use crate::envelope;
use crate::key::{DevicePoint, Entropy, KeyError, KeyId, NoEntropy, SigningKey};
use crate::limits::{CODE_LIFE_SECONDS, MAX_JITTER_SECONDS, MAX_PAPER_LIFE_SECONDS};
use crate::status::{Birthday, Color, Initials, RegionCode, Status, StatusRef};
use crate::time::UnixSeconds;

/// An authority that signs codes: its key, the key's name and its region.
#[derive(Debug)]
pub struct Issuer<'k> {
    key: &'k SigningKey,
    key_id: KeyId,
    region: RegionCode,
}

/// What to sign about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The colour that the rules gave.
    pub color: Color,
    /// The region whose rules they were.
    pub region: RegionCode,
    /// The ruleset's number in the journal.
    pub ruleset: u64,
    /// The holder's initials, if they are to be shown.
    pub initials: Option<Initials>,
    /// The holder's birthday, if it is to be shown.
    pub birthday: Option<Birthday>,
    /// The place reserved in a status list.
    pub revocation: Option<StatusRef>,
}

/// How many seconds earlier than a full day a code expires: 0 to [`MAX_JITTER_SECONDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jitter(i64);

/// Why nothing is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IssueError {
    /// The certificate is another key's.
    #[error("the certificate does not hold this key")]
    OtherCertificate,
    /// The order's region lies outside the issuer's.
    #[error("the issuer's region does not hold the code's")]
    ForeignRegion,
    /// A colour other than the three.
    #[error("only green, yellow and red are signed")]
    NoColor,
    /// A life that is not positive or longer than allowed.
    #[error(
        "a code lives 1 to {CODE_LIFE_SECONDS} seconds on a phone, 1 to {MAX_PAPER_LIFE_SECONDS} on paper"
    )]
    Life,
    /// Signing failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl<'k> Issuer<'k> {
    /// The authority of `region` with this key, called by the certificate's name.
    ///
    /// # Errors
    /// [`IssueError::OtherCertificate`].
    pub fn new(
        key: &'k SigningKey,
        certificate: &Certificate,
        region: RegionCode,
    ) -> Result<Self, IssueError> {
        if *certificate.key() != key.verifying_key() {
            return Err(IssueError::OtherCertificate);
        }
        Ok(Self { key, key_id: certificate.key_id(), region })
    }

    /// A code for the phone with this key. It lives a day less the jitter and counts only with a fresh
    /// [proof](crate::proof).
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn device_code(
        &self,
        order: &Order,
        device: &DevicePoint,
        now: UnixSeconds,
        jitter: Jitter,
    ) -> Result<String, IssueError> {
        self.sign(order, Some(*device), now, CODE_LIFE_SECONDS - jitter.0)
    }

    /// A code for the phone with this key that lives `life_seconds` from `now`, a day at most: for a status that ends
    /// sooner than the day.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn device_code_for(
        &self,
        order: &Order,
        device: &DevicePoint,
        now: UnixSeconds,
        life_seconds: i64,
    ) -> Result<String, IssueError> {
        if !(1..=CODE_LIFE_SECONDS).contains(&life_seconds) {
            return Err(IssueError::Life);
        }
        self.sign(order, Some(*device), now, life_seconds)
    }

    /// A code for paper, which lives `life_seconds` from `now` and proves nothing about who holds it.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn paper_code(
        &self,
        order: &Order,
        now: UnixSeconds,
        life_seconds: i64,
    ) -> Result<String, IssueError> {
        if !(1..=MAX_PAPER_LIFE_SECONDS).contains(&life_seconds) {
            return Err(IssueError::Life);
        }
        self.sign(order, None, now, life_seconds)
    }

    /// The region it signs for.
    #[must_use]
    pub fn region(&self) -> &RegionCode {
        &self.region
    }

    /// The name of its key.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    pub(crate) fn key(&self) -> &SigningKey {
        self.key
    }

    fn sign(
        &self,
        order: &Order,
        device: Option<DevicePoint>,
        now: UnixSeconds,
        life: i64,
    ) -> Result<String, IssueError> {
        if matches!(order.color, Color::Other(_)) {
            return Err(IssueError::NoColor);
        }
        if !self.region.contains(&order.region) {
            return Err(IssueError::ForeignRegion);
        }
        let order = order.clone();
        let code = StatusCode {
            issuer: self.region.clone(),
            issued_at: now,
            expires_at: now.plus(life),
            status: Status {
                color: order.color,
                region: order.region,
                ruleset: order.ruleset,
                initials: order.initials,
                birthday: order.birthday,
                revocation: order.revocation,
                device,
            },
        };
        Ok(envelope::seal(&cose::sign(self.key, self.key_id, Typed::Nothing, code.to_payload())?))
    }
}

impl Order {
    /// An order with nothing but what every code must say.
    #[must_use]
    pub fn new(color: Color, region: RegionCode, ruleset: u64) -> Self {
        Self { color, region, ruleset, initials: None, birthday: None, revocation: None }
    }
}

impl Jitter {
    /// No jitter: the code lives a full day.
    pub const NONE: Self = Self(0);

    /// This many seconds; none above [`MAX_JITTER_SECONDS`] or below 0.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        (0..=MAX_JITTER_SECONDS).contains(&seconds).then_some(Self(seconds))
    }

    /// A draw over the whole range.
    ///
    /// # Errors
    /// [`NoEntropy`] if the source gives none.
    pub fn draw(entropy: &mut dyn Entropy) -> Result<Self, NoEntropy> {
        let mut bytes = [0; 4];
        entropy.fill(&mut bytes)?;
        // 2³² is not a multiple of 7,201; the lean towards its first values is under two in a million.
        Ok(Self(i64::from(u32::from_le_bytes(bytes)) % (MAX_JITTER_SECONDS + 1)))
    }
}
