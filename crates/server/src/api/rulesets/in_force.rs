//! The ruleset that is in force in a region now.

use axum::Json;
use axum::extract::State;
use mingma_domain::Region;
use serde::Deserialize;

use super::{WholeRuleset, whole};
use crate::address::{InQuery, place};
use crate::app::App;
use crate::body::Answer;
use crate::problem::{Problem, Refusal};

/// Where.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Where {
    /// The code of the region.
    #[param(example = "410105")]
    region: String,
}

/// The rules by which people in a region are assessed now.
#[utoipa::path(
    get, path = "/api/v1/rulesets/in-force", operation_id = "getRulesetInForce", tag = "rulesets",
    params(Where),
    responses(
        (status = 200, body = WholeRuleset),
        (status = 404, body = Refusal, description = "No rules are in force there"),
    ),
)]
pub(crate) async fn get_ruleset_in_force(
    State(app): State<App>,
    InQuery(asked): InQuery<Where>,
) -> Answer<WholeRuleset> {
    let region: Region = place("region", &asked.region)?;
    let book = app.registry().book().await?;
    let published = book.ruleset_for(region, app.registry().now());
    Ok(Json(whole(published.ok_or_else(Problem::not_found)?)))
}
