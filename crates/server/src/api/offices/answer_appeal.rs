//! An appeals office answers, once; if the person was right the fact is taken back in the same change.

use axum::Json;
use axum::extract::State;
use mingma_registry::acts::{AnswerAppeal, AnswerError, answer_appeal};
use mingma_registry::policy::{Purpose, authorize};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::official;
use crate::address::{InPath, place};
use crate::app::App;
use crate::body::{Answer, Body};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::task::to_the_end;

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealDecision {
    /// Whether the person was right.
    upheld: bool,
}

/// An appeal that was answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppealDecided {
    /// Whether the person was right.
    upheld: bool,
}

/// Answers an appeal.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/appeals/{appeal}/answer", operation_id = "answerAppeal", tag = "offices",
    params(("person" = String, Path, description = "whose"), ("appeal" = String, Path, description = "which")),
    request_body = AppealDecision,
    responses(
        (status = 200, body = AppealDecided),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not the appeals office of where the person lives, or one of a region that let the institution in", content_type = "application/problem+json", body = Object),
        (status = 404, description = "No such appeal", content_type = "application/problem+json", body = Object),
        (status = 409, description = "It was answered before", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn answer(
    State(app): State<App>,
    caller: Caller,
    InPath((person, appeal)): InPath<(String, String)>,
    Body(AppealDecision { upheld }): Body<AppealDecision>,
) -> Answer<AppealDecided> {
    let official = official(&app, &caller).await?;
    let (person, appeal) = (place("person", &person)?, place("appeal", &appeal)?);
    let wish = authorize(official.actor, Purpose::Redress, AnswerAppeal { person, appeal, upheld })?;
    to_the_end(async move { answer_appeal(app.registry(), wish).await }).await??;
    Ok(Json(AppealDecided { upheld }))
}

impl From<AnswerError> for Problem {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Denied(denied) => denied.into(),
            AnswerError::Own(own) => Self::forbidden("not-above", own),
            AnswerError::NoSuchAppeal => Self::not_found(),
            AnswerError::Answered => Self::conflict("answered", error),
            AnswerError::Unable(unable) => unable.into(),
        }
    }
}
