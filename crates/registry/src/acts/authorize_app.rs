//! A person lets an app do one thing for a time.

use jiff::{SignedDuration, Timestamp};
use mingma_credential::key::DevicePoint;
use mingma_domain::fact::Evidence;
use thiserror::Error;

use super::{Registry, Unable};
use crate::canonical::Canonical;
use crate::id::{GrantId, PersonId};
use crate::policy::{Authorized, Subject, Wish};
use crate::row::{Grant, IdempotencyKey, PersonRow, Request};
use crate::words::{ActName, Scope};

/// The longest that an app is let in, in days: half a year, as rulesets; then the person is asked anew.
pub const MAX_GRANT_DAYS: u16 = 180;

/// A wish to let an app in.
#[derive(Clone, Debug)]
pub struct AuthorizeApp {
    /// Who lets it.
    pub person: PersonId,
    /// The name of the request.
    pub key: IdempotencyKey,
    /// Which app.
    pub app: Evidence,
    /// What it may do.
    pub scope: Scope,
    /// For how many days.
    pub days: u64,
    /// The key of the program's device, if it has one; for it alone the program makes codes.
    pub device: Option<DevicePoint>,
}

impl Wish for AuthorizeApp {
    const ACT: ActName = ActName::AuthorizeApp;

    fn subject(&self) -> Subject<'_> {
        Subject::Person(self.person)
    }
}

/// Why no app is let in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuthorizeAppError {
    /// For no time, or too long.
    #[error("for {given} days: an app is let in for 1 to {MAX_GRANT_DAYS}")]
    Days {
        /// How many.
        given: u64,
    },
    /// The key was used for something else.
    #[error("the idempotency key was used for another request: take a new one")]
    KeyReused,
    /// It could not be done.
    #[error(transparent)]
    Unable(#[from] Unable),
}

/// Lets an app in, and gives the grant's id.
///
/// # Errors
/// [`AuthorizeAppError`].
pub async fn authorize_app(
    registry: &Registry,
    wish: Authorized<AuthorizeApp>,
) -> Result<GrantId, AuthorizeAppError> {
    let AuthorizeApp { person, key, app, scope, days, device } = wish.wish();
    let Some(length) = within(*days, MAX_GRANT_DAYS) else {
        return Err(AuthorizeAppError::Days { given: *days });
    };
    let mut text = Canonical::new("mingma/grant/1");
    text.text(key);
    text.text(app);
    text.text(scope);
    text.text(days);
    if let Some(device) = device {
        text.bytes(device.as_bytes());
    }
    let from = registry.now();
    let request = Request { key: key.clone(), hash: text.hash(), received: from };
    let id = GrantId::new(from, request.chance_of(0));
    let grant = Grant { id, app: app.clone(), scope: *scope, from, until: days_later(from, length) };
    let rows = vec![PersonRow::Request(request.clone()), PersonRow::Grant(grant)];
    let change = registry.change(wish.deed(), *person, rows, Vec::new())?;
    let first = super::keep_once(registry, *person, request, change).await?;
    let first = first.ok_or(AuthorizeAppError::KeyReused)?;
    Ok(GrantId::new(first.received, first.chance_of(0)))
}

/// A number of days from 1 to the most.
pub(super) fn within(days: u64, most: u16) -> Option<u16> {
    u16::try_from(days).ok().filter(|days| (1..=most).contains(days))
}

pub(super) fn days_later(from: Timestamp, days: u16) -> Timestamp {
    from.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}
