//! Styles, scripts and pictures: in the program itself, each under its name.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use crate::problem::Problem;

/// How long a browser may use an asset before it asks again: an upgrade reaches everybody within five minutes.
const KEPT: &str = "public, max-age=300";

/// Name, kind and content of every asset.
const ASSETS: &[(&str, &str, &[u8])] = &[
    ("style.css", "text/css; charset=utf-8", include_bytes!("../../assets/style.css")),
    ("icon.svg", "image/svg+xml", include_bytes!("../../assets/icon.svg")),
];

/// `GET /assets/{name}`
pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, content)) => {
            ([(CONTENT_TYPE, *kind), (CACHE_CONTROL, KEPT)], *content).into_response()
        }
        None => Problem::not_found().into_response(),
    }
}
