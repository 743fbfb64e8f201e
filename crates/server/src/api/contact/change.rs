//! A person changes where they are reached: a code is sent there, and it counts when that is given back.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use mingma_domain::text::Lang;
use mingma_registry::acts::{CODE_MINUTES, ChangeContact, ChangeContactError, ContactChange, change_contact};
use mingma_registry::contact::{Contact, NoWay};
use mingma_registry::policy::{Purpose, authorize};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::address::InPath;
use crate::app::App;
use crate::body::{Body, member};
use crate::caller::{Caller, Whom};
use crate::limited::Client;
use crate::limiter::Limit;
use crate::problem::{Problem, Refusal};
use crate::task::to_the_end;

/// Where a person wants to be reached.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// A telephone number or an e-mail address.
    #[schema(examples("13800138000"))]
    contact: String,
    /// In which language the person reads: `zh-Hans`, `zh-Hant` or `en`.
    language: String,
}

/// A code is on its way to the new contact.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactCodeSent {
    /// How long it counts.
    minutes: i64,
}

/// Changes where one is reached: a code is sent there, and with `confirmContact` codes to sign in and messages go there. Until then they go
/// where they went. Only another language for where one is reached already counts at once.
#[utoipa::path(
    put, path = "/api/v1/persons/{person}/contact", operation_id = "changeContact", tag = "persons",
    params(Whom),
    request_body = NewContact,
    responses(
        (status = 202, body = ContactCodeSent, description = "A code was sent there, less than a minute ago if this was asked twice"),
        (status = 204, description = "One was reached there before; the language counts from now on"),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "For the person alone"),
        (status = 409, body = Refusal, description = "It is being changed elsewhere at this moment"),
        (status = 422, body = Refusal, description = "Neither a telephone number nor an e-mail address, one to which nothing goes from here, or no such language"),
        (status = 429, body = Refusal, description = "Too often"),
    )
)]
pub(crate) async fn change_own_contact(
    State(app): State<App>,
    client: Client,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    Body(sent): Body<NewContact>,
) -> Result<Response, Problem> {
    let (actor, person) = caller.acting(&app, whom, None).await?;
    client.count(&app, Limit::CodesFrom)?;
    let contact: Contact = member("contact", &sent.contact)?;
    let lang: Lang = member("language", &sent.language)?;
    let wish =
        authorize(actor, Purpose::SelfService, ChangeContact { person, contact: Some(contact), lang })?;
    Ok(match to_the_end(async move { change_contact(app.registry(), wish).await }).await?? {
        ContactChange::Counts => StatusCode::NO_CONTENT.into_response(),
        ContactChange::Unproved => {
            (StatusCode::ACCEPTED, Json(ContactCodeSent { minutes: CODE_MINUTES })).into_response()
        }
    })
}

impl From<NoWay> for Problem {
    fn from(no_way: NoWay) -> Self {
        Self::refused("no-way", no_way.to_string())
    }
}

impl From<ChangeContactError> for Problem {
    fn from(error: ChangeContactError) -> Self {
        match error {
            ChangeContactError::NoWay(no_way) => no_way.into(),
            ChangeContactError::EnoughToday { wait_seconds } => Self::too_often(wait_seconds),
            ChangeContactError::Contended => Self::conflict("contended", error),
            ChangeContactError::Unable(unable) => unable.into(),
        }
    }
}
