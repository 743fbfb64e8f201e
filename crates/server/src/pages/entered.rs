//! Who may see a page: whoever may not yet is sent to sign in, each where they do so, and comes back.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use mingma_domain::fact::Issuer;
use mingma_registry::Actor;

use super::layout::escaped;
use crate::app::App;
use crate::caller::Caller;
use crate::problem::Problem;

/// A page for whoever has signed in as a person.
#[derive(Clone, Debug)]
pub struct ResidentPage(pub Caller);

/// A page for an official, whose account counts at this moment.
#[derive(Clone, Debug)]
pub struct OfficePage(pub Actor);

/// A page for an institution, for which a key counts at this moment.
#[derive(Clone, Debug)]
pub struct DeskPage(pub Issuer);

/// The way to sign in and come back, or why the page cannot be shown at all.
#[derive(Debug)]
pub enum Elsewhere {
    /// To sign in.
    SignIn(String),
    /// The store cannot say.
    Unable(Problem),
}

impl IntoResponse for Elsewhere {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn(way) => Redirect::to(&way).into_response(),
            Self::Unable(problem) => problem.into_response(),
        }
    }
}

/// The caller; without one, or if `entered` refuses, the way to a page for signing in.
async fn enter<T>(
    parts: &mut Parts,
    app: &App,
    sign_in: &str,
    entered: impl AsyncFnOnce(Caller) -> Result<T, Problem>,
) -> Result<T, Elsewhere> {
    let here = parts.uri.path_and_query().map_or("/", |here| here.as_str());
    let way = format!("{sign_in}?back={}", escaped(here));
    let result = match <Caller as FromRequestParts<App>>::from_request_parts(parts, app).await {
        Ok(caller) => entered(caller).await,
        Err(problem) => Err(problem),
    };
    result.map_err(|problem| match problem.status().as_u16() {
        401 | 403 => Elsewhere::SignIn(way),
        _ => Elsewhere::Unable(problem),
    })
}

impl FromRequestParts<App> for ResidentPage {
    type Rejection = Elsewhere;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Elsewhere> {
        enter(parts, app, "/sign-in", async |caller| caller.person().map(|_| Self(caller))).await
    }
}

impl FromRequestParts<App> for OfficePage {
    type Rejection = Elsewhere;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Elsewhere> {
        enter(parts, app, "/office/sign-in", async |caller| caller.official(app).await.map(Self)).await
    }
}

impl FromRequestParts<App> for DeskPage {
    type Rejection = Elsewhere;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Elsewhere> {
        enter(parts, app, "/desk/sign-in", async |caller| caller.institution(app).await.map(Self)).await
    }
}
