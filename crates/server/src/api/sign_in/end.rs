//! Signing out: the session ends at once, for whoever holds it. It is the same for residents, officials and institutions.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::AppendHeaders;

use crate::app::App;
use crate::caller::Caller;
use crate::cookie;
use crate::problem::Problem;
use crate::task::to_the_end;

/// Ends the session with which this is asked for.
#[utoipa::path(
    delete, path = "/api/v1/sign-in/session", operation_id = "signOut", tag = "sign-in",
    responses(
        (status = 204, description = "The session has ended"),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn sign_out(
    State(app): State<App>,
    caller: Caller,
) -> Result<(StatusCode, AppendHeaders<[(axum::http::HeaderName, String); 1]>), Problem> {
    let acting = app.clone();
    to_the_end(async move { acting.ended().end_one(acting.registry(), caller.session()).await }).await??;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([cookie::forget(&app)])))
}
