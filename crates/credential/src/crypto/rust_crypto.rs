//! The backend in Rust alone, for wherever AWS-LC does not go: a browser above all.
//!
//! It checks the same schemes as the other and by the same limits, so that a code has one verdict wherever
//! it is judged. ECDSA takes its nonce from the key and the message (RFC 6979) and needs no chance at all.

use ed25519_dalek::Verifier as _;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::traits::PublicKeyParts as _;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::{Curve, Hash, Scheme};

/// A P-256 key pair that signs with SHA-256.
#[derive(Clone)]
pub(crate) struct P256KeyPair {
    key: SigningKey,
    /// The public point, uncompressed.
    point: Vec<u8>,
}

impl P256KeyPair {
    /// The pair of a secret scalar, big-endian; none if it is zero or not below the group's order.
    pub(crate) fn from_scalar(scalar: &[u8; 32]) -> Option<Self> {
        SigningKey::from_slice(scalar).ok().map(Self::of)
    }

    pub(crate) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        SigningKey::from_pkcs8_der(der).ok().map(Self::of)
    }

    pub(crate) fn to_pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.key.to_pkcs8_der().ok().map(|document| document.to_bytes())
    }

    /// The public point, uncompressed: 4, x, y.
    pub(crate) fn point(&self) -> &[u8] {
        &self.point
    }

    /// The public point, compressed: 2 or 3 for the parity of y, then x.
    pub(crate) fn compressed_point(&self) -> Option<[u8; 33]> {
        self.key.verifying_key().to_sec1_point(true).as_bytes().try_into().ok()
    }

    /// r‖s over the message.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<[u8; 64]> {
        let signature: Signature = self.key.try_sign(message).ok()?;
        Some(signature.to_bytes().into())
    }

    fn of(key: SigningKey) -> Self {
        let point = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
        Self { key, point }
    }
}

/// Fills `bytes` from the operating system's generator; false if that refuses.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn fill_from_system(bytes: &mut [u8]) -> bool {
    getrandom::fill(bytes).is_ok()
}

/// False: a browser hands in its chance itself.
#[cfg(target_family = "wasm")]
pub(crate) fn fill_from_system(_bytes: &mut [u8]) -> bool {
    false
}

/// The SHA-256 of `bytes`.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Whether `signature` is one over `message` under this scheme and key.
pub(crate) fn verify(scheme: Scheme<'_>, message: &[u8], signature: &[u8]) -> bool {
    match scheme {
        Scheme::Ecdsa { curve, hash, point } => {
            // Other forms of a point (compact, hybrid) are refused by AWS-LC and so here.
            matches!(point.first(), Some(2..=4)) && ecdsa(curve, point, &digest(hash, message), signature)
        }
        Scheme::RsaPssSha256 { key } => rsa_pss(key, message, signature).is_some(),
        Scheme::Ed25519 { key } => ed25519(key, message, signature).is_some(),
    }
}

fn digest(hash: Hash, message: &[u8]) -> Vec<u8> {
    match hash {
        Hash::Sha256 => Sha256::digest(message).to_vec(),
        Hash::Sha384 => Sha384::digest(message).to_vec(),
        Hash::Sha512 => Sha512::digest(message).to_vec(),
    }
}

fn ecdsa(curve: Curve, point: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    fn counts<K: PrehashVerifier<S>, S, E>(
        key: Result<K, E>,
        digest: &[u8],
        signature: Result<S, E>,
    ) -> bool {
        let (Ok(key), Ok(signature)) = (key, signature) else { return false };
        key.verify_prehash(digest, &signature).is_ok()
    }
    match curve {
        Curve::P256 => counts(
            p256::ecdsa::VerifyingKey::from_sec1_bytes(point),
            digest,
            Signature::from_slice(signature),
        ),
        Curve::P384 => counts(
            p384::ecdsa::VerifyingKey::from_sec1_bytes(point),
            digest,
            p384::ecdsa::Signature::from_slice(signature),
        ),
        Curve::P521 => counts(
            p521::ecdsa::VerifyingKey::from_sec1_bytes(point),
            digest,
            p521::ecdsa::Signature::from_slice(signature),
        ),
    }
}

/// The salt is as long as the hash, the modulus has [`RSA_BITS`], the exponent is odd and at least 3: what
/// AWS-LC asks, too.
fn rsa_pss(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = rsa::PublicKey::from_pkcs1_der(key).ok()?;
    if !RSA_BITS.contains(&key.n().bit_width()) || signature.len() != key.size() {
        return None;
    }
    let signature = rsa::pss::Signature::try_from(signature).ok()?;
    rsa::pss::VerifyingKey::<Sha256>::new(key).verify(message, &signature).ok()
}

/// The bits of a modulus that is believed; the upper end bounds what a foreign certificate can cost.
const RSA_BITS: std::ops::RangeInclusive<u32> = 2_048..=8_192;

fn ed25519(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
    let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
    key.verify(message, &signature).ok()
}
