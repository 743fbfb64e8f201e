//! The backend over AWS-LC.
//!
//! AWS-LC draws the nonce of an ECDSA signature from its own generator and its Rust interface offers no
//! way to hand one in; keys, on the other hand, are made from bytes that the caller gives.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::encoding::{AsBigEndian, EcPublicKeyCompressedBin};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P256_SHA384_ASN1,
    ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1,
    ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1, ECDSA_P521_SHA512_ASN1, ED25519, EcdsaKeyPair,
    EcdsaVerificationAlgorithm, KeyPair, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey,
};
use der::asn1::UintRef;
use der::{Encode, Header, Length, Tag};
use zeroize::Zeroizing;

use super::{Curve, Hash, Scheme};

/// A P-256 key pair that signs with SHA-256.
#[derive(Clone)]
pub(crate) struct P256KeyPair(EcdsaKeyPair);

impl P256KeyPair {
    /// The pair of a secret scalar, big-endian; none if it is zero or not below the group's order.
    pub(crate) fn from_scalar(scalar: &[u8; 32]) -> Option<Self> {
        let secret = PrivateKey::from_private_key(&ECDH_P256, scalar).ok()?;
        let public = secret.compute_public_key().ok()?;
        EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            scalar,
            public.as_ref(),
        )
        .ok()
        .map(Self)
    }

    pub(crate) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).ok().map(Self)
    }

    pub(crate) fn to_pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.0.to_pkcs8v1().ok().map(|document| Zeroizing::new(document.as_ref().to_vec()))
    }

    /// The public point, uncompressed: 4, x, y.
    pub(crate) fn point(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    /// The public point, compressed: 2 or 3 for the parity of y, then x.
    pub(crate) fn compressed_point(&self) -> Option<[u8; 33]> {
        let point: EcPublicKeyCompressedBin<'_> = self.0.public_key().as_be_bytes().ok()?;
        point.as_ref().try_into().ok()
    }

    /// r‖s over the message.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<[u8; 64]> {
        self.0.sign(&SystemRandom::new(), message).ok()?.as_ref().try_into().ok()
    }
}

/// Fills `bytes` from the operating system's generator; false if that refuses.
pub(crate) fn fill_from_system(bytes: &mut [u8]) -> bool {
    SystemRandom::new().fill(bytes).is_ok()
}

/// The SHA-256 of `bytes`.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    // INVARIANT: SHA-256 gives 32 bytes, so the lengths agree.
    out.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
    out
}

/// Whether `signature` is one over `message` under this scheme and key.
pub(crate) fn verify(scheme: Scheme<'_>, message: &[u8], signature: &[u8]) -> bool {
    match scheme {
        Scheme::Ecdsa { curve: Curve::P256, hash: Hash::Sha256, point } => {
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
        }
        Scheme::Ecdsa { curve, hash, point } => {
            let Some(signature) = to_der(curve, signature) else { return false };
            UnparsedPublicKey::new(ecdsa(curve, hash), point).verify(message, &signature).is_ok()
        }
        Scheme::RsaPssSha256 { key } => {
            UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key).verify(message, signature).is_ok()
        }
        Scheme::Ed25519 { key } => UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok(),
    }
}

fn ecdsa(curve: Curve, hash: Hash) -> &'static EcdsaVerificationAlgorithm {
    match (curve, hash) {
        (Curve::P256, Hash::Sha256) => &ECDSA_P256_SHA256_ASN1,
        (Curve::P256, Hash::Sha384) => &ECDSA_P256_SHA384_ASN1,
        (Curve::P256, Hash::Sha512) => &ECDSA_P256_SHA512_ASN1,
        (Curve::P384, Hash::Sha256) => &ECDSA_P384_SHA256_ASN1,
        (Curve::P384, Hash::Sha384) => &ECDSA_P384_SHA384_ASN1,
        (Curve::P384, Hash::Sha512) => &ECDSA_P384_SHA512_ASN1,
        (Curve::P521, Hash::Sha256) => &ECDSA_P521_SHA256_ASN1,
        (Curve::P521, Hash::Sha384) => &ECDSA_P521_SHA384_ASN1,
        (Curve::P521, Hash::Sha512) => &ECDSA_P521_SHA512_ASN1,
    }
}

/// r‖s of COSE as the `SEQUENCE { r, s }` that AWS-LC takes for every pair of curve and hash.
fn to_der(curve: Curve, signature: &[u8]) -> Option<Vec<u8>> {
    /// The bytes of one coordinate, which are also those of one half of a signature.
    const fn field_bytes(curve: Curve) -> usize {
        match curve {
            Curve::P256 => 32,
            Curve::P384 => 48,
            Curve::P521 => 66,
        }
    }
    if signature.len() != 2 * field_bytes(curve) {
        return None;
    }
    let (r, s) = signature.split_at_checked(field_bytes(curve))?;
    let (r, s) = (UintRef::new(r).ok()?, UintRef::new(s).ok()?);
    let body: Length = (r.encoded_len().ok()? + s.encoded_len().ok()?).ok()?;
    let mut out = Vec::new();
    Header::new(Tag::Sequence, body).encode_to_vec(&mut out).ok()?;
    r.encode_to_vec(&mut out).ok()?;
    s.encode_to_vec(&mut out).ok()?;
    Some(out)
}
