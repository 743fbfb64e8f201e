//! A person signs in with a one-time code.

use axum::Json;
use axum::extract::State;
use mingma_domain::document::Document;
use mingma_registry::access::OneTimeCode;
use mingma_registry::acts::{SignInError, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{MadeSession, device, of_person};
use crate::alike::alike;
use crate::app::App;
use crate::body::{Answer, Body, member};
use crate::limited::{Client, Guess, Tried};
use crate::limiter::Limit;
use crate::problem::Problem;
use crate::task::to_the_end;

/// A document and the code that was sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The document: kind and number.
    #[schema(examples("passport:JP:TR0000001"))]
    document: String,
    /// The six digits.
    #[schema(examples("271828"))]
    code: String,
    /// The public point of the device's key, to which the session is bound and for which codes are made: the 33 bytes of
    /// its compressed form in hexadecimal.
    #[serde(default)]
    device: String,
}

/// Signs a person in.
#[utoipa::path(
    post, path = "/api/v1/sign-in/sessions", operation_id = "signIn", tag = "sign-in",
    request_body = Credentials,
    responses(
        (status = 200, body = MadeSession),
        (status = 403, description = "Document and code do not fit together, or the code is over", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not a document, a code or a point", content_type = "application/problem+json", body = Object),
        (status = 429, description = "Too often", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn sign_in_person(
    State(app): State<App>,
    client: Client,
    Body(credentials): Body<Credentials>,
) -> Answer<MadeSession> {
    client.count(&app, Limit::TriesFrom)?;
    let document: Document = member("document", &credentials.document)?;
    let tried = Tried::document(&app, client, Guess::Entry, &document)?;
    let code: OneTimeCode = member("code", &credentials.code)?;
    let device = device(&credentials.device)?;
    let acting = app.clone();
    let act = async move { sign_in(acting.registry(), &document, &code, device).await };
    let signed_in = alike(to_the_end(act)).await??;
    tried.was_right(&app);
    Ok(Json(MadeSession::of(&app, &of_person(&signed_in))))
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused => Self::forbidden("code-refused", error),
            SignInError::Unable(unable) => unable.into(),
        }
    }
}
