//! The reader chooses a language: kept in a cookie, on this device alone.

use axum::extract::Query;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use mingma_domain::text::Lang;
use serde::Deserialize;

use super::layout::{LANGUAGE_COOKIE, own_path};
use crate::body::member;
use crate::problem::Problem;

/// How long the choice is kept, in seconds: a year.
pub(crate) const KEPT_SECONDS: u32 = 365 * 86_400;

#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    to: String,
    #[serde(default)]
    back: String,
}

/// `GET /language?to=en&back=/rules`
pub(crate) async fn choose(Query(choice): Query<Choice>) -> Result<impl IntoResponse, Problem> {
    let lang: Lang = member("to", &choice.to)?;
    let cookie = format!("{LANGUAGE_COOKIE}={lang}; Path=/; Max-Age={KEPT_SECONDS}; SameSite=Lax");
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(&own_path(choice.back, "/"))))
}
