//! Which status lists there are now.

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::problem::Problem;
use crate::public::kept_briefly;

/// The status lists into which a code that still counts can point.
#[derive(Debug, Serialize, ToSchema)]
pub struct Directory {
    /// Each list, in the order of the days on which its codes end.
    lists: Vec<Listing>,
}

/// One list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listing {
    /// Its number, as codes carry it.
    shard: u32,
    /// What its `ETag` says: a reader who has these bytes need not fetch it.
    tag: String,
}

/// The status lists that there are now. A checkpoint fetches those whose tag it does not have.
#[utoipa::path(
    get, path = "/api/v1/status-lists", operation_id = "listStatusLists", tag = "status-lists",
    responses(
        (status = 200, body = Directory),
        (status = 503, description = "Not now", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn list_status_lists(State(app): State<App>) -> Result<Response, Problem> {
    let mut lists = Vec::new();
    for shard in app.registry().current_lists().await?.iter() {
        if let Some(list) = app.registry().status_list(*shard).await? {
            lists.push(Listing { shard: *shard, tag: list.tag.clone() });
        }
    }
    Ok(([(CACHE_CONTROL, kept_briefly())], axum::Json(Directory { lists })).into_response())
}
