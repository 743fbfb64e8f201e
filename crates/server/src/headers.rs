//! What every answer carries so that a browser keeps to our own code and tells nobody where it was.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

/// Our own scripts, styles and pictures, nothing inline and nothing from elsewhere; `wasm-unsafe-eval` lets a page
/// compile the verifier and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
    connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'";
/// The camera for our own checkpoint page; no other sensor for anybody.
const PERMISSIONS: &str = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()";

/// Nobody elsewhere learns where somebody was. Under `no-referrer` a browser would not say either that a form came from our own page, and
/// older ones say it in no other way (`crate::csrf`).
const REFERRER: &str = "same-origin";

/// Each header with what it says unless the answer says it itself.
const HEADERS: [(HeaderName, HeaderValue); 8] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static(REFERRER)),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// The answer with the headers. What says itself how long it may be kept goes on saying so; everything else is not kept.
pub(crate) fn headed<B>(mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    headers.reserve(HEADERS.len());
    for (name, value) in &HEADERS {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    response
}
