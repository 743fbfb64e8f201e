//! The reader chooses large or usual type: kept in a cookie, on this device alone.

use axum::extract::Query;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use serde::Deserialize;

use super::language::KEPT_SECONDS;
use super::layout::{LARGE, TYPE_COOKIE, own_path};

#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    #[serde(default)]
    to: String,
    #[serde(default)]
    back: String,
}

/// `GET /type?to=large&back=/code`; everything but `large` is the usual type.
pub(crate) async fn choose(Query(choice): Query<Choice>) -> impl IntoResponse {
    let kept = if choice.to == LARGE { KEPT_SECONDS } else { 0 };
    let cookie = format!("{TYPE_COOKIE}={LARGE}; Path=/; Max-Age={kept}; SameSite=Lax");
    (AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(&own_path(choice.back, "/")))
}
