//! An institution signs in with its answer to a challenge.

use axum::Json;
use axum::extract::State;
use axum::response::AppendHeaders;
use mingma_domain::fact::Issuer;
use mingma_registry::acts::{InstitutionSignInError, sign_in_institution};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::sign_in::MadeSession;
use crate::api::unhex;
use crate::app::App;
use crate::body::{Body, member};
use crate::challenge;
use crate::cookie;
use crate::limited::Client;
use crate::limiter::Limit;
use crate::problem::Problem;
use crate::session::{Session, SessionId, Who};
use crate::task::to_the_end;

/// An answer to a challenge.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengeAnswer {
    /// Who answers.
    #[schema(examples("laboratory:410100-07"))]
    issuer: String,
    /// The challenge as it was given.
    challenge: String,
    /// The signature: the 64 bytes of r and s in hexadecimal.
    signature: String,
    /// Whether the session is to be kept in a cookie too, for a browser's pages.
    #[serde(default)]
    cookie: bool,
}

/// Signs an institution in.
#[utoipa::path(
    post, path = "/api/v1/institutions/sessions", operation_id = "signInInstitution", tag = "sign-in",
    request_body = ChallengeAnswer,
    responses(
        (status = 200, body = MadeSession),
        (status = 403, description = "Not the issuer's key, or the challenge is over or was answered", content_type = "application/problem+json", body = Object),
        (status = 422, description = "Not an issuer or a signature", content_type = "application/problem+json", body = Object),
        (status = 429, description = "Too often", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn sign_in_issuer(
    State(app): State<App>,
    client: Client,
    Body(sent): Body<ChallengeAnswer>,
) -> Result<(AppendHeaders<Vec<(axum::http::HeaderName, String)>>, Json<MadeSession>), Problem> {
    client.count(&app, Limit::InstitutionsFrom)?;
    let issuer: Issuer = member("issuer", &sent.issuer)?;
    let signature = unhex::<64>(&sent.signature).ok_or_else(|| {
        Problem::refused(
            "member",
            "`signature`: not a signature: write the 64 bytes of r and s in hexadecimal",
        )
    })?;
    let name = challenge::open(app.sessions(), &sent.challenge, app.registry().now())
        .ok_or(InstitutionSignInError::Refused)?;
    let id = SessionId::draw(app.registry())?;
    let (acting, who) = (app.clone(), issuer.clone());
    let act = async move {
        let signed = (sent.challenge.as_str(), name);
        sign_in_institution(acting.registry(), &who, signed, &signature).await
    };
    let until = to_the_end(act).await??;
    let made = MadeSession::of(&app, &Session { id, who: Who::Institution(issuer), until, device: None });
    let kept = sent.cookie.then(|| cookie::keep(&app, made.token(), until));
    Ok((AppendHeaders(kept.into_iter().collect()), Json(made)))
}

impl From<InstitutionSignInError> for Problem {
    fn from(error: InstitutionSignInError) -> Self {
        match error {
            InstitutionSignInError::Refused => Self::forbidden("challenge-refused", error),
            InstitutionSignInError::Unable(unable) => unable.into(),
        }
    }
}
