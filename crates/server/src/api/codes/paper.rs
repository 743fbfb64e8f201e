//! A code for paper: for those who have no phone, or whose phone is empty.

use axum::Json;
use axum::extract::State;
use mingma_credential::limits::MAX_PAPER_LIFE_SECONDS;
use mingma_registry::acts::{Show, show};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::ports::Medium;
use serde::Deserialize;
use utoipa::ToSchema;

use super::make::MadeCode;
use crate::address::InPath;
use crate::app::App;
use crate::body::{Answer, Body};
use crate::caller::{Caller, Whom};
use crate::problem::Problem;
use crate::task::to_the_end;

/// For how many days a paper may count.
const MAX_DAYS: i64 = MAX_PAPER_LIFE_SECONDS / 86_400;

/// What is to be printed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaperWish {
    /// For how many days it counts: 1 to 30. It ends sooner if the status is sure to get worse sooner.
    #[schema(minimum = 1, maximum = 30)]
    days: i64,
}

/// A code of the status of this moment, for paper: bound to no phone, to be printed with error correction Q.
///
/// It is revoked when the status gets worse than its colour, or when its loss is reported. The page prints the symbol.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/paper-codes", operation_id = "makePaperCode", tag = "codes",
    params(("person" = String, Path, description = "`me`, or the id of a ward")),
    request_body = PaperWish,
    responses(
        (status = 200, body = MadeCode),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not the caller's affair", content_type = "application/problem+json", body = Object),
        (status = 409, description = "No colour to show", content_type = "application/problem+json", body = Object),
        (status = 422, description = "A life that no paper has", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn make_paper_code(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    Body(paper): Body<PaperWish>,
) -> Answer<MadeCode> {
    // No program prints papers for a person: it could not be told from one that the person let in for a look.
    let (actor, person) = caller.acting(&app, whom, None).await?;
    if !(1..=MAX_DAYS).contains(&paper.days) {
        return Err(Problem::refused("life", format!("a paper counts for 1 to {MAX_DAYS} days")));
    }
    let medium = Medium::Paper { life_seconds: paper.days * 86_400 };
    let wish = authorize(actor, Purpose::SelfService, Show { person, medium })?;
    let shown = to_the_end(async move { show(app.registry(), wish).await }).await??;
    Ok(Json(MadeCode::from(shown)))
}
