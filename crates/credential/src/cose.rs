//! `COSE_Sign1`: an envelope with protected and unprotected headers, a payload and one signature.
//!
//! The parser takes the tags that are found in the world (18, 61 around 18, or none), and keeps the signed
//! bytes as they came. Which algorithm is *allowed* is decided by who calls; that it fits the key is
//! decided here, for everybody.

use ciborium::value::Value;
use coset::{
    AsCborValue, CoseError as CosetError, CoseSign1, CoseSign1Builder, Header, HeaderBuilder, Label,
    ProtectedHeader, RegisteredLabelWithPrivate, SignatureContext, TaggedCborSerializable as _, iana,
    sig_structure_data,
};
use thiserror::Error;

use crate::cbor::{self, CborError};
use crate::key::{Algorithm, KeyError, KeyId, SigningKey, VerifyingKey};

/// A parsed envelope whose signature has not been checked.
#[derive(Debug, Clone)]
pub struct Sign1 {
    inner: CoseSign1,
    algorithm: Option<Algorithm>,
}

/// Why bytes are no envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CoseError {
    /// The envelope, or a header in it, is not strict CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Under a tag other than 18, or 61 around 18.
    #[error("under CBOR tag {0}; a token stands under 18, under 61 and 18, or under none")]
    Tag(u64),
    /// Not the four parts of `COSE_Sign1`, or a header of the wrong type.
    #[error("not a COSE_Sign1 envelope")]
    Shape,
    /// The payload is not inside.
    #[error("the payload is not in the envelope")]
    Detached,
    /// A header names an algorithm or a content that no registry knows.
    #[error("a header holds a value that no registry knows")]
    Unregistered,
    /// A header marked critical, which nobody here understands.
    #[error("a header is marked critical and is not understood")]
    Critical,
}

/// Why an envelope's signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// No algorithm is named, or one that is not checked here.
    #[error("the envelope names no algorithm that is checked here")]
    Algorithm,
    /// The algorithm is none for this kind of key.
    #[error("{} is not an algorithm for this key", .0.name())]
    Mismatch(Algorithm),
    /// The signature is not this key's over these bytes.
    #[error("the signature does not match")]
    Invalid,
}

/// The payload of an envelope if `key` signed it together with `external_aad`; for other tokens than ours.
///
/// # Errors
/// [`Sign1Error`]: no envelope, or no valid signature.
pub fn verify_sign1(bytes: &[u8], key: &VerifyingKey, external_aad: &[u8]) -> Result<Vec<u8>, Sign1Error> {
    let envelope = Sign1::from_bytes(bytes)?;
    envelope.verify(key, external_aad)?;
    Ok(envelope.payload().to_vec())
}

/// Why [`verify_sign1`] gives no payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Sign1Error {
    /// No envelope.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// No valid signature.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

impl Sign1 {
    /// Reads an envelope: exactly one CBOR item, strict at every depth.
    ///
    /// # Errors
    /// [`CoseError`].
    ///
    /// # Source
    /// RFC 9052 §4.2, RFC 8392 §6 (tag 61 around the envelope).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CoseError> {
        let value = untag(cbor::read(bytes)?)?;
        refuse_lax_headers(&value)?;
        let mut inner = CoseSign1::from_cbor_value(value).map_err(|error| refusal(&error))?;
        if inner.payload.is_none() {
            return Err(CoseError::Detached);
        }
        if !inner.protected.header.crit.is_empty() || !inner.unprotected.crit.is_empty() {
            return Err(CoseError::Critical);
        }
        if inner.protected.header.is_empty() {
            // RFC 9052 §4.4: an empty map is signed as a string of length zero, however it was sent.
            inner.protected = ProtectedHeader::default();
        }
        let algorithm = inner.protected.header.alg.as_ref().or(inner.unprotected.alg.as_ref());
        let algorithm = match algorithm {
            Some(RegisteredLabelWithPrivate::Assigned(known)) => Algorithm::from_iana(*known),
            Some(RegisteredLabelWithPrivate::PrivateUse(_) | RegisteredLabelWithPrivate::Text(_)) | None => {
                None
            }
        };
        Ok(Self { inner, algorithm })
    }

    /// The algorithm named, protected header first; none if it is absent or not one checked here.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
    }

    /// The bytes that name the key, protected header first; none if neither header does.
    #[must_use]
    pub fn key_id(&self) -> Option<&[u8]> {
        let named = |header: &Header| !header.key_id.is_empty();
        let (protected, unprotected) = (&self.inner.protected.header, &self.inner.unprotected);
        if named(protected) {
            Some(&protected.key_id)
        } else if named(unprotected) {
            Some(&unprotected.key_id)
        } else {
            None
        }
    }

    /// The signed content.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.inner.payload.as_deref().unwrap_or_default()
    }

    /// The signature as it came.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.inner.signature
    }

    /// The bytes that are signed, for callers with a key that this crate does not know.
    ///
    /// # Source
    /// RFC 9052 §4.4: `Sig_structure`.
    #[must_use]
    pub fn to_be_signed(&self, external_aad: &[u8]) -> Vec<u8> {
        let protected = self.inner.protected.clone();
        sig_structure_data(SignatureContext::CoseSign1, protected, None, external_aad, self.payload())
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(&self, key: &VerifyingKey, external_aad: &[u8]) -> Result<(), SignatureError> {
        let algorithm = self.algorithm.ok_or(SignatureError::Algorithm)?;
        if !key.fits(algorithm) {
            return Err(SignatureError::Mismatch(algorithm));
        }
        if key.verifies(algorithm, &self.to_be_signed(external_aad), self.signature()) {
            Ok(())
        } else {
            Err(SignatureError::Invalid)
        }
    }

    /// The protected header as it was signed.
    pub(crate) fn protected_bytes(&self) -> &[u8] {
        self.inner.protected.original_data.as_deref().unwrap_or_default()
    }

    /// What stands under a label of the protected header that this crate gives a meaning.
    pub(crate) fn protected(&self, label: i64) -> Option<&Value> {
        find(&self.inner.protected.header, label)
    }

    /// The media type named in the protected header.
    pub(crate) fn content_type(&self) -> Option<&str> {
        match self.inner.protected.header.content_type.as_ref()? {
            coset::RegisteredLabel::Text(text) => Some(text),
            coset::RegisteredLabel::Assigned(_) => None,
        }
    }

    /// What stands under a label of the unprotected header.
    pub(crate) fn unprotected(&self, label: i64) -> Option<&Value> {
        find(&self.inner.unprotected, label)
    }

    /// Whether the unprotected header is empty, so that all of the envelope is signed.
    pub(crate) fn is_all_signed(&self) -> bool {
        self.inner.unprotected.is_empty()
    }

    /// The same envelope with this in its unprotected header, instead of what stood there.
    pub(crate) fn with_unprotected(mut self, label: i64, value: Value) -> Self {
        let rest = &mut self.inner.unprotected.rest;
        rest.retain(|(name, _)| *name != Label::Int(label));
        rest.push((Label::Int(label), value));
        self
    }

    /// The envelope under tag 18.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // INVARIANT: it was parsed or made here, so every part has an encoding; see `cbor::write`.
        self.inner.clone().to_tagged_vec().unwrap_or_default()
    }
}

