//! The API: one folder for each resource, one file for each verb.

pub mod codes;
pub mod declarations;
pub mod health;
pub mod status;
pub mod status_lists;
pub mod trust_list;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// The description of the API.
pub(crate) fn openapi(description: String) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], description)
}
