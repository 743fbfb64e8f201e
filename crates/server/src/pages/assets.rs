//! Styles, scripts and pictures: in the program itself, each under its name.

use askama::Template;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::Page;
use crate::problem::Problem;

/// How long a browser may use an asset before it asks again: an upgrade reaches everybody within five minutes.
const KEPT: &str = "public, max-age=300";
/// What a module of script is.
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Name, kind and content of every asset.
const ASSETS: &[(&str, &str, &[u8])] = &[
    ("desk.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/desk.js")),
    ("submission.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/submission.js")),
    ("work.css", "text/css; charset=utf-8", include_bytes!("../../assets/work.css")),
    ("style.css", "text/css; charset=utf-8", include_bytes!("../../assets/style.css")),
    ("desk-sign-in.js", SCRIPT, include_bytes!("../../assets/desk-sign-in.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("../../assets/icon.svg")),
    ("code.js", SCRIPT, include_bytes!("../../assets/code.js")),
    ("device.js", SCRIPT, include_bytes!("../../assets/device.js")),
    ("keep.js", SCRIPT, include_bytes!("../../assets/keep.js")),
    ("mingma.js", SCRIPT, mingma_wasm::SCRIPT.as_bytes()),
    ("mingma.wasm", "application/wasm", mingma_wasm::WASM),
    ("print.js", SCRIPT, include_bytes!("../../assets/print.js")),
    ("own-journal.js", SCRIPT, include_bytes!("../../assets/own-journal.js")),
    ("proof.js", SCRIPT, include_bytes!("../../assets/proof.js")),
    ("institution-key.js", SCRIPT, include_bytes!("../../assets/institution-key.js")),
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

/// `GET /sw.js`: the service worker, at the root because it answers for `/code`. A browser asks for it anew each time, so
/// that no phone is left with an old one.
pub(crate) async fn worker() -> impl IntoResponse {
    ([(CONTENT_TYPE, SCRIPT), (CACHE_CONTROL, "no-cache")], include_bytes!("../../assets/sw.js"))
}

#[derive(Template)]
#[template(path = "manifest.json", escape = "none")]
struct Manifest {
    page: Page,
}

/// `GET /app.webmanifest`: what the pages are called on a phone's home screen.
pub(crate) async fn manifest(page: Page) -> Result<Response, Problem> {
    let text = Manifest { page }.render().map_err(|_| Problem::broken())?;
    Ok(([(CONTENT_TYPE, "application/manifest+json"), (CACHE_CONTROL, "no-cache")], text).into_response())
}
