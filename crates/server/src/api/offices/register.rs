//! A community worker registers somebody whose document they see at the desk, or who has none, and gives them the slip by which they let a
//! worker help later.

use axum::Json;
use axum::extract::State;
use mingma_domain::document::Document;
use mingma_registry::acts::{
    Numbered, Register, RegisterUndocumented, Slip, register_at_desk, register_undocumented,
};
use mingma_registry::policy::{Authorized, Purpose, authorize};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::official;
use crate::alike::alike;
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::caller::Caller;
use crate::ended::named;
use crate::problem::Problem;
use crate::task::to_the_end;

/// Somebody at a desk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AtDesk {
    /// Their document, as in the facts file; left out of somebody who has none, for whom a number is drawn.
    document: Option<String>,
    /// Where they live.
    home: String,
    /// What a checkpoint may compare with the person.
    initials: Option<String>,
    /// A telephone number or an e-mail address.
    contact: Option<String>,
    /// In which language they read: `zh-Hans`, `zh-Hant`, `en`.
    language: Option<String>,
}

/// What the person takes home.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlipGiven {
    /// The slip's code, told this once. Of somebody who was registered before, which is not said, it counts when another
    /// official has seen the document too, within a week.
    slip: String,
    /// The document of somebody who had none, from now on: `desk-number:…`. It is told this once, and drawn anew each time.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    desk_number: Option<String>,
}

/// Registers somebody at a desk.
#[utoipa::path(
    post, path = "/api/v1/offices/registrations", operation_id = "registerAtDesk", tag = "offices",
    request_body = AtDesk,
    responses(
        (status = 200, body = SlipGiven),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not a community", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a document, region, name or contact", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn register_somebody(
    State(app): State<App>,
    caller: Caller,
    Body(sent): Body<AtDesk>,
) -> Answer<SlipGiven> {
    let official = official(&app, &caller).await?;
    let document = sent.document.map(|text| member("document", &text)).transpose()?;
    let home = member("home", &sent.home)?;
    let initials = sent.initials.map(|text| initials(&text)).transpose()?;
    let contact = sent.contact.map(|text| member("contact", &text)).transpose()?;
    let lang = member("language", sent.language.as_deref().unwrap_or("zh-Hans"))?;
    let (slip, desk_number) = if let Some(document) = document {
        let wish = Register { document, home, initials, contact, lang };
        (enrolled(&app, authorize(official.actor, Purpose::Identification, wish)?).await?, None)
    } else {
        let wish = RegisterUndocumented { home, initials, contact, lang };
        let wish = authorize(official.actor, Purpose::Identification, wish)?;
        let Numbered { number, slip } = numbered(&app, wish).await?;
        (slip, Some(Document::DeskNumber(number).to_wire()))
    };
    Ok(Json(SlipGiven { slip: slip.0.digits().to_owned(), desk_number }))
}

/// Registers somebody at a desk, and ends at once the sessions that end with it. Neither the answer nor its time tells
/// whether they were registered before.
///
/// # Errors
/// A [`Problem`] if it could not be done.
pub(crate) async fn enrolled(app: &App, wish: Authorized<Register>) -> Result<Slip, Problem> {
    let acting = app.clone();
    let act = async move {
        let done = register_at_desk(acting.registry(), wish).await?;
        acting.ended().end(acting.registry(), named(&done.ended)).await?;
        Ok::<_, Problem>(done.slip)
    };
    alike(to_the_end(act)).await?
}

/// Registers somebody who has no document at a desk.
///
/// # Errors
/// A [`Problem`] if it could not be done.
pub(crate) async fn numbered(app: &App, wish: Authorized<RegisterUndocumented>) -> Result<Numbered, Problem> {
    let acting = app.clone();
    Ok(to_the_end(async move { register_undocumented(acting.registry(), wish).await }).await??)
}

/// Initials, as they are written on a code.
pub(crate) fn initials(text: &str) -> Result<mingma_credential::status::Initials, Problem> {
    mingma_credential::status::Initials::parse(text)
        .map_err(|_| Problem::refused("member", "`initials`: not initials that a code can carry"))
}
