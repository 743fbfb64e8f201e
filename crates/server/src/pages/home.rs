//! The first page: what this is, and the ways in.

use askama::Template;
use axum::response::Response;

use super::{Page, show};

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    page: Page,
}

/// `GET /`
pub(crate) async fn home(page: Page) -> Response {
    show(&Home { page })
}
