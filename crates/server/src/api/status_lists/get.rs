//! One status list, signed.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::address::InPath;
use crate::app::App;
use crate::problem::Problem;
use crate::public::{kept_briefly, tagged};

const KIND: &str = "application/statuslist+cwt";

/// A status list as a signed token: two bits a code, 0 valid, 1 revoked.
///
/// It is signed anew within half a minute of a revocation, and may be used for at least half a day by a checkpoint that
/// is cut off.
#[utoipa::path(
    get, path = "/api/v1/status-lists/{shard}", operation_id = "getStatusList", tag = "status-lists",
    params(("shard" = u32, Path, description = "The list's number, as a code carries it")),
    responses(
        (status = 200, description = "The token", content_type = "application/statuslist+cwt", body = Vec<u8>),
        (status = 304, description = "What `If-None-Match` names has not changed"),
        (status = 404, description = "No code that counts can point into such a list", content_type = "application/problem+json", body = Object),
        (status = 503, description = "Not now", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn get_status_list(
    State(app): State<App>,
    InPath(shard): InPath<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let shard: u32 = shard.parse().map_err(|_| Problem::not_found())?;
    let list = app.registry().status_list(shard).await?.ok_or_else(Problem::not_found)?;
    Ok(tagged(&headers, &list.tag, (KIND, kept_briefly()), || list.token.clone()))
}
