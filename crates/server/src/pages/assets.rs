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

/// Every asset under its name.
static ASSETS: [(&str, Still); 15] = [
    ("desk.js", Still::script(KEPT, include_bytes!("../../assets/desk.js"))),
    ("submission.js", Still::script(KEPT, include_bytes!("../../assets/submission.js"))),
    ("work.css", Still::style(KEPT, include_bytes!("../../assets/work.css"))),
    ("style.css", Still::style(KEPT, include_bytes!("../../assets/style.css"))),
    ("desk-sign-in.js", Still::script(KEPT, include_bytes!("../../assets/desk-sign-in.js"))),
    (
        "icon.svg",
        Still::new("image/svg+xml", KEPT, Bytes::from_static(include_bytes!("../../assets/icon.svg"))),
    ),
    ("code.js", Still::script(KEPT, include_bytes!("../../assets/code.js"))),
    ("device.js", Still::script(KEPT, include_bytes!("../../assets/device.js"))),
    ("keep.js", Still::script(KEPT, include_bytes!("../../assets/keep.js"))),
    ("mingma.js", Still::script(KEPT, mingma_wasm::SCRIPT.as_bytes())),
    ("mingma.wasm", Still::new("application/wasm", KEPT, Bytes::from_static(mingma_wasm::WASM))),
    ("print.js", Still::script(KEPT, include_bytes!("../../assets/print.js"))),
    ("own-journal.js", Still::script(KEPT, include_bytes!("../../assets/own-journal.js"))),
    ("proof.js", Still::script(KEPT, include_bytes!("../../assets/proof.js"))),
    ("institution-key.js", Still::script(KEPT, include_bytes!("../../assets/institution-key.js"))),
];

/// The service worker. A browser asks for it anew each time, so that no phone is left with an old one.
static WORKER: Still = Still::script("no-cache", include_bytes!("../../assets/sw.js"));

/// `GET /assets/{name}`
pub(crate) async fn asset(Path(name): Path<String>, request: HeaderMap) -> Response {
    Still::named(&ASSETS, &name, &request).unwrap_or_else(|| Problem::not_found().into_response())
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