/// Signs `payload` by ES256 with the key's name and `typed` in the protected header: the envelope's bytes, under tag 18.
pub(crate) fn sign(
    key: &SigningKey,
    key_id: KeyId,
    typed: Typed<'_>,
    payload: Vec<u8>,
) -> Result<Vec<u8>, KeyError> {
    let header = HeaderBuilder::new().algorithm(iana::Algorithm::ES256).key_id(key_id.as_bytes().to_vec());
    let header = match typed {
        Typed::Nothing => header,
        Typed::Content(media_type) => header.content_type(media_type.to_owned()),
        Typed::Type(media_type) => header.value(LABEL_TYP, Value::Text(media_type.to_owned())),
    };
    CoseSign1Builder::new()
        .protected(header.build())
        .payload(payload)
        .try_create_signature(&[], |bytes| key.sign(bytes).map(Vec::from))?
        .build()
        .to_tagged_vec()
        .map_err(|_| KeyError::Backend)
}

/// How an envelope says what it holds, so that one kind cannot be passed off as another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Typed<'t> {
    /// A code: the claims say it, and every byte counts.
    Nothing,
    /// Header 3, `content type`.
    Content(&'t str),
    /// Header 16, `typ`.
    Type(&'t str),
}

/// # Source
/// RFC 9596: `typ`.
pub(crate) const LABEL_TYP: i64 = 16;
/// # Source
/// RFC 9360: `x5chain`.
pub(crate) const LABEL_X5CHAIN: i64 = 33;
const TAG_SIGN1: u64 = 18;
const TAG_CWT: u64 = 61;

fn find(header: &Header, label: i64) -> Option<&Value> {
    header.rest.iter().find(|(name, _)| *name == Label::Int(label)).map(|(_, value)| value)
}

/// What stands under tag 18, under 61 and 18, or under no tag.
#[expect(clippy::wildcard_enum_match_arm, reason = "what stands under no tag is judged by its shape")]
fn untag(value: Value) -> Result<Value, CoseError> {
    match value {
        // RFC 8392 §6: a token tagged as one must be tagged inside, too.
        Value::Tag(TAG_CWT, inner) if inner.is_tag() => untag_envelope(*inner),
        Value::Tag(TAG_CWT, _) => Err(CoseError::Tag(TAG_CWT)),
        other => untag_envelope(other),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what stands under no tag is judged by its shape")]
fn untag_envelope(value: Value) -> Result<Value, CoseError> {
    match value {
        Value::Tag(TAG_SIGN1, inner) => Ok(*inner),
        Value::Tag(other, _) => Err(CoseError::Tag(other)),
        bare => Ok(bare),
    }
}

/// The protected header is a byte string inside the item: it is read again under the same strict rules.
fn refuse_lax_headers(envelope: &Value) -> Result<(), CoseError> {
    let protected = envelope.as_array().and_then(|parts| parts.first()).ok_or(CoseError::Shape)?;
    let protected = protected.as_bytes().ok_or(CoseError::Shape)?;
    if !protected.is_empty() {
        cbor::read(protected)?;
    }
    Ok(())
}

fn refusal(error: &CosetError) -> CoseError {
    match error {
        CosetError::UnregisteredIanaValue | CosetError::UnregisteredIanaNonPrivateValue => {
            CoseError::Unregistered
        }
        CosetError::DuplicateMapKey => CoseError::Cbor(CborError::DuplicateKey),
        CosetError::ExtraneousData => CoseError::Cbor(CborError::TrailingBytes),
        CosetError::DecodeFailed(_)
        | CosetError::EncodeFailed
        | CosetError::OutOfRangeIntegerValue
        | CosetError::UnexpectedItem(_, _) => CoseError::Shape,
    }
}
