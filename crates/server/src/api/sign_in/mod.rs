//! Signing in and out: residents, by a document and a one-time code.

pub mod codes;
pub mod end;
pub mod end_all;
pub mod sessions;

use jiff::Timestamp;
use mingma_credential::key::DevicePoint;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::unhex;
use crate::app::App;
use crate::problem::Problem;
use crate::session::{Session, SessionId, Who};

/// A session that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeSession {
    /// What the client sends in the header `authorization` as `Bearer TOKEN`.
    token: String,
    /// The first instant, to the second, at which it no longer counts.
    #[schema(value_type = String, format = "date-time")]
    until: Timestamp,
}

impl MadeSession {
    /// The session, sealed.
    pub(crate) fn of(app: &App, session: &Session) -> Self {
        Self { token: app.sessions().seal(session), until: session.until }
    }

    /// What the client sends.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }
}

/// A person's session.
pub(crate) fn of_person(signed_in: &mingma_registry::acts::SignedIn) -> Session {
    let made = &signed_in.session;
    Session {
        id: SessionId::from_bytes(*made.id.as_bytes()),
        who: Who::Person(signed_in.person),
        until: made.until,
        device: made.device,
    }
}

/// The device's public point: the 33 bytes of its compressed form in hexadecimal; nothing of a device without one.
///
/// # Errors
/// 422.
pub(crate) fn device(text: &str) -> Result<Option<DevicePoint>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let refused = || {
        Problem::refused(
            "member",
            "`device`: not a public point of P-256: write its 33 compressed bytes in hexadecimal",
        )
    };
    let bytes = unhex::<33>(text).ok_or_else(refused)?;
    DevicePoint::from_bytes(&bytes).map(Some).ok_or_else(refused)
}
