//! A health commission proposes what it may not publish alone, with what it would do.

use axum::Json;
use axum::extract::State;
use mingma_registry::acts::{Propose, propose};
use mingma_registry::policy::{Purpose, authorize};
use serde::Serialize;
use utoipa::ToSchema;

use super::{PublicDraft, RegionForeseen, region};
use crate::api::hex;
use crate::api::offices::official;
use crate::app::App;
use crate::body::{Answer, Body};
use crate::caller::Caller;
use crate::task::to_the_end;

/// A proposal that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Proposed {
    /// Its number in the journal.
    number: u64,
    /// What says which numbers both offices have seen, in hexadecimal: whoever approves sends it back.
    seen: String,
    /// By region, where anybody would change.
    regions: Vec<RegionForeseen>,
}

/// Proposes a draft that would make more of a region worse than one office may decide alone.
#[utoipa::path(
    post, path = "/api/v1/proposals", operation_id = "propose", tag = "offices",
    request_body = PublicDraft,
    responses(
        (status = 200, body = Proposed),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission, or of another region", content_type = "application/problem+json", body = Object),
        (status = 409, description = "No second office is needed, or it cannot be foreseen now", content_type = "application/problem+json", body = Object),
        (status = 422, description = "It could not be published", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn propose_draft(
    State(app): State<App>,
    caller: Caller,
    Body(draft): Body<PublicDraft>,
) -> Answer<Proposed> {
    let official = official(&app, &caller).await?;
    let wish = authorize(official.actor, Purpose::Publication, Propose(draft.read().await?))?;
    let (number, preview) = to_the_end(async move { propose(app.registry(), wish).await }).await??;
    let regions = preview.regions.iter().map(region).collect();
    Ok(Json(Proposed { number, seen: hex(&preview.hash()), regions }))
}
