//! What the acts need from outside, besides the store: the time, chance, a signature, and a way to reach people.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mingma_credential::export;
use mingma_credential::issue::{IssueError, Issuer, Order};
use mingma_credential::key::{DevicePoint, KeyError, SigningKey};
use mingma_credential::status::RegionCode;
use mingma_credential::status_list::StatusList;
use mingma_credential::status_list::token::{self, TokenError};
use mingma_credential::{Certificate, UnixSeconds};
use mingma_domain::text::Lang;
use thiserror::Error;

use crate::access::OneTimeCode;
use crate::contact::Contact;
use crate::row::Notice;

/// What time it is.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// By how much the machine's clock stands behind an instant that was told before; zero or less if it does not.
    fn behind(&self) -> SignedDuration {
        SignedDuration::ZERO
    }
}

/// A clock that several read.
impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }

    fn behind(&self) -> SignedDuration {
        (**self).behind()
    }
}

/// Where chance comes from.
pub trait Rng: Send + Sync {
    /// Fills the whole of `bytes` with chance that nobody can guess.
    ///
    /// # Errors
    /// [`NoEntropy`] if the source cannot.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy>;
}

/// The source of chance gave none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the source of randomness gave none")]
pub struct NoEntropy;

/// Some bytes of chance.
///
/// # Errors
/// [`NoEntropy`] if the source has none.
pub fn draw<const N: usize>(rng: &dyn Rng) -> Result<[u8; N], NoEntropy> {
    let mut bytes = [0; N];
    rng.fill(&mut bytes)?;
    Ok(bytes)
}

/// On what a code is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// A phone that proves possession of this key.
    Device(DevicePoint),
    /// Paper, for this many seconds.
    Paper {
        /// How long the paper counts.
        life_seconds: i64,
    },
}

/// Who signs codes and the lists of revoked ones: the authority's key, wherever it lies.
pub trait Signer: Send + Sync {
    /// The text of a signed code that lives `life_seconds` from `now`: for the phone with this key, or for paper.
    ///
    /// # Errors
    /// [`IssueError`]: nothing was signed.
    fn sign(
        &self,
        order: &Order,
        device: Option<&DevicePoint>,
        now: UnixSeconds,
        life_seconds: i64,
    ) -> Result<String, IssueError>;

    /// A signed status list of this number, usable from `now` for `life_seconds`.
    ///
    /// # Errors
    /// [`TokenError`]: nothing was signed.
    fn sign_list(
        &self,
        list: &StatusList,
        shard: u32,
        now: UnixSeconds,
        life_seconds: u32,
    ) -> Result<Vec<u8>, TokenError>;

    /// A signed document of everything about a person.
    ///
    /// # Errors
    /// [`KeyError`]: nothing was signed.
    fn sign_export(&self, document: Vec<u8>) -> Result<Vec<u8>, KeyError>;
}

/// A signer with its key in memory.
#[derive(Debug)]
pub struct KeySigner {
    key: SigningKey,
    certificate: Certificate,
    region: RegionCode,
}

impl KeySigner {
    /// The signer of a region.
    ///
    /// # Errors
    /// [`IssueError::OtherCertificate`] if the certificate is another key's.
    pub fn new(key: SigningKey, certificate: Certificate, region: RegionCode) -> Result<Self, IssueError> {
        let _fits = Issuer::new(&key, &certificate, region.clone())?;
        Ok(Self { key, certificate, region })
    }
}

impl Signer for KeySigner {
    fn sign(
        &self,
        order: &Order,
        device: Option<&DevicePoint>,
        now: UnixSeconds,
        life_seconds: i64,
    ) -> Result<String, IssueError> {
        let issuer = Issuer::new(&self.key, &self.certificate, self.region.clone())?;
        match device {
            Some(device) => issuer.device_code_for(order, device, now, life_seconds),
            None => issuer.paper_code(order, now, life_seconds),
        }
    }

    fn sign_list(
        &self,
        list: &StatusList,
        shard: u32,
        now: UnixSeconds,
        life_seconds: u32,
    ) -> Result<Vec<u8>, TokenError> {
        // INVARIANT: the maker has seen that the certificate holds this key.
        let issuer = Issuer::new(&self.key, &self.certificate, self.region.clone());
        let issuer = issuer.map_err(|_| TokenError::Key(KeyError::Backend))?;
        token::sign(list, shard, &issuer, now, life_seconds)
    }

    fn sign_export(&self, document: Vec<u8>) -> Result<Vec<u8>, KeyError> {
        // INVARIANT: as above.
        let issuer = Issuer::new(&self.key, &self.certificate, self.region.clone());
        export::sign(document, &issuer.map_err(|_| KeyError::Backend)?)
    }
}

/// A notice on its way out, with all that a channel says of it.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'n> {
    /// The notice, of which nothing leaves the house but its id and what its kind is called.
    pub notice: &'n Notice,
    /// Where it goes.
    pub contact: &'n Contact,
    /// In which language whoever is told reads.
    pub lang: Lang,
    /// The code, if it brings one.
    pub code: Option<&'n OneTimeCode>,
}

/// A way to reach people: a short message, a letter.
#[async_trait]
pub trait Notifier: Send + Sync {
    /// Hands a notice to the channel. A notice may be handed over twice; its id lets the channel show it once.
    async fn deliver(&self, outgoing: &Outgoing<'_>) -> Result<(), NotDelivered>;
}

/// The channel did not take a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotDelivered {
    /// It may take it later.
    #[error("the channel is not reachable now")]
    Later,
    /// It never will: there is no such receiver.
    #[error("the channel has no such receiver")]
    Never,
}
