//! Signing out: the session ends at once, for whoever holds it. It is the same for residents, officials and institutions.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::AppendHeaders;
use mingma_registry::acts::revoke_phones;

use crate::app::App;
use crate::caller::Caller;
use crate::cookie;
use crate::problem::Problem;
use crate::session::Who;
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
    leave(&app, caller).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([cookie::forget(&app)])))
}

/// Ends a session, and revokes the codes that its phone holds: they do not outlive it.
pub(crate) async fn leave(app: &App, caller: Caller) -> Result<(), Problem> {
    let acting = app.clone();
    let act = async move {
        let session = caller.session();
        acting.ended().end_one(acting.registry(), session).await?;
        match (&session.who, session.device) {
            (Who::Person(person), Some(device)) => {
                revoke_phones(acting.registry(), *person, Some(device)).await.map(|_| ())
            }
            (Who::Person(_) | Who::App { .. } | Who::Staff(_) | Who::Institution(_), _) => Ok(()),
        }
    };
    Ok(to_the_end(act).await??)
}
