//! A token that has been read and not believed: its envelope, and what it claims.
//!
//! Useful to show what a rejected code says, and to the phone, which holds its own code. Nothing here
//! is proof of anything: for that, see [`crate::Verifier`].

use thiserror::Error;

use crate::claims::{ClaimsError, Code};
use crate::cose::{CoseError, Sign1};
use crate::envelope::{self, EnvelopeError};

/// A parsed token; no signature has been checked.
#[derive(Debug, Clone)]
pub struct Token {
    envelope: Sign1,
}

/// Why a text holds no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The prefix, Base45 or zlib.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The signed envelope.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The claims.
    #[error(transparent)]
    Claims(#[from] ClaimsError),
}

/// Reads the text of a code down to its envelope; the claims are read by [`Token::claims`].
///
/// # Errors
/// [`DecodeError`].
pub fn decode(text: &str) -> Result<Token, DecodeError> {
    Ok(Token { envelope: Sign1::from_bytes(&envelope::open(text)?)? })
}

impl Token {
    /// What the token claims, unproven.
    ///
    /// # Errors
    /// [`ClaimsError`].
    pub fn claims(&self) -> Result<Code, ClaimsError> {
        Code::from_payload(self.envelope.payload())
    }

    /// The signed envelope.
    #[must_use]
    pub fn envelope(&self) -> &Sign1 {
        &self.envelope
    }

    /// The token's text.
    #[must_use]
    pub fn encode(&self) -> String {
        envelope::seal(&self.envelope.to_bytes())
    }

    pub(crate) fn of(envelope: Sign1) -> Self {
        Self { envelope }
    }

    pub(crate) fn into_envelope(self) -> Sign1 {
        self.envelope
    }
}
