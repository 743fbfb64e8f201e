//! An official signs in: name, password, code; a form that works without script.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use mingma_registry::acts::StaffSignInError;
use serde::Deserialize;

use super::layout::own_path;
use super::sign_in::Back;
use super::{Page, show};
use crate::api::staff::sessions::sign_in;
use crate::app::App;
use crate::cookie;
use crate::limited::Client;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "office-sign-in.html")]
struct Door {
    page: Page,
    name: String,
    back: String,
    wrong: bool,
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Sent {
    name: String,
    password: String,
    code: String,
    #[serde(default)]
    back: String,
}

/// `GET /office/sign-in?back=/office`: whoever came from nowhere is led to the office.
pub(crate) async fn door(page: Page, Query(Back { back }): Query<Back>) -> Response {
    show(&Door { page, name: String::new(), back, wrong: false })
}

/// `POST /office/sign-in`
pub(crate) async fn enter(
    State(app): State<App>,
    client: Client,
    page: Page,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    let Sent { name, password, code, back } = sent;
    let entered = match name.trim().parse() {
        Ok(name) => sign_in(&app, client, name, (password, code)).await?,
        Err(_) => Err(StaffSignInError::Refused),
    };
    match entered {
        Ok(session) => {
            let kept = cookie::keep(&app, &app.sessions().seal(&session), session.until);
            Ok((AppendHeaders([kept]), Redirect::to(&own_path(back, "/office"))).into_response())
        }
        Err(StaffSignInError::Refused) => {
            let mut response = show(&Door { page, name, back, wrong: true });
            *response.status_mut() = StatusCode::FORBIDDEN;
            Ok(response)
        }
        Err(StaffSignInError::Unable(unable)) => Err(unable.into()),
    }
}
