//! The disputes that wait for an institution's word, the one that is due first at the head: of its own facts, and of those of which it may say
//! whether they are so.
//!
//! The list does not say who disputes them: the institution finds the evidence number in its own records. What nobody has
//! answered when it is due stops to count.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::Fact;
use mingma_registry::FactId;
use mingma_registry::acts::{OwnDispute, OwnDisputes, own_disputes};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::words::Ground;
use serde::Serialize;
use utoipa::ToSchema;

use crate::address::{InPath, InQuery};
use crate::api::offices::open_appeals::cursor;
use crate::api::submissions::issuer;
use crate::api::work::{Work, WorkAsked};
use crate::app::App;
use crate::body::Answer;
use crate::caller::Caller;

/// A fact that is disputed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Disputed {
    /// The fact's id.
    #[schema(value_type = String, format = "uuid")]
    fact: FactId,
    /// What it says, on which evidence; never about whom.
    #[schema(value_type = crate::api::status::explained::Fact)]
    says: Fact,
    /// Why it is disputed.
    #[schema(value_type = String)]
    ground: Ground,
    /// Since when.
    #[schema(value_type = String, format = "date-time")]
    opened: Timestamp,
    /// When it stops to count if nobody answers.
    #[schema(value_type = String, format = "date-time")]
    due: Timestamp,
    /// Whether that it is so others have to say, for this institution's word is the one that is disputed: its yes is refused (`own-word`).
    asks_others: bool,
}

/// What waits for the institution's word: on its own facts, and on others' of which it may say whether they are so.
#[utoipa::path(
    get, path = "/api/v1/issuers/{issuer}/disputes", operation_id = "listDisputes", tag = "submissions",
    params(("issuer" = String, Path, description = "the institution, `class` or `class:name`"), WorkAsked),
    responses(
        (status = 200, body = Work<Disputed>),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Another institution's, or not an institution", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn list_disputes(
    State(app): State<App>,
    caller: Caller,
    InPath(of): InPath<String>,
    InQuery(asked): InQuery<WorkAsked>,
) -> Answer<Work<Disputed>> {
    let after = asked.after::<String>()?.map(|text| cursor(&text)).transpose()?;
    let wish = OwnDisputes { issuer: issuer(&of)?, after, limit: asked.limit()? };
    let actor = Actor::Institution(caller.institution(&app).await?);
    let page = own_disputes(app.registry(), authorize(actor, Purpose::Redress, wish)?).await?;
    let items = page.items.into_iter().map(|OwnDispute { case, asks_others }| Disputed {
        fact: case.recorded.id,
        says: case.recorded.fact,
        ground: case.opened.ground,
        opened: case.opened.at,
        due: case.opened.due,
        asks_others,
    });
    Ok(Json(Work { items: items.collect(), next: page.next.map(|(due, id)| format!("{due}/{id}")) }))
}
