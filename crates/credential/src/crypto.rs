//! The seam to the cryptographic library: four functions and one key type, nothing else of it shows.
//!
//! There are two backends with the same names, and the rest of the crate does not notice which: AWS-LC, which
//! is fast, and one in Rust alone, which also builds for a browser. If both features are on, as happens when
//! a workspace is built whole, AWS-LC is taken. This file decides nothing about which algorithm may be used
//! where: see [`crate::key`].

#[cfg(feature = "aws-lc")]
mod aws_lc;
#[cfg(feature = "aws-lc")]
pub(crate) use aws_lc::{P256KeyPair, fill_from_system, sha256, verify};
#[cfg(all(feature = "rust-crypto", not(feature = "aws-lc")))]
mod rust_crypto;
#[cfg(all(feature = "rust-crypto", not(feature = "aws-lc")))]
pub(crate) use rust_crypto::{P256KeyPair, fill_from_system, sha256, verify};
#[cfg(not(any(feature = "aws-lc", feature = "rust-crypto")))]
compile_error!("mingma-credential needs a cryptographic backend: the feature `aws-lc` or `rust-crypto`");

/// A NIST curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
}

/// A hash of the SHA-2 family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// A key together with the one way a signature by it is to be checked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scheme<'k> {
    /// `point` in SEC 1 form; the signature is r‖s, each as long as the field.
    Ecdsa { curve: Curve, hash: Hash, point: &'k [u8] },
    /// `key` as `RSAPublicKey` (PKCS#1, DER), 2,048 to 8,192 bits, PSS with SHA-256.
    RsaPssSha256 { key: &'k [u8] },
    /// `key` as 32 bytes.
    Ed25519 { key: &'k [u8] },
}
