//! A person ends what a program was let do.

use axum::extract::State;
use axum::http::StatusCode;
use mingma_registry::GrantId;
use mingma_registry::acts::{EndError, EndGrant, end_grant};
use mingma_registry::policy::{Purpose, authorize};

use crate::address::{InPath, place};
use crate::app::App;
use crate::caller::{Caller, Whom};
use crate::problem::{Problem, Refusal};
use crate::task::to_the_end;

/// Ends a grant: from now on the program's token opens nothing. Ending it twice changes nothing more.
#[utoipa::path(
    delete, path = "/api/v1/persons/{person}/apps/{grant}", operation_id = "endApp", tag = "apps",
    params(Whom, ("grant" = String, Path, format = "uuid", description = "the grant's id")),
    responses(
        (status = 204, description = "The program may no more"),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "For the person alone"),
        (status = 404, body = Refusal, description = "The person gave no such grant"),
    )
)]
pub(crate) async fn end_app(
    State(app): State<App>,
    caller: Caller,
    InPath((whom, grant)): InPath<(Whom, String)>,
) -> Result<StatusCode, Problem> {
    let (actor, person) = caller.acting(&app, whom, None).await?;
    let grant: GrantId = place("grant", &grant)?;
    let wish = authorize(actor, Purpose::SelfService, EndGrant { person, grant })?;
    to_the_end(async move { end_grant(app.registry(), wish).await }).await??;
    Ok(StatusCode::NO_CONTENT)
}

impl From<EndError> for Problem {
    fn from(error: EndError) -> Self {
        match error {
            EndError::Denied(denied) => denied.into(),
            EndError::NoSuchGrant => Self::not_found(),
            EndError::Unable(unable) => unable.into(),
        }
    }
}
