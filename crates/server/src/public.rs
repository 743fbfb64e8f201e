//! Answers that are the same for everybody, may be kept for a while, and are asked for again and again.

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use mingma_registry::lists::MAX_AGE_SECONDS;

/// What says that an answer about revocation may be kept for half a minute.
pub(crate) fn kept_briefly() -> &'static str {
    // INVARIANT: the words say the same number; a revocation is known within a minute only by both.
    const { assert!(MAX_AGE_SECONDS == 30) };
    "public, max-age=30"
}

/// By which bytes are told from others.
pub(crate) fn tag(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    digest.as_ref().get(..8).map(base16ct::lower::encode_string).unwrap_or_default()
}

/// Bytes with a tag: not sent again to whoever has them. `said` is their kind, and how long they may be kept.
pub(crate) fn tagged<B: IntoResponse>(
    request: &HeaderMap,
    tag: &str,
    said: (&'static str, &'static str),
    bytes: impl FnOnce() -> B,
) -> Response {
    let (kind, kept) = said;
    let quoted = format!("\"{tag}\"");
    let has = |value: &HeaderValue| {
        let names = value.to_str().unwrap_or_default().split(',').map(str::trim);
        names.map(|name| name.strip_prefix("W/").unwrap_or(name)).any(|name| name == quoted || name == "*")
    };
    let headers = [(CACHE_CONTROL, kept.to_owned()), (ETAG, quoted.clone())];
    if request.get_all(IF_NONE_MATCH).iter().any(has) {
        (StatusCode::NOT_MODIFIED, headers).into_response()
    } else {
        (headers, [(CONTENT_TYPE, kind)], bytes()).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_the_bytes_is_not_sent_them_again() {
        for (named, status) in [
            (None, StatusCode::OK),
            (Some("\"a1\""), StatusCode::NOT_MODIFIED),
            (Some("W/\"a1\""), StatusCode::NOT_MODIFIED),
            (Some("\"b2\", \"a1\""), StatusCode::NOT_MODIFIED),
            (Some("*"), StatusCode::NOT_MODIFIED),
            (Some("\"b2\""), StatusCode::OK),
            (Some("a1"), StatusCode::OK),
        ] {
            let mut request = HeaderMap::new();
            if let Some(named) = named {
                request.insert(IF_NONE_MATCH, HeaderValue::from_static(named));
            }
            let answer = tagged(&request, "a1", ("x/y", "public"), || vec![1]);
            assert_eq!(answer.status(), status, "{named:?}");
            assert_eq!(answer.headers()[ETAG], "\"a1\"");
        }
    }
}
