//! The signed trust list.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::app::App;
use crate::public::tagged;

/// It changes when the authority has a list brought in: a checkpoint that is connected learns of it within five minutes.
const KEPT: &str = "public, max-age=300";
const KIND: &str = "application/vnd.mingma.trust-list+cbor";

/// The list of keys whose codes count, signed by the authority.
#[utoipa::path(
    get, path = "/api/v1/trust-list", operation_id = "getTrustList", tag = "trust-list",
    responses(
        (status = 200, description = "The list", content_type = "application/vnd.mingma.trust-list+cbor", body = Vec<u8>),
        (status = 304, description = "What `If-None-Match` names has not changed"),
    )
)]
pub(crate) async fn get_trust_list(State(app): State<App>, headers: HeaderMap) -> Response {
    let trust = app.trust();
    tagged(&headers, trust.tag(), (KIND, KEPT), || trust.list().to_vec())
}
