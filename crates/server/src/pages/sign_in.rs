//! Signing in with a document and a one-time code, in two steps that work without script; and signing out.
//!
//! The second step is shown to everybody who takes the first, known or not. A script fills the hidden field `device` with the
//! public point of the device's key; without it the session is bound to no device.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use mingma_domain::document::{Document, DocumentKind};
use mingma_registry::access::{AccessRecord, OneTimeCode};
use mingma_registry::acts::{SignInError, request_sign_in, sign_in};
use mingma_registry::words::CodeUse;
use serde::Deserialize;

use super::identity::OWN_KINDS;
use super::layout::own_path;
use super::{Page, show};
use crate::alike::alike;
use crate::api::sign_in::{device, end, of_person};
use crate::app::App;
use crate::caller::Caller;
use crate::cookie;
use crate::limited::{Client, Guess, Tried};
use crate::limiter::Limit;
use crate::problem::Problem;
use crate::task::to_the_end;

#[derive(Template)]
#[template(path = "sign-in.html")]
struct First {
    page: Page,
    sent: Sent,
    wrong: bool,
}

#[derive(Template)]
#[template(path = "sign-in-code.html")]
struct Second {
    page: Page,
    sent: Sent,
    wrong: bool,
    demo_code: Option<String>,
}

/// Where a resident goes who came from nowhere.
const HOME: &str = "/code";

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    pub(super) back: String,
}

/// What the forms send.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Sent {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    country: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    device: String,
    #[serde(default)]
    back: String,
}

impl Sent {
    /// The document, written as people write it: spaces and small letters are set right.
    fn document(&self) -> Option<Document> {
        let tidy = |text: &str| -> String { text.split_whitespace().collect::<String>().to_uppercase() };
        let kind: DocumentKind = self.kind.parse().ok()?;
        let country =
            if kind == DocumentKind::Passport { format!("{}:", tidy(&self.country)) } else { String::new() };
        format!("{kind}:{country}{}", tidy(&self.number)).parse().ok()
    }
}

impl First {
    fn chosen(&self, kind: DocumentKind) -> bool {
        self.sent.kind == kind.word()
    }
}

/// `GET /sign-in?back=/code`: whoever came from nowhere is led to their code.
pub(crate) async fn first(page: Page, Query(Back { back }): Query<Back>) -> Response {
    let back = own_path(back, HOME);
    show(&First { page, sent: Sent { back, ..Sent::default() }, wrong: false })
}

/// `POST /sign-in`: asks for a code, and shows where to write it.
pub(crate) async fn ask(
    State(app): State<App>,
    client: Client,
    page: Page,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    client.count(&app, Limit::CodesFrom)?;
    let Some(document) = sent.document() else {
        return Ok(refused(&First { page, sent, wrong: true }));
    };
    Tried::document(&app, client, Guess::Code, &document)?;
    let (acting, asked) = (app.clone(), document.clone());
    alike(to_the_end(async move { request_sign_in(acting.registry(), &asked).await })).await??;
    let demo_code = demo_code(&app, &document, CodeUse::SignIn).await?;
    Ok(show(&Second { page, sent, wrong: false, demo_code }))
}

/// `POST /sign-in/code`: signs in, and goes where the person wanted to go.
pub(crate) async fn enter(
    State(app): State<App>,
    client: Client,
    page: Page,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    client.count(&app, Limit::TriesFrom)?;
    let Some(document) = sent.document() else {
        return Ok(refused(&First { page, sent, wrong: true }));
    };
    let claimed = Tried::document(&app, client, Guess::Entry, &document)?;
    let device = device(&sent.device)?;
    let code: Option<OneTimeCode> = sent.code.parse().ok();
    let acting = app.clone();
    let tried = document.clone();
    let act = async move {
        match code {
            Some(code) => sign_in(acting.registry(), &tried, &code, device).await,
            None => Err(SignInError::Refused),
        }
    };
    match alike(to_the_end(act)).await? {
        Ok(signed_in) => {
            claimed.was_right(&app);
            let session = of_person(&signed_in);
            let kept = cookie::keep(&app, &app.sessions().seal(&session), session.until);
            Ok((AppendHeaders([kept]), Redirect::to(&own_path(sent.back, HOME))).into_response())
        }
        Err(SignInError::Refused) => {
            let demo_code = demo_code(&app, &document, CodeUse::SignIn).await?;
            Ok(refused(&Second { page, sent, wrong: true, demo_code }))
        }
        Err(SignInError::Unable(unable)) => Err(unable.into()),
    }
}

/// `POST /sign-out`
pub(crate) async fn leave(State(app): State<App>, caller: Option<Caller>) -> Result<Response, Problem> {
    if let Some(caller) = caller {
        end::leave(&app, caller).await?;
    }
    Ok((AppendHeaders([cookie::forget(&app)]), Redirect::to("/")).into_response())
}

fn refused(page: &impl Template) -> Response {
    let mut response = show(page);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}

/// The code that would have been sent; in the demonstration alone, where there is nobody to send it to.
pub(super) async fn demo_code(
    app: &App,
    document: &Document,
    what_for: CodeUse,
) -> Result<Option<String>, Problem> {
    if !app.settings().demo {
        return Ok(None);
    }
    let registry = app.registry();
    let Some(person) = registry.store().find(document).await? else { return Ok(None) };
    let access: AccessRecord = registry.store().access(person, registry.now()).await?;
    Ok(access.open(what_for, registry.now()).map(|challenge| challenge.code.digits().to_owned()))
}
