//! The issuer of a disputed fact, or the source of its evidence, says whether it is so. Silence ends it too.

use axum::Json;
use axum::extract::State;
use mingma_registry::acts::{Confirm, ConfirmError, confirm};
use mingma_registry::policy::{Actor, Purpose, authorize};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::{signature, submissions};
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::problem::Problem;
use crate::task::to_the_end;

/// A word on a fact.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmationSent {
    /// Who recorded the fact, or gives out the numbers of its evidence: `class` or `class:name`.
    issuer: String,
    /// The document of the person.
    person: String,
    /// The fact's id.
    #[schema(format = "uuid")]
    fact: String,
    /// Whether it is so.
    confirmed: bool,
    /// 32 bytes that the client draws, in hex or Base64 for URLs.
    salt: String,
    /// ES256 by the issuer's key, in hex or Base64 for URLs, over `mingma/confirmation/2`, the issuer, whom it is about as in a
    /// countersignature, the fact's id, `true` or `false`, each written as in a submission.
    signature: String,
}

/// The word is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct Confirmed {
    /// The fact.
    fact: String,
}

/// Says whether a fact is so. Doing it again changes nothing; a word that would change nothing otherwise is refused.
#[utoipa::path(
    post, path = "/api/v1/confirmations", operation_id = "confirmFact", tag = "submissions",
    request_body = ConfirmationSent,
    responses(
        (status = 200, body = Confirmed),
        (status = 403, description = "Not signed by a key that counts", content_type = "application/problem+json", body = Object),
        (status = 409, description = "No such fact on which the issuer has a word, or no dispute waits for it; the word that is disputed (`own-word`); a word that was said before, or that would change nothing (`given-back`, `taken-back`, `said-otherwise`); or more of this within an hour than the institution may do alone (`above-limit`)", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a word on a fact", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn confirm_fact(
    State(app): State<App>,
    Body(sent): Body<ConfirmationSent>,
) -> Answer<Confirmed> {
    let issuer = submissions::issuer(&sent.issuer)?;
    let wish = Confirm {
        issuer: issuer.clone(),
        document: member("person", &sent.person)?,
        fact: member("fact", &sent.fact)?,
        confirmed: sent.confirmed,
        salt: signature::salt(&sent.salt)?,
        signature: signature::read(&sent.signature)?,
    };
    let wish = authorize(Actor::Institution(issuer), Purpose::Redress, wish)?;
    to_the_end(async move { confirm(app.registry(), wish).await }).await??;
    Ok(Json(Confirmed { fact: sent.fact }))
}

impl From<ConfirmError> for Problem {
    fn from(error: ConfirmError) -> Self {
        match error {
            ConfirmError::Signature { .. } => submissions::signature(error),
            ConfirmError::NoSuchFact { .. } => Self::conflict("no-such-fact", error),
            ConfirmError::GivenBack(error) => Self::conflict("given-back", error),
            ConfirmError::TakenBack { .. } => Self::conflict("taken-back", error),
            ConfirmError::SaidOtherwise { .. } => Self::conflict("said-otherwise", error),
            ConfirmError::NotDisputed { .. } => Self::conflict("not-disputed", error),
            ConfirmError::OwnWord { .. } => Self::conflict("own-word", error),
            ConfirmError::SaidBefore => Self::conflict("said-before", error),
            ConfirmError::AboveLimit(above) => above.into(),
            ConfirmError::Unable(unable) => unable.into(),
        }
    }
}
