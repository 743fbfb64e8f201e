//! The appeals that wait for an office, the one that is due first at the head.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_registry::acts::{OpenAppeals, open_appeals};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::words::Ground;
use mingma_registry::{AppealId, PersonId};
use serde::Serialize;
use utoipa::ToSchema;

use super::official;
use crate::address::{InQuery, misshapen};
use crate::api::work::{Work, WorkAsked};
use crate::app::App;
use crate::body::Answer;
use crate::caller::Caller;
use crate::problem::Problem;

/// An appeal that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingAppeal {
    /// Whose: a name of chance that says nothing about the person.
    #[schema(value_type = String, format = "uuid")]
    person: PersonId,
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    appeal: AppealId,
    /// Why.
    #[schema(value_type = String)]
    ground: Ground,
    /// When it was opened.
    #[schema(value_type = String, format = "date-time")]
    opened: Timestamp,
    /// When it is to be answered at the latest.
    #[schema(value_type = String, format = "date-time")]
    due: Timestamp,
    /// Whether that has passed.
    overdue: bool,
    /// Null if it is the caller's to answer. Otherwise the least region whose office may, for the caller's let in an institution that it is about, or
    /// lies below one that did.
    #[schema(value_type = Option<String>, required)]
    elsewhere: Option<Region>,
}

/// The appeals of those who live in the region of the caller's office; `elsewhere` says which are another's to answer.
#[utoipa::path(
    get, path = "/api/v1/offices/appeals", operation_id = "listOpenAppeals", tag = "offices",
    params(WorkAsked),
    responses(
        (status = 200, body = Work<WaitingAppeal>),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not an appeals office", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn list_open_appeals(
    State(app): State<App>,
    caller: Caller,
    InQuery(asked): InQuery<WorkAsked>,
) -> Answer<Work<WaitingAppeal>> {
    let official = official(&app, &caller).await?;
    let after = asked.after::<String>()?.map(|text| cursor(&text)).transpose()?;
    let wish = OpenAppeals { region: official.region, after, limit: asked.limit()? };
    let page = open_appeals(app.registry(), authorize(official.actor, Purpose::Redress, wish)?).await?;
    let now = app.registry().now();
    let items = page.items.into_iter().map(|case| WaitingAppeal {
        person: case.person,
        appeal: case.opened.id,
        ground: case.opened.ground,
        opened: case.opened.at,
        due: case.opened.due,
        overdue: case.opened.due <= now,
        elsewhere: case.elsewhere,
    });
    Ok(Json(Work { items: items.collect(), next: page.next.map(|(due, id)| format!("{due}/{id}")) }))
}

/// A place in the list: the instant at which it is due, a slash, its id.
pub(crate) fn cursor(text: &str) -> Result<(Timestamp, AppealId), Problem> {
    let read = |text: &str| {
        let (due, id) = text.split_once('/')?;
        Some((due.parse().ok()?, id.parse().ok()?))
    };
    read(text).ok_or_else(|| misshapen("`after`: not the `next` of a page of this list"))
}
