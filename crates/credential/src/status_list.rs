//! Token Status Lists: one or more bits for each code of an issuer, compressed, signed, found by number.
//!
//! A checkpoint fetches the whole list now and then, so nobody learns which code it looks up. This file is
//! the list itself in its two written forms; [`token`] signs it, [`lists`] holds many for the verifier.
//!
//! # Source
//! Token Status List (IETF OAuth WG), §4 (bits, order, compression), §4.2 (JSON), §4.3 (CBOR).

pub mod lists;
pub mod token;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ciborium::value::Value;
pub use lists::{StatusLists, StatusUnknown};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::cbor::{self, CborError};
use crate::envelope::{EnvelopeError, deflate, inflate};
use crate::limits::MAX_STATUS_LIST_BYTES;

/// A list of states, each of the same width; the least significant bits of a byte come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusList {
    width: Width,
    bytes: Vec<u8>,
}

/// How many bits a state has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// 0 or 1.
    One,
    /// 0 to 3: what our own lists use.
    Two,
    /// 0 to 15.
    Four,
    /// 0 to 255.
    Eight,
}

/// The state of a code that is as it was issued.
///
/// # Source
/// Token Status List §7.1: 0 valid, 1 invalid, 2 suspended, 3 for the application.
pub const VALID: u8 = 0;
/// The state of a code that is revoked for good.
pub const INVALID: u8 = 1;
/// The state of a code that is revoked for now.
pub const SUSPENDED: u8 = 2;

/// Why there is no list, or no such place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StatusListError {
    /// A width other than 1, 2, 4 and 8.
    #[error("a state of {0} bits; 1, 2, 4 and 8 are possible")]
    Width(u64),
    /// The content is not strict CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Not `bits` and `lst` of the right types.
    #[error("not a status list with `bits` and `lst`")]
    Shape,
    /// The compressed bytes cannot be read.
    #[error("the list's bytes: {0}")]
    Compressed(#[from] EnvelopeError),
    /// More states than [`MAX_STATUS_LIST_BYTES`] hold.
    #[error("a list of {0} states; at most {MAX_STATUS_LIST_BYTES} bytes of them are possible")]
    TooLong(usize),
    /// There is no such place.
    #[error("place {0} is not in the list")]
    NoPlace(u32),
    /// The state does not fit the width.
    #[error("state {0} does not fit the list's width")]
    State(u8),
}

impl StatusList {
    /// A list of at least this many states, all 0; the last byte is filled up.
    ///
    /// # Errors
    /// [`StatusListError::TooLong`].
    pub fn new(width: Width, states: usize) -> Result<Self, StatusListError> {
        let bytes = states.div_ceil(width.per_byte());
        if bytes > MAX_STATUS_LIST_BYTES {
            return Err(StatusListError::TooLong(states));
        }
        Ok(Self { width, bytes: vec![0; bytes] })
    }

    /// The list in these bytes as they stand uncompressed.
    ///
    /// # Errors
    /// [`StatusListError::TooLong`].
    pub fn from_bytes(width: Width, bytes: Vec<u8>) -> Result<Self, StatusListError> {
        if bytes.len() > MAX_STATUS_LIST_BYTES {
            return Err(StatusListError::TooLong(bytes.len().saturating_mul(width.per_byte())));
        }
        Ok(Self { width, bytes })
    }

    /// How many bits a state has.
    #[must_use]
    pub fn width(&self) -> Width {
        self.width
    }

    /// How many states there are.
    #[must_use]
    pub fn states(&self) -> usize {
        self.bytes.len().saturating_mul(self.width.per_byte())
    }

    /// The bytes, uncompressed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The state at a place, counted from 0; none past the end.
    #[must_use]
    pub fn get(&self, place: u32) -> Option<u8> {
        let (byte, shift) = self.locate(place)?;
        Some((self.bytes.get(byte)? >> shift) & self.width.mask())
    }

    /// Changes the state at a place.
    ///
    /// # Errors
    /// [`StatusListError::NoPlace`] or [`StatusListError::State`].
    pub fn set(&mut self, place: u32, state: u8) -> Result<(), StatusListError> {
        if state > self.width.mask() {
            return Err(StatusListError::State(state));
        }
        let (byte, shift) = self.locate(place).ok_or(StatusListError::NoPlace(place))?;
        let mask = self.width.mask() << shift;
        let byte = self.bytes.get_mut(byte).ok_or(StatusListError::NoPlace(place))?;
        *byte = (*byte & !mask) | (state << shift);
        Ok(())
    }

