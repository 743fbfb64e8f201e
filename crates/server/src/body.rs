//! Reading what was sent. Errors say where, never what: a document's number may stand there.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::problem::Problem;

/// A JSON body of the shape that the endpoint takes: no member missing, none unknown.
#[derive(Clone, Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
        if !is_json {
            let title = "the body is not marked as JSON";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", title)
                .help("send it with `content-type: application/json`"));
        }
        let bytes =
            Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => too_large(),
                _ => Problem::unreadable("the body broke off"),
            })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let at = format!("line {}, column {}", error.line(), error.column());
            match error.classify() {
                Category::Data => Problem::unreadable(format!(
                    "the body is not of this endpoint's shape: {at}"
                ))
                .help("the description at `/openapi.json` says which members it has and which are due"),
                Category::Syntax | Category::Eof | Category::Io => {
                    Problem::unreadable(format!("the body is not JSON: {at}"))
                }
            }
        })
    }
}

/// 413.
pub(crate) fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the body is larger than this endpoint takes")
        .help("send a batch in parts")
}

/// An answer in JSON.
pub(crate) type Answer<T> = Result<Json<T>, Problem>;

/// Reads one member as a type of the domain: the error names the member, and repeats nothing that its type would not.
///
/// # Errors
/// A [`Problem`], 422.
pub(crate) fn member<T: std::str::FromStr<Err: std::fmt::Display>>(
    name: &str,
    text: &str,
) -> Result<T, Problem> {
    text.parse().map_err(|error| Problem::refused("member", format!("`{name}`: {error}")))
}
