//! Every problem that there is.

use axum::Json;

use crate::problem::{Known, PROBLEMS};

/// Every problem, in the order of the names.
#[utoipa::path(
    get, path = "/problems", operation_id = "listProblems", tag = "problems",
    responses((status = 200, body = Vec<Known>)),
)]
pub(crate) async fn list_problems() -> Json<Vec<Known>> {
    Json(PROBLEMS.concat())
}
