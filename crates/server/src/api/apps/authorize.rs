//! 6.5 of GB/T 38963: a person lets a program do one thing for a time, and is given the token that the program shows.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::fact::Evidence;
use mingma_registry::acts::{AuthorizeApp, AuthorizeAppError, authorize_app};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::words::Scope;
use mingma_registry::{GrantId, StoreError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::address::InPath;
use crate::api::declarations::Key;
use crate::api::sign_in::device;
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::caller::{Caller, Whom};
use crate::problem::{Problem, Refusal};
use crate::session::{Session, SessionId, Who};
use crate::task::to_the_end;

/// What a program is let do, and how long.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppWish {
    /// What the person calls the program: letters, digits and the like, as in an evidence number.
    #[schema(examples("metro-gate"))]
    app: String,
    /// `query-status` or `make-code`.
    scope: String,
    /// For how many days, 1 to 180.
    #[schema(minimum = 1, maximum = 180)]
    days: u64,
    /// The public point of the key of the program's device, for which it makes codes: the 33 bytes of its compressed form in
    /// hexadecimal. For `make-code` it is needed.
    #[serde(default)]
    device: String,
}

/// A program was let in.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppGranted {
    /// The grant's id, by which it is ended.
    #[schema(value_type = String, format = "uuid")]
    grant: GrantId,
    /// What the program sends in the header `authorization: Bearer …`. It counts as long as the grant does.
    token: String,
    /// The first instant at which the program may no more.
    #[schema(value_type = String, format = "date-time")]
    until: Timestamp,
}

/// Lets a program act for oneself, and gives its token. A later grant to the same program for the same thing supersedes.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/apps", operation_id = "authorizeApp", tag = "apps",
    params(
        Whom,
        ("idempotency-key" = String, Header, description = "the name of the request; sending it twice grants once"),
    ),
    request_body = AppWish,
    responses(
        (status = 200, body = AppGranted),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "For the person alone"),
        (status = 409, body = Refusal, description = "The key was used for something else"),
        (status = 422, body = Refusal, description = "No such scope, for too long, no point of a key, or none of a program that makes codes"),
    )
)]
pub(crate) async fn authorize_program(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    Key(key): Key,
    Body(sent): Body<AppWish>,
) -> Answer<AppGranted> {
    let (actor, person) = caller.acting(&app, whom, None).await?;
    let name: Evidence = member("app", &sent.app)?;
    let scope: Scope = member("scope", &sent.scope)?;
    let device = device(&sent.device)?;
    if scope == Scope::MakeCode && device.is_none() {
        let missing = "`device`: a code is made for one device alone: give the public point of the program's";
        return Err(Problem::refused("member", missing));
    }
    let wish = AuthorizeApp { person, key, app: name.clone(), scope, days: sent.days, device };
    let wish = authorize(actor, Purpose::SelfService, wish)?;
    let sessions = app.clone();
    let (grant, record) = to_the_end(async move {
        let grant = authorize_app(app.registry(), wish).await?;
        Ok::<_, Problem>((grant, app.registry().store().record(person).await?))
    })
    .await??;
    // The grant as it was kept first: a repeated request is given the token of then.
    let kept = record.grants.iter().find(|kept| kept.id == grant).ok_or(StoreError::InDoubt)?;
    let session = Session {
        // The name of the session is that of the grant, so that the token is the same each time.
        id: SessionId::from_bytes(*grant.as_bytes()),
        who: Who::App { person, app: name },
        until: kept.until,
        device,
    };
    Ok(Json(AppGranted { grant, token: sessions.sessions().seal(&session), until: kept.until }))
}

impl From<AuthorizeAppError> for Problem {
    fn from(error: AuthorizeAppError) -> Self {
        match error {
            AuthorizeAppError::Days { .. } => Self::refused("days", error),
            AuthorizeAppError::KeyReused => Self::conflict("key-reused", error),
            AuthorizeAppError::Unable(unable) => unable.into(),
        }
    }
}
