//! The signed health code: issue, encode, decode, verify, prove possession, revoke and draw it.
//!
//! A code is the text of a QR symbol: `HC1:` and, in Base45, the zlib stream of a CBOR Web Token in a
//! `COSE_Sign1` envelope. This crate makes and reads those texts and everything they lean on: the keys
//! ([`key`]), the list of keys a checkpoint believes ([`trust`]), the lists of revoked codes
//! ([`status_list`]), the phone's proof of possession ([`proof`]) and the picture itself ([`qr`]).
//!
//! It does no input or output, reads no clock, draws no chance of its own and asks no server: time and
//! entropy are arguments, so that a checkpoint, a phone, a test and a third party get the same answer
//! from the same bytes. The one exception is stated at [`key::SigningKey::sign`].
//!
//! # Example
//!
//! ```
//! use mingma_credential::issue::{Issuer, Jitter, Order};
//! use mingma_credential::key::{SigningKey, SystemEntropy};
//! use mingma_credential::status::{Color, RegionCode};
//! use mingma_credential::{Certificate, TrustList, UnixSeconds, Verdict, Verifier, proof};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let noon = UnixSeconds::new(1_655_092_800);
//! let mut entropy = SystemEntropy;
//! let key = SigningKey::generate(&mut entropy)?;
//! let certificate = Certificate::self_signed(&key, "Zhengzhou", noon, noon.plus(31_536_000))?;
//! let phone = SigningKey::generate(&mut entropy)?;
//!
//! let issuer = Issuer::new(&key, &certificate, RegionCode::parse("41")?)?;
//! let order = Order::new(Color::Green, RegionCode::parse("410100")?, 17);
//! let code = issuer.device_code(&order, &phone.device_point(), noon, Jitter::NONE)?;
//! let shown = proof::renew(&code, &phone, noon)?;
//!
//! let trust = TrustList::of_certificate(certificate);
//! let verdict = Verifier { trust: &trust, status: None, now: noon.plus(5) }.verify(&shown);
//! assert!(matches!(verdict, Verdict::Green(_)));
//! # Ok(())
//! # }
//! ```

pub mod authority;
mod cbor;
mod certificate;
mod claims;
pub mod cose;
mod crypto;
pub mod envelope;
pub mod export;
pub mod issue;
mod json;
pub mod key;
pub mod limits;
pub mod proof;
pub mod qr;
pub mod status;
pub mod status_list;
mod time;
mod token;
pub mod trust;
mod verdict;
mod verify;

pub use cbor::CborError;
pub use certificate::{Certificate, CertificateError};
pub use claims::{CertificateCode, ClaimsError, Code, HealthCertificate, StatusCode};
pub use time::UnixSeconds;
pub use token::{DecodeError, Token, decode};
pub use trust::TrustList;
pub use verdict::{
    Clock, Lapsed, Revocation, Signed, UnknownKey, Unsupported, Verdict, VerdictKind, Verified,
};
pub use verify::Verifier;