    /// The list of a CBOR map, `{"bits": …, "lst": zlib}`.
    ///
    /// # Errors
    /// [`StatusListError`].
    pub fn from_cbor(bytes: &[u8]) -> Result<Self, StatusListError> {
        Self::from_value(&cbor::read(bytes)?)
    }

    /// The list as a CBOR map.
    #[must_use]
    pub fn to_cbor(&self) -> Vec<u8> {
        cbor::write(&self.to_value())
    }

    /// The list of the JSON form.
    ///
    /// # Errors
    /// [`StatusListError`].
    pub fn from_json(form: &JsonForm) -> Result<Self, StatusListError> {
        let stream = Base64UrlUnpadded::decode_vec(&form.lst).map_err(|_| StatusListError::Shape)?;
        Self::from_stream(form.bits, &stream)
    }

    /// The list in its JSON form.
    #[must_use]
    pub fn to_json(&self) -> JsonForm {
        let lst = Base64UrlUnpadded::encode_string(&deflate(&self.bytes));
        JsonForm { bits: self.width.bits(), lst, aggregation_uri: None }
    }

    pub(crate) fn from_value(value: &Value) -> Result<Self, StatusListError> {
        let pairs = value.as_map().ok_or(StatusListError::Shape)?;
        let find =
            |name: &str| pairs.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value);
        let bits = find("bits").and_then(cbor::uint).ok_or(StatusListError::Shape)?;
        let stream = find("lst").and_then(Value::as_bytes).ok_or(StatusListError::Shape)?;
        Self::from_stream(bits, stream)
    }

    pub(crate) fn to_value(&self) -> Value {
        Value::Map(vec![
            ("bits".into(), cbor::int(self.width.bits())),
            ("lst".into(), Value::Bytes(deflate(&self.bytes))),
        ])
    }

    fn from_stream(bits: u64, stream: &[u8]) -> Result<Self, StatusListError> {
        let width = Width::from_bits(bits).ok_or(StatusListError::Width(bits))?;
        Ok(Self { width, bytes: inflate(stream, MAX_STATUS_LIST_BYTES)? })
    }

    /// The byte of a place, and by how many bits its state is shifted in it.
    fn locate(&self, place: u32) -> Option<(usize, u64)> {
        let place = usize::try_from(place).ok()?;
        let within = u64::try_from(place % self.width.per_byte()).ok()?;
        Some((place / self.width.per_byte(), within * self.width.bits()))
    }
}

/// A list as JSON writes it: the claim `status_list` of a JSON Web Token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonForm {
    /// 1, 2, 4 or 8.
    pub bits: u64,
    /// The zlib stream in Base64url without padding.
    pub lst: String,
    /// Where all lists of the issuer are listed; not used here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregation_uri: Option<String>,
}

impl Width {
    /// The width of this many bits.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Option<Self> {
        match bits {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            4 => Some(Self::Four),
            8 => Some(Self::Eight),
            _ => None,
        }
    }

    /// Its number of bits.
    #[must_use]
    pub const fn bits(self) -> u64 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }

    const fn per_byte(self) -> usize {
        match self {
            Self::One => 8,
            Self::Two => 4,
            Self::Four => 2,
            Self::Eight => 1,
        }
    }

    const fn mask(self) -> u8 {
        match self {
            Self::One => 0b1,
            Self::Two => 0b11,
            Self::Four => 0b1111,
            Self::Eight => 0xff,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_stand_from_the_least_significant_bit() {
        let mut list = StatusList::new(Width::Two, 5).unwrap();
        for (place, state) in [(0, 1), (1, 2), (2, 0), (3, 3), (4, 2)] {
            list.set(place, state).unwrap();
        }
        assert_eq!(list.as_bytes(), [0b1100_1001, 0b10]);
        assert_eq!((list.get(3), list.get(4), list.get(7), list.get(8)), (Some(3), Some(2), Some(0), None));
        list.set(3, 1).unwrap();
        assert_eq!(list.as_bytes(), [0b0100_1001, 0b10]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut list = StatusList::new(Width::One, 8).unwrap();
        assert_eq!(list.set(0, 2), Err(StatusListError::State(2)));
        assert_eq!(list.set(8, 1), Err(StatusListError::NoPlace(8)));
        assert!(StatusList::new(Width::Eight, MAX_STATUS_LIST_BYTES).is_ok());
        let over = MAX_STATUS_LIST_BYTES + 1;
        assert_eq!(StatusList::new(Width::Eight, over), Err(StatusListError::TooLong(over)));
        let form = JsonForm { bits: 3, lst: list.to_json().lst, aggregation_uri: None };
        assert_eq!(StatusList::from_json(&form), Err(StatusListError::Width(3)));
    }
}
