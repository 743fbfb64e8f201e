//! A health commission appoints: an issuer, its keys and their end, and what the issuer may put them under.

use axum::Json;
use axum::extract::State;
use base64ct::{Base64UrlUnpadded, Encoding};
use mingma_credential::key::DevicePoint;
use mingma_domain::fact::Entitlement;
use mingma_registry::acts::{Appoint, AppointError, appoint};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::row::{EntitlementEntry, IssuerEntry, KeyEntry, KeyWithdrawal, Limit, PublicRow};
use serde::Deserialize;
use utoipa::ToSchema;

use super::set_risk::ActMade;
use super::{Official, official};
use crate::address::{InPath, place};
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::task::to_the_end;

/// An issuer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIssuer {
    /// Its name: `class` or `class:name`.
    #[schema(examples("laboratory:410100-07"))]
    issuer: String,
    /// The organisation to which it belongs; two issuers of one organisation cannot vouch for each other.
    organisation: String,
    /// Where it works.
    region: String,
}

/// A key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// The public point (P-256), compressed: 33 bytes in Base64 for URLs.
    point: String,
    /// From this instant on.
    #[schema(format = "date-time")]
    from: String,
    /// The first instant at which it no longer counts.
    #[schema(format = "date-time")]
    until: String,
}

/// What an issuer may do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntitlement {
    /// `submit`, `countersign` or `confirm`.
    capacity: String,
    /// The kind of fact.
    kind: String,
    /// About events in this region.
    region: String,
    /// From this day on, included.
    #[schema(format = "date")]
    from: String,
    /// To this day, included.
    #[schema(format = "date")]
    until: String,
}

/// Appoints an issuer.
#[utoipa::path(
    post, path = "/api/v1/issuers", operation_id = "appointIssuer", tag = "offices",
    request_body = NewIssuer,
    responses(
        (status = 200, body = ActMade),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission", content_type = "application/problem+json", body = Object),
        (status = 409, description = "It is appointed already", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not an issuer that can be appointed here", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn appoint_issuer(
    State(app): State<App>,
    caller: Caller,
    Body(sent): Body<NewIssuer>,
) -> Answer<ActMade> {
    let official = official(&app, &caller).await?;
    let row = PublicRow::Issuer(IssuerEntry {
        issuer: member("issuer", &sent.issuer)?,
        organisation: member("organisation", &sent.organisation)?,
        region: member("region", &sent.region)?,
    });
    say(app, official, row).await
}

/// Registers a key of an issuer.
#[utoipa::path(
    post, path = "/api/v1/issuers/{issuer}/keys", operation_id = "registerKey", tag = "offices",
    params(("issuer" = String, Path, description = "the issuer")),
    request_body = NewKey,
    responses(
        (status = 200, body = ActMade),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission", content_type = "application/problem+json", body = Object),
        (status = 409, description = "The key is registered already", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a key, or of no issuer here", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn register_key(
    State(app): State<App>,
    caller: Caller,
    InPath(issuer): InPath<String>,
    Body(sent): Body<NewKey>,
) -> Answer<ActMade> {
    let official = official(&app, &caller).await?;
    let row = PublicRow::Key(KeyEntry {
        issuer: place("issuer", &issuer)?,
        point: point(&sent.point)?,
        from: member("from", &sent.from)?,
        until: member("until", &sent.until)?,
    });
    say(app, official, row).await
}

/// Withdraws a key from now on.
#[utoipa::path(
    post, path = "/api/v1/keys/{point}/withdrawal", operation_id = "withdrawKey", tag = "offices",
    params(("point" = String, Path, description = "the public point, 33 bytes in Base64 for URLs")),
    responses(
        (status = 200, body = ActMade),
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
) -> Answer<ActMade> {
    let official = official(&app, &caller).await?;
    let at = app.registry().now();
    let row = PublicRow::KeyWithdrawn(KeyWithdrawal { point: point(&text)?, at });
    say(app, official, row).await
}

/// Entitles an issuer to a kind of fact for a time.
#[utoipa::path(
    post, path = "/api/v1/issuers/{issuer}/entitlements", operation_id = "entitleIssuer", tag = "offices",
    params(("issuer" = String, Path, description = "the issuer")),
    request_body = NewEntitlement,
    responses(
        (status = 200, body = ActMade),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not what the vocabulary lets an issuer of its class do, or of no issuer here", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn entitle_issuer(
    State(app): State<App>,
    caller: Caller,
    InPath(issuer): InPath<String>,
    Body(sent): Body<NewEntitlement>,
) -> Answer<ActMade> {
    let official = official(&app, &caller).await?;
    let entitlement = Entitlement {
        issuer: place("issuer", &issuer)?,
        kind: member("kind", &sent.kind)?,
        region: member("region", &sent.region)?,
        from: member("from", &sent.from)?,
        until: member("until", &sent.until)?,
    };
    let capacity = member("capacity", &sent.capacity)?;
    say(app, official, PublicRow::Entitlement(EntitlementEntry { capacity, entitlement })).await
}

/// How much an issuer may record alone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLimit {
    /// The kind of fact.
    kind: String,
    /// So many rows within an hour.
    per_hour: u32,
}

/// Sets how many rows of a kind an issuer records within an hour before a second office is asked. Everybody reads it.
#[utoipa::path(
    post, path = "/api/v1/issuers/{issuer}/limits", operation_id = "limitIssuer", tag = "offices",
    params(("issuer" = String, Path, description = "the issuer")),
    request_body = NewLimit,
    responses(
        (status = 200, body = ActMade),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a kind, or of no issuer here", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn limit_issuer(
    State(app): State<App>,
    caller: Caller,
    InPath(issuer): InPath<String>,
    Body(sent): Body<NewLimit>,
) -> Answer<ActMade> {
    let official = official(&app, &caller).await?;
    let (issuer, kind) = (place("issuer", &issuer)?, member("kind", &sent.kind)?);
    say(app, official, PublicRow::Limit(Limit { issuer, kind, per_hour: sent.per_hour })).await
}

async fn say(app: App, official: Official, row: PublicRow) -> Answer<ActMade> {
    let wish = Appoint { region: official.region, row };
    let wish = authorize(official.actor, Purpose::OutbreakControl, wish)?;
    let number = to_the_end(async move { appoint(app.registry(), wish).await }).await??;
    Ok(Json(ActMade { number }))
}

/// A public point as it is sent.
///
/// # Errors
/// A [`Problem`], 422.
pub(crate) fn point(text: &str) -> Result<DevicePoint, Problem> {
    let bytes = Base64UrlUnpadded::decode_vec(text).ok();
    bytes.as_deref().and_then(DevicePoint::from_bytes).ok_or_else(|| {
        Problem::refused("member", "`point`: not a compressed point of P-256, 33 bytes in Base64 for URLs")
            .help("`mingma keygen` prints it")
    })
}

impl From<AppointError> for Problem {
    fn from(error: AppointError) -> Self {
        match error {
            AppointError::NoAppointment => Self::refused("no-appointment", error),
            AppointError::Class { .. } => Self::refused("class", error),
            AppointError::Outside { .. } => Self::refused("outside", error),
            AppointError::UnknownIssuer { .. } => Self::refused("unknown-issuer", error),
            AppointError::UnknownKey => Self::refused("unknown-key", error),
            AppointError::Vocabulary { .. } => Self::refused("vocabulary", error),
            AppointError::Backwards => Self::refused("backwards", error),
            AppointError::Exists { .. } => Self::conflict("exists", error),
            AppointError::Unable(unable) => unable.into(),
        }
    }
}
