//! Keys: the ones that sign, the ones that are believed, and which algorithm each may be used with.
//!
//! A private key leaves this module only as PKCS#8, in memory that is wiped; it is never formatted. Where
//! the files lie and who may read them is the caller's business.

mod verifying;

use std::fmt;

use base16ct::lower::encode_string as hex;
use der::SecretDocument;
use der::pem::LineEnding;
use serde::{Serialize, Serializer};
use thiserror::Error;
pub use verifying::{Algorithm, VerifyingKey};
use zeroize::Zeroizing;

use crate::crypto::{self, P256KeyPair};
use crate::limits::MAX_PRIVATE_KEY_BYTES;

/// A private P-256 key that signs by ES256: an issuer's or a phone's.
#[derive(Clone)]
pub struct SigningKey(P256KeyPair);

impl SigningKey {
    /// Makes a key from the entropy given; the same entropy gives the same key.
    ///
    /// # Errors
    /// [`KeyError::Entropy`] if the source refuses or keeps giving values outside the group.
    pub fn generate(entropy: &mut dyn Entropy) -> Result<Self, KeyError> {
        /// One draw in 2³² misses the group's order; four in a row mean a broken source.
        const DRAWS: usize = 4;
        for _ in 0..DRAWS {
            let mut scalar = Zeroizing::new([0; 32]);
            entropy.fill(scalar.as_mut()).map_err(|NoEntropy| KeyError::Entropy)?;
            if let Some(pair) = P256KeyPair::from_scalar(&scalar) {
                return Ok(Self(pair));
            }
        }
        Err(KeyError::Entropy)
    }

    /// Reads an unencrypted PKCS#8 key, DER.
    ///
    /// # Errors
    /// [`KeyError::NotPkcs8`] if it is none or not one of P-256.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        if der.len() > MAX_PRIVATE_KEY_BYTES {
            return Err(KeyError::NotPkcs8);
        }
        P256KeyPair::from_pkcs8(der).map(Self).ok_or(KeyError::NotPkcs8)
    }

    /// Reads an unencrypted PKCS#8 key, PEM (`-----BEGIN PRIVATE KEY-----`).
    ///
    /// # Errors
    /// [`KeyError::NotPem`] if the armour is not one; otherwise as [`SigningKey::from_pkcs8_der`].
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, KeyError> {
        if pem.len() > MAX_PRIVATE_KEY_BYTES {
            return Err(KeyError::NotPem);
        }
        match SecretDocument::from_pem(pem) {
            Ok((PEM_LABEL, document)) => Self::from_pkcs8_der(document.as_bytes()),
            Ok(_) | Err(_) => Err(KeyError::NotPem),
        }
    }

    /// The key as PKCS#8, DER, in memory that is wiped when dropped.
    ///
    /// # Errors
    /// [`KeyError::Backend`] if the library cannot write it.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.0.to_pkcs8().ok_or(KeyError::Backend)
    }

    /// The key as PKCS#8, PEM, in memory that is wiped when dropped.
    ///
    /// # Errors
    /// [`KeyError::Backend`] if the library cannot write it.
    pub fn to_pkcs8_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        let der = self.to_pkcs8_der()?;
        let document = SecretDocument::try_from(der.as_slice()).map_err(|_| KeyError::Backend)?;
        document.to_pem(PEM_LABEL, LineEnding::LF).map_err(|_| KeyError::Backend)
    }

    /// The public half, to check what this key signed.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey::p256(self.0.point())
    }

    /// The public half as a code carries it.
    #[must_use]
    pub fn device_point(&self) -> DevicePoint {
        // INVARIANT: a P-256 point always has its compressed form; zeros, which are no point, match no proof.
        DevicePoint(self.0.compressed_point().unwrap_or([0; 33]))
    }

    /// Signs by ES256: r‖s, 64 bytes.
    ///
    /// Under AWS-LC the nonce comes from the library's own generator, which is seeded by the operating system;
    /// its interface takes none from outside. It is the one draw of chance that is not an argument here.
    ///
    /// # Errors
    /// [`KeyError::Backend`] if the library fails.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        self.0.sign(message).ok_or(KeyError::Backend)
    }
}

/// Shows the public half only.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.device_point()).finish_non_exhaustive()
    }
}

/// The label of an unencrypted PKCS#8 key.
///
/// # Source
/// RFC 7468 §10.
const PEM_LABEL: &str = "PRIVATE KEY";

/// A phone's public key as claim 7 of a code carries it: a P-256 point in compressed form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DevicePoint([u8; 33]);

impl DevicePoint {
    /// The point in these bytes: 2 or 3, then x; whether x is on the curve shows when a proof is checked.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let point: [u8; 33] = bytes.try_into().ok()?;
        matches!(point.first(), Some(2 | 3)).then_some(Self(point))
    }

    /// The 33 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 33] {
        &self.0
    }

    /// The key that checks this phone's proofs.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey::p256(&self.0)
    }
}

impl fmt::Debug for DevicePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DevicePoint({})", hex(&self.0))
    }
}

impl Serialize for DevicePoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(&self.0))
    }
}

/// The name of a signing key: the first eight bytes of the SHA-256 of its certificate's DER.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// The name of the key in this certificate.
    #[must_use]
    pub fn of_certificate(der: &[u8]) -> Self {
        let mut name = [0; 8];
        name.iter_mut().zip(crypto::sha256(der)).for_each(|(to, from)| *to = from);
        Self(name)
    }

    /// The name in these bytes; none unless there are eight.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The eight bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Where chance comes from: always an argument, so that a test can give its own.
pub trait Entropy {
    /// Fills the whole of `bytes`.
    ///
    /// # Errors
    /// [`NoEntropy`] if the source cannot.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy>;
}

/// The operating system's secure generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        if crypto::fill_from_system(bytes) { Ok(()) } else { Err(NoEntropy) }
    }
}

/// A source of chance refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the source of randomness gave none")]
pub struct NoEntropy;

/// Why a key cannot be made, read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The source of chance gave nothing usable.
    #[error("the source of randomness gave no usable key")]
    Entropy,
    /// Not an unencrypted PKCS#8 key of P-256.
    #[error("not an unencrypted PKCS#8 key of the curve P-256")]
    NotPkcs8,
    /// Not a PEM file with the label `PRIVATE KEY`.
    #[error("not a PEM file that begins `-----BEGIN PRIVATE KEY-----`")]
    NotPem,
    /// The public key is of a kind that no health code is signed with.
    #[error("the public key is neither EC (P-256, P-384, P-521) nor RSA nor Ed25519")]
    UnknownKind,
    /// The cryptographic library failed.
    #[error("the cryptographic library failed")]
    Backend,
}
