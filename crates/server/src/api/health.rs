//! Whether the program answers, and whether it can do its work.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::body::Answer;

/// The program answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Live {
    /// Always `true`.
    live: bool,
}

/// The program can do its work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ready {
    /// Always `true`.
    ready: bool,
}

/// Whether the program answers; it asks neither the store nor anything else.
#[utoipa::path(
    get, path = "/health/live", operation_id = "live", tag = "health",
    responses((status = 200, body = Live)),
)]
pub(crate) async fn live() -> Json<Live> {
    Json(Live { live: true })
}

/// Whether the program can do its work: it reads the public acts from the store.
#[utoipa::path(
    get, path = "/health/ready", operation_id = "ready", tag = "health",
    responses((status = 200, body = Ready)),
)]
pub(crate) async fn ready(State(app): State<App>) -> Answer<Ready> {
    app.registry().book().await?;
    Ok(Json(Ready { ready: true }))
}
