//! The API: one folder for each resource, one file for each verb.

pub mod appeals;
pub mod apps;
pub mod authority;
pub mod bindings;
pub mod census;
pub mod codes;
pub mod confirmations;
pub mod contact;
pub mod countersignatures;
pub mod declarations;
pub mod disclosures;
pub mod drafts;
pub mod facts;
pub mod health;
pub mod institutions;
pub mod issuers;
pub mod journal;
pub mod notices;
pub mod offices;
pub mod persons;
pub mod policies;
pub mod problems;
pub mod publications;
pub mod regions;
pub mod registrations;
pub mod retractions;
pub mod risk;
pub mod rulesets;
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
pub(crate) use base16ct::lower::encode_string as hex;

/// The description of the API.
pub(crate) fn openapi(description: String) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], description)
}

/// The bytes of their hexadecimal digits; none if the text is not exactly so many.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let read = base16ct::mixed::decode(text, &mut bytes).ok()?.len();
    (read == N).then_some(bytes)
}
