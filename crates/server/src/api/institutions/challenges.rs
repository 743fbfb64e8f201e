//! A challenge for an institution to sign.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_registry::ports::draw;
use mingma_registry::store::Spent;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::body::Answer;
use crate::challenge::{self, CHALLENGE_SECONDS};
use crate::limited::Client;
use crate::limiter::Limit;

/// Something to sign once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Challenge {
    /// What is signed, with the issuer: ES256 over the canonical bytes of the fields `mingma/institution-sign-in/1`, the issuer
    /// and this text, each preceded by its length in four bytes, big-endian.
    challenge: String,
    /// The first instant, to the second, at which it no longer counts.
    #[schema(value_type = String, format = "date-time")]
    until: Timestamp,
}

/// Gives a challenge.
#[utoipa::path(
    post, path = "/api/v1/institutions/challenges", operation_id = "challengeInstitution", tag = "sign-in",
    responses(
        (status = 200, body = Challenge),
        (status = 429, description = "Too often", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn challenge_institution(State(app): State<App>, client: Client) -> Answer<Challenge> {
    client.count(&app, Limit::InstitutionsFrom)?;
    let end = app.registry().now().as_second().saturating_add(CHALLENGE_SECONDS);
    let until = Timestamp::from_second(end).unwrap_or(Timestamp::MAX);
    let name = draw(app.registry().rng())?;
    Ok(Json(Challenge { challenge: challenge::seal(app.sessions(), Spent { name, until }), until }))
}
