//! A person changes where they are reached.

use axum::extract::State;
use axum::http::StatusCode;
use mingma_domain::text::Lang;
use mingma_registry::acts::{ChangeContact, ChangeContactError, change_contact};
use mingma_registry::contact::{Contact, NoWay};
use mingma_registry::policy::{Purpose, authorize};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::address::InPath;
use crate::app::App;
use crate::body::{Body, member};
use crate::caller::{Caller, Whom};
use crate::problem::{Problem, Refusal};
use crate::task::to_the_end;

/// Where a person is reached from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// A telephone number or an e-mail address.
    #[schema(examples("13800138000"))]
    contact: String,
    /// In which language the person reads: `zh-Hans`, `zh-Hant` or `en`.
    language: String,
}

/// Changes where one is reached: codes to sign in and messages go there from now on. Where one was reached before is told of
/// it, so that nobody is cut off from their own record unnoticed.
#[utoipa::path(
    put, path = "/api/v1/persons/{person}/contact", operation_id = "changeContact", tag = "persons",
    params(Whom),
    request_body = NewContact,
    responses(
        (status = 204, description = "It is changed; also if it was the same before"),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "For the person alone"),
        (status = 409, body = Refusal, description = "It is being changed elsewhere at this moment"),
        (status = 422, body = Refusal, description = "Neither a telephone number nor an e-mail address, one to which nothing goes from here, or no such language"),
    )
)]
pub(crate) async fn change_own_contact(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    Body(sent): Body<NewContact>,
) -> Result<StatusCode, Problem> {
    let (actor, person) = caller.acting(&app, whom, None).await?;
    let contact: Contact = member("contact", &sent.contact)?;
    let lang: Lang = member("language", &sent.language)?;
    let wish =
        authorize(actor, Purpose::SelfService, ChangeContact { person, contact: Some(contact), lang })?;
    to_the_end(async move { change_contact(app.registry(), wish).await }).await??;
    Ok(StatusCode::NO_CONTENT)
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
            ChangeContactError::Contended => Self::conflict("contended", error),
            ChangeContactError::Unable(unable) => unable.into(),
        }
    }
}
