//! How many of a region are shown what, and how current that is. Nobody is named.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::time::Day;
use mingma_registry::acts::{LookAround, look_around};
use mingma_registry::brake::{Everybody, Looking, RegionShown, What};
use mingma_registry::policy::{Purpose, authorize};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::offices::official;
use crate::app::App;
use crate::body::Answer;
use crate::caller::Caller;

/// Everybody, in numbers.
#[derive(Debug, Serialize, ToSchema)]
pub struct CensusTold {
    /// The day on which they are seen.
    #[schema(value_type = String, format = "date")]
    day: Day,
    /// Everything up to this place of the feed is in it.
    place: u64,
    /// As of when nothing was known that was not in it; null where nobody keeps it current.
    #[schema(value_type = Option<String>, format = "date-time", required)]
    current: Option<Timestamp>,
    /// How many persons there are, in every region.
    persons: u64,
    /// How many facts its columns hold.
    facts: u64,
    /// Those who live in the office's region.
    regions: Vec<RegionTold>,
    /// The looks that are under way: how far each is.
    looks: Vec<LookTold>,
}

/// How many persons of a region are shown what.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionTold {
    /// Where they live.
    region: &'static str,
    /// How many live there.
    persons: u64,
    /// How many are green.
    green: u64,
    /// How many are yellow.
    yellow: u64,
    /// How many are red.
    red: u64,
    /// How many are shown a pop-up instead of a colour.
    #[serde(rename = "pop-up")]
    popup: u64,
    /// To how many no code is issued.
    #[serde(rename = "no-code")]
    no_code: u64,
    /// Of how many no rules are in force.
    #[serde(rename = "no-rules")]
    no_rules: u64,
}

/// A look that is under way.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookTold {
    /// At what: `draft`, `everybody` or `turn`.
    at: &'static str,
    /// For which region a draft is; null of anything else.
    #[schema(required)]
    region: Option<&'static str>,
    /// Since when.
    #[schema(value_type = String, format = "date-time")]
    since: Timestamp,
    /// How many parts of its present pass over everybody are done.
    done: usize,
    /// Of how many; 0 before the first pass.
    of: usize,
}

/// Tells how many are shown what in the office's region; of whom is told to nobody.
#[utoipa::path(
    get, path = "/api/v1/census", operation_id = "getCensus", tag = "offices",
    responses(
        (status = 200, body = CensusTold),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission", content_type = "application/problem+json", body = Object),
        (status = 409, description = "Everybody cannot be seen now", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn get_census(State(app): State<App>, caller: Caller) -> Answer<CensusTold> {
    let official = official(&app, &caller).await?;
    let wish = authorize(official.actor, Purpose::Publication, LookAround(official.region))?;
    let (everybody, looks) = look_around(app.registry(), wish).await?;
    let Everybody { day, place, current, persons, facts, regions } = everybody;
    let (regions, looks) = (regions.iter().filter_map(region).collect(), looks.iter().map(look).collect());
    Ok(Json(CensusTold { day, place, current, persons, facts, regions, looks }))
}

fn region(of: &RegionShown) -> Option<RegionTold> {
    let RegionShown { region, persons, green, yellow, red, popup, no_code, no_rules } = *of;
    let region = region?.code();
    Some(RegionTold { region, persons, green, yellow, red, popup, no_code, no_rules })
}

fn look(look: &Looking) -> LookTold {
    let Looking { what, since, done, of } = *look;
    let (at, region) = match what {
        What::Draft(region) => ("draft", Some(region.code())),
        What::Everybody => ("everybody", None),
        What::Turn => ("turn", None),
    };
    LookTold { at, region, since, done, of }
}
