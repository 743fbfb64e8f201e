//! A person signs in: by a document and the one-time code that was sent to where they are reached.
//!
//! The one refusal has one form, whether the person is unknown, has no code, or gave a wrong one.

use jiff::{SignedDuration, Timestamp};
use mingma_credential::key::DevicePoint;
use mingma_domain::document::Document;
use thiserror::Error;

use super::code::{Asked, ask, later, since, try_code};
use super::{Registry, Unable};
use crate::access::{AccessRecord, AccessRow, OneTimeCode, SignIn};
use crate::id::{NoticeId, PersonId, SignInId};
use crate::ports::draw;
use crate::row::Notice;
use crate::store::Change;
use crate::words::{CodeUse, NoticeKind};

/// How long a person stays signed in, in days: a month of daily use on one's own phone.
pub const SESSION_DAYS: i64 = 30;

/// Somebody signed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SignedIn {
    /// Who.
    pub person: PersonId,
    /// The session.
    pub session: SignIn,
}

/// Why nobody signed in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignInError {
    /// There is nobody with this document and code, or no longer.
    #[error("the document and the code do not fit together, or the code is over: ask for a new one")]
    Refused,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Sends a code with which the person of a document can sign in, if there is such a person and a way to reach them.
///
/// # Errors
/// [`Unable`].
pub async fn request_sign_in(registry: &Registry, document: &Document) -> Result<Asked, Unable> {
    ask(registry, document, (CodeUse::SignIn, NoticeKind::SignInCode)).await
}

/// Signs a person in; on a device that is new, they are told.
///
/// # Errors
/// [`SignInError`].
pub async fn sign_in(
    registry: &Registry,
    document: &Document,
    code: &OneTimeCode,
    device: Option<DevicePoint>,
) -> Result<SignedIn, SignInError> {
    let person = registry.store().find(document).await.map_err(Unable::from)?.ok_or(SignInError::Refused)?;
    let right = try_code(registry, person, CodeUse::SignIn, code).await?;
    let (access, _) = right.ok_or(SignInError::Refused)?;
    let at = registry.now();
    let id = SignInId::new(at, draw(registry.rng()).map_err(Unable::from)?);
    // To the second, as sessions are kept.
    let end = later(at, SignedDuration::from_hours(24 * SESSION_DAYS)).as_second();
    let until = Timestamp::from_second(end).unwrap_or(Timestamp::MAX);
    let session = SignIn { id, device, at, until };
    let mut notices = Vec::new();
    if is_news(&access, device) {
        let notice = NoticeId::new(at, draw(registry.rng()).map_err(Unable::from)?);
        let kind = NoticeKind::SignedIn;
        notices.push(Notice { person, id: notice, kind, about: *id.as_bytes(), created: at });
    }
    let change = Change::Access { person, rows: vec![AccessRow::SignIn(session)], notices };
    registry.keep(change).await?;
    Ok(SignedIn { person, session })
}

/// Whether the person is told: somebody who has signed in before did so on another device now, or on one that does not
/// say which it is.
fn is_news(access: &AccessRecord, device: Option<DevicePoint>) -> bool {
    let known = device.is_some() && access.sign_ins.iter().any(|s| s.device == device);
    !access.sign_ins.is_empty() && !known
}

/// The sessions of a person that have not come to their end; some of them may have been ended.
///
/// # Errors
/// [`Unable`].
pub async fn sessions_of(registry: &Registry, person: PersonId) -> Result<Vec<SignIn>, Unable> {
    let now = registry.now();
    let access = registry.store().access(person, since(now)).await?;
    Ok(access.sign_ins.into_iter().filter(|s| now < s.until).collect())
}
