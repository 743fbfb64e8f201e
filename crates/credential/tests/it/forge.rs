//! Tokens that our own issuer would never make, for the tests that must see them refused.

use ciborium::value::Value;
use mingma_credential::envelope;
use mingma_credential::key::SigningKey;

use crate::support::{House, NOON};

/// A token in the making: each part can be bent before it is signed.
pub(crate) struct Forgery {
    pub(crate) protected: Vec<(i64, Value)>,
    pub(crate) unprotected: Vec<(i64, Value)>,
    pub(crate) claims: Vec<(i64, Value)>,
    pub(crate) status: Vec<(i64, Value)>,
}

impl Forgery {
    /// A paper code of this house, green and without fault.
    pub(crate) fn of(house: &House) -> Self {
        let key_id = house.certificate.key_id().as_bytes().to_vec();
        Self {
            protected: vec![(1, (-7).into()), (4, Value::Bytes(key_id))],
            unprotected: vec![],
            claims: vec![(1, "41".into()), (4, NOON.plus(86_400).get().into()), (6, NOON.get().into())],
            status: vec![(0, 1.into()), (1, 0.into()), (2, "410100".into()), (3, 17.into())],
        }
    }

    pub(crate) fn payload(&self) -> Vec<u8> {
        let mut claims = self.claims.clone();
        claims.push((-260, map(vec![(-701, map(self.status.clone()))])));
        bytes(&map(claims))
    }

    pub(crate) fn text(&self, key: &SigningKey) -> String {
        self.text_of(key, self.payload())
    }

    pub(crate) fn text_of(&self, key: &SigningKey, payload: Vec<u8>) -> String {
        let protected = bytes(&map(self.protected.clone()));
        seal(key, &protected, map(self.unprotected.clone()), payload, |envelope| {
            Value::Tag(18, Box::new(envelope))
        })
    }
}

/// Signs whatever stands in these parts.
pub(crate) fn seal(
    key: &SigningKey,
    protected: &[u8],
    unprotected: Value,
    payload: Vec<u8>,
    tag: impl FnOnce(Value) -> Value,
) -> String {
    let signed = Value::Array(vec![
        "Signature1".into(),
        Value::Bytes(protected.to_vec()),
        Value::Bytes(vec![]),
        Value::Bytes(payload.clone()),
    ]);
    let signature = key.sign(&bytes(&signed)).unwrap().to_vec();
    let parts =
        vec![Value::Bytes(protected.to_vec()), unprotected, Value::Bytes(payload), Value::Bytes(signature)];
    envelope::seal(&bytes(&tag(Value::Array(parts))))
}

pub(crate) fn map(pairs: Vec<(i64, Value)>) -> Value {
    Value::Map(pairs.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    ciborium::ser::into_writer(value, &mut out).unwrap();
    out
}
