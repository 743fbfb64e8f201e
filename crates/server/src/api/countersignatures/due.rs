//! What waits for an institution's countersignature: facts of other organisations in its region, by their evidence.
//!
//! The list does not say about whom they are. The institution finds the evidence number in its own records, and names the person
//! from there when it countersigns; who has no such record has nothing to countersign.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::Fact;
use mingma_registry::FactId;
use mingma_registry::acts::{ToCountersign, to_countersign};
use mingma_registry::policy::{Actor, Purpose, authorize};
use serde::Serialize;
use utoipa::ToSchema;

use crate::address::{InPath, InQuery};
use crate::api::submissions::issuer;
use crate::api::work::{Work, WorkAsked};
use crate::app::App;
use crate::body::Answer;
use crate::caller::Caller;

/// A fact that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingFact {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: FactId,
    /// What it says, by whom and on which evidence; never about whom.
    #[schema(value_type = Object)]
    fact: Fact,
    /// When it was recorded.
    #[schema(value_type = String, format = "date-time")]
    recorded: Timestamp,
}

/// What waits, the newest first.
#[utoipa::path(
    get, path = "/api/v1/issuers/{issuer}/countersignatures-due", operation_id = "listCountersignaturesDue", tag = "submissions",
    params(("issuer" = String, Path, description = "the institution, `class` or `class:name`"), WorkAsked),
    responses(
        (status = 200, body = Work<WaitingFact>),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Another institution's, or not an institution", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn list_countersignatures_due(
    State(app): State<App>,
    caller: Caller,
    InPath(of): InPath<String>,
    InQuery(asked): InQuery<WorkAsked>,
) -> Answer<Work<WaitingFact>> {
    let wish = ToCountersign { issuer: issuer(&of)?, before: asked.after()?, limit: asked.limit()? };
    let actor = Actor::Institution(caller.institution(&app).await?);
    let page = to_countersign(app.registry(), authorize(actor, Purpose::OutbreakControl, wish)?).await?;
    let items =
        page.items.into_iter().map(|row| WaitingFact { id: row.id, fact: row.fact, recorded: row.recorded });
    Ok(Json(Work { items: items.collect(), next: page.next.map(|id| id.to_string()) }))
}
