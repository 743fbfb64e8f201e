//! A health commission publishes without a second office, for a few days. The journal calls it what it is.

use axum::Json;
use axum::extract::State;
use mingma_registry::acts::{PublishInEmergency, publish_in_emergency};
use mingma_registry::policy::{Purpose, authorize};
use serde::Deserialize;
use utoipa::ToSchema;

use super::PublicDraft;
use crate::api::offices::official;
use crate::api::offices::set_risk::ActMade;
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::caller::Caller;
use crate::task::to_the_end;

/// What cannot wait, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CannotWait {
    /// What is published; it ends within seven days.
    draft: PublicDraft,
    /// Why it cannot wait: `outbreak`, `harmful-rule` or `no-second-office`.
    #[schema(examples("outbreak"))]
    ground: String,
}

/// Publishes a draft at once, for at most seven days, and says in the journal that it was an emergency.
#[utoipa::path(
    post, path = "/api/v1/emergencies", operation_id = "publishInEmergency", tag = "offices",
    request_body = CannotWait,
    responses(
        (status = 200, body = ActMade),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission, or of another region", content_type = "application/problem+json", body = Object),
        (status = 409, description = "A ruleset of that name was published", content_type = "application/problem+json", body = Object),
        (status = 422, description = "It could not be published, or would last too long", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn publish_at_once(
    State(app): State<App>,
    caller: Caller,
    Body(CannotWait { draft, ground }): Body<CannotWait>,
) -> Answer<ActMade> {
    let official = official(&app, &caller).await?;
    let ground = member("ground", &ground)?;
    let wish = PublishInEmergency { draft: draft.read().await?, ground };
    let wish = authorize(official.actor, Purpose::Publication, wish)?;
    let number = to_the_end(async move { publish_in_emergency(app.registry(), wish).await }).await??;
    Ok(Json(ActMade { number }))
}
