//! 6.4 of GB/T 38963: a person's status, with every reason, its end, what clears it, and the path to green.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use mingma_registry::acts::{Assess, AssessError, assess};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::words::Scope;

use super::explained::Explanation;
use crate::address::InPath;
use crate::app::App;
use crate::caller::{Caller, Whom};
use crate::problem::{Problem, Refusal};
use crate::task::to_the_end;

/// The status of a person now, explained.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/status", operation_id = "queryStatus", tag = "status",
    params(Whom),
    responses(
        (status = 200, description = "The status and all that explains it", body = Explanation),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "Not the caller's affair"),
        (status = 409, body = Refusal, description = "No status: not registered, or no rules in force"),
    )
)]
pub(crate) async fn query_status(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
) -> Result<Response, Problem> {
    let (actor, person) = caller.acting(&app, whom, Some(Scope::QueryStatus)).await?;
    let wish = authorize(actor, Purpose::SelfService, Assess { person })?;
    let assessment = to_the_end(async move { assess(app.registry(), wish).await }).await??;
    let body = serde_json::to_vec(&assessment.explanation()).map_err(|_| Problem::broken())?;
    Ok((StatusCode::OK, [(CONTENT_TYPE, "application/json")], body).into_response())
}

impl From<AssessError> for Problem {
    fn from(error: AssessError) -> Self {
        match error {
            AssessError::Denied(denied) => denied.into(),
            AssessError::KeptBack => Self::forbidden("kept-back", error),
            AssessError::NotRegistered => Self::conflict("not-registered", error),
            AssessError::NoRules { .. } => Self::conflict("no-rules", error),
            AssessError::Unable(unable) => unable.into(),
        }
    }
}
