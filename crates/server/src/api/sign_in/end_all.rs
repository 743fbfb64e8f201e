//! Signing out everywhere: every session of the person ends at once, this one too.

use axum::extract::State;
use axum::http::StatusCode;
use mingma_registry::acts::{revoke_phones, sessions_of};

use crate::app::App;
use crate::caller::Caller;
use crate::ended::named;
use crate::problem::Problem;
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
    leave_everywhere(&app, caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends every session of the caller, this one too, and revokes the codes that all their phones hold.
pub(crate) async fn leave_everywhere(app: &App, caller: Caller) -> Result<(), Problem> {
    let person = caller.person()?;
    let acting = app.clone();
    let act = async move {
        let registry = acting.registry();
        let open = sessions_of(registry, person).await?;
        let mut ended = named(&open);
        ended.push((caller.session().id, caller.session().until));
        acting.ended().end(registry, ended).await?;
        revoke_phones(registry, person, None).await
    };
    to_the_end(act).await??;
    Ok(())
}
