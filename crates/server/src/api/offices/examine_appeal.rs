//! What an appeal is about, for the office that answers it. The person is told that somebody looked.

use axum::Json;
use axum::extract::State;
use mingma_domain::Fact;
use mingma_registry::acts::{ExamineAppeal, ExamineError, examine_appeal};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::words::Ground;
use mingma_registry::{AppealId, FactId, PersonId};
use serde::Serialize;
use utoipa::ToSchema;

use super::official;
use crate::address::{InPath, place};
use crate::app::App;
use crate::body::Answer;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::task::to_the_end;

/// An appeal and what either answer would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseTold {
    /// Why the person disputes the fact.
    #[schema(value_type = String)]
    ground: Ground,
    /// The disputed fact's id.
    #[schema(value_type = String, format = "uuid")]
    id: FactId,
    /// The disputed fact.
    #[schema(value_type = crate::api::status::explained::Fact)]
    fact: Fact,
    /// The status as it is, by its word.
    now: &'static str,
    /// The status if the appeal is upheld.
    if_upheld: &'static str,
}

/// What an appeal is about.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/appeals/{appeal}/case", operation_id = "examineAppeal", tag = "offices",
    params(("person" = String, Path, description = "whose"), ("appeal" = String, Path, description = "which")),
    responses(
        (status = 200, body = CaseTold),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not the appeals office of where the person lives, or one of a region that let the institution in", content_type = "application/problem+json", body = Object),
        (status = 404, description = "No such appeal", content_type = "application/problem+json", body = Object),
        (status = 409, description = "It was answered: nobody looks at the person any more", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn examine(
    State(app): State<App>,
    caller: Caller,
    InPath((person, appeal)): InPath<(String, String)>,
) -> Answer<CaseTold> {
    let official = official(&app, &caller).await?;
    let (person, appeal): (PersonId, AppealId) = (place("person", &person)?, place("appeal", &appeal)?);
    let wish = authorize(official.actor, Purpose::Redress, ExamineAppeal { person, appeal })?;
    let case = to_the_end(async move { examine_appeal(app.registry(), wish).await }).await??;
    let (now, if_upheld) = (case.now.status().color_word(), case.if_upheld.status().color_word());
    Ok(Json(CaseTold { ground: case.appeal.ground, id: case.fact.id, fact: case.fact.fact, now, if_upheld }))
}

impl From<ExamineError> for Problem {
    fn from(error: ExamineError) -> Self {
        match error {
            ExamineError::Denied(denied) => denied.into(),
            ExamineError::Own(own) => Self::forbidden("not-above", own),
            ExamineError::NoSuchAppeal => Self::not_found(),
            ExamineError::Answered => Self::conflict("answered", error),
            ExamineError::Assess(error) => error.into(),
            ExamineError::Unable(unable) => unable.into(),
        }
    }
}
