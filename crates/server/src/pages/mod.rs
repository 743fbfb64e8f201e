//! The pages: one file each, with its template below `templates/` and its texts below `locales/`.
//!
//! They are made on the server, work without script where they can, and ask the same acts as the API does.

pub mod about;
pub(crate) mod affairs;
pub mod appeal;
pub mod apps;
pub mod assets;
pub mod charter;
pub mod checkpoint;
pub mod code;
pub mod contact;
pub mod declare;
pub mod desk;
pub mod desk_sign_in;
pub mod entered;
pub(crate) mod fact_view;
pub mod facts;
pub mod family;
mod form;
pub mod home;
mod identity;
pub mod journal;
mod key;
pub mod language;
pub mod large_type;
mod layout;
pub mod log;
pub mod notices;
pub mod office;
pub mod office_sign_in;
pub mod own_journal;
mod places;
pub mod policies;
pub mod register;
pub mod rules;
pub mod sessions;
pub mod sign_in;
mod status_view;
pub mod trouble;
mod wards;
pub(crate) mod when;

use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};

pub(crate) use layout::Page;
use serde::Deserialize;

use crate::problem::Problem;

/// What was just done, as the address says after a form was sent, so that the page can say it.
#[derive(Debug, Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    done: String,
}

/// A page from its template.
pub(crate) fn show(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(_) => Problem::broken().into_response(),
    }
}
