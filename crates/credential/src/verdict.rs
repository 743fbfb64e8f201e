//! What a checkpoint is told: one of twelve results, and with it what was proven.
//!
//! A [`Verified`] value can be made only by the verifier and only after every check, so a function that takes
//! one need not ask again. A [`Signed`] value has a good signature and failed a later check.

use std::fmt;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::claims::{CertificateCode, ClaimsError, Code, StatusCode};
use crate::key::{Algorithm, KeyId};
use crate::proof::NoProof;
use crate::status_list::StatusUnknown;
use crate::time::UnixSeconds;
use crate::token::DecodeError;

/// The answer about one text.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Ours, valid, and green.
    Green(Verified<StatusCode>),
    /// Ours, valid, and yellow.
    Yellow(Verified<StatusCode>),
    /// Ours, valid, and red.
    Red(Verified<StatusCode>),
    /// A valid health certificate of the EU or WHO kind, which has no colour.
    Certificate(Verified<CertificateCode>),
    /// Signed, and past its end.
    Expired(Signed, Lapsed),
    /// Signed, and before its beginning.
    NotYetValid(Signed, Lapsed),
    /// Signed, and taken back by its issuer.
    Revoked(Signed),
    /// Signed, and not shown by its device now.
    Clock(Signed, Clock),
    /// Signed by a key that is not believed, or not for this.
    UnknownKey(UnknownKey),
    /// Not signed by the key that it names.
    BadSignature,
    /// Not a code.
    Unreadable(DecodeError),
    /// Perhaps a code, but one about which nothing can be said here.
    Unsupported(Unsupported),
}

/// The result alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the variant of `Verdict` with its name")]
pub enum VerdictKind {
    Green,
    Yellow,
    Red,
    Certificate,
    Expired,
    NotYetValid,
    Revoked,
    Clock,
    UnknownKey,
    BadSignature,
    Unreadable,
    Unsupported,
}

/// A code that passed every check.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified<C> {
    code: Box<C>,
    key_id: KeyId,
    revocation: Revocation,
}

/// A code with a good signature of a believed key that failed a later check.
#[derive(Debug, Clone, PartialEq)]
pub struct Signed {
    code: Box<Code>,
    key_id: KeyId,
}

/// Whether a status list was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Revocation {
    /// Yes, and the code is not revoked.
    Checked,
    /// No: the verifier had no lists.
    NotChecked,
    /// No: the code has no place in any list.
    NotListed,
}

/// The instant that was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lapsed(pub UnixSeconds);

/// What is wrong with the proof of possession.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(transparent)]
pub struct Clock(pub(crate) NoProof);

/// Why no key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UnknownKey {
    /// The code names no key.
    #[error("the code names no key")]
    Unnamed,
    /// No key of that name is believed.
    #[error("no key of the code's name is trusted")]
    NotListed,
    /// The key is believed at other times.
    #[error("the code's key is not trusted at this time")]
    Period,
    /// The key is believed for other kinds of token.
    #[error("the code's key is not trusted for this kind of code")]
    Use,
    /// The key is believed for other regions.
    #[error("the code's key is not trusted for this region")]
    Region,
}

/// Why nothing can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unsupported {
    /// The algorithm is not one that codes are signed with.
    #[error("the signature's algorithm is not supported; ES256 is, and PS256 for health certificates")]
    Algorithm(Option<Algorithm>),
    /// A header that is not known, or must be understood and is not.
    #[error("the envelope asks for something that is not supported")]
    Header,
    /// A signed token without a health claim, or with a newer version of ours.
    #[error(transparent)]
    Claims(ClaimsError),
    /// A colour that is not known: never green.
    #[error("the colour {0} is not known")]
    Color(i128),
    /// The code's place in the status lists cannot be looked up: it might be revoked.
    #[error(transparent)]
    Revocation(StatusUnknown),
}

