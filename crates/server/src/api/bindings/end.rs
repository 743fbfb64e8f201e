//! A person ends that somebody may act for them.

use axum::extract::State;
use axum::http::StatusCode;
use mingma_registry::GrantId;
use mingma_registry::acts::{EndBinding, end_binding};
use mingma_registry::policy::{Purpose, authorize};

use crate::address::{InPath, place};
use crate::app::App;
use crate::caller::{Caller, Whom};
use crate::problem::{Problem, Refusal};
use crate::task::to_the_end;

/// Ends a binding: from now on the agent may no more. Ending it twice changes nothing more.
#[utoipa::path(
    delete, path = "/api/v1/persons/{person}/agents/{binding}", operation_id = "endBinding", tag = "bindings",
    params(Whom, ("binding" = String, Path, format = "uuid", description = "the binding's id")),
    responses(
        (status = 204, description = "The agent may no more"),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "For the person alone"),
        (status = 404, body = Refusal, description = "The person has no such binding"),
    )
)]
pub(crate) async fn end_bound(
    State(app): State<App>,
    caller: Caller,
    InPath((whom, binding)): InPath<(Whom, String)>,
) -> Result<StatusCode, Problem> {
    let (actor, ward) = caller.acting(&app, whom, None).await?;
    let binding: GrantId = place("binding", &binding)?;
    let wish = authorize(actor, Purpose::SelfService, EndBinding { ward, binding })?;
    to_the_end(async move { end_binding(app.registry(), wish).await }).await??;
    Ok(StatusCode::NO_CONTENT)
}
