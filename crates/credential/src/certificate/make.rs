//! A self-signed X.509 certificate for an issuer key.
//!
//! The shape is fixed, so it is written down rather than configured: version 3, ECDSA with SHA-256, a common
//! name, a period, `digitalSignature`, and that the key is no authority over other certificates.

use std::time::Duration;

use der::asn1::{
    BitStringRef, GeneralizedTime, ObjectIdentifier, OctetStringRef, UintRef, UtcTime, Utf8StringRef,
};
use der::{DateTime, Encode, Header, Length, Tag, TagNumber};

use super::CertificateError;
use crate::crypto::sha256;
use crate::key::{KeyError, SigningKey};
use crate::time::UnixSeconds;

/// # Source
/// RFC 5280 §4.1, RFC 5480 §2.1.1 (the key), RFC 5758 §3.2 (the signature's algorithm, without parameters).
pub(super) fn self_signed(
    key: &SigningKey,
    name: &str,
    from: UnixSeconds,
    until: UnixSeconds,
) -> Result<Vec<u8>, CertificateError> {
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS {
        return Err(CertificateError::Name);
    }
    if from > until {
        return Err(CertificateError::Period);
    }
    let spki = key.verifying_key().to_spki_der().ok_or(KeyError::Backend)?;
    let period = sequence(&[&time(from)?, &time(until)?])?;
    let tbs = sequence(&[
        &version_3()?,
        &serial(&spki, &period)?,
        &sequence(&[&oid(ECDSA_WITH_SHA256)?])?,
        &common_name(name)?,
        &period,
        &common_name(name)?,
        &spki,
        &extensions()?,
    ])?;
    let signature = fixed_to_der(&key.sign(&tbs)?)?;
    let signature = written(&BitStringRef::from_bytes(&signature).map_err(not_written)?)?;
    sequence(&[&tbs, &sequence(&[&oid(ECDSA_WITH_SHA256)?])?, &signature])
}

/// The upper bound of a common name.
///
/// # Source
/// RFC 5280, appendix A.1: `ub-common-name`.
const MAX_NAME_CHARS: usize = 64;

const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");

fn version_3() -> Result<Vec<u8>, CertificateError> {
    tlv(Tag::ContextSpecific { constructed: true, number: TagNumber(0) }, &[&written(&2_u8)?])
}

/// Sixteen bytes of a hash over key and period: positive, unlike any other of this key, and repeatable.
fn serial(spki: &[u8], period: &[u8]) -> Result<Vec<u8>, CertificateError> {
    let [mut first, rest @ ..] = sha256(&[spki, period].concat());
    first = first & 0x7f | 0x40;
    let bytes: Vec<u8> = std::iter::once(first).chain(rest.into_iter().take(15)).collect();
    written(&UintRef::new(&bytes).map_err(not_written)?)
}

fn common_name(name: &str) -> Result<Vec<u8>, CertificateError> {
    let value = written(&Utf8StringRef::new(name).map_err(|_| CertificateError::Name)?)?;
    let attribute = sequence(&[&oid(COMMON_NAME)?, &value])?;
    sequence(&[&tlv(Tag::Set, &[&attribute])?])
}

fn extensions() -> Result<Vec<u8>, CertificateError> {
    let critical = written(&true)?;
    let no_authority = written(&OctetStringRef::new(&sequence(&[])?).map_err(not_written)?)?;
    // `digitalSignature` is bit 0 of a named bit list: one byte 0x80, of which 7 bits are unused.
    let signs = written(&BitStringRef::new(7, &[0x80]).map_err(not_written)?)?;
    let signs = written(&OctetStringRef::new(&signs).map_err(not_written)?)?;
    let list = sequence(&[
        &sequence(&[&oid(BASIC_CONSTRAINTS)?, &critical, &no_authority])?,
        &sequence(&[&oid(KEY_USAGE)?, &critical, &signs])?,
    ])?;
    tlv(Tag::ContextSpecific { constructed: true, number: TagNumber(3) }, &[&list])
}

/// `UTCTime` through 2049, `GeneralizedTime` after, as RFC 5280 §4.1.2.5 wants.
fn time(instant: UnixSeconds) -> Result<Vec<u8>, CertificateError> {
    let seconds = u64::try_from(instant.get()).map_err(|_| CertificateError::Period)?;
    let date =
        DateTime::from_unix_duration(Duration::from_secs(seconds)).map_err(|_| CertificateError::Period)?;
    match UtcTime::from_date_time(date) {
        Ok(short) => written(&short),
        Err(_) => written(&GeneralizedTime::from_date_time(date)),
    }
}

/// r‖s of 64 bytes as X.509 writes it: `SEQUENCE { r, s }`.
fn fixed_to_der(signature: &[u8; 64]) -> Result<Vec<u8>, CertificateError> {
    let (r, s) = signature.split_at(32);
    let (r, s) = (UintRef::new(r).map_err(not_written)?, UintRef::new(s).map_err(not_written)?);
    sequence(&[&written(&r)?, &written(&s)?])
}

fn oid(oid: ObjectIdentifier) -> Result<Vec<u8>, CertificateError> {
    written(&oid)
}

fn sequence(parts: &[&[u8]]) -> Result<Vec<u8>, CertificateError> {
    tlv(Tag::Sequence, parts)
}

fn tlv(tag: Tag, parts: &[&[u8]]) -> Result<Vec<u8>, CertificateError> {
    let length = Length::try_from(parts.iter().map(|part| part.len()).sum::<usize>()).map_err(not_written)?;
    let mut out = written(&Header::new(tag, length))?;
    for part in parts {
        out.extend_from_slice(part);
    }
    Ok(out)
}

fn written(value: &impl Encode) -> Result<Vec<u8>, CertificateError> {
    value.to_der().map_err(not_written)
}

fn not_written(_: der::Error) -> CertificateError {
    CertificateError::NotDer
}
