//! 6.6 of GB/T 38963: a code is made (制码), for the phone to which the session is bound.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_registry::CodeId;
use mingma_registry::acts::{Show, ShowError, Shown, show};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::ports::Medium;
use mingma_registry::words::Scope;
use serde::Serialize;
use utoipa::ToSchema;

use crate::address::InPath;
use crate::app::App;
use crate::body::Answer;
use crate::caller::{Caller, Whom};
use crate::problem::Problem;
use crate::task::to_the_end;

/// A code that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeCode {
    /// Its id, by which its loss can be reported; codes of one day, phone and status have one.
    #[schema(value_type = String, format = "uuid")]
    id: CodeId,
    /// The text of the QR symbol; the phone adds its proof of possession, new every 30 seconds.
    code: String,
    /// The first instant at which it no longer counts.
    #[schema(value_type = String, format = "date-time")]
    expires: Timestamp,
}

/// A code of the status of this moment.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/codes", operation_id = "makeCode", tag = "codes",
    params(("person" = String, Path, description = "`me`, or the id of a ward")),
    responses(
        (status = 200, body = MadeCode),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not the caller's affair", content_type = "application/problem+json", body = Object),
        (status = 409, description = "No colour to show, or no device", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn make_code(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
) -> Answer<MadeCode> {
    let (actor, person) = caller.acting(&app, whom, Some(Scope::MakeCode)).await?;
    let device = caller.session().device.ok_or_else(|| {
        Problem::conflict("no-device", "the session is bound to no device")
            .help("sign in with the device's public key")
    })?;
    let wish = authorize(actor, Purpose::SelfService, Show { person, medium: Medium::Device(device) })?;
    let shown = to_the_end(async move { show(app.registry(), wish).await }).await??;
    Ok(Json(MadeCode::from(shown)))
}

impl From<Shown> for MadeCode {
    fn from(shown: Shown) -> Self {
        Self { id: shown.id, code: shown.code, expires: shown.expires }
    }
}

impl From<ShowError> for Problem {
    fn from(error: ShowError) -> Self {
        match error {
            ShowError::Assess(error) => error.into(),
            ShowError::NoColor { .. } => Self::conflict("no-color", error),
            ShowError::Issue(_) | ShowError::Region(_) => Self::broken(),
            ShowError::Unable(unable) => unable.into(),
        }
    }
}
