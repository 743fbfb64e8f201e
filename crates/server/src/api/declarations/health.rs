//! 6.2 of GB/T 38963: a person declares their health of a day: how they feel, and which symptoms they have.

use axum::Json;
use axum::extract::State;
use mingma_registry::acts::{Declare, declare};
use mingma_registry::policy::{Purpose, authorize};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Declared, Key, own_word};
use crate::address::InPath;
use crate::app::App;
use crate::body::{Answer, Body};
use crate::caller::{Caller, Whom};
use crate::problem::Refusal;
use crate::task::to_the_end;

/// The health of one day.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// The day.
    #[schema(format = "date", examples("2022-06-13"))]
    on: String,
    /// `well` or `unwell`.
    feeling: String,
    /// `fever`, `cough`, `fatigue`, `dyspnoea`, `diarrhoea`, `taste-loss`, `other`.
    #[serde(default)]
    symptoms: Vec<String>,
}

/// Declares the health of a day: the day's check-in, and a fact for each symptom.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/health-declarations", operation_id = "declareHealth", tag = "declarations",
    params(
        Whom,
        ("idempotency-key" = String, Header, description = "the name of the request; sending it twice declares once"),
    ),
    request_body = Health,
    responses(
        (status = 200, body = Declared),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "Not the caller's affair"),
        (status = 409, body = Refusal, description = "Not registered, or the key was used for something else"),
        (status = 422, body = Refusal, description = "Not in the vocabulary, of another day than today or yesterday where the person lives, or `well` with symptoms"),
    )
)]
pub(crate) async fn declare_health(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    Key(key): Key,
    Body(health): Body<Health>,
) -> Answer<Declared> {
    let (actor, person) = caller.acting(&app, whom, None).await?;
    let checkin = own_word("checkin", &health.feeling, &health.on)?;
    let symptoms = health.symptoms.iter().map(|symptom| own_word("symptom", symptom, &health.on));
    let facts = std::iter::once(Ok(checkin)).chain(symptoms).collect::<Result<Vec<_>, _>>()?;
    let wish = authorize(actor, Purpose::SelfService, Declare { person, key, facts })?;
    let facts = to_the_end(async move { declare(app.registry(), wish).await }).await??;
    Ok(Json(Declared { facts }))
}
