//! CBOR shown as JSON: for a person's eyes and for programs that know no CBOR.
//!
//! One way only. Keys become text, bytes become Base64url, tags fall away; JSON is never read back as a
//! token, so nothing depends on the mapping being reversible.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ciborium::value::Value;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

/// A CBOR item that serialises as JSON.
pub(crate) struct Json<'v>(pub(crate) &'v Value);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "null, and whatever `Value` may hold one day")]
        match self.0 {
            Value::Integer(number) => serialize_integer(i128::from(*number), serializer),
            Value::Bytes(bytes) => serializer.serialize_str(&Base64UrlUnpadded::encode_string(bytes)),
            Value::Float(number) => serializer.serialize_f64(*number),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Bool(truth) => serializer.serialize_bool(*truth),
            Value::Tag(_, inner) => Json(inner).serialize(serializer),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Json)),
            Value::Map(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    map.serialize_entry(&key_text(key), &Json(value))?;
                }
                map.end()
            }
            _ => serializer.serialize_unit(),
        }
    }
}

/// Numbers past 64 bits are text: most readers of JSON would round them.
fn serialize_integer<S: Serializer>(number: i128, serializer: S) -> Result<S::Ok, S::Error> {
    match (i64::try_from(number), u64::try_from(number)) {
        (Ok(number), _) => serializer.serialize_i64(number),
        (_, Ok(number)) => serializer.serialize_u64(number),
        (Err(_), Err(_)) => serializer.collect_str(&number),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "no token in use has other keys; they are shown as they are"
)]
fn key_text(key: &Value) -> String {
    match key {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => i128::from(*number).to_string(),
        Value::Bytes(bytes) => Base64UrlUnpadded::encode_string(bytes),
        other => format!("{other:?}"),
    }
}
