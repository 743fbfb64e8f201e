//! A community worker helps somebody who let them: with a paper code, or by binding somebody who may act for them.
//!
//! The person lets the worker by a code on their phone, or by the slip of somebody without one. Without that there is no way to
//! anybody here: nobody is looked up by a number.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use mingma_credential::limits::MAX_PAPER_LIFE_SECONDS;
use mingma_domain::document::Document;
use mingma_registry::acts::{
    AskConsent, Assist, AssistError, AssistWard, Bind, Handle, Identify, IdentifyError, Show, ask_consent,
    assist, assist_ward, bind, identify, show,
};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::ports::Medium;
use mingma_registry::{GrantId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::official;
use crate::alike::alike;
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::caller::Caller;
use crate::limited::{Client, Guess, Tried};
use crate::limiter::Limit;
use crate::problem::Problem;
use crate::task::to_the_end;

/// For how long a paper code counts: its longest, because who has no phone comes to the desk seldom.
pub(crate) const PAPER_SECONDS: i64 = MAX_PAPER_LIFE_SECONDS;

/// Who says to be at the desk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedConsent {
    /// Their document, as in the facts file.
    document: String,
}

/// A consent, by its code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentGiven {
    /// The document.
    document: String,
    /// The code that the person read out, or the one on their slip.
    code: String,
}

/// The consent, by which later requests name it. It counts for this worker and for a quarter of an hour.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentHeld {
    /// Who is helped: a name of chance.
    #[schema(format = "uuid")]
    pub(super) person: String,
    /// Which consent.
    #[schema(format = "uuid")]
    pub(super) consent: String,
}

/// For whom the person acts who is helped.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WardMeant {
    /// Who is helped.
    consent: ConsentHeld,
    /// The document of whom they act for.
    ward: String,
}

/// Whom to bind.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BindingAsked {
    /// For whom, by their consent.
    consent: ConsentHeld,
    /// The name of the request.
    idempotency_key: String,
    /// The document of who may act for them.
    agent: String,
    /// `family` or `agent`.
    tie: String,
    /// For how many days, 1 to 366.
    days: u64,
}

/// Who may act for somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct BindingMade {
    /// The binding's id.
    #[schema(value_type = String, format = "uuid")]
    id: GrantId,
}

/// A code for paper.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaperCode {
    /// The text of the QR symbol.
    code: String,
    /// The first instant at which it no longer counts.
    #[schema(value_type = String, format = "date-time")]
    expires: Timestamp,
}

/// Nothing is told: whether anybody was sent a code is not said.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentAsked {}

