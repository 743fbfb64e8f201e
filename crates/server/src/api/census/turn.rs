//! What the next turn of the day would change if nothing were recorded or published until then. Nobody is named.

use axum::Json;
use axum::extract::State;
use mingma_domain::time::Day;
use mingma_registry::acts::{LookAround, next_turn};
use mingma_registry::brake::{RegionPreview, Turned};
use mingma_registry::policy::{Purpose, authorize};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::drafts::day::{ReasonForeseen, StatusShift, reason, shift};
use crate::api::offices::official;
use crate::app::App;
use crate::body::Answer;
use crate::caller::Caller;

/// What a turn of the day would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct TurnForeseen {
    /// The day that begins.
    #[schema(value_type = String, format = "date")]
    day: Day,
    /// How many live in the office's region.
    persons: u64,
    /// How many of them would change from what to what; the most first.
    shifts: Vec<StatusShift>,
    /// The reasons that they would gain and lose.
    reasons: Vec<ReasonForeseen>,
    /// By the regions in it, where anybody would change.
    regions: Vec<RegionTurned>,
}

/// What a turn of the day would change in a region.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionTurned {
    /// Which.
    region: &'static str,
    /// How many live there.
    persons: u64,
    /// How many would be worse off.
    worse: u64,
    /// How many would be better off.
    better: u64,
}

/// Tells what the next turn of the day would change in the office's region; of whom is told to nobody.
#[utoipa::path(
    get, path = "/api/v1/census/turn", operation_id = "getNextTurn", tag = "offices",
    responses(
        (status = 200, body = TurnForeseen),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission", content_type = "application/problem+json", body = Object),
        (status = 409, description = "Everybody cannot be seen now", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn get_next_turn(State(app): State<App>, caller: Caller) -> Answer<TurnForeseen> {
    let official = official(&app, &caller).await?;
    let wish = authorize(official.actor, Purpose::Publication, LookAround(official.region))?;
    let Turned { day, persons, shifts, regions, reasons } = next_turn(app.registry(), wish).await?;
    let region = |of: &RegionPreview| {
        let RegionPreview { region, persons, worse, longer: _, later: _, better, alone: _ } = *of;
        RegionTurned { region: region.code(), persons, worse, better }
    };
    let (shifts, regions) = (shifts.iter().map(shift).collect(), regions.iter().map(region).collect());
    let reasons = reasons.iter().map(reason).collect();
    Ok(Json(TurnForeseen { day, persons, shifts, reasons, regions }))
}
