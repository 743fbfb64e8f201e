//! What a person has disputed, and what became of it.

use axum::Json;
use axum::extract::State;

use super::{OwnAppeal, told};
use crate::address::{InPath, InQuery};
use crate::app::App;
use crate::body::Answer;
use crate::caller::{Caller, Whom};
use crate::list::{Listed, PageAsked, page};
use crate::problem::Refusal;

/// The appeals of oneself or a ward, in the order in which they were opened.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/appeals", operation_id = "listAppeals", tag = "appeals",
    params(Whom, PageAsked),
    responses(
        (status = 200, body = Listed<OwnAppeal>),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "Not the caller's affair"),
    )
)]
pub(crate) async fn list_appeals(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    InQuery(asked): InQuery<PageAsked>,
) -> Answer<Listed<OwnAppeal>> {
    let (_, person) = caller.acting(&app, whom, None).await?;
    let record = app.registry().store().record(person).await?;
    let now = app.registry().now();
    let appeals = record.appeals.iter().filter_map(|opened| Some((opened.id, record.appeal(opened.id)?)));
    page(&asked, appeals, |(id, _)| *id, |(_, appeal)| told(appeal, now)).map(Json)
}
