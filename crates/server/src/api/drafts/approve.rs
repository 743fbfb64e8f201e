//! A second office agrees to a proposal, having seen the same; what was proposed is published.

use axum::Json;
use axum::extract::State;
use mingma_registry::acts::{Approve, approve};
use mingma_registry::canonical::Hash;
use mingma_registry::policy::{Purpose, authorize};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::address::{InPath, place};
use crate::api::offices::official;
use crate::api::offices::set_risk::ActMade;
use crate::api::unhex;
use crate::app::App;
use crate::body::{Answer, Body};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::task::to_the_end;

/// An approval.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// What the proposal said under `seen`: 64 hexadecimal digits.
    #[schema(min_length = 64, max_length = 64)]
    seen: String,
}

/// Approves a proposal and publishes what it proposes: an appeals office of a region above the one that proposed it does.
#[utoipa::path(
    post, path = "/api/v1/proposals/{proposal}/approval", operation_id = "approve", tag = "offices",
    params(("proposal" = u64, Path, description = "the proposal's number")),
    request_body = Agreed,
    responses(
        (status = 200, body = ActMade),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not an office that may agree, the same office, of another region, or of one that is not above the first", content_type = "application/problem+json", body = Object),
        (status = 404, description = "No such proposal", content_type = "application/problem+json", body = Object),
        (status = 409, description = "Something else was seen, the proposal is too old, or it is there already", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not the hexadecimal digits of a hash, or it could not be appointed any more", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn approve_proposal(
    State(app): State<App>,
    caller: Caller,
    InPath(proposal): InPath<String>,
    Body(Agreed { seen }): Body<Agreed>,
) -> Answer<ActMade> {
    let official = official(&app, &caller).await?;
    let (number, seen) = (place("proposal", &proposal)?, hash(&seen)?);
    let book = app.registry().book().await?;
    // Who may know of it is decided before it is said whether it is there.
    let region = book.proposal(number).map_or(official.region, |proposal| proposal.region());
    let wish = authorize(official.actor, Purpose::Publication, Approve { region, proposal: number, seen })?;
    let number = to_the_end(async move { approve(app.registry(), wish).await }).await??;
    Ok(Json(ActMade { number }))
}

/// The hash of its digits.
///
/// # Errors
/// A [`Problem`], 422.
pub(crate) fn hash(digits: &str) -> Result<Hash, Problem> {
    let wrong = || Problem::refused("member", "`seen`: 64 hexadecimal digits, as the proposal has them");
    unhex(digits).ok_or_else(wrong)
}
