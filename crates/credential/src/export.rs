//! What a person takes with them: a document of JSON in a `COSE_Sign1` envelope, signed by ES256 with the key that signs codes.
//!
//! ```text
//! protected    {1: -7, 3: "application/vnd.mingma.export+json", 4: name of the signer's key}
//! payload      JSON, UTF-8
//! ```
//!
//! The signature says that the authority gave this out. The content type keeps it from being passed off as a code or a list.

use thiserror::Error;

use crate::cose::{self, CoseError, Sign1, SignatureError, Typed};
use crate::issue::Issuer;
use crate::key::{KeyError, KeyId, VerifyingKey};

/// The content type of the envelope's payload.
pub const MEDIA_TYPE: &str = "application/vnd.mingma.export+json";

/// Why a file is no export of the key's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExportError {
    /// Not a signed envelope.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// Something else that is signed.
    #[error("the envelope does not say that it holds an export")]
    Type,
    /// The signature.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

/// Signs a document.
///
/// # Errors
/// [`KeyError`].
pub fn sign(document: Vec<u8>, issuer: &Issuer<'_>) -> Result<Vec<u8>, KeyError> {
    cose::sign(issuer.key(), issuer.key_id(), Typed::Content(MEDIA_TYPE), document)
}

/// The name of the key that is said to have signed an export.
///
/// # Errors
/// [`ExportError::Cose`].
pub fn signer(file: &[u8]) -> Result<Option<KeyId>, ExportError> {
    Ok(Sign1::from_bytes(file)?.key_id().and_then(KeyId::from_bytes))
}

/// The document in an export that this key signed.
///
/// # Errors
/// [`ExportError`].
pub fn open(file: &[u8], key: &VerifyingKey) -> Result<Vec<u8>, ExportError> {
    let envelope = Sign1::from_bytes(file)?;
    if envelope.content_type() != Some(MEDIA_TYPE) {
        return Err(ExportError::Type);
    }
    envelope.verify(key, &[])?;
    Ok(envelope.payload().to_vec())
}
