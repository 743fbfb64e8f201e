//! The journal's logs: static files, for whoever wants to check them.

use axum::extract::{Path, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::app::{App, Kept};
use crate::problem::Problem;

/// Tiles and bundles are named by what they hold.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// A checkpoint is a second old at most while there is traffic.
const SHORTLY: &str = "public, max-age=1";

/// `GET /log/{*file}`
pub(crate) async fn file(State(app): State<App>, Path(name): Path<String>) -> Response {
    let Some((bytes, kept)) = app.assets().log(&name) else { return Problem::not_found().into_response() };
    // A checkpoint and a policy are read by people, too.
    let (kind, kept) = match kept {
        Kept::Forever => ("application/octet-stream", FOREVER),
        Kept::Shortly => ("text/plain; charset=utf-8", SHORTLY),
    };
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, kept), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (headers, bytes).into_response()
}
