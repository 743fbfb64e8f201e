//! Whether the program answers.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// The program answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Live {
    /// Always `true`.
    live: bool,
}

/// Whether the program answers; it asks neither the store nor anything else.
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = 200, body = Live)))]
pub(crate) async fn live() -> Json<Live> {
    Json(Live { live: true })
}
