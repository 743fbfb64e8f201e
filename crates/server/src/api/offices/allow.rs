//! A second office lets through what was above an issuer's limit; the issuer then sends the same again.

use axum::Json;
use axum::extract::State;
use mingma_registry::acts::{Allow, AllowError, allow};
use mingma_registry::policy::{Purpose, authorize};

use super::official;
use super::set_risk::ActMade;
use crate::address::InPath;
use crate::app::App;
use crate::body::Answer;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::task::to_the_end;

/// Lets a batch through. Doing it again gives the number of the first time.
#[utoipa::path(
    post, path = "/api/v1/alarms/{alarm}/allowance", operation_id = "allowBatch", tag = "offices",
    params(("alarm" = u64, Path, description = "the number of the alarm that holds the batch")),
    responses(
        (status = 200, body = ActMade),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Neither a health commission nor an appeals office, or of a region that is not above the institution", content_type = "application/problem+json", body = Object),
        (status = 409, description = "That act holds nothing in the office's region", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn allow_batch(
    State(app): State<App>,
    caller: Caller,
    InPath(alarm): InPath<u64>,
) -> Answer<ActMade> {
    let official = official(&app, &caller).await?;
    let wish = Allow { region: official.region, alarm };
    let wish = authorize(official.actor, Purpose::OutbreakControl, wish)?;
    let number = to_the_end(async move { allow(app.registry(), wish).await }).await??;
    Ok(Json(ActMade { number }))
}

impl From<AllowError> for Problem {
    fn from(error: AllowError) -> Self {
        match error {
            AllowError::NothingHeld { .. } => Self::conflict("nothing-held", error),
            AllowError::NotAbove { .. } => Self::forbidden("not-above", error),
            AllowError::NoOffice => Self::forbidden("not-an-official", error),
            AllowError::Unable(unable) => unable.into(),
        }
    }
}
