//! A health commission appoints: an issuer, its keys, what the issuer may put them under, and how much of it. What gives an
//! issuer more than it had waits for a second office; what gives it less counts at once.

use axum::Json;
use axum::extract::State;
use base64ct::{Base64UrlUnpadded, Encoding};
use mingma_credential::key::DevicePoint;
use mingma_domain::fact::Entitlement;
use mingma_registry::Appointment;
use mingma_registry::acts::{Appoint, AppointError, Less, ProposeAppointment, appoint, propose_appointment};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::row::{EntitlementEntry, IssuerEntry, KeyEntry, Limit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Official, official};
use crate::address::{InPath, place};
use crate::api::hex;
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::task::to_the_end;

/// What was done about an issuer.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuerAct {
    /// Its number in the journal: of a proposal, if it waits for a second office.
    number: u64,
    /// What the second office sends back with its approval, in hexadecimal; null of what counts at once.
    #[schema(required)]
    seen: Option<String>,
}

impl IssuerAct {
    /// Whether it waits for a second office.
    pub(crate) const fn waits(&self) -> bool {
        self.seen.is_some()
    }
}

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

/// Proposes to appoint an issuer.
#[utoipa::path(
    post, path = "/api/v1/issuers", operation_id = "appointIssuer", tag = "offices",
    request_body = NewIssuer,
    responses(
        (status = 200, body = IssuerAct),
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
) -> Answer<IssuerAct> {
    let official = official(&app, &caller).await?;
    let more = Appointment::Issuer(IssuerEntry {
        issuer: member("issuer", &sent.issuer)?,
        organisation: member("organisation", &sent.organisation)?,
        region: member("region", &sent.region)?,
    });
    propose(&app, &official, more).await?.map(Json).map_err(Problem::from)
}

/// Proposes to register a key of an issuer.
#[utoipa::path(
    post, path = "/api/v1/issuers/{issuer}/keys", operation_id = "registerKey", tag = "offices",
    params(("issuer" = String, Path, description = "the issuer")),
    request_body = NewKey,
    responses(
        (status = 200, body = IssuerAct),
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
) -> Answer<IssuerAct> {
    let official = official(&app, &caller).await?;
    let more = Appointment::Key(KeyEntry {
        issuer: place("issuer", &issuer)?,
        point: point(&sent.point)?,
        from: member("from", &sent.from)?,
        until: member("until", &sent.until)?,
    });
    propose(&app, &official, more).await?.map(Json).map_err(Problem::from)
}

/// Proposes to entitle an issuer to a kind of fact for a time, a year at most.
#[utoipa::path(
    post, path = "/api/v1/issuers/{issuer}/entitlements", operation_id = "entitleIssuer", tag = "offices",
    params(("issuer" = String, Path, description = "the issuer")),
    request_body = NewEntitlement,
    responses(
        (status = 200, body = IssuerAct),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a health commission", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not what the vocabulary lets an issuer of its class do, for too long, or of no issuer here", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn entitle_issuer(
    State(app): State<App>,
    caller: Caller,
    InPath(issuer): InPath<String>,
    Body(sent): Body<NewEntitlement>,
) -> Answer<IssuerAct> {
    let official = official(&app, &caller).await?;
    let entitlement = Entitlement {
        issuer: place("issuer", &issuer)?,
        kind: member("kind", &sent.kind)?,
        region: member("region", &sent.region)?,
        from: member("from", &sent.from)?,
        until: member("until", &sent.until)?,
    };
    let capacity = member("capacity", &sent.capacity)?;
    let more = Appointment::Entitlement(EntitlementEntry { capacity, entitlement });
    propose(&app, &official, more).await?.map(Json).map_err(Problem::from)
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

/// Sets how many rows of a kind an issuer records within an hour before a second office is asked: at once if it is no more than
/// it was; else it is proposed. Everybody reads it.
#[utoipa::path(
    post, path = "/api/v1/issuers/{issuer}/limits", operation_id = "limitIssuer", tag = "offices",
    params(("issuer" = String, Path, description = "the issuer")),
    request_body = NewLimit,
    responses(
        (status = 200, body = IssuerAct),
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
) -> Answer<IssuerAct> {
    let official = official(&app, &caller).await?;
    let (issuer, kind) = (place("issuer", &issuer)?, member("kind", &sent.kind)?);
    let limit = Limit { issuer, kind, per_hour: sent.per_hour };
    set_limit(&app, &official, limit).await?.map(Json).map_err(Problem::from)
}

/// Proposes what gives an issuer more than it had.
///
/// # Errors
/// A [`Problem`] if the office may not, or the act broke off; within, why nothing is proposed.
pub(crate) async fn propose(
    app: &App,
    official: &Official,
    appointment: Appointment,
) -> Result<Result<IssuerAct, AppointError>, Problem> {
    let wish = ProposeAppointment { region: official.region, appointment };
    let wish = authorize(official.actor.clone(), Purpose::Publication, wish)?;
    let acting = app.clone();
    let proposed = to_the_end(async move { propose_appointment(acting.registry(), wish).await }).await?;
    Ok(proposed.map(|(number, seen)| IssuerAct { number, seen: Some(hex(&seen)) }))
}

/// Takes something away from an issuer, at once.
///
/// # Errors
/// As of [`propose`].
pub(crate) async fn take(
    app: &App,
    official: &Official,
    less: Less,
) -> Result<Result<IssuerAct, AppointError>, Problem> {
    let wish = Appoint { region: official.region, less };
    let wish = authorize(official.actor.clone(), Purpose::OutbreakControl, wish)?;
    let acting = app.clone();
    let taken = to_the_end(async move { appoint(acting.registry(), wish).await }).await?;
    Ok(taken.map(|number| IssuerAct { number, seen: None }))
}

/// Sets a limit: at once, or, if that is more than it was, by a proposal.
///
/// # Errors
/// As of [`propose`].
pub(crate) async fn set_limit(
    app: &App,
    official: &Official,
    limit: Limit,
) -> Result<Result<IssuerAct, AppointError>, Problem> {
    match take(app, official, Less::Limit(limit.clone())).await? {
        Err(AppointError::SecondOffice { .. }) => propose(app, official, Appointment::Limit(limit)).await,
        done => Ok(done),
    }
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
            AppointError::NoOffice => Self::forbidden("not-an-official", error),
            AppointError::SecondOffice { .. } => Self::conflict("second-office", error),
            AppointError::UnknownEntitlement { .. } => Self::not_found(),
            AppointError::TooLong => Self::refused("days", error),
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
