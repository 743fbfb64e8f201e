//! One entry of a trust list's file: read strictly, written only if it would be read.

use ciborium::value::Value;
use thiserror::Error;

use super::{closed_map, whole_instant};
use crate::cbor;
use crate::certificate::{Certificate, CertificateError};
use crate::key::{KeyError, KeyId, VerifyingKey};
use crate::limits::MAX_REGIONS_PER_ENTRY;
use crate::status::RegionCode;
use crate::trust::{Scope, TrustEntry, Use};

/// What is wrong with an entry, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EntryError {
    /// Not a map of the keys above, or one is missing.
    #[error("not a map of the keys 0 to 6, with either a certificate or a public key")]
    Shape,
    /// The name is not the certificate's.
    #[error("the key's name is not that of its certificate")]
    Name,
    /// The certificate cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The public key cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No region, too many, or not a region's code.
    #[error("regions are 1 to {MAX_REGIONS_PER_ENTRY} region codes")]
    Regions,
    /// The period is empty.
    #[error("the period ends before it begins")]
    Period,
    /// No use, or one that version 1 does not have.
    #[error("uses are one or more of 0, 1, 2, each once")]
    Uses,
    /// The entry is believed for everything, which a file cannot say.
    #[error("an entry in a file has regions, uses and a period")]
    Everything,
}

pub(super) fn read(item: &Value) -> Result<TrustEntry, EntryError> {
    let pairs = closed_map(item, 6).ok_or(EntryError::Shape)?;
    let bytes =
        |key| cbor::get(pairs, key).map(|value| value.as_bytes().ok_or(EntryError::Shape)).transpose();
    let key_id = bytes(0)?.and_then(|name| KeyId::from_bytes(name)).ok_or(EntryError::Shape)?;
    let scope = read_scope(pairs)?;
    match (bytes(1)?, bytes(2)?) {
        (Some(der), None) => {
            let certificate = Certificate::from_der(der)?;
            if certificate.key_id() != key_id {
                return Err(EntryError::Name);
            }
            Ok(TrustEntry::of_certificate(certificate, scope))
        }
        (None, Some(spki)) => Ok(TrustEntry::of_key(key_id, VerifyingKey::from_spki_der(spki)?, scope)),
        (Some(_), Some(_)) | (None, None) => Err(EntryError::Shape),
    }
}

fn read_scope(pairs: &[(Value, Value)]) -> Result<Scope, EntryError> {
    let list = |key| cbor::get(pairs, key).and_then(Value::as_array).ok_or(EntryError::Shape);
    let regions = list(3)?;
    if regions.is_empty() || regions.len() > MAX_REGIONS_PER_ENTRY {
        return Err(EntryError::Regions);
    }
    let region = |value: &Value| value.as_text().and_then(|text| RegionCode::parse(text).ok());
    let regions = regions.iter().map(|value| region(value).ok_or(EntryError::Regions));
    let mut uses = list(6)?
        .iter()
        .map(|value| cbor::uint::<u8>(value).and_then(use_of).ok_or(EntryError::Uses))
        .collect::<Result<Vec<_>, _>>()?;
    let named = uses.len();
    uses.sort_unstable();
    uses.dedup();
    if uses.is_empty() || uses.len() != named {
        return Err(EntryError::Uses);
    }
    let from = whole_instant(pairs, 4).ok_or(EntryError::Shape)?;
    let until = whole_instant(pairs, 5).ok_or(EntryError::Shape)?;
    if until < from {
        return Err(EntryError::Period);
    }
    Ok(Scope::Limited { regions: regions.collect::<Result<_, _>>()?, uses, from, until })
}

pub(super) fn write(entry: &TrustEntry) -> Result<Value, EntryError> {
    let Scope::Limited { regions, uses, from, until } = entry.scope() else {
        return Err(EntryError::Everything);
    };
    let key = match &entry.certificate {
        Some(certificate) => (1, Value::Bytes(certificate.as_der().to_vec())),
        None => (2, Value::Bytes(entry.key.to_spki_der().ok_or(KeyError::Backend)?)),
    };
    let item = cbor::map([
        (0, Value::Bytes(entry.key_id.as_bytes().to_vec())),
        key,
        (3, Value::Array(regions.iter().map(|region| Value::Text(region.as_str().to_owned())).collect())),
        (4, cbor::int(from.get())),
        (5, cbor::int(until.get())),
        (6, Value::Array(uses.iter().map(|kind| cbor::int(number_of(*kind))).collect())),
    ]);
    // What would not be read must not be written.
    read(&item)?;
    Ok(item)
}

fn use_of(number: u8) -> Option<Use> {
    match number {
        0 => Some(Use::Status),
        1 => Some(Use::Certificate),
        2 => Some(Use::StatusList),
        _ => None,
    }
}

fn number_of(kind: Use) -> u8 {
    match kind {
        Use::Status => 0,
        Use::Certificate => 1,
        Use::StatusList => 2,
    }
}
