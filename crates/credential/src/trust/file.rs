//! The trust list as a file: version 1 of a CBOR map in a `COSE_Sign1` envelope, signed by ES256.
//!
//! ```text
//! protected    {1: -7, 3: "application/vnd.mingma.trust-list+cbor", 4: name of the signer's key}
//! unprotected  {33: the signer's certificate, DER}
//! payload      {0: 1, 1: number, 2: issued at, 3: next update, 4: [entry, …]}
//! entry        {0: name of the key, 8 bytes,
//!               1: certificate, DER   or   2: SubjectPublicKeyInfo, DER,
//!               3: [region, …], 4: from, 5: until,
//!               6: [0 status codes | 1 health certificates | 2 status lists, …]}
//! ```
//!
//! Instants are seconds since the epoch. Every key not named here is refused, in the payload and in an
//! entry; what a later version adds comes with its number. A certificate's name must be the first eight
//! bytes of its SHA-256; a bare key's is what its signer writes into his tokens.

mod entry;

use ciborium::value::Value;
pub use entry::EntryError;
use thiserror::Error;

use super::TrustList;
use crate::cbor::{self, CborError};
use crate::certificate::Certificate;
use crate::cose::{self, CoseError, LABEL_X5CHAIN, Sign1, SignatureError, Typed};
use crate::key::{Algorithm, KeyError, KeyId, SigningKey};
use crate::limits::{MAX_CLOCK_SKEW_SECONDS, MAX_TRUST_ENTRIES, MAX_TRUST_LIST_BYTES};
use crate::time::UnixSeconds;

/// A trust list whose signature has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustFile {
    list: TrustList,
    number: u64,
    issued_at: UnixSeconds,
    next_update: UnixSeconds,
    signer: KeyId,
}

/// Whose signature makes a file good.
#[derive(Debug, Clone, Copy)]
pub enum Anchor<'a> {
    /// This certificate's, which the reader holds beforehand.
    Certificate(&'a Certificate),
    /// The certificate's that lies in the file.
    ///
    /// This finds damage, not fraud: anybody can sign with a key of his own. It is for a file that the
    /// reader himself put there, as he would a certificate.
    InFile,
}

/// Why a file is no trust list.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TrustError {
    /// Longer than [`MAX_TRUST_LIST_BYTES`].
    #[error("a trust list of {0} bytes; at most {MAX_TRUST_LIST_BYTES} are read")]
    TooLong(usize),
    /// Not a signed envelope.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// An envelope, but of something else.
    #[error("the file is signed, but it is no trust list")]
    OtherContent,
    /// The signer's certificate is missing or cannot be read.
    #[error("the file does not carry its signer's certificate")]
    NoSigner,
    /// The signature is not the anchor's.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The payload is not strict CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The payload is not version 1 of the map above.
    #[error("the trust list is not a map of the keys 0 to 4, version 1")]
    Shape,
    /// Issued later than the clock says, by more than a clock may be wrong.
    #[error("the trust list was issued at {0}, which lies ahead")]
    Ahead(UnixSeconds),
    /// Its next update has passed.
    #[error("the trust list was to be renewed by {0}")]
    Stale(UnixSeconds),
    /// More than [`MAX_TRUST_ENTRIES`].
    #[error("a trust list of {0} entries; at most {MAX_TRUST_ENTRIES} are read")]
    TooMany(usize),
    /// An entry cannot be read.
    #[error("entry {0} of the trust list: {1}")]
    Entry(usize, EntryError),
    /// Signing failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What a list says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    /// Rises with every list of this signer.
    pub number: u64,
    /// When it was signed.
    pub issued_at: UnixSeconds,
    /// The last instant at which it may be used.
    pub next_update: UnixSeconds,
}

impl TrustFile {
    /// Opens a file: checks the signature, then the form, then that it is neither ahead nor stale.
    ///
    /// # Errors
    /// [`TrustError`], the first that applies.
    pub fn open(bytes: &[u8], anchor: Anchor<'_>, now: UnixSeconds) -> Result<Self, TrustError> {
        if bytes.len() > MAX_TRUST_LIST_BYTES {
            return Err(TrustError::TooLong(bytes.len()));
        }
        let envelope = Sign1::from_bytes(bytes)?;
        if envelope.content_type() != Some(MEDIA_TYPE) {
            return Err(TrustError::OtherContent);
        }
        let in_file;
        let signer = match anchor {
            Anchor::Certificate(certificate) => certificate,
            Anchor::InFile => {
                let der = envelope.unprotected(LABEL_X5CHAIN).and_then(Value::as_bytes);
                in_file = Certificate::from_der(der.ok_or(TrustError::NoSigner)?)
                    .map_err(|_| TrustError::NoSigner)?;
                &in_file
            }
        };
        if envelope.algorithm() != Some(Algorithm::Es256) {
            return Err(TrustError::Signature(SignatureError::Algorithm));
        }
        envelope.verify(signer.key(), &[])?;
        let payload = cbor::read(envelope.payload())?;
        let (list, Edition { number, issued_at, next_update }) = Self::read(&payload)?;
        let file = Self { list, number, issued_at, next_update, signer: signer.key_id() };
        if file.issued_at > now.plus(MAX_CLOCK_SKEW_SECONDS) {
            return Err(TrustError::Ahead(file.issued_at));
        }
        if file.next_update < now {
            return Err(TrustError::Stale(file.next_update));
        }
        Ok(file)
    }

