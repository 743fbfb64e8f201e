//! An institution takes back a fact of its own; it stays on record, no longer counts, and the person is told.

use axum::Json;
use axum::extract::State;
use mingma_registry::acts::{Retract, RetractError, retract};
use mingma_registry::policy::{Actor, Purpose, authorize};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::{signature, submissions};
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::problem::Problem;
use crate::task::to_the_end;

/// A retraction.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetractionSent {
    /// Who recorded the fact and takes it back: `class` or `class:name`.
    issuer: String,
    /// The document of the person.
    person: String,
    /// The fact's id.
    #[schema(format = "uuid")]
    fact: String,
    /// `entered-in-error`, `wrong-person` or `unconfirmed`.
    reason: String,
    /// 32 bytes that the client draws, in hex or Base64 for URLs.
    salt: String,
    /// ES256 by the issuer's key, in hex or Base64 for URLs, over `mingma/retraction/2`, the issuer, whom it is about as in a
    /// countersignature, the fact's id, the reason, each written as in a submission.
    signature: String,
}

/// It is taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct Retracted {
    /// The fact.
    fact: String,
}

/// Takes a fact back. Doing it again changes nothing; the first reason stays.
#[utoipa::path(
    post, path = "/api/v1/retractions", operation_id = "retractFact", tag = "submissions",
    request_body = RetractionSent,
    responses(
        (status = 200, body = Retracted),
        (status = 403, description = "Not signed by a key that counts", content_type = "application/problem+json", body = Object),
        (status = 409, description = "The issuer recorded no such fact about that person; it was found wrong to take it back (`given-back`); or more of this within an hour than the institution may do alone (`above-limit`)", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a retraction, or not an issuer's reason", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn retract_fact(
    State(app): State<App>,
    Body(sent): Body<RetractionSent>,
) -> Answer<Retracted> {
    let issuer = submissions::issuer(&sent.issuer)?;
    let wish = Retract {
        issuer: issuer.clone(),
        document: member("person", &sent.person)?,
        fact: member("fact", &sent.fact)?,
        reason: member("reason", &sent.reason)?,
        salt: signature::salt(&sent.salt)?,
        signature: signature::read(&sent.signature)?,
    };
    let wish = authorize(Actor::Institution(issuer), Purpose::Redress, wish)?;
    to_the_end(async move { retract(app.registry(), wish).await }).await??;
    Ok(Json(Retracted { fact: sent.fact }))
}

impl From<RetractError> for Problem {
    fn from(error: RetractError) -> Self {
        match error {
            RetractError::Signature { .. } => submissions::signature(error),
            RetractError::NoSuchFact { .. } => Self::conflict("no-such-fact", error),
            RetractError::GivenBack(error) => Self::conflict("given-back", error),
            RetractError::Reason { .. } => Self::refused("reason", error),
            RetractError::AboveLimit(above) => above.into(),
            RetractError::Unable(unable) => unable.into(),
        }
    }
}
