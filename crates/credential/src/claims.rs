//! The claims of a token: who signed, from when, until when, and what about the person.
//!
//! Two kinds of token share the chain: ours (sub-claim −701) and health certificates of the EU and WHO
//! (any other sub-claim). Ours is closed: a claim that is not in the list is refused, so that nothing about a
//! person can be slipped in. Certificates are open, and what is not known in them is kept as it is.

use ciborium::value::Value;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::cbor::{self, CborError};
use crate::json::Json;
use crate::status::{RegionCode, Status, StatusError};
use crate::time::UnixSeconds;

/// What a token says, by kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Code {
    /// One of ours.
    Status(StatusCode),
    /// A health certificate of the EU or WHO kind.
    Certificate(CertificateCode),
}

/// A status with its issuer and period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusCode {
    /// The region whose authority signed.
    pub issuer: RegionCode,
    /// When.
    pub issued_at: UnixSeconds,
    /// The instant from which it is expired.
    pub expires_at: UnixSeconds,
    /// What it says.
    pub status: Status,
}

/// A health certificate with its issuer and period, each as far as the token names it.
#[derive(Debug, Clone, PartialEq)]
pub struct CertificateCode {
    /// The issuer, by custom a country.
    pub issuer: Option<String>,
    /// When it was issued.
    pub issued_at: Option<UnixSeconds>,
    /// The first instant of its validity.
    pub not_before: Option<UnixSeconds>,
    /// The instant from which it is expired.
    pub expires_at: Option<UnixSeconds>,
    /// The certificate itself.
    pub hcert: HealthCertificate,
}

/// The content of claim −260, as it was signed; it serialises to JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthCertificate(Value);

/// Which claim cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ClaimsError {
    /// The payload is not strict CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The payload is not a map.
    #[error("the claims are not a map")]
    Shape,
    /// No claim −260, or one that is not a map with an entry.
    #[error("no health claim (-260)")]
    NoHealthClaim,
    /// A claim of the wrong type.
    #[error("claim {0} has the wrong type")]
    Type(i64),
    /// A code of ours lacks a claim.
    #[error("claim {0} is missing")]
    Missing(i64),
    /// A code of ours has a claim that none may have.
    #[error("a claim that no code may carry; allowed are 1, 4, 6 and -260")]
    Surplus,
    /// The period of a code of ours ends before it begins.
    #[error("the code expires before it is issued")]
    Period,
    /// The status cannot be read.
    #[error(transparent)]
    Status(#[from] StatusError),
}

/// # Source
/// RFC 8392 §3.1: `iss`, `exp`, `nbf`, `iat`; −260 is `hcert`, registered for health certificates.
pub(crate) const ISS: i64 = 1;
pub(crate) const EXP: i64 = 4;
const NBF: i64 = 5;
pub(crate) const IAT: i64 = 6;
const HCERT: i64 = -260;
const STATUS: i64 = -701;

impl Code {
    /// Reads the payload of a token.
    pub(crate) fn from_payload(payload: &[u8]) -> Result<Self, ClaimsError> {
        let claims = cbor::read(payload)?;
        // Some signers tag the claims once more.
        let claims = claims.as_tag().map_or(&claims, |(_, inner)| inner);
        let claims = claims.as_map().ok_or(ClaimsError::Shape)?;
        let hcert = cbor::get(claims, HCERT).and_then(Value::as_map).ok_or(ClaimsError::NoHealthClaim)?;
        match cbor::get(hcert, STATUS) {
            Some(status) => StatusCode::read(claims, hcert.len(), status).map(Self::Status),
            None if hcert.is_empty() => Err(ClaimsError::NoHealthClaim),
            None => CertificateCode::read(claims, hcert).map(Self::Certificate),
        }
    }

    /// The first and the first no longer valid instant.
    pub(crate) fn period(&self) -> (Option<UnixSeconds>, Option<UnixSeconds>) {
        match self {
            Self::Status(code) => (Some(code.issued_at), Some(code.expires_at)),
            Self::Certificate(code) => (code.issued_at.max(code.not_before), code.expires_at),
        }
    }
}

impl StatusCode {
    fn read(claims: &[(Value, Value)], sub_claims: usize, status: &Value) -> Result<Self, ClaimsError> {
        let allowed = [ISS, EXP, IAT, HCERT].map(Value::from);
        if sub_claims != 1 || claims.iter().any(|(key, _)| !allowed.contains(key)) {
            return Err(ClaimsError::Surplus);
        }
        let issuer = cbor::get(claims, ISS).ok_or(ClaimsError::Missing(ISS))?;
        let issuer = issuer.as_text().ok_or(ClaimsError::Type(ISS))?;
        let code = Self {
            issuer: RegionCode::parse(issuer)?,
            issued_at: instant(claims, IAT)?.ok_or(ClaimsError::Missing(IAT))?,
            expires_at: instant(claims, EXP)?.ok_or(ClaimsError::Missing(EXP))?,
            status: Status::from_cbor(status)?,
        };
        if code.issued_at < code.expires_at { Ok(code) } else { Err(ClaimsError::Period) }
    }

    /// The payload to sign, keys in the order 1, 4, 6, −260.
    pub(crate) fn to_payload(&self) -> Vec<u8> {
        let sub_claims = cbor::map([(STATUS, self.status.to_cbor())]);
        cbor::write(&cbor::map([
            (ISS, Value::Text(self.issuer.as_str().to_owned())),
            (EXP, cbor::int(self.expires_at.get())),
            (IAT, cbor::int(self.issued_at.get())),
            (HCERT, sub_claims),
        ]))
    }
}

impl CertificateCode {
    fn read(claims: &[(Value, Value)], hcert: &[(Value, Value)]) -> Result<Self, ClaimsError> {
        Ok(Self {
            issuer: cbor::get(claims, ISS).and_then(Value::as_text).map(str::to_owned),
            issued_at: instant(claims, IAT)?,
            not_before: instant(claims, NBF)?,
            expires_at: instant(claims, EXP)?,
            hcert: HealthCertificate(Value::Map(hcert.to_vec())),
        })
    }
}

impl Serialize for CertificateCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("CertificateCode", 5)?;
        fields.serialize_field("issuer", &self.issuer)?;
        fields.serialize_field("issued_at", &self.issued_at)?;
        fields.serialize_field("not_before", &self.not_before)?;
        fields.serialize_field("expires_at", &self.expires_at)?;
        fields.serialize_field("hcert", &self.hcert)?;
        fields.end()
    }
}

impl Serialize for HealthCertificate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Json(&self.0).serialize(serializer)
    }
}

fn instant(claims: &[(Value, Value)], key: i64) -> Result<Option<UnixSeconds>, ClaimsError> {
    cbor::get(claims, key).map(|value| cbor::instant(value).ok_or(ClaimsError::Type(key))).transpose()
}
