//! An official signs in: name, password, and the code of the second factor.

use axum::Json;
use axum::extract::State;
use mingma_domain::fact::Evidence;
use mingma_registry::acts::{StaffSignInError, sign_in_staff};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::sign_in::MadeSession;
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::limited::{Client, Tried};
use crate::limiter::Limit;
use crate::problem::Problem;
use crate::session::{Session, SessionId, Who};
use crate::task::to_the_end;

/// What an official knows and has.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffCredentials {
    /// The name in the staff list.
    name: String,
    /// The password.
    password: String,
    /// The six digits that the authenticator shows now.
    #[schema(examples("287082"))]
    code: String,
}

/// Signs an official in.
#[utoipa::path(
    post, path = "/api/v1/staff/sessions", operation_id = "signInStaff", tag = "sign-in",
    request_body = StaffCredentials,
    responses(
        (status = 200, body = MadeSession),
        (status = 403, description = "Name, password and code do not fit together", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a name", content_type = "application/problem+json", body = Object),
        (status = 429, description = "Too often", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn sign_in_official(
    State(app): State<App>,
    client: Client,
    Body(sent): Body<StaffCredentials>,
) -> Answer<MadeSession> {
    let name: Evidence = member("name", &sent.name)?;
    let session = sign_in(&app, client, name, (sent.password, sent.code)).await??;
    Ok(Json(MadeSession::of(&app, &session)))
}

/// The session of an official; on a thread for work, because the password's hash takes its time on purpose.
pub(crate) async fn sign_in(
    app: &App,
    client: Client,
    name: Evidence,
    (password, code): (String, String),
) -> Result<Result<Session, StaffSignInError>, Problem> {
    client.count(app, Limit::OfficialsFrom)?;
    let tried = Tried::name(app, client, name.as_str())?;
    let id = SessionId::draw(app.registry())?;
    let acting = app.clone();
    let here = tokio::runtime::Handle::current();
    let act = move || {
        let entered = here.block_on(sign_in_staff(acting.registry(), &name, &password, &code));
        entered.map(|(member, until)| Session {
            id,
            who: Who::Staff(member.account.name),
            until,
            device: None,
        })
    };
    let entered = to_the_end(async { tokio::task::spawn_blocking(act).await.map_err(|_| Problem::broken()) });
    let entered = entered.await??;
    if entered.is_ok() {
        tried.was_right(app);
    }
    Ok(entered)
}

impl From<StaffSignInError> for Problem {
    fn from(error: StaffSignInError) -> Self {
        match error {
            StaffSignInError::Refused => Self::forbidden("credentials-refused", error),
            StaffSignInError::Unable(unable) => unable.into(),
        }
    }
}
