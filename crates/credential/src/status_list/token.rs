//! A status list as a signed CBOR Web Token, read from anybody and written for our own shards.
//!
//! # Source
//! Token Status List §5.2 (status list token in CWT): protected `typ`, claims 2 (`sub`, the list's URI), 6
//! (`iat`), optional 4 (`exp`) and 65534 (`ttl`), and 65533 (`status_list`).

use ciborium::value::Value;
use thiserror::Error;

use super::{StatusList, StatusListError};
use crate::cbor::{self, CborError};
use crate::claims::{EXP, IAT};
use crate::cose::{self, CoseError, LABEL_TYP, Sign1, SignatureError, Typed};
use crate::issue::Issuer;
use crate::key::{KeyError, VerifyingKey};
use crate::limits::MAX_STATUS_TOKEN_BYTES;
use crate::status::RegionCode;
use crate::time::UnixSeconds;

/// A signed list that has been read and not yet believed.
#[derive(Debug, Clone)]
pub struct StatusListToken {
    envelope: Sign1,
}

/// What a signed list says, once its signature has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedList {
    /// The URI under which codes refer to the list.
    pub subject: String,
    /// When it was signed.
    pub issued_at: UnixSeconds,
    /// The instant from which it must not be used.
    pub expires_at: Option<UnixSeconds>,
    /// For how many seconds it may be kept before it is fetched anew.
    pub ttl_seconds: Option<u64>,
    /// The states.
    pub list: StatusList,
}

/// Why bytes are no signed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenError {
    /// Longer than [`MAX_STATUS_TOKEN_BYTES`].
    #[error("a status list of {0} bytes; at most {MAX_STATUS_TOKEN_BYTES} are read")]
    TooLong(usize),
    /// Not a signed envelope.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// An envelope of something else.
    #[error("the envelope does not say that it holds a status list")]
    OtherContent,
    /// The signature does not count.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The claims are not strict CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A claim is missing or of the wrong type.
    #[error("claim {0} is missing or has the wrong type")]
    Claim(i64),
    /// The list itself.
    #[error(transparent)]
    List(#[from] StatusListError),
    /// Signing failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl StatusListToken {
    /// Reads the envelope.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TokenError> {
        if bytes.len() > MAX_STATUS_TOKEN_BYTES {
            return Err(TokenError::TooLong(bytes.len()));
        }
        let envelope = Sign1::from_bytes(bytes)?;
        if envelope.protected(LABEL_TYP).and_then(Value::as_text) != Some(MEDIA_TYPE) {
            return Err(TokenError::OtherContent);
        }
        Ok(Self { envelope })
    }

    /// The bytes that name the signer's key.
    #[must_use]
    pub fn key_id(&self) -> Option<&[u8]> {
        self.envelope.key_id()
    }

    /// Checks the signature and reads the claims.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn verify(&self, key: &VerifyingKey) -> Result<SignedList, TokenError> {
        self.envelope.verify(key, &[])?;
        let claims = cbor::read(self.envelope.payload())?;
        let claims = claims.as_map().ok_or(TokenError::Claim(STATUS_LIST))?;
        let instant = |key| {
            cbor::get(claims, key).map(|value| cbor::instant(value).ok_or(TokenError::Claim(key))).transpose()
        };
        let subject = cbor::get(claims, SUB).and_then(Value::as_text).ok_or(TokenError::Claim(SUB))?;
        let ttl = cbor::get(claims, TTL).map(|value| cbor::uint(value).ok_or(TokenError::Claim(TTL)));
        let list = cbor::get(claims, STATUS_LIST).ok_or(TokenError::Claim(STATUS_LIST))?;
        Ok(SignedList {
            subject: subject.to_owned(),
            issued_at: instant(IAT)?.ok_or(TokenError::Claim(IAT))?,
            expires_at: instant(EXP)?,
            ttl_seconds: ttl.transpose()?,
            list: StatusList::from_value(list)?,
        })
    }
}

/// Signs a list as the shard of this number, usable from `now` for `life_seconds`.
///
/// # Errors
/// [`TokenError::Key`] if signing fails.
pub fn sign(
    list: &StatusList,
    shard: u32,
    issuer: &Issuer<'_>,
    now: UnixSeconds,
    life_seconds: u32,
) -> Result<Vec<u8>, TokenError> {
    let payload = cbor::write(&cbor::map([
        (SUB, Value::Text(subject(issuer.region(), shard))),
        (IAT, cbor::int(now.get())),
        (EXP, cbor::int(now.plus(i64::from(life_seconds)).get())),
        (STATUS_LIST, list.to_value()),
    ]));
    Ok(cose::sign(issuer.key(), issuer.key_id(), Typed::Type(MEDIA_TYPE), payload)?)
}

/// The URI of a shard of ours.
#[must_use]
pub fn subject(issuer: &RegionCode, shard: u32) -> String {
    format!("{SUBJECT_PREFIX}{issuer}:{shard}")
}

/// The issuer and number in a URI of ours; none if it is another's or written otherwise.
#[must_use]
pub fn parse_subject(uri: &str) -> Option<(RegionCode, u32)> {
    let (region, shard) = uri.strip_prefix(SUBJECT_PREFIX)?.split_once(':')?;
    let (region, shard) = (RegionCode::parse(region).ok()?, shard.parse().ok()?);
    (subject(&region, shard) == uri).then_some((region, shard))
}

const SUBJECT_PREFIX: &str = "urn:mingma:status:";
const MEDIA_TYPE: &str = "application/statuslist+cwt";
const SUB: i64 = 2;
const STATUS_LIST: i64 = 65_533;
const TTL: i64 = 65_534;
