//! A second organisation countersigns a fact; from then on it counts, and the person is told.

use axum::Json;
use axum::extract::State;
use mingma_registry::acts::{Countersign, CountersignError, countersign};
use mingma_registry::policy::{Actor, Purpose, authorize};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::{signature, submissions};
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::problem::Problem;
use crate::task::to_the_end;

/// A countersignature.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountersignatureSent {
    /// Who countersigns: `class` or `class:name`.
    #[schema(examples("community:410105-4"))]
    issuer: String,
    /// The document of the person, from the institution's own records.
    person: String,
    /// The fact's id.
    #[schema(format = "uuid")]
    fact: String,
    /// 32 bytes that the client draws, in hex or Base64 for URLs: so that whoever is shown the signature cannot guess the document.
    salt: String,
    /// ES256 by the issuer's key, in hex or Base64 for URLs, over `mingma/countersignature/2`, the issuer, whom it is about (the SHA-256 of
    /// `mingma/about/1`, the salt, the document), the fact's id, each written as in a submission.
    signature: String,
}

/// It is countersigned.
#[derive(Debug, Serialize, ToSchema)]
pub struct Countersigned {
    /// The fact.
    fact: String,
}

/// Countersigns a fact. Doing it again changes nothing.
#[utoipa::path(
    post, path = "/api/v1/countersignatures", operation_id = "countersignFact", tag = "submissions",
    request_body = CountersignatureSent,
    responses(
        (status = 200, body = Countersigned),
        (status = 403, description = "Not signed by a key that counts, not entitled, or of the same organisation", content_type = "application/problem+json", body = Object),
        (status = 409, description = "No such fact about that person, or none that needs a second organisation; or more of this within an hour than the institution may do alone (`above-limit`)", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a countersignature", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn countersign_fact(
    State(app): State<App>,
    Body(sent): Body<CountersignatureSent>,
) -> Answer<Countersigned> {
    let issuer = submissions::issuer(&sent.issuer)?;
    let wish = Countersign {
        issuer: issuer.clone(),
        document: member("person", &sent.person)?,
        fact: member("fact", &sent.fact)?,
        salt: signature::salt(&sent.salt)?,
        signature: signature::read(&sent.signature)?,
    };
    let wish = authorize(Actor::Institution(issuer), Purpose::OutbreakControl, wish)?;
    to_the_end(async move { countersign(app.registry(), wish).await }).await??;
    Ok(Json(Countersigned { fact: sent.fact }))
}

impl From<CountersignError> for Problem {
    fn from(error: CountersignError) -> Self {
        match error {
            CountersignError::Signature { .. } => submissions::signature(error),
            CountersignError::NoSuchFact => Self::conflict("no-such-fact", error),
            CountersignError::NotDue { .. } => Self::conflict("not-due", error),
            CountersignError::SameOrganisation => Self::forbidden("same-organisation", error),
            CountersignError::NotEntitled { .. } => Self::forbidden("not-entitled", error),
            CountersignError::AboveLimit(above) => above.into(),
            CountersignError::Unable(unable) => unable.into(),
        }
    }
}
