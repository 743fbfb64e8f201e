//! A paper, or a phone with a code on it, is lost.

use axum::extract::State;
use axum::http::StatusCode;
use mingma_registry::CodeId;
use mingma_registry::acts::{LossError, ReportLoss, report_loss};
use mingma_registry::policy::{Purpose, authorize};

use crate::address::InPath;
use crate::app::App;
use crate::caller::{Caller, Whom};
use crate::problem::Problem;
use crate::task::to_the_end;

/// Revokes a lost code: checkpoints know it within a minute, and those that are cut off when they fetch lists again. A code
/// that is made afterwards counts.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/codes/{code}/loss", operation_id = "reportLoss", tag = "codes",
    params(
        ("person" = String, Path, description = "`me`, or the id of a ward"),
        ("code" = String, Path, description = "The id with which the code was made"),
    ),
    responses(
        (status = 204, description = "It is revoked; also if it was before"),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not the caller's affair", content_type = "application/problem+json", body = Object),
        (status = 404, description = "No such code", content_type = "application/problem+json", body = Object),
        (status = 409, description = "It has no place in a list, and ends by itself", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn report_lost_code(
    State(app): State<App>,
    caller: Caller,
    InPath((whom, code)): InPath<(Whom, String)>,
) -> Result<StatusCode, Problem> {
    let (actor, person) = caller.acting(&app, whom, None).await?;
    let code: CodeId = code.parse().map_err(|_| Problem::not_found())?;
    let wish = authorize(actor, Purpose::SelfService, ReportLoss { person, code })?;
    to_the_end(async move { report_loss(app.registry(), wish).await }).await??;
    Ok(StatusCode::NO_CONTENT)
}

impl From<LossError> for Problem {
    fn from(error: LossError) -> Self {
        match error {
            LossError::Denied(denied) => denied.into(),
            LossError::NoSuchCode => Self::not_found(),
            LossError::Unlisted { .. } => Self::conflict("unlisted", error),
            LossError::Unable(unable) => unable.into(),
        }
    }
}
