//! The pages: one file each, with its template below `templates/` and its texts below `locales/`.
//!
//! They are made on the server, work without script where they can, and ask the same acts as the API does.

pub mod assets;
pub mod home;
pub mod language;
mod layout;
pub mod rules;

use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};

pub(crate) use layout::Page;

use crate::problem::Problem;

/// A page from its template.
pub(crate) fn show(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(_) => Problem::broken().into_response(),
    }
}
