//! A refusal that a library wrote is told in our words: its own repeat what was sent, and a document may stand there.
//!
//! What a path, a query, a form or a header could not be read as is refused by the framework before a handler runs, as
//! plain text. A page and a problem of ours have other kinds, and pass.

use axum::http::StatusCode;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use crate::body::too_large;
use crate::problem::Problem;

/// The answer, or if it is a refusal in plain text or none, ours in its place.
pub(crate) fn ours(answer: Response) -> Response {
    let status = answer.status();
    let plain =
        answer.headers().get(CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !plain || !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let problem = match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => Problem::method(),
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Problem::new(status, "media-type", "the body is of another kind")
        }
        _ if status.is_server_error() => Problem::broken(),
        _ => Problem::new(status, "unreadable", "the address or the body cannot be read"),
    };
    let mut ours = problem.into_response();
    if let Some(methods) = answer.headers().get(ALLOW) {
        ours.headers_mut().insert(ALLOW, methods.clone());
    }
    ours
}
