//! What a code of ours says about a person: sub-claim −701, and the small types in it.
//!
//! A colour, a region, the ruleset that decided, and what a human at a gate needs to see that paper and
//! person belong together. No name, no number, no reason: a checkpoint has no use for them.

mod holder;
mod region;

use std::fmt;

use ciborium::value::Value;
pub use holder::{Birthday, Initials};
pub use region::RegionCode;
use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::cbor;
use crate::key::DevicePoint;
use crate::limits::{MAX_INITIALS_BYTES, MAX_REGION_BYTES};

/// The content of sub-claim −701, version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The colour as it was signed.
    pub color: Color,
    /// The region whose rules decided.
    pub region: RegionCode,
    /// The number of the ruleset in that region's journal.
    pub ruleset: u64,
    /// The holder's initials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initials: Option<Initials>,
    /// The holder's birthday, without the year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<Birthday>,
    /// Where the code's revocation would be found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation: Option<StatusRef>,
    /// The phone that must prove that it holds the code; absent on paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<DevicePoint>,
}

/// The three colours, and a number that is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Color {
    /// 0.
    Green,
    /// 1.
    Yellow,
    /// 2.
    Red,
    /// Any other number: signed, understood by nobody here, and never green.
    Other(i128),
}

/// A place in the status lists of the code's issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct StatusRef {
    /// The list, numbered by the issuer: by the day on which its codes expire.
    pub shard: u32,
    /// The place in that list, from 0.
    pub index: u32,
}

/// Which part of a status cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StatusError {
    /// Not a map, or one with a key that version 1 does not have.
    #[error("sub-claim -701 is not a map of the keys 0 to 7")]
    Shape,
    /// A version that is not known.
    #[error("version {0} of sub-claim -701 is not known; 1 is")]
    Version(u64),
    /// The colour is not an integer.
    #[error("the colour is not an integer")]
    Color,
    /// Not a region code.
    #[error("a region is 2 to {MAX_REGION_BYTES} capital letters, digits and hyphens")]
    Region,
    /// Not a ruleset's number.
    #[error("the ruleset is not a number")]
    Ruleset,
    /// Not initials.
    #[error("initials are 1 to {MAX_INITIALS_BYTES} bytes of text")]
    Initials,
    /// Not a day of the year.
    #[error("a birthday is four digits, month and day, as `0229`")]
    Birthday,
    /// Not a place in a status list.
    #[error("a place in a status list is two numbers below 2^32")]
    Revocation,
    /// Not a compressed point of P-256.
    #[error("the device key is not a compressed point of 33 bytes")]
    Device,
}

const VERSION: u64 = 1;

impl Status {
    /// Reads sub-claim −701.
    pub(crate) fn from_cbor(value: &Value) -> Result<Self, StatusError> {
        let pairs = value.as_map().ok_or(StatusError::Shape)?;
        let version = cbor::get(pairs, 0).and_then(cbor::uint::<u64>).ok_or(StatusError::Shape)?;
        if version != VERSION {
            return Err(StatusError::Version(version));
        }
        if pairs.iter().any(|(key, _)| !matches!(cbor::uint::<u8>(key), Some(0..=7))) {
            return Err(StatusError::Shape);
        }
        let text = |key| cbor::get(pairs, key).map(|value| value.as_text().unwrap_or_default());
        Ok(Self {
            color: Color::from_number(
                cbor::get(pairs, 1).and_then(Value::as_integer).ok_or(StatusError::Color)?.into(),
            ),
            region: RegionCode::parse(text(2).ok_or(StatusError::Region)?)?,
            ruleset: cbor::get(pairs, 3).and_then(cbor::uint).ok_or(StatusError::Ruleset)?,
            initials: text(4).map(Initials::parse).transpose()?,
            birthday: text(5).map(Birthday::parse).transpose()?,
            revocation: cbor::get(pairs, 6).map(StatusRef::from_cbor).transpose()?,
            device: cbor::get(pairs, 7)
                .map(|value| value.as_bytes().and_then(|point| DevicePoint::from_bytes(point)))
                .map(|point| point.ok_or(StatusError::Device))
                .transpose()?,
        })
    }

    /// Writes sub-claim −701, keys ascending.
    pub(crate) fn to_cbor(&self) -> Value {
        let mut pairs = vec![
            (0, cbor::int(VERSION)),
            (1, self.color.to_cbor()),
            (2, Value::Text(self.region.as_str().to_owned())),
            (3, cbor::int(self.ruleset)),
        ];
        pairs.extend(self.initials.as_ref().map(|initials| (4, Value::Text(initials.as_str().to_owned()))));
        pairs.extend(self.birthday.map(|birthday| (5, Value::Text(birthday.to_string()))));
        pairs.extend(
            self.revocation
                .map(|place| (6, Value::Array(vec![cbor::int(place.shard), cbor::int(place.index)]))),
        );
        pairs.extend(self.device.map(|point| (7, Value::Bytes(point.as_bytes().to_vec()))));
        cbor::map(pairs)
    }
}

impl Color {
    /// The colour of a number in a token.
    #[must_use]
    pub const fn from_number(number: i128) -> Self {
        match number {
            0 => Self::Green,
            1 => Self::Yellow,
            2 => Self::Red,
            other => Self::Other(other),
        }
    }

    /// Its number in a token.
    #[must_use]
    pub const fn number(self) -> i128 {
        match self {
            Self::Green => 0,
            Self::Yellow => 1,
            Self::Red => 2,
            Self::Other(other) => other,
        }
    }

    fn to_cbor(self) -> Value {
        // INVARIANT: a number came from CBOR or is 0 to 2, so it goes back; what does not is no colour.
        ciborium::value::Integer::try_from(self.number()).map_or(Value::Null, Value::Integer)
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Green => f.write_str("green"),
            Self::Yellow => f.write_str("yellow"),
            Self::Red => f.write_str("red"),
            Self::Other(number) => write!(f, "colour {number}"),
        }
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl StatusRef {
    fn from_cbor(value: &Value) -> Result<Self, StatusError> {
        let Some([shard, index]) = value.as_array().map(Vec::as_slice) else {
            return Err(StatusError::Revocation);
        };
        let number = |value| cbor::uint::<u32>(value).ok_or(StatusError::Revocation);
        Ok(Self { shard: number(shard)?, index: number(index)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zero_is_green() {
        for number in [-1, 1, 2, 3, 255, i128::from(u64::MAX)] {
            assert_ne!(Color::from_number(number), Color::Green);
        }
        assert_eq!(Color::from_number(0), Color::Green);
    }

    #[test]
    fn version_1_has_the_keys_0_to_7_and_no_other() {
        let mut pairs = vec![(0, cbor::int(1)), (1, cbor::int(0)), (2, "410100".into()), (3, cbor::int(9))];
        assert!(Status::from_cbor(&cbor::map(pairs.clone())).is_ok());
        pairs.push((8, cbor::int(1)));
        assert_eq!(Status::from_cbor(&cbor::map(pairs.clone())), Err(StatusError::Shape));
        pairs[0].1 = cbor::int(2);
        assert_eq!(Status::from_cbor(&cbor::map(pairs)), Err(StatusError::Version(2)));
    }
}
