//! Where a person is signed in, and the way out of everywhere.

use askama::Template;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use mingma_registry::acts::sessions_of;

use super::affairs::Affairs;
use super::entered::ResidentPage;
use super::when::When;
use super::{Page, show};
use crate::api::sign_in::end_all::leave_everywhere;
use crate::app::App;
use crate::cookie;
use crate::problem::Problem;
use crate::session::SessionId;

#[derive(Template)]
#[template(path = "sessions.html")]
struct List {
    page: Page,
    open: Vec<Line>,
}

/// One session, for people.
struct Line {
    since: String,
    device: bool,
    here: bool,
}

/// `GET /sessions`
pub(crate) async fn list(
    State(app): State<App>,
    page: Page,
    ResidentPage(caller): ResidentPage,
) -> Result<Response, Problem> {
    let here = caller.session().id;
    let mut open = Vec::new();
    let person = caller.person()?;
    let record = app.registry().store().record(person).await?;
    let when = When::new(page.lang(), &Affairs::zone(&record)?);
    for session in sessions_of(app.registry(), person).await? {
        let id = SessionId::from_bytes(*session.id.as_bytes());
        if !app.ended().has(app.registry(), id).await? {
            open.push(Line {
                since: when.instant(session.at),
                device: session.device.is_some(),
                here: id == here,
            });
        }
    }
    Ok(show(&List { page, open }))
}

/// `POST /sessions/end`: every one, this one too.
pub(crate) async fn end_all(
    State(app): State<App>,
    ResidentPage(caller): ResidentPage,
) -> Result<Response, Problem> {
    leave_everywhere(&app, caller).await?;
    Ok((AppendHeaders([cookie::forget(&app)]), Redirect::to("/")).into_response())
}