impl Verdict {
    /// The result alone.
    #[must_use]
    pub fn kind(&self) -> VerdictKind {
        match self {
            Self::Green(_) => VerdictKind::Green,
            Self::Yellow(_) => VerdictKind::Yellow,
            Self::Red(_) => VerdictKind::Red,
            Self::Certificate(_) => VerdictKind::Certificate,
            Self::Expired(_, _) => VerdictKind::Expired,
            Self::NotYetValid(_, _) => VerdictKind::NotYetValid,
            Self::Revoked(_) => VerdictKind::Revoked,
            Self::Clock(_, _) => VerdictKind::Clock,
            Self::UnknownKey(_) => VerdictKind::UnknownKey,
            Self::BadSignature => VerdictKind::BadSignature,
            Self::Unreadable(_) => VerdictKind::Unreadable,
            Self::Unsupported(_) => VerdictKind::Unsupported,
        }
    }

    /// Whether the code is valid, whatever its colour.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        matches!(self, Self::Green(_) | Self::Yellow(_) | Self::Red(_) | Self::Certificate(_))
    }

    /// Why the code is not valid; none if it is.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Green(_) | Self::Yellow(_) | Self::Red(_) | Self::Certificate(_) => None,
            Self::Expired(_, Lapsed(at)) => Some(format!("the code expired at {at}")),
            Self::NotYetValid(_, Lapsed(at)) => Some(format!("the code is valid from {at}")),
            Self::Revoked(_) => Some("the issuer took the code back".to_owned()),
            Self::Clock(_, clock) => Some(clock.to_string()),
            Self::UnknownKey(why) => Some(why.to_string()),
            Self::BadSignature => Some("the signature does not match".to_owned()),
            Self::Unreadable(why) => Some(why.to_string()),
            Self::Unsupported(why) => Some(why.to_string()),
        }
    }

    fn key_id(&self) -> Option<KeyId> {
        match self {
            Self::Green(code) | Self::Yellow(code) | Self::Red(code) => Some(code.key_id),
            Self::Certificate(code) => Some(code.key_id),
            Self::Expired(code, _)
            | Self::NotYetValid(code, _)
            | Self::Revoked(code)
            | Self::Clock(code, _) => Some(code.key_id),
            Self::UnknownKey(_) | Self::BadSignature | Self::Unreadable(_) | Self::Unsupported(_) => None,
        }
    }
}

/// `{"result", "reason"?, "key"?, "revocation"?, "code"?}`: the code only if its signature is good.
impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("result", self.kind().name())?;
        if let Some(reason) = self.reason() {
            map.serialize_entry("reason", &reason)?;
        }
        if let Some(key_id) = self.key_id() {
            map.serialize_entry("key", &key_id)?;
        }
        match self {
            Self::Green(code) | Self::Yellow(code) | Self::Red(code) => {
                map.serialize_entry("revocation", &code.revocation)?;
                map.serialize_entry("code", &code.code)?;
            }
            Self::Certificate(code) => {
                map.serialize_entry("revocation", &code.revocation)?;
                map.serialize_entry("code", &code.code)?;
            }
            Self::Expired(code, _)
            | Self::NotYetValid(code, _)
            | Self::Revoked(code)
            | Self::Clock(code, _) => map.serialize_entry("code", &code.code)?,
            Self::UnknownKey(_) | Self::BadSignature | Self::Unreadable(_) | Self::Unsupported(_) => {}
        }
        map.end()
    }
}

impl VerdictKind {
    /// The result in words, as it is shown and as JSON names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
            Self::Certificate => "valid certificate",
            Self::Expired => "expired",
            Self::NotYetValid => "not yet valid",
            Self::Revoked => "revoked",
            Self::Clock => "clock",
            Self::UnknownKey => "unknown key",
            Self::BadSignature => "bad signature",
            Self::Unreadable => "unreadable",
            Self::Unsupported => "unsupported",
        }
    }
}

impl fmt::Display for VerdictKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl<C> Verified<C> {
    /// Called by the verifier, after its last check.
    pub(crate) fn new(code: C, key_id: KeyId, revocation: Revocation) -> Self {
        Self { code: Box::new(code), key_id, revocation }
    }

    /// What the code says.
    #[must_use]
    pub fn code(&self) -> &C {
        &self.code
    }

    /// The name of the key that signed it.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// Whether a status list was asked.
    #[must_use]
    pub fn revocation(&self) -> Revocation {
        self.revocation
    }
}

impl Signed {
    /// Called by the verifier, after it checked the signature.
    pub(crate) fn new(code: Code, key_id: KeyId) -> Self {
        Self { code: Box::new(code), key_id }
    }

    /// What the code says.
    #[must_use]
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// The name of the key that signed it.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }
}
