//! 6.7 of GB/T 38963: a code is verified (验码), for anybody who has no verifier of their own.
//!
//! A checkpoint verifies by itself, and tells nobody. This answers about one text, keeps nothing of it and writes nothing
//! of it down.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::body::Body;
use crate::problem::Problem;

/// What is to be verified.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShownCode {
    /// The text of the QR symbol; blanks and line breaks around it do not matter.
    code: String,
}

/// A verdict, as `mingma verify --json` prints it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what the verdict itself writes")]
struct VerdictAnswer {
    /// `green`, `yellow`, `red`, `certificate`, or why the code does not count.
    result: String,
    /// Why it does not count.
    reason: Option<String>,
    /// The name of the key that signed it.
    key: Option<String>,
    /// Whether a status list was asked: `checked`, `not-checked`, `not-listed`.
    revocation: Option<String>,
    /// What it says, if its signature is good.
    #[schema(value_type = Option<Object>)]
    code: Option<()>,
}

/// The verdict about a code now, by our trust list and status lists: `green`, `yellow`, `red`, `expired`, `not yet valid`,
/// `revoked`, `clock`, `unknown key`, `bad signature`, `unreadable`, `unsupported`; what the code says only if its
/// signature is good.
#[utoipa::path(
    post, path = "/api/v1/codes/verify", operation_id = "verifyCode", tag = "codes",
    request_body = ShownCode,
    responses(
        (status = 200, description = "The verdict; a code that does not count is an answer, too", body = VerdictAnswer),
        (status = 400, description = "Not of this shape", content_type = "application/problem+json", body = Object),
        (status = 503, description = "Not now", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn verify_code(
    State(app): State<App>,
    Body(shown): Body<ShownCode>,
) -> Result<Response, Problem> {
    let verdict = app.gate().verify(app.registry(), shown.code.trim()).await?;
    let body = serde_json::to_vec(&verdict).map_err(|_| Problem::broken())?;
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}
