//! A health commission takes away from an issuer, alone and at once: a key, an entitlement.

use axum::Json;
use axum::extract::State;
use mingma_registry::acts::Less;

use super::appoint::{IssuerAct, point, take};
use super::official;
use crate::address::{InPath, place};
use crate::app::App;
use crate::body::Answer;
use crate::caller::Caller;
use crate::problem::Problem;

/// Withdraws a key from now on.
#[utoipa::path(
    post, path = "/api/v1/keys/{point}/withdrawal", operation_id = "withdrawKey", tag = "offices",
    params(("point" = String, Path, description = "the public point, 33 bytes in Base64 for URLs")),
    responses(
        (status = 200, body = IssuerAct),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission", content_type = "application/problem+json", body = Object),
        (status = 409, description = "It is withdrawn already", content_type = "application/problem+json", body = Object),
        (status = 422, description = "No such key here", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn withdraw_key(
    State(app): State<App>,
    caller: Caller,
    InPath(text): InPath<String>,
) -> Answer<IssuerAct> {
    let official = official(&app, &caller).await?;
    take(&app, &official, Less::Key(point(&text)?)).await?.map(Json).map_err(Problem::from)
}

/// Withdraws an entitlement from now on.
#[utoipa::path(
    post, path = "/api/v1/entitlements/{entitlement}/withdrawal", operation_id = "withdrawEntitlement", tag = "offices",
    params(("entitlement" = u64, Path, description = "the number of the act that gave it")),
    responses(
        (status = 200, body = IssuerAct),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission", content_type = "application/problem+json", body = Object),
        (status = 404, description = "No act of that number gave an entitlement", content_type = "application/problem+json", body = Object),
        (status = 409, description = "It is withdrawn already", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Of no issuer here", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn withdraw_entitlement(
    State(app): State<App>,
    caller: Caller,
    InPath(text): InPath<String>,
) -> Answer<IssuerAct> {
    let official = official(&app, &caller).await?;
    let less = Less::Entitlement(place("entitlement", &text)?);
    take(&app, &official, less).await?.map(Json).map_err(Problem::from)
}
