//! A one-time code is asked for. The answer is the same for everybody, and so is the time that it takes.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use mingma_domain::document::Document;
use mingma_registry::acts::{CODE_MINUTES, request_sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::alike::alike;
use crate::app::App;
use crate::body::{Body, member};
use crate::limited::{Client, Guess, Tried};
use crate::limiter::Limit;
use crate::problem::Problem;
use crate::task::to_the_end;

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    /// The document: kind and number, such as `resident-id:11010519491231002X` or `passport:JP:TR0000001`.
    #[schema(examples("passport:JP:TR0000001"))]
    document: String,
}

/// The code was asked for. Whether one was sent is not said.
#[derive(Debug, Serialize, ToSchema)]
pub struct Asked {
    /// How long a code counts.
    minutes: i64,
}

/// Sends a one-time code to where the person is reached, if the document is somebody's.
#[utoipa::path(
    post, path = "/api/v1/sign-in/codes", operation_id = "requestCode", tag = "sign-in",
    request_body = Applicant,
    responses(
        (status = 202, body = Asked, description = "Asked for; the answer does not tell whether the person is known"),
        (status = 422, description = "Not a document", content_type = "application/problem+json", body = Object),
        (status = 429, description = "Too often", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn request_code(
    State(app): State<App>,
    client: Client,
    Body(applicant): Body<Applicant>,
) -> Result<(StatusCode, Json<Asked>), Problem> {
    client.count(&app, Limit::CodesFrom)?;
    let document: Document = member("document", &applicant.document)?;
    Tried::document(&app, client, Guess::Code, &document)?;
    alike(to_the_end(async move { request_sign_in(app.registry(), &document).await })).await??;
    Ok((StatusCode::ACCEPTED, Json(Asked { minutes: CODE_MINUTES })))
}
