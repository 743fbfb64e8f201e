//! The API: one folder for each resource, one file for each verb.

pub mod appeals;
pub mod apps;
pub mod bindings;
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

use std::fmt::Write as _;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// The description of the API.
pub(crate) fn openapi(description: String) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], description)
}

/// The bytes of their hexadecimal digits; none if the text is not exactly so many.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// Bytes in hexadecimal, small letters.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string does not fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}
