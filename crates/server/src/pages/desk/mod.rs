//! The desk: where an institution submits facts by hand, one at a time or as a table, and sees what became of them.
//!
//! What is signed is signed in the browser, by the institution's key that never leaves it; the pages only prepare it. What the
//! person will be told stands on the page before anything is sent.

pub mod countersign;
pub mod disputes;
pub mod fact;
pub mod review;
pub mod submissions;
mod table;
pub mod upload;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_domain::fact::{Issuer, Kind};
use mingma_registry::Book;
use mingma_registry::words::Capacity;

use super::{Page, show};
use crate::app::App;
use crate::caller::Caller;
use crate::problem::Problem;

/// Where an institution signs in.
const SIGN_IN: &str = "/desk/sign-in?back=/desk";

#[derive(Template)]
#[template(path = "desk.html")]
struct Home {
    page: Page,
    issuer: Issuer,
    place: String,
    kinds: Vec<(Kind, &'static str)>,
    countersigns: bool,
}

/// `GET /desk`
pub(crate) async fn home(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
) -> Result<Response, Problem> {
    let issuer = match at_desk(&app, caller).await {
        Ok(issuer) => issuer,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let book = app.registry().book().await?;
    let lang = page.lang();
    let place = book.issuer(&issuer).map_or_else(String::new, |entry| entry.region.name(lang).to_owned());
    let may = entitled(&app, &book, &issuer, Capacity::Submit);
    let kinds =
        may.into_iter().map(|kind| (kind, mingma_domain::fact::names::kind_name(kind, lang))).collect();
    let countersigns = !entitled(&app, &book, &issuer, Capacity::Countersign).is_empty();
    Ok(show(&Home { page, issuer, place, kinds, countersigns }))
}

/// The institution that signed in, or the way to where it does.
async fn at_desk(app: &App, caller: Option<Caller>) -> Result<Issuer, Response> {
    let elsewhere = || Redirect::to(SIGN_IN).into_response();
    let caller = caller.ok_or_else(elsewhere)?;
    caller.institution(app).await.map_err(|problem| match problem.status() {
        StatusCode::FORBIDDEN => elsewhere(),
        _ => problem.into_response(),
    })
}

/// The kinds to which an institution is entitled today, in the order of the vocabulary.
fn entitled(app: &App, book: &Book, issuer: &Issuer, capacity: Capacity) -> Vec<Kind> {
    let Some(entry) = book.issuer(issuer) else { return Vec::new() };
    let Ok(zone) = mingma_domain::time::Zone::named(entry.region.zone()) else { return Vec::new() };
    let today = zone.day_of(app.registry().now());
    let in_force = |kind: &Kind| {
        book.entitlements(issuer).any(|entry| {
            let of = &entry.entitlement;
            entry.capacity == capacity && of.kind == *kind && of.is_in_force(today)
        })
    };
    Kind::ALL.iter().copied().filter(in_force).collect()
}
