//! An institution signs in with the key with which it signs facts: it answers a challenge that counts once.

use jiff::{SignedDuration, Timestamp};
use mingma_domain::fact::Issuer;
use thiserror::Error;

use super::code::later;
use super::spend::spend;
use super::{Registry, Unable, is_signed};
use crate::canonical::Canonical;
use crate::store::Spent;

/// How long an institution stays signed in, in hours: a shift.
pub const INSTITUTION_SESSION_HOURS: i64 = 12;

/// Why no institution signed in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InstitutionSignInError {
    /// The signature is by no key of the issuer's, or the challenge was answered before.
    #[error(
        "the challenge was answered before, or the signature is by no key that counts for the issuer now"
    )]
    Refused,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// The bytes that an institution signs: canonical, of the name `mingma/institution-sign-in/1`, the issuer and the challenge
/// as it was given.
#[must_use]
pub fn institution_bytes(issuer: &Issuer, challenge: &str) -> Vec<u8> {
    let mut text = Canonical::new("mingma/institution-sign-in/1");
    text.text(issuer);
    text.text(challenge);
    text.finish()
}

/// Signs an institution in by its answer to a challenge, whose name is spent; gives the end of its session.
///
/// # Errors
/// [`InstitutionSignInError`].
pub async fn sign_in_institution(
    registry: &Registry,
    issuer: &Issuer,
    (challenge, name): (&str, Spent),
    signature: &[u8; 64],
) -> Result<Timestamp, InstitutionSignInError> {
    let now = registry.now();
    let book = registry.book().await.map_err(Unable::from)?;
    if !is_signed(&book, issuer, now, (&institution_bytes(issuer, challenge), signature)) {
        return Err(InstitutionSignInError::Refused);
    }
    if spend(registry, vec![name]).await? != [true] {
        return Err(InstitutionSignInError::Refused);
    }
    let end = later(now, SignedDuration::from_hours(INSTITUTION_SESSION_HOURS));
    Ok(Timestamp::from_second(end.as_second()).unwrap_or(end))
}

/// Whether any key counts for an issuer now: an institution whose keys were all withdrawn is out at once.
///
/// # Errors
/// [`Unable`].
pub async fn counts_as_issuer(registry: &Registry, issuer: &Issuer) -> Result<bool, Unable> {
    let book = registry.book().await?;
    Ok(book.keys(issuer, registry.now()).next().is_some())
}