/// Sends the person at the desk a code to read out, if they are registered and reached somewhere.
#[utoipa::path(
    post, path = "/api/v1/offices/consent-codes", operation_id = "askConsent", tag = "offices",
    request_body = AskedConsent,
    responses(
        (status = 200, description = "The same whether or not anybody was sent a code", body = ConsentAsked),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a community", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a document", content_type = "application/problem+json", body = Object),
        (status = 429, description = "Too often", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn ask(
    State(app): State<App>,
    caller: Caller,
    client: Client,
    Body(sent): Body<AskedConsent>,
) -> Answer<ConsentAsked> {
    let official = official(&app, &caller).await?;
    asked(&app, client, official.actor, member("document", &sent.document)?).await?;
    Ok(Json(ConsentAsked {}))
}

/// Sends a code to the person of a document, if there is one; neither the answer nor its time tells whether there is.
///
/// # Errors
/// 429, and what the policy says.
pub(crate) async fn asked(
    app: &App,
    client: Client,
    worker: Actor,
    document: Document,
) -> Result<(), Problem> {
    let wish = authorize(worker, Purpose::Assistance, AskConsent { document: document.clone() })?;
    client.count(app, Limit::CodesFrom)?;
    Tried::document(app, client, Guess::Code, &document)?;
    let acting = app.clone();
    alike(to_the_end(async move { ask_consent(acting.registry(), wish).await })).await??;
    Ok(())
}

/// Notes that the person let the worker help.
#[utoipa::path(
    post, path = "/api/v1/offices/consents", operation_id = "giveConsent", tag = "offices",
    request_body = ConsentGiven,
    responses(
        (status = 200, body = ConsentHeld),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a community, or the document and the code do not fit", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a document or a code", content_type = "application/problem+json", body = Object),
        (status = 429, description = "Too often", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn consent(
    State(app): State<App>,
    caller: Caller,
    client: Client,
    Body(sent): Body<ConsentGiven>,
) -> Answer<ConsentHeld> {
    let official = official(&app, &caller).await?;
    let wish = Assist { document: member("document", &sent.document)?, code: member("code", &sent.code)? };
    let handle = given(&app, client, official.actor, wish).await??;
    Ok(Json(ConsentHeld { person: handle.person.to_string(), consent: handle.assistance.to_string() }))
}

/// Notes that the person of a document let the worker help, if the code is theirs; a refusal does not tell by its time
/// whether there is such a person.
///
/// # Errors
/// 429, and what the policy says.
pub(crate) async fn given(
    app: &App,
    client: Client,
    worker: Actor,
    wish: Assist,
) -> Result<Result<Handle, AssistError>, Problem> {
    let document = wish.document.clone();
    let wish = authorize(worker, Purpose::Assistance, wish)?;
    client.count(app, Limit::TriesFrom)?;
    let tried = Tried::document(app, client, Guess::Entry, &document)?;
    let acting = app.clone();
    let given = alike(to_the_end(async move { assist(acting.registry(), wish).await })).await?;
    if given.is_ok() {
        tried.was_right(app);
    }
    Ok(given.map(|(handle, _)| handle))
}

/// Lets the worker help also somebody for whom the person acts who is helped: a child, who has no phone and no slip. The consent counts for
/// the rest of the person's own.
#[utoipa::path(
    post, path = "/api/v1/offices/consents/wards", operation_id = "assistWard", tag = "offices",
    request_body = WardMeant,
    responses(
        (status = 200, body = ConsentHeld),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not let by the person, or no longer; or they act for nobody with this document", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a person's id or a consent's, or not a document", content_type = "application/problem+json", body = Object),
        (status = 429, description = "Too often", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn consent_for_ward(
    State(app): State<App>,
    caller: Caller,
    client: Client,
    Body(sent): Body<WardMeant>,
) -> Answer<ConsentHeld> {
    let (actor, person) = assisting(&app, &caller, &sent.consent.person, &sent.consent.consent).await?;
    let ward = member("ward", &sent.ward)?;
    let handle = for_ward(&app, client, actor, AssistWard { person, ward }).await??;
    Ok(Json(ConsentHeld { person: handle.person.to_string(), consent: handle.assistance.to_string() }))
}

/// Notes that the person who let the actor help lets them help somebody for whom they act; a refusal does not tell by its time whether there
/// is such a person.
///
/// # Errors
/// 429, and what the policy says.
pub(crate) async fn for_ward(
    app: &App,
    client: Client,
    actor: Actor,
    wish: AssistWard,
) -> Result<Result<Handle, AssistError>, Problem> {
    let wish = authorize(actor, Purpose::Assistance, wish)?;
    client.count(app, Limit::TriesFrom)?;
    let acting = app.clone();
    alike(to_the_end(async move { assist_ward(acting.registry(), wish).await })).await
}

/// Makes a paper code for the person who is helped.
#[utoipa::path(
    post, path = "/api/v1/offices/paper-codes", operation_id = "makePaperCodeAtDesk", tag = "offices",
    request_body = ConsentHeld,
    responses(
        (status = 200, body = PaperCode),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not let by the person, or no longer", content_type = "application/problem+json", body = Object),
        (status = 409, description = "No colour to show", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a person's id or a consent's", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn paper(
    State(app): State<App>,
    caller: Caller,
    Body(held): Body<ConsentHeld>,
) -> Answer<PaperCode> {
    let (actor, person) = assisting(&app, &caller, &held.person, &held.consent).await?;
    let wish = Show { person, medium: Medium::Paper { life_seconds: PAPER_SECONDS } };
    let wish = authorize(actor, Purpose::Assistance, wish)?;
    let shown = to_the_end(async move { show(app.registry(), wish).await }).await??;
    Ok(Json(PaperCode { code: shown.code, expires: shown.expires }))
}

/// Notes that the document of the person who is helped was seen, so that what was recorded before they registered is told.
#[utoipa::path(
    post, path = "/api/v1/offices/identifications", operation_id = "identifyAtDesk", tag = "offices",
    request_body = ConsentHeld,
    responses(
        (status = 204, description = "It is on the person's record, with who saw it"),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not let by the person, or no longer", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a person's id or a consent's", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn identified(
    State(app): State<App>,
    caller: Caller,
    Body(held): Body<ConsentHeld>,
) -> Result<StatusCode, Problem> {
    let (actor, person) = assisting(&app, &caller, &held.person, &held.consent).await?;
    seen(&app, actor, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Notes that the document of the person who let the actor help was seen.
///
/// # Errors
/// What the policy says.
pub(crate) async fn seen(app: &App, actor: Actor, person: PersonId) -> Result<(), Problem> {
    let wish = authorize(actor, Purpose::Identification, Identify { person })?;
    let acting = app.clone();
    Ok(to_the_end(async move { identify(acting.registry(), wish).await }).await??)
}

/// Binds somebody who may act for the person who is helped.
#[utoipa::path(
    post, path = "/api/v1/offices/bindings", operation_id = "bindAtDesk", tag = "offices",
    request_body = BindingAsked,
    responses(
        (status = 200, body = BindingMade),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not let by the person, or no longer", content_type = "application/problem+json", body = Object),
        (status = 409, description = "The key was used for something else", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a document, a tie or a time", content_type = "application/problem+json", body = Object),
        (status = 429, description = "Too often", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn bind_somebody(
    State(app): State<App>,
    caller: Caller,
    client: Client,
    Body(sent): Body<BindingAsked>,
) -> Answer<BindingMade> {
    let (actor, ward) = assisting(&app, &caller, &sent.consent.person, &sent.consent.consent).await?;
    client.count(&app, Limit::TriesFrom)?;
    let wish = Bind {
        ward,
        key: member("idempotency_key", &sent.idempotency_key)?,
        agent: member("agent", &sent.agent)?,
        tie: member("tie", &sent.tie)?,
        days: sent.days,
    };
    let wish = authorize(actor, Purpose::Assistance, wish)?;
    // Whoever is not here yet is made known, which takes the disk longer.
    let id = alike(to_the_end(async move { bind(app.registry(), wish).await })).await??;
    Ok(Json(BindingMade { id }))
}

/// As whom the worker acts for the person who let them.
///
/// # Errors
/// 403 if the person did not let this worker, or the time is over.
pub(crate) async fn assisting(
    app: &App,
    caller: &Caller,
    person: &str,
    consent: &str,
) -> Result<(Actor, PersonId), Problem> {
    let (person, assistance) = (member("person", person)?, member("consent", consent)?);
    Ok((caller.assisting(app, Handle { person, assistance }).await?, person))
}

impl From<IdentifyError> for Problem {
    fn from(error: IdentifyError) -> Self {
        match error {
            IdentifyError::Denied(denied) => denied.into(),
            IdentifyError::Unable(unable) => unable.into(),
        }
    }
}

impl From<AssistError> for Problem {
    fn from(error: AssistError) -> Self {
        match error {
            AssistError::Denied(denied) => denied.into(),
            AssistError::Refused => Self::forbidden("no-consent", error),
            AssistError::Unable(unable) => unable.into(),
        }
    }
}
