//! Proof of possession: the phone signs its code together with the time, every half minute.
//!
//! A picture of a code is worth nothing once its proof is old; a copy of the token on another phone cannot
//! make a new one. The proof stands in the unprotected header, so that the issuer's signature stays as it
//! is, and it covers every signed byte of the token, so that it cannot be moved to another.

use ciborium::value::Value;
use thiserror::Error;

use crate::cbor;
use crate::claims::Code;
use crate::cose::Sign1;
use crate::key::{Algorithm, DevicePoint, KeyError, SigningKey};
use crate::limits::{MAX_CLOCK_SKEW_SECONDS, MAX_PROOF_AGE_SECONDS};
use crate::time::UnixSeconds;
use crate::token::{DecodeError, Token, decode};

/// The text of `code` with a proof made by `phone` at `now`, in place of any older one.
///
/// # Errors
/// [`ProofError`].
pub fn renew(code: &str, phone: &SigningKey, now: UnixSeconds) -> Result<String, ProofError> {
    let (envelope, device) = bound(code)?;
    if device != phone.device_point() {
        return Err(ProofError::OtherDevice);
    }
    let signature = phone.sign(&message(&envelope, now))?;
    Ok(attached(envelope, now, &signature))
}

/// The bytes that the phone's key signs for a proof at `now`: for a key that lies where this crate does not
/// reach, such as a browser's, which never gives its own out.
///
/// # Errors
/// [`ProofError`] if the code cannot be read or is bound to no device.
pub fn to_sign(code: &str, now: UnixSeconds) -> Result<Vec<u8>, ProofError> {
    let (envelope, _) = bound(code)?;
    Ok(message(&envelope, now))
}

/// The text of `code` with the proof whose signature was made elsewhere over [`to_sign`] of the same `now`:
/// r‖s by ES256.
///
/// # Errors
/// [`ProofError`]; [`ProofError::OtherDevice`] if the signature is not one by the code's device.
pub fn attach(code: &str, now: UnixSeconds, signature: &[u8; 64]) -> Result<String, ProofError> {
    let (envelope, device) = bound(code)?;
    if !device.verifying_key().verifies(Algorithm::Es256, &message(&envelope, now), signature) {
        return Err(ProofError::OtherDevice);
    }
    Ok(attached(envelope, now, signature))
}

/// The envelope of a code that is bound to a device, and that device.
fn bound(code: &str) -> Result<(Sign1, DevicePoint), ProofError> {
    let token = decode(code)?;
    let Code::Status(status) = token.claims().map_err(DecodeError::Claims)? else {
        return Err(ProofError::NotBound);
    };
    let device = status.status.device.ok_or(ProofError::NotBound)?;
    Ok((token.into_envelope(), device))
}

fn attached(envelope: Sign1, now: UnixSeconds, signature: &[u8; 64]) -> String {
    let proof = Value::Array(vec![cbor::int(now.get()), Value::Bytes(signature.to_vec())]);
    Token::of(envelope.with_unprotected(LABEL, proof)).encode()
}

/// Why a phone makes no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProofError {
    /// The code cannot be read.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The code is bound to no device: on paper, or a certificate of another kind.
    #[error("the code is not bound to a device")]
    NotBound,
    /// The code is bound to another device.
    #[error("the code is bound to another device")]
    OtherDevice,
    /// Signing failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Why a proof does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum NoProof {
    #[error("the code carries no proof")]
    Missing,
    #[error("the proof cannot be read")]
    Unreadable,
    #[error("the proof is not by the code's device")]
    Forged,
    #[error("the proof is {0} s old; at most {MAX_PROOF_AGE_SECONDS} s count")]
    Old(i64),
    #[error("the proof is {0} s ahead of the clock; at most {MAX_CLOCK_SKEW_SECONDS} s count")]
    Ahead(i64),
}

/// Checks the proof in `envelope` for the device named in its claims; both ends of the window count.
pub(crate) fn check(envelope: &Sign1, device: &DevicePoint, now: UnixSeconds) -> Result<(), NoProof> {
    let proof = envelope.unprotected(LABEL).ok_or(NoProof::Missing)?;
    let Some([time, signature]) = proof.as_array().map(Vec::as_slice) else {
        return Err(NoProof::Unreadable);
    };
    let time = time.as_integer().and_then(|time| i64::try_from(time).ok()).ok_or(NoProof::Unreadable)?;
    let time = UnixSeconds::new(time);
    let signature = signature.as_bytes().ok_or(NoProof::Unreadable)?;
    let age = now.since(time);
    if age > MAX_PROOF_AGE_SECONDS {
        return Err(NoProof::Old(age));
    }
    if age < -MAX_CLOCK_SKEW_SECONDS {
        return Err(NoProof::Ahead(age.saturating_neg()));
    }
    if device.verifying_key().verifies(Algorithm::Es256, &message(envelope, time), signature) {
        Ok(())
    } else {
        Err(NoProof::Forged)
    }
}

/// Where the proof stands in the unprotected header: below −65536 labels are free for private use.
const LABEL: i64 = -70_001;

/// What the phone signs, as a CBOR array: this text, the token's protected header, its payload, its
/// signature, and the time. The text keeps the phone's key from signing anything that means something else.
fn message(envelope: &Sign1, time: UnixSeconds) -> Vec<u8> {
    cbor::write(&Value::Array(vec![
        Value::Text("mingma proof of possession 1".to_owned()),
        Value::Bytes(envelope.protected_bytes().to_vec()),
        Value::Bytes(envelope.payload().to_vec()),
        Value::Bytes(envelope.signature().to_vec()),
        cbor::int(time.get()),
    ]))
}