    /// Opens a file whose next update may have passed: for whoever renews it or looks at it, and for nobody who believes it.
    ///
    /// # Errors
    /// As of [`TrustFile::open`], but [`TrustError::Stale`].
    pub fn open_even_if_stale(
        bytes: &[u8],
        anchor: Anchor<'_>,
        now: UnixSeconds,
    ) -> Result<Self, TrustError> {
        match Self::open(bytes, anchor, now) {
            Err(TrustError::Stale(renewal)) => Self::open(bytes, anchor, renewal),
            opened => opened,
        }
    }

    /// What a list says of itself, whoever signed it: for whoever kept it because its signature held.
    #[must_use]
    pub fn edition_unproved(bytes: &[u8]) -> Option<Edition> {
        let payload = cbor::read(Sign1::from_bytes(bytes).ok()?.payload()).ok()?;
        Some(Self::read(&payload).ok()?.1)
    }

    /// The keys.
    #[must_use]
    pub fn list(&self) -> &TrustList {
        &self.list
    }

    /// What the list says about itself.
    #[must_use]
    pub fn edition(&self) -> Edition {
        Edition { number: self.number, issued_at: self.issued_at, next_update: self.next_update }
    }

    /// The name of the key that signed it.
    #[must_use]
    pub fn signer(&self) -> KeyId {
        self.signer
    }

    fn read(payload: &Value) -> Result<(TrustList, Edition), TrustError> {
        let pairs = closed_map(payload, 4).ok_or(TrustError::Shape)?;
        let number = |key| cbor::get(pairs, key).and_then(cbor::uint::<u64>).ok_or(TrustError::Shape);
        if number(0)? != VERSION {
            return Err(TrustError::Shape);
        }
        let items = cbor::get(pairs, 4).and_then(Value::as_array).ok_or(TrustError::Shape)?;
        if items.len() > MAX_TRUST_ENTRIES {
            return Err(TrustError::TooMany(items.len()));
        }
        let entries = items
            .iter()
            .enumerate()
            .map(|(index, item)| entry::read(item).map_err(|error| TrustError::Entry(index + 1, error)))
            .collect::<Result<Vec<_>, _>>()?;
        let edition = Edition {
            number: number(1)?,
            issued_at: whole_instant(pairs, 2).ok_or(TrustError::Shape)?,
            next_update: whole_instant(pairs, 3).ok_or(TrustError::Shape)?,
        };
        Ok((TrustList::of_entries(entries), edition))
    }
}

/// Writes a file: the list, signed by `key`, which `certificate` holds.
///
/// # Errors
/// [`TrustError`]: an entry that a file cannot hold, too many, or signing fails.
pub fn sign(
    list: &TrustList,
    edition: Edition,
    key: &SigningKey,
    certificate: &Certificate,
) -> Result<Vec<u8>, TrustError> {
    if list.entries().len() > MAX_TRUST_ENTRIES {
        return Err(TrustError::TooMany(list.entries().len()));
    }
    if *certificate.key() != key.verifying_key() {
        return Err(TrustError::NoSigner);
    }
    let entries = list
        .entries()
        .iter()
        .enumerate()
        .map(|(index, entry)| entry::write(entry).map_err(|error| TrustError::Entry(index + 1, error)))
        .collect::<Result<Vec<_>, _>>()?;
    let payload = cbor::write(&cbor::map([
        (0, cbor::int(VERSION)),
        (1, cbor::int(edition.number)),
        (2, cbor::int(edition.issued_at.get())),
        (3, cbor::int(edition.next_update.get())),
        (4, Value::Array(entries)),
    ]));
    let signed = cose::sign(key, certificate.key_id(), Typed::Content(MEDIA_TYPE), payload)?;
    let envelope = Sign1::from_bytes(&signed)?;
    let chain = Value::Bytes(certificate.as_der().to_vec());
    let bytes = envelope.with_unprotected(LABEL_X5CHAIN, chain).to_bytes();
    if bytes.len() > MAX_TRUST_LIST_BYTES { Err(TrustError::TooLong(bytes.len())) } else { Ok(bytes) }
}

const VERSION: u64 = 1;
const MEDIA_TYPE: &str = "application/vnd.mingma.trust-list+cbor";

/// The pairs of a map whose keys are all in 0 to `last`.
fn closed_map(value: &Value, last: u8) -> Option<&[(Value, Value)]> {
    let pairs = value.as_map()?;
    let known = |(key, _): &(Value, Value)| cbor::uint::<u8>(key).is_some_and(|key| key <= last);
    pairs.iter().all(known).then_some(pairs)
}

fn whole_instant(pairs: &[(Value, Value)], key: i64) -> Option<UnixSeconds> {
    i64::try_from(cbor::get(pairs, key)?.as_integer()?).ok().map(UnixSeconds::new)
}
