//! Strict reading of one CBOR item, and small helpers to take it apart.
//!
//! `ciborium` keeps maps as lists of pairs and reads from a stream; neither duplicate keys nor bytes after
//! the item trouble it. Both would let two readers see two different tokens under one signature, so here
//! they are refused at every depth. Nothing outside this file parses CBOR.

use std::collections::BTreeSet;

use ciborium::de::Error as DeError;
use ciborium::value::{Integer, Value};
use thiserror::Error;

use crate::limits::MAX_CBOR_NESTING;
use crate::time::UnixSeconds;

/// Why bytes are not the one CBOR item they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CborError {
    /// The bytes are not CBOR, or end early.
    #[error("not well-formed CBOR")]
    Malformed,
    /// Arrays, maps and tags lie deeper than [`MAX_CBOR_NESTING`].
    #[error("CBOR nested deeper than {MAX_CBOR_NESTING}")]
    TooDeep,
    /// Bytes follow the item.
    #[error("bytes follow the CBOR item")]
    TrailingBytes,
    /// A map names one key twice.
    #[error("a CBOR map names one key twice")]
    DuplicateKey,
}

/// Reads exactly one item; no bytes may follow, and no map in it may name a key twice.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, CborError> {
    let mut rest = bytes;
    let value: Value =
        ciborium::de::from_reader_with_recursion_limit(&mut rest, MAX_CBOR_NESTING).map_err(|error| {
            match error {
                DeError::RecursionLimitExceeded => CborError::TooDeep,
                DeError::Io(_) | DeError::Syntax(_) | DeError::Semantic(_, _) => CborError::Malformed,
            }
        })?;
    if !rest.is_empty() {
        return Err(CborError::TrailingBytes);
    }
    refuse_duplicates(&value)?;
    Ok(value)
}

/// The bytes of an item that this crate made itself.
pub(crate) fn write(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // INVARIANT: a `Value` has an encoding and a `Vec` takes every byte, so there is nothing to report;
    // were it otherwise, the short bytes would fail every signature made over them.
    let _always_ok = ciborium::ser::into_writer(value, &mut bytes);
    bytes
}

#[expect(clippy::wildcard_enum_match_arm, reason = "`Value` may grow; what is not named is a scalar")]
fn refuse_duplicates(value: &Value) -> Result<(), CborError> {
    match value {
        Value::Array(items) => items.iter().try_for_each(refuse_duplicates),
        Value::Tag(_, inner) => refuse_duplicates(inner),
        Value::Map(pairs) => {
            // Keys are compared as their bytes, so that a NaN, too, equals itself.
            let mut seen = BTreeSet::new();
            for (key, inner) in pairs {
                if !seen.insert(write(key)) {
                    return Err(CborError::DuplicateKey);
                }
                refuse_duplicates(key)?;
                refuse_duplicates(inner)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The value under an integer key.
pub(crate) fn get(pairs: &[(Value, Value)], key: i64) -> Option<&Value> {
    let key = Value::from(key);
    pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
}

/// An unsigned integer that fits `T`.
pub(crate) fn uint<T: TryFrom<u64>>(value: &Value) -> Option<T> {
    u64::try_from(value.as_integer()?).ok().and_then(|number| T::try_from(number).ok())
}

/// An instant as written in a token: an integer, a finite float (cut to the second), either under tag 1.
#[expect(clippy::wildcard_enum_match_arm, reason = "`Value` may grow; what is not named is no instant")]
pub(crate) fn instant(value: &Value) -> Option<UnixSeconds> {
    match value {
        Value::Integer(number) => i64::try_from(*number).ok().map(UnixSeconds::new),
        Value::Float(number) => whole_seconds(*number).map(UnixSeconds::new),
        Value::Tag(1, inner) => match inner.as_ref() {
            Value::Tag(_, _) => None,
            plain => instant(plain),
        },
        _ => None,
    }
}

fn whole_seconds(number: f64) -> Option<i64> {
    /// 9999-12-31T23:59:59Z: past the calendar a float is no instant but a mistake.
    const LAST: f64 = 253_402_300_799.0;
    if !number.is_finite() || number.abs() > LAST {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "finite and at most 253,402,300,799 either way")]
    Some(number.floor() as i64)
}

/// An integer as a value.
pub(crate) fn int(number: impl Into<Integer>) -> Value {
    Value::Integer(number.into())
}

/// A map in the order given.
pub(crate) fn map(pairs: impl IntoIterator<Item = (i64, Value)>) -> Value {
    Value::Map(pairs.into_iter().map(|(key, value)| (Value::from(key), value)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_stand_once_at_every_depth() {
        let faults: [&[u8]; 5] = [
            &[0xa2, 0x01, 0x00, 0x01, 0x00],                   // {1: 0, 1: 0}
            &[0x81, 0xa2, 0x61, 0x61, 0x00, 0x61, 0x61, 0x01], // [{"a": 0, "a": 1}]
            &[0xa1, 0x04, 0xa2, 0x20, 0x00, 0x20, 0x00],       // {4: {-1: 0, -1: 0}}
            &[0xc1, 0xa2, 0x01, 0x00, 0x18, 0x01, 0x00],       // the second 1 is written longer
            &[0xbf, 0x01, 0x00, 0x01, 0x00, 0xff],             // indefinite length
        ];
        for fault in faults {
            assert_eq!(read(fault), Err(CborError::DuplicateKey), "{fault:02x?}");
        }
        assert!(read(&[0xa2, 0x01, 0x00, 0x20, 0x00]).is_ok(), "1 and -1 are two keys");
    }

    #[test]
    fn nothing_may_follow_the_item_and_nothing_may_lack() {
        assert_eq!(read(&[0x01, 0x00]), Err(CborError::TrailingBytes));
        assert_eq!(read(&[0x82, 0x01]), Err(CborError::Malformed));
        assert_eq!(read(&[]), Err(CborError::Malformed));
        assert_eq!(read(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), Err(CborError::Malformed));
    }

    #[test]
    fn nesting_ends_at_the_limit() {
        let nested = |depth: usize| {
            let mut bytes = vec![0x81; depth];
            bytes.push(0x00);
            bytes
        };
        assert!(read(&nested(MAX_CBOR_NESTING - 1)).is_ok());
        assert_eq!(read(&nested(MAX_CBOR_NESTING + 1)), Err(CborError::TooDeep));
        assert_eq!(read(&nested(5_000)), Err(CborError::TooDeep));
    }

    #[test]
    fn an_instant_is_an_integer_or_a_sane_float() {
        let second = Some(UnixSeconds::new(1_620_000_000));
        assert_eq!(instant(&Value::from(1_620_000_000)), second);
        assert_eq!(instant(&Value::Float(1_620_000_000.9)), second);
        assert_eq!(instant(&Value::Tag(1, Box::new(Value::from(1_620_000_000)))), second);
        assert_eq!(instant(&Value::Float(f64::NAN)), None);
        assert_eq!(instant(&Value::Float(1e300)), None);
        assert_eq!(instant(&Value::Text("2021".to_owned())), None);
    }
}
