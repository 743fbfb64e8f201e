//! An institution signs in with its key file. The key stays in the browser: a script imports it so that it cannot be taken
//! out again, keeps it on this device, and signs the challenge with it.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;

use super::layout::own_path;
use super::sign_in::Back;
use super::{Page, show};

#[derive(Template)]
#[template(path = "desk-sign-in.html")]
struct Door {
    page: Page,
    back: String,
}

/// `GET /desk/sign-in?back=/desk`: whoever came from nowhere is led to the desk.
pub(crate) async fn door(page: Page, Query(Back { back }): Query<Back>) -> Response {
    show(&Door { page, back: own_path(back, "/desk") })
}
