//! Signing out everywhere: every session of the person ends at once, this one too.

use axum::extract::State;
use axum::http::StatusCode;
use mingma_registry::PersonId;
use mingma_registry::acts::{Unable, sessions_of};

use crate::app::App;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::session::SessionId;
use crate::task::to_the_end;

/// Ends every session of the person who has signed in.
#[utoipa::path(
    delete, path = "/api/v1/sign-in/sessions", operation_id = "signOutEverywhere", tag = "sign-in",
    responses(
        (status = 204, description = "All sessions of the person have ended"),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a person", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn sign_out_everywhere(
    State(app): State<App>,
    caller: Caller,
) -> Result<StatusCode, Problem> {
    let person = caller.person()?;
    let acting = app.clone();
    to_the_end(async move {
        acting.ended().end_one(acting.registry(), caller.session()).await?;
        end_all(&acting, person).await
    })
    .await??;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends every session of a person that was made by signing in.
pub(crate) async fn end_all(app: &App, person: PersonId) -> Result<(), Unable> {
    let open = sessions_of(app.registry(), person).await?;
    let named = open.iter().map(|s| (SessionId::from_bytes(*s.id.as_bytes()), s.until));
    app.ended().end(app.registry(), named.collect()).await
}
