//! Public keys, and the rule that an algorithm must fit its key.
//!
//! The header of a token names its algorithm, and an attacker writes headers: a key therefore decides what
//! it may be used with, and the header can only agree or be refused.

use coset::iana;
use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier};
use der::{Decode, Encode};
use serde::{Serialize, Serializer};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::KeyError;
use crate::crypto::{self, Curve, Hash, Scheme};

/// A signature algorithm of COSE that this crate can check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA with SHA-256, −7.
    Es256,
    /// ECDSA with SHA-384, −35.
    Es384,
    /// ECDSA with SHA-512, −36.
    Es512,
    /// Ed25519, −8.
    EdDsa,
    /// RSASSA-PSS with SHA-256, −37.
    Ps256,
}

impl Algorithm {
    /// The algorithm of this name in the registry, if it is one of these.
    pub(crate) fn from_iana(algorithm: iana::Algorithm) -> Option<Self> {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the registry grows; what is not named is not checked"
        )]
        match algorithm {
            iana::Algorithm::ES256 => Some(Self::Es256),
            iana::Algorithm::ES384 => Some(Self::Es384),
            iana::Algorithm::ES512 => Some(Self::Es512),
            iana::Algorithm::EdDSA => Some(Self::EdDsa),
            iana::Algorithm::PS256 => Some(Self::Ps256),
            _ => None,
        }
    }

    /// Its name in the registry.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
            Self::Ps256 => "PS256",
        }
    }
}

impl Serialize for Algorithm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// A point in SEC 1 form, compressed or not.
    Ec { curve: Curve, point: Vec<u8> },
    /// An `RSAPublicKey` in DER.
    Rsa { key: Vec<u8> },
    /// The 32 bytes.
    Ed25519 { key: Vec<u8> },
}

impl VerifyingKey {
    /// The key of a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// [`KeyError::UnknownKind`] if it is malformed or of another kind.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        let spki = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| KeyError::UnknownKind)?;
        let key = spki.subject_public_key.as_bytes().ok_or(KeyError::UnknownKind)?.to_vec();
        let kind = match spki.algorithm.oid {
            ID_EC_PUBLIC_KEY => {
                let curve = spki.algorithm.parameters_oid().map_err(|_| KeyError::UnknownKind)?;
                Kind::Ec { curve: curve_of(curve).ok_or(KeyError::UnknownKind)?, point: key }
            }
            RSA_ENCRYPTION | RSASSA_PSS => Kind::Rsa { key },
            ID_ED25519 => Kind::Ed25519 { key },
            _ => return Err(KeyError::UnknownKind),
        };
        Ok(Self(kind))
    }

    /// The key as a `SubjectPublicKeyInfo` in DER; none if it cannot be written.
    pub(crate) fn to_spki_der(&self) -> Option<Vec<u8>> {
        let (oid, parameters, key) = match &self.0 {
            Kind::Ec { curve, point } => (ID_EC_PUBLIC_KEY, Some(AnyRef::from(curve_oid(*curve))), point),
            Kind::Rsa { key } => (RSA_ENCRYPTION, Some(AnyRef::NULL), key),
            Kind::Ed25519 { key } => (ID_ED25519, None, key),
        };
        let algorithm = AlgorithmIdentifierRef { oid, parameters };
        let subject_public_key = BitStringRef::from_bytes(key).ok()?;
        SubjectPublicKeyInfoRef { algorithm, subject_public_key }.to_der().ok()
    }

    /// The key of P-256 at this point, compressed or not.
    #[must_use]
    pub fn p256(point: &[u8]) -> Self {
        Self(Kind::Ec { curve: Curve::P256, point: point.to_vec() })
    }

    /// The key of P-384 at this point, compressed or not.
    #[must_use]
    pub fn p384(point: &[u8]) -> Self {
        Self(Kind::Ec { curve: Curve::P384, point: point.to_vec() })
    }

    /// The key of P-521 at this point, compressed or not.
    #[must_use]
    pub fn p521(point: &[u8]) -> Self {
        Self(Kind::Ec { curve: Curve::P521, point: point.to_vec() })
    }

    /// The Ed25519 key of these 32 bytes.
    #[must_use]
    pub fn ed25519(key: &[u8; 32]) -> Self {
        Self(Kind::Ed25519 { key: key.to_vec() })
    }

    /// Whether `signature` is this key's over `message` by `algorithm`; false if the two do not fit.
    ///
    /// # Source
    /// RFC 9053 §2: ECDSA's hash comes from the algorithm and its curve from the key, so that ES256 with a
    /// P-384 key is legal; a signature is r‖s, each as long as the curve's field.
    #[must_use]
    pub fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let Some(scheme) = self.scheme(algorithm) else { return false };
        crypto::verify(scheme, message, signature)
    }

    /// Whether the algorithm is one for this kind of key.
    #[must_use]
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        self.scheme(algorithm).is_some()
    }

    /// Whether this is a key of P-256, the only kind that signs our own codes.
    #[must_use]
    pub fn is_p256(&self) -> bool {
        matches!(self.0, Kind::Ec { curve: Curve::P256, .. })
    }

    fn scheme(&self, algorithm: Algorithm) -> Option<Scheme<'_>> {
        match (&self.0, algorithm) {
            (Kind::Ec { curve, point }, Algorithm::Es256) => {
                Some(Scheme::Ecdsa { curve: *curve, hash: Hash::Sha256, point })
            }
            (Kind::Ec { curve, point }, Algorithm::Es384) => {
                Some(Scheme::Ecdsa { curve: *curve, hash: Hash::Sha384, point })
            }
            (Kind::Ec { curve, point }, Algorithm::Es512) => {
                Some(Scheme::Ecdsa { curve: *curve, hash: Hash::Sha512, point })
            }
            (Kind::Rsa { key }, Algorithm::Ps256) => Some(Scheme::RsaPssSha256 { key }),
            (Kind::Ed25519 { key }, Algorithm::EdDsa) => Some(Scheme::Ed25519 { key }),
            (Kind::Ec { .. }, Algorithm::EdDsa | Algorithm::Ps256)
            | (
                Kind::Rsa { .. } | Kind::Ed25519 { .. },
                Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512,
            )
            | (Kind::Rsa { .. }, Algorithm::EdDsa)
            | (Kind::Ed25519 { .. }, Algorithm::Ps256) => None,
        }
    }
}

fn curve_of(oid: ObjectIdentifier) -> Option<Curve> {
    match oid {
        SECP256R1 => Some(Curve::P256),
        SECP384R1 => Some(Curve::P384),
        SECP521R1 => Some(Curve::P521),
        _ => None,
    }
}

fn curve_oid(curve: Curve) -> &'static ObjectIdentifier {
    match curve {
        Curve::P256 => &SECP256R1,
        Curve::P384 => &SECP384R1,
        Curve::P521 => &SECP521R1,
    }
}

const ID_EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SECP256R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const SECP384R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const SECP521R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const ID_ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
