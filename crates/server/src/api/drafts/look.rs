//! A health commission sees what drafts would do, side by side, before anything is published. Nobody is named.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_registry::acts::{LookAhead, look_ahead};
use mingma_registry::brake::Preview;
use mingma_registry::policy::{Purpose, authorize};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::day::{DayForeseen, day};
use super::{PublicDraft, RegionForeseen, region};
use crate::api::hex;
use crate::api::offices::official;
use crate::app::App;
use crate::body::{Answer, Body};
use crate::caller::Caller;
use crate::problem::Problem;

/// How many drafts are compared at once: as many as fit side by side, each a pass over everybody.
const MAX_DRAFTS: usize = 8;

/// What to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToLookAt {
    /// The drafts, each compared with what is in force.
    #[schema(min_items = 1, max_items = 8)]
    drafts: Vec<PublicDraft>,
}

/// What the drafts would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookedAt {
    /// In the order of the drafts.
    drafts: Vec<DraftForeseen>,
}

/// What a draft would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftForeseen {
    /// The draft's hash, in hexadecimal.
    draft: String,
    /// As of when: of all drafts the same.
    #[schema(value_type = String, format = "date-time")]
    as_of: Timestamp,
    /// Whether a second office has to agree.
    needs_second_office: bool,
    /// Above how many of ten thousand persons of a region one has to.
    share_of_10_000: u16,
    /// By region, where anybody would be worse or better off; of what takes effect later, by then or if it did at once, each person once.
    regions: Vec<RegionForeseen>,
    /// In detail: on the day on which it takes effect, and if that is later, as if it did today.
    days: Vec<DayForeseen>,
}

/// Tells what drafts would do to everybody, side by side; nothing is kept of it.
#[utoipa::path(
    post, path = "/api/v1/previews", operation_id = "previewDrafts", tag = "offices",
    request_body = ToLookAt,
    responses(
        (status = 200, body = LookedAt),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission, or of another region", content_type = "application/problem+json", body = Object),
        (status = 409, description = "It cannot be foreseen now", content_type = "application/problem+json", body = Object),
        (status = 422, description = "No draft, too many, or one that could not be published", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn preview_drafts(
    State(app): State<App>,
    caller: Caller,
    Body(ToLookAt { drafts }): Body<ToLookAt>,
) -> Answer<LookedAt> {
    let official = official(&app, &caller).await?;
    if !(1..=MAX_DRAFTS).contains(&drafts.len()) {
        let title = format!("`drafts`: from 1 to {MAX_DRAFTS} are compared at once");
        return Err(Problem::refused("member", title));
    }
    let mut wishes = Vec::with_capacity(drafts.len());
    for draft in drafts {
        wishes.push(authorize(official.actor.clone(), Purpose::Publication, LookAhead(draft.read().await?))?);
    }
    let looked = look_ahead(app.registry(), wishes).await?;
    Ok(Json(LookedAt { drafts: looked.iter().map(told).collect() }))
}

fn told(preview: &Preview) -> DraftForeseen {
    DraftForeseen {
        draft: hex(&preview.draft),
        as_of: preview.as_of,
        needs_second_office: preview.exceeds().is_some(),
        share_of_10_000: preview.share.in_10_000(),
        regions: preview.regions.iter().map(region).collect(),
        days: preview.days.iter().map(day).collect(),
    }
}
