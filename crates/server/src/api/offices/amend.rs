//! A community worker corrects where somebody lives who let them help, or what a checkpoint compares with them (信息更正).

use axum::extract::State;
use axum::http::StatusCode;
use mingma_credential::status::Initials;
use mingma_registry::acts::{Amend, AmendError, AmendInitials, amend};
use mingma_registry::policy::{Actor, Purpose, authorize};
use serde::Deserialize;
use utoipa::ToSchema;

use super::assist::{ConsentHeld, assisting};
use super::register::initials;
use crate::app::App;
use crate::body::{Body, member};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::task::to_the_end;

/// What is another from now on; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Amended {
    /// Of whom, by their consent.
    consent: ConsentHeld,
    /// Where they live.
    home: Option<String>,
    /// What a checkpoint may compare with the person.
    initials: Option<String>,
    /// Whether there is nothing for a checkpoint to compare from now on; not together with `initials`. It is said by a member of its own, so
    /// that no program takes initials away by writing `null` for what it leaves out.
    #[serde(default)]
    remove_initials: bool,
}

/// Corrects where the person lives who is helped, or what a checkpoint compares with them, or takes that away, for the desk of the new home's
/// region. The worker says by it that they have seen the document; the person is told, and what they hold that says it as it was is revoked.
#[utoipa::path(
    post, path = "/api/v1/offices/amendments", operation_id = "amendAtDesk", tag = "offices",
    request_body = Amended,
    responses(
        (status = 204, description = "It is on the person's record, with who corrected it"),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not let by the person, or no longer; or the new home lies outside the office's region", content_type = "application/problem+json", body = Object),
        (status = 409, description = "It is so already, or is being corrected elsewhere", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a person's id or a consent's, a region or initials; or initials that are to be removed at once", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn amend_somebody(
    State(app): State<App>,
    caller: Caller,
    Body(sent): Body<Amended>,
) -> Result<StatusCode, Problem> {
    let (actor, person) = assisting(&app, &caller, &sent.consent.person, &sent.consent.consent).await?;
    let home = sent.home.map(|text| member("home", &text)).transpose()?;
    let initials = sent.initials.map(|text| initials(&text)).transpose()?;
    let initials = amend_initials(initials, sent.remove_initials)
        .ok_or_else(|| Problem::refused("member", "`remove_initials`: `initials` says which there are"))?;
    corrected(&app, actor, Amend { person, home, initials }).await??;
    Ok(StatusCode::NO_CONTENT)
}

/// What becomes of the initials; none if some are given and to be removed at once.
pub(crate) fn amend_initials(given: Option<Initials>, remove: bool) -> Option<AmendInitials> {
    match (given, remove) {
        (None, false) => Some(AmendInitials::Keep),
        (Some(initials), false) => Some(AmendInitials::Replace(initials)),
        (None, true) => Some(AmendInitials::Remove),
        (Some(_), true) => None,
    }
}

/// Corrects what is registered of the person who let the actor help.
///
/// # Errors
/// What the policy says.
pub(crate) async fn corrected(
    app: &App,
    actor: Actor,
    wish: Amend,
) -> Result<Result<(), AmendError>, Problem> {
    let wish = authorize(actor, Purpose::Identification, wish)?;
    let acting = app.clone();
    to_the_end(async move { amend(acting.registry(), wish).await }).await
}

impl From<AmendError> for Problem {
    fn from(error: AmendError) -> Self {
        match error {
            AmendError::Denied(denied) => denied.into(),
            AmendError::AsItIs => Self::conflict("as-it-is", error),
            AmendError::NotRegistered => Self::conflict("not-registered", error),
            AmendError::Contended => Self::conflict("contended", error),
            AmendError::Unable(unable) => unable.into(),
        }
    }
}
