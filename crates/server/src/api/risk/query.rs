//! How risky a region is on a day.

use axum::Json;
use axum::extract::State;
use mingma_domain::Region;
use mingma_domain::risk::Level;
use mingma_domain::time::{Day, Zone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::address::{InQuery, place};
use crate::app::App;
use crate::body::Answer;
use crate::problem::Problem;

/// Where and when.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// The code of the region.
    #[param(example = "410105")]
    region: String,
    /// The day; if it is not given, today in the region.
    #[param(format = Date, example = "2022-06-13")]
    on: Option<String>,
}

/// The risk of a region.
#[derive(Debug, Serialize, ToSchema)]
pub struct RiskOfRegion {
    /// Which region.
    #[schema(value_type = String)]
    region: Region,
    /// The day.
    #[schema(value_type = String, format = "date")]
    on: Day,
    /// Its level on that day; null where no act reaches.
    #[schema(value_type = Option<String>, required)]
    level: Option<Level>,
    /// The days on which it has a level at all, from the first on.
    spans: Vec<Span>,
}

/// Days with one level.
#[derive(Debug, Serialize, ToSchema)]
pub struct Span {
    /// The level.
    #[schema(value_type = String)]
    level: Level,
    /// The first day.
    #[schema(value_type = String, format = "date")]
    from: Day,
    /// The last day; null while it goes on.
    #[schema(value_type = Option<String>, format = "date", required)]
    until: Option<Day>,
}

/// The risk level of a region on a day: that of the narrowest region around it that an act names.
#[utoipa::path(
    get, path = "/api/v1/risk", operation_id = "queryRisk", tag = "risk",
    params(Asked),
    responses((status = 200, body = RiskOfRegion)),
)]
pub(crate) async fn query_risk(
    State(app): State<App>,
    InQuery(asked): InQuery<Asked>,
) -> Answer<RiskOfRegion> {
    let region: Region = place("region", &asked.region)?;
    let on = match &asked.on {
        Some(text) => place("on", text)?,
        // INVARIANT: the zones of the table of regions are IANA's.
        None => Zone::named(region.zone()).map_err(|_| Problem::broken())?.day_of(app.registry().now()),
    };
    let book = app.registry().book().await?;
    let spans = book.risk().spans(region).iter().map(|span| {
        // A span that goes on ends on no day of the calendar.
        let until = span.end.date().map(|_| span.end.minus(1));
        Span { level: span.level, from: span.first, until }
    });
    let (spans, level) = (spans.collect(), book.risk().level(region, on));
    Ok(Json(RiskOfRegion { region, on, level, spans }))
}
