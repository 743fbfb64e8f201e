//! Alarms about a region's institutions, in numbers and never persons: what waits above a limit, and the second office that
//! lets it through.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_domain::Region;
use mingma_registry::Book;
use mingma_registry::acts::{Allow, AllowError, allow};
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::row::Alarm;
use mingma_registry::words::Strange;
use serde::Deserialize;

use super::{Page, agreeing, for_above, show};
use crate::address::InPath;
use crate::app::App;
use crate::caller::Caller;
use crate::pages::desk::submissions::local;
use crate::pages::journal::{alarm_kind, alarm_name};
use crate::problem::Problem;
use crate::task::to_the_end;

/// How many alarms of either sort stand on a page.
const LISTED: usize = 50;

#[derive(Template)]
#[template(path = "office-alarms.html")]
struct Alarms {
    page: Page,
    /// What waits for a second office, the newest at the head.
    held: Vec<Line>,
    /// The number before which those that wait go on.
    next: Option<u64>,
    /// What stops nobody, and what was let through.
    others: Vec<Line>,
    wrong: Option<String>,
}

/// An alarm, in the reader's language.
struct Line {
    number: u64,
    why: String,
    issuer: String,
    organisation: String,
    kind: String,
    rows: u64,
    usual: u64,
    at: String,
    let_through: bool,
    /// Whose it is to let it through, if it is not this office's.
    refused: Option<String>,
}

/// Which part of those that wait.
#[derive(Debug, Deserialize)]
pub(crate) struct Before {
    #[serde(default)]
    before: Option<u64>,
}

/// `GET /office/alarms`
pub(crate) async fn list(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Query(asked): Query<Before>,
) -> Result<Response, Problem> {
    let official = match agreeing(&app, caller).await {
        Ok(official) => official,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let book = app.registry().book().await?;
    Ok(show(&alarms(page, &book, (official.region, app.registry().top()), (asked.before, None))))
}

/// `POST /office/alarms/{alarm}`: lets the batch through that it holds.
pub(crate) async fn let_through(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    InPath(alarm): InPath<u64>,
) -> Result<Response, Problem> {
    let official = match agreeing(&app, caller).await {
        Ok(official) => official,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let wish = Allow { region: official.region, alarm };
    let wish = authorize(official.actor, Purpose::OutbreakControl, wish)?;
    let acting = app.clone();
    match to_the_end(async move { allow(acting.registry(), wish).await }).await? {
        Ok(_) => Ok(Redirect::to("/office/alarms").into_response()),
        Err(AllowError::NothingHeld { .. }) => {
            let book = app.registry().book().await?;
            let wrong = page.with("office-alarm-holds-nothing", &[("alarm", alarm)]);
            let list = alarms(page, &book, (official.region, app.registry().top()), (None, Some(wrong)));
            Ok((StatusCode::CONFLICT, show(&list)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn alarms(
    page: Page,
    book: &Book,
    (region, top): (Region, Option<Region>),
    (before, wrong): (Option<u64>, Option<String>),
) -> Alarms {
    let here = |alarm: &Alarm| book.issuer(&alarm.issuer).is_some_and(|known| known.region.is_in(region));
    let is_held = |alarm: &Alarm, allowed: bool| alarm.why == Strange::AboveLimit && !allowed;
    let line = |(number, alarm, let_through): (u64, &Alarm, bool)| {
        let known = book.issuer(&alarm.issuer);
        let held = known.filter(|_| is_held(alarm, let_through));
        let refused = held.and_then(|known| book.may_let_through(region, known, top).err());
        Line {
            number,
            why: alarm_name(&page, alarm),
            issuer: alarm.issuer.to_string(),
            organisation: known.map_or_else(String::new, |known| known.organisation.to_string()),
            kind: alarm_kind(&page, alarm),
            rows: alarm.rows,
            usual: alarm.usual,
            at: local(alarm.at, region.zone()),
            let_through,
            refused: refused.map(|least| for_above(&page, least)),
        }
    };
    let newest = || book.alarms().rev().map(|(n, alarm, allowed)| (n, &**alarm, allowed));
    let mut waiting = newest()
        .filter(|(number, alarm, allowed)| {
            before.is_none_or(|before| *number < before) && is_held(alarm, *allowed) && here(alarm)
        })
        .map(line);
    let held: Vec<Line> = waiting.by_ref().take(LISTED).collect();
    let next = waiting.next().and(held.last().map(|last| last.number));
    let others = newest().filter(|(_, alarm, allowed)| !is_held(alarm, *allowed) && here(alarm));
    let others = others.take(LISTED).map(line).collect();
    Alarms { page, held, next, others, wrong }
}
