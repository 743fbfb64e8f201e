//! Why a call has no answer: a word for the page, which says it in its reader's language, and a sentence.

use mingma_credential::UnixSeconds;
use mingma_credential::proof::ProofError;
use mingma_credential::qr::QrError;
use mingma_credential::status_list::lists::NotTaken;
use mingma_credential::trust::file::TrustError;
use serde::Serialize;

use crate::limits::MAX_SECONDS;

/// A call without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    code: Code,
    message: String,
}

/// The word for the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The page called with a number, an instant or a size that cannot be: a fault of the page.
    Misused,
    /// No trust list is held.
    NoTrust,
    /// What came cannot be read as what it should be.
    Unreadable,
    /// It is not signed by whom it should be.
    BadSignature,
    /// It was issued later than the clock says.
    Ahead,
    /// It was to be renewed by now.
    Stale,
    /// A newer one is held.
    Older,
    /// The list is signed by another key than the one held.
    OtherSigner,
    /// There is no room for more.
    Full,
    /// The code is bound to no device.
    NotBound,
    /// The code is bound to another device.
    OtherDevice,
    /// The text does not fit a symbol.
    TooLong,
}

impl Refusal {
    /// A refusal of this kind; the message is for a person and says nothing of one.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The word for the page.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// The instant of a page's number of seconds; what follows the point is dropped.
///
/// # Errors
/// [`Code::Misused`] if it is no number or past [`MAX_SECONDS`].
pub fn instant(seconds: f64) -> Result<UnixSeconds, Refusal> {
    if !(-MAX_SECONDS..=MAX_SECONDS).contains(&seconds) {
        return Err(Refusal::new(Code::Misused, "the time is not a number of seconds"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "below 2^53 every whole number is exact")]
    let whole = seconds.floor() as i64;
    Ok(UnixSeconds::new(whole))
}

impl From<TrustError> for Refusal {
    fn from(error: TrustError) -> Self {
        let code = match &error {
            TrustError::Signature(_) | TrustError::NoSigner => Code::BadSignature,
            TrustError::Ahead(_) => Code::Ahead,
            TrustError::Stale(_) => Code::Stale,
            TrustError::TooLong(_)
            | TrustError::Cose(_)
            | TrustError::OtherContent
            | TrustError::Cbor(_)
            | TrustError::Shape
            | TrustError::TooMany(_)
            | TrustError::Entry(_, _)
            | TrustError::Key(_) => Code::Unreadable,
        };
        Self::new(code, error.to_string())
    }
}

impl From<NotTaken> for Refusal {
    fn from(error: NotTaken) -> Self {
        let code = match &error {
            NotTaken::UnknownKey => Code::BadSignature,
            NotTaken::Ahead(_) => Code::Ahead,
            NotTaken::Stale(_) => Code::Stale,
            NotTaken::Older => Code::Older,
            NotTaken::TooMany => Code::Full,
            NotTaken::Token(_) | NotTaken::Subject | NotTaken::Form => Code::Unreadable,
        };
        Self::new(code, error.to_string())
    }
}

impl From<ProofError> for Refusal {
    fn from(error: ProofError) -> Self {
        let code = match &error {
            ProofError::Decode(_) | ProofError::Key(_) => Code::Unreadable,
            ProofError::NotBound => Code::NotBound,
            ProofError::OtherDevice => Code::OtherDevice,
        };
        Self::new(code, error.to_string())
    }
}

impl From<QrError> for Refusal {
    fn from(error: QrError) -> Self {
        let code = match &error {
            QrError::TooLong { .. } => Code::TooLong,
            QrError::Characters | QrError::Scale | QrError::Backend => Code::Unreadable,
        };
        Self::new(code, error.to_string())
    }
}
