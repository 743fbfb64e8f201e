//! Every ruleset that was ever published.

use axum::Json;
use axum::extract::State;

use super::{RulesetHead, head};
use crate::address::InQuery;
use crate::app::App;
use crate::body::Answer;
use crate::list::{Listed, PageAsked, page};

/// The rulesets, in the order of their publication.
#[utoipa::path(
    get, path = "/api/v1/rulesets", operation_id = "listRulesets", tag = "rulesets",
    params(PageAsked),
    responses((status = 200, body = Listed<RulesetHead>)),
)]
pub(crate) async fn list_rulesets(
    State(app): State<App>,
    InQuery(asked): InQuery<PageAsked>,
) -> Answer<Listed<RulesetHead>> {
    let book = app.registry().book().await?;
    page(&asked, book.rulesets(), |published| published.number.0, |published| head(published)).map(Json)
}
