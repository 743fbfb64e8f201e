//! A person proves where they want to be reached, by the code that was sent there.

use axum::extract::State;
use axum::http::StatusCode;
use mingma_registry::access::OneTimeCode;
use mingma_registry::acts::{ConfirmContact, ConfirmContactError, confirm_contact};
use mingma_registry::policy::{Purpose, authorize};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::address::InPath;
use crate::app::App;
use crate::body::{Body, member};
use crate::caller::{Caller, Whom};
use crate::limited::Client;
use crate::limiter::Limit;
use crate::problem::{Problem, Refusal};
use crate::task::to_the_end;

/// The code that `changeContact` had sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactCode {
    /// The six digits.
    #[schema(examples("271828"))]
    code: String,
}

/// Has one reached where the code was sent, from now on. Where one was reached before is told of it, so that nobody is cut off from their
/// own record unnoticed. Each code has five tries.
#[utoipa::path(
    post, path = "/api/v1/persons/{person}/contact/confirmation", operation_id = "confirmContact", tag = "persons",
    params(Whom),
    request_body = ContactCode,
    responses(
        (status = 204, description = "Codes to sign in and messages go there from now on"),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "For the person alone; or the code is another than was sent, or is over"),
        (status = 409, body = Refusal, description = "It was changed elsewhere at this moment"),
        (status = 422, body = Refusal, description = "Not a code"),
        (status = 429, body = Refusal, description = "Too often"),
    )
)]
pub(crate) async fn confirm_own_contact(
    State(app): State<App>,
    client: Client,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    Body(sent): Body<ContactCode>,
) -> Result<StatusCode, Problem> {
    let (actor, person) = caller.acting(&app, whom, None).await?;
    client.count(&app, Limit::TriesFrom)?;
    let code: OneTimeCode = member("code", &sent.code)?;
    let wish = authorize(actor, Purpose::SelfService, ConfirmContact { person, code })?;
    to_the_end(async move { confirm_contact(app.registry(), wish).await }).await??;
    Ok(StatusCode::NO_CONTENT)
}

impl From<ConfirmContactError> for Problem {
    fn from(error: ConfirmContactError) -> Self {
        match error {
            ConfirmContactError::Refused => Self::forbidden("code-refused", error),
            ConfirmContactError::Contended => Self::conflict("contended", error),
            ConfirmContactError::Unable(unable) => unable.into(),
        }
    }
}
