//! Signer certificates: the public key and period read from one, and a self-signed one made for an issuer.
//!
//! A certificate is read for its key only: health codes are believed because the key stands in a trust
//! list, not because of a chain, so neither signature, names nor extensions are looked at. Certificates of
//! other countries break small rules of X.509 (serial numbers, empty names); whatever does not touch the
//! key is skipped, not judged.

mod make;

use der::asn1::{GeneralizedTime, UtcTime};
use der::{Decode, Reader, SliceReader, Tag, TagNumber};
use thiserror::Error;

use crate::key::{KeyError, KeyId, SigningKey, VerifyingKey};
use crate::limits::MAX_CERTIFICATE_BYTES;
use crate::time::UnixSeconds;

/// A certificate as DER, with what verification needs of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    key: VerifyingKey,
    from: UnixSeconds,
    until: UnixSeconds,
}

impl Certificate {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`CertificateError`] if it is too long, not a certificate, or its key is of an unknown kind.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > MAX_CERTIFICATE_BYTES {
            return Err(CertificateError::TooLong(der.len()));
        }
        let parts = Parts::read(der).map_err(|_| CertificateError::NotDer)?;
        let key = VerifyingKey::from_spki_der(parts.spki)?;
        Ok(Self { der: der.to_vec(), key, from: parts.from, until: parts.until })
    }

    /// Makes a certificate by which `key` vouches for itself, valid from `from` up to `until`.
    ///
    /// The serial number is derived from the key and the period, so that the same arguments give the same
    /// content; only the signature differs each time.
    ///
    /// # Errors
    /// [`CertificateError`] if the name is empty or too long for X.509, the period is out of its
    /// calendar (1970–9999) or empty, or signing fails.
    pub fn self_signed(
        key: &SigningKey,
        name: &str,
        from: UnixSeconds,
        until: UnixSeconds,
    ) -> Result<Self, CertificateError> {
        Self::from_der(&make::self_signed(key, name, from, until)?)
    }

    /// The DER, byte for byte.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The name by which tokens call this key.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        KeyId::of_certificate(&self.der)
    }

    /// The public key.
    #[must_use]
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// The first instant of its period.
    #[must_use]
    pub fn valid_from(&self) -> UnixSeconds {
        self.from
    }

    /// The last instant of its period.
    #[must_use]
    pub fn valid_until(&self) -> UnixSeconds {
        self.until
    }
}

/// Why there is no certificate.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// Longer than [`MAX_CERTIFICATE_BYTES`].
    #[error("a certificate of {0} bytes; at most {MAX_CERTIFICATE_BYTES} are read")]
    TooLong(usize),
    /// Not an X.509 certificate in DER.
    #[error("not an X.509 certificate in DER")]
    NotDer,
    /// The key in it cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The name cannot stand in a certificate.
    #[error("a certificate's name has 1 to 64 characters")]
    Name,
    /// The period is empty or leaves the calendar of X.509.
    #[error("a certificate's period begins in 1970 or later, ends by 9999 and is not empty")]
    Period,
}

/// What is read of a certificate: the bytes of its key and its period.
struct Parts<'d> {
    spki: &'d [u8],
    from: UnixSeconds,
    until: UnixSeconds,
}

impl<'d> Parts<'d> {
    /// # Source
    /// RFC 5280 §4.1: `TBSCertificate` is version, serial, algorithm, issuer, validity, subject, key, …
    fn read(der: &'d [u8]) -> Result<Self, der::Error> {
        let mut outer = SliceReader::new(der)?;
        let parts = outer.sequence(|certificate| {
            let tbs = certificate.tlv_bytes()?;
            certificate.tlv_bytes()?; // the algorithm of the signature
            certificate.tlv_bytes()?; // the signature
            let mut tbs = SliceReader::new(tbs)?;
            tbs.sequence(|fields| {
                let version = Tag::ContextSpecific { constructed: true, number: TagNumber(0) };
                if Tag::peek(fields)? == version {
                    fields.tlv_bytes()?;
                }
                fields.tlv_bytes()?; // the serial number
                fields.tlv_bytes()?; // the algorithm of the signature, again
                fields.tlv_bytes()?; // the issuer
                let (from, until) =
                    fields.sequence(|period| Ok::<_, der::Error>((time(period)?, time(period)?)))?;
                fields.tlv_bytes()?; // the subject
                let spki = fields.tlv_bytes()?;
                fields.drain(fields.remaining_len())?; // unique identifiers and extensions
                Ok::<_, der::Error>(Self { spki, from, until })
            })
        })?;
        outer.finish()?;
        Ok(parts)
    }
}

fn time<'d>(reader: &mut impl Reader<'d>) -> Result<UnixSeconds, der::Error> {
    let since_epoch = if Tag::peek(reader)? == Tag::UtcTime {
        UtcTime::decode(reader)?.to_unix_duration()
    } else {
        GeneralizedTime::decode(reader)?.to_unix_duration()
    };
    Ok(UnixSeconds::new(i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)))
}
