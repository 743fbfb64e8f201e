//! One ruleset, in full.

use axum::Json;
use axum::extract::State;

use super::{WholeRuleset, whole};
use crate::address::InPath;
use crate::app::App;
use crate::body::Answer;
use crate::problem::{Problem, Refusal};

/// The ruleset with this number.
#[utoipa::path(
    get, path = "/api/v1/rulesets/{number}", operation_id = "getRuleset", tag = "rulesets",
    params(("number" = u64, Path, description = "the number of its publication")),
    responses(
        (status = 200, body = WholeRuleset),
        (status = 404, body = Refusal, description = "No ruleset has this number"),
    ),
)]
pub(crate) async fn get_ruleset(State(app): State<App>, InPath(number): InPath<u64>) -> Answer<WholeRuleset> {
    let book = app.registry().book().await?;
    let published = book.rulesets().iter().find(|published| published.number.0 == number);
    Ok(Json(whole(published.ok_or_else(Problem::not_found)?)))
}
