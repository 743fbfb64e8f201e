//! An institution's own submissions, the newest first.

use axum::Json;
use axum::extract::State;
use mingma_registry::acts::{OwnSubmissions, own_submissions};
use mingma_registry::policy::{Actor, Purpose, authorize};

use super::{Taken, issuer};
use crate::address::{InPath, InQuery};
use crate::api::work::{Work, WorkAsked};
use crate::app::App;
use crate::body::Answer;
use crate::caller::Caller;

/// An institution's own submissions.
#[utoipa::path(
    get, path = "/api/v1/issuers/{issuer}/submissions", operation_id = "listSubmissions", tag = "submissions",
    params(("issuer" = String, Path, description = "the institution, `class` or `class:name`"), WorkAsked),
    responses(
        (status = 200, body = Work<Taken>),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Another institution's, or not an institution", content_type = "application/problem+json", body = Object),
        (status = 404, description = "`after` names no submission of the institution", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn list_submissions(
    State(app): State<App>,
    caller: Caller,
    InPath(of): InPath<String>,
    InQuery(asked): InQuery<WorkAsked>,
) -> Answer<Work<Taken>> {
    let (limit, before) = (asked.limit()?, asked.after()?);
    let wish = OwnSubmissions { issuer: issuer(&of)?, before, limit };
    let actor = Actor::Institution(caller.institution(&app).await?);
    let taken = own_submissions(app.registry(), authorize(actor, Purpose::OutbreakControl, wish)?).await?;
    let full = u32::try_from(taken.len()).is_ok_and(|found| found == limit);
    let next = taken.last().filter(|_| full).map(|last| last.request.key.to_string());
    Ok(Json(Work { items: taken.iter().map(Taken::from).collect(), next }))
}
