//! Styles, scripts and pictures: in the program itself, each under its name.

use askama::Template;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::Page;
use crate::problem::Problem;
use crate::still::Still;

/// How long a browser may use an asset before it asks again: an upgrade reaches everybody within five minutes.
const KEPT: &str = "public, max-age=300";
/// What a module of script is.
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Every asset under its name.
static ASSETS: [(&str, Still); 15] = [
    ("desk.js", script(include_bytes!("../../assets/desk.js"))),
    ("submission.js", script(include_bytes!("../../assets/submission.js"))),
    ("work.css", style(include_bytes!("../../assets/work.css"))),
    ("style.css", style(include_bytes!("../../assets/style.css"))),
    ("desk-sign-in.js", script(include_bytes!("../../assets/desk-sign-in.js"))),
    ("icon.svg", of("image/svg+xml", include_bytes!("../../assets/icon.svg"))),
    ("code.js", script(include_bytes!("../../assets/code.js"))),
    ("device.js", script(include_bytes!("../../assets/device.js"))),
    ("keep.js", script(include_bytes!("../../assets/keep.js"))),
    ("mingma.js", script(mingma_wasm::SCRIPT.as_bytes())),
    ("mingma.wasm", of("application/wasm", mingma_wasm::WASM)),
    ("print.js", script(include_bytes!("../../assets/print.js"))),
    ("own-journal.js", script(include_bytes!("../../assets/own-journal.js"))),
    ("proof.js", script(include_bytes!("../../assets/proof.js"))),
    ("institution-key.js", script(include_bytes!("../../assets/institution-key.js"))),
];

/// The service worker. A browser asks for it anew each time, so that no phone is left with an old one.
static WORKER: Still =
    Still::new(SCRIPT, "no-cache", Bytes::from_static(include_bytes!("../../assets/sw.js")));

const fn of(kind: &'static str, content: &'static [u8]) -> Still {
    Still::new(kind, KEPT, Bytes::from_static(content))
}

const fn script(content: &'static [u8]) -> Still {
    of(SCRIPT, content)
}

const fn style(content: &'static [u8]) -> Still {
    of("text/css; charset=utf-8", content)
}

/// `GET /assets/{name}`
pub(crate) async fn asset(Path(name): Path<String>, request: HeaderMap) -> Response {
    match ASSETS.iter().find(|(known, _)| *known == name) {
        Some((_, asset)) => asset.answer(&request),
        None => Problem::not_found().into_response(),
    }
}

/// `GET /sw.js`, at the root because it answers for `/code`.
pub(crate) async fn worker(request: HeaderMap) -> Response {
    WORKER.answer(&request)
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
