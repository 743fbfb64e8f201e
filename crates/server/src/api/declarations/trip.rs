//! 6.3 of GB/T 38963: a person declares a trip: where they stayed, and when.

use axum::Json;
use axum::extract::State;
use mingma_domain::fact::{Fact, RawFact};
use mingma_registry::acts::{Declare, declare};
use mingma_registry::policy::{Purpose, authorize};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Declared, Key};
use crate::address::InPath;
use crate::app::App;
use crate::body::{Answer, Body};
use crate::caller::{Caller, Whom};
use crate::problem::{Problem, Refusal};
use crate::task::to_the_end;

/// A trip, stay by stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Trip {
    /// The stays, 1 to 36 of them.
    #[schema(min_items = 1, max_items = 36)]
    stays: Vec<Stay>,
}

/// A stay in one region.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stay {
    /// The code of the region, down to the county; never a place in it.
    #[schema(examples("410105"))]
    region: String,
    /// The first day.
    #[schema(format = "date", examples("2022-06-10"))]
    from: String,
    /// The last day; if it is not given, the stay was of one day.
    #[schema(format = "date", examples("2022-06-12"))]
    until: Option<String>,
}

/// Declares a trip: a fact for each stay.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/trip-declarations", operation_id = "declareTrip", tag = "declarations",
    params(
        Whom,
        ("idempotency-key" = String, Header, description = "the name of the request; sending it twice declares once"),
    ),
    request_body = Trip,
    responses(
        (status = 200, body = Declared),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "Not the caller's affair"),
        (status = 409, body = Refusal, description = "Not registered, or the key was used for something else"),
        (status = 422, body = Refusal, description = "No stay, a region or day that does not exist, a day to come, or one more than 30 days ago"),
    )
)]
pub(crate) async fn declare_trip(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    Key(key): Key,
    Body(trip): Body<Trip>,
) -> Answer<Declared> {
    let (actor, person) = caller.acting(&app, whom, None).await?;
    let facts = trip.stays.iter().map(stayed).collect::<Result<Vec<_>, _>>()?;
    let wish = authorize(actor, Purpose::SelfService, Declare { person, key, facts })?;
    let facts = to_the_end(async move { declare(app.registry(), wish).await }).await??;
    Ok(Json(Declared { facts }))
}

fn stayed(stay: &Stay) -> Result<Fact, Problem> {
    let fact = Fact::parse(&RawFact {
        kind: "stay",
        value: "declared",
        at: &stay.from,
        until: stay.until.as_deref().unwrap_or_default(),
        region: &stay.region,
        issuer: "self",
        ..RawFact::default()
    })?;
    Ok(fact)
}
