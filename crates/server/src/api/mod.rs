//! The API: one folder for each resource, one file for each verb.

pub mod codes;
pub mod countersignatures;
pub mod declarations;
pub mod health;
pub mod institutions;
pub mod offices;
pub mod retractions;
pub mod sign_in;
mod signature;
pub mod staff;
pub mod status;
pub mod status_lists;
pub mod submissions;
pub mod trust_list;
pub(crate) mod work;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// The description of the API.
pub(crate) fn openapi(description: String) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], description)
}
