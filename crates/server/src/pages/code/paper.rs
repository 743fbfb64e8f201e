//! A code on paper, for whoever has no phone: made when it is asked for, printed as a card or a sheet.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_credential::qr::Qr;
use mingma_registry::CodeId;
use mingma_registry::acts::{ReportLoss, Show, report_loss, show as issue};
use mingma_registry::policy::Purpose;
use mingma_registry::ports::Medium;

use super::{StatusView, initials, status};
use crate::app::App;
use crate::pages::affairs::Affairs;
use crate::pages::form::Fields;
use crate::pages::{Done, Page, show};
use crate::problem::Problem;
use crate::task::to_the_end;

/// For how many days a paper may count: a day's errand, a week, a fortnight. The longest is below what the code's
/// format allows (30), because a colour may change the next day and paper does not.
const DAYS: [u8; 3] = [1, 7, 14];
const DAY_SECONDS: i64 = 86_400;

#[derive(Template)]
#[template(path = "paper.html")]
struct Paper {
    page: Page,
    affairs: Affairs,
    status: StatusView,
    initials: String,
    made: Option<Made>,
    held: Vec<Held>,
    said: Option<String>,
}

/// A paper that somebody may still show.
struct Held {
    code: CodeId,
    said: String,
}

/// A paper code that was made.
struct Made {
    qr: String,
    expires: String,
    card: bool,
}

/// `GET /code/paper[?for=ID]`: what a paper code is, for how long, and which are still about.
pub(crate) async fn ask(
    State(app): State<App>,
    affairs: Affairs,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Problem> {
    let (status, record) = status(&app, &affairs).await?;
    let (page, initials) = (affairs.page.clone(), initials(&record));
    let when = affairs.when(&record)?;
    let papers = record.outstanding(app.registry().now()).filter(|(code, _)| code.paper);
    let held = papers.map(|(code, _)| {
        let places = [("made", when.instant(code.issued)), ("until", when.instant(code.expires))];
        Held { code: code.id, said: page.with("paper-held-one", &places) }
    });
    let held = held.collect();
    let said = (done == "lost").then(|| page.say("paper-lost"));
    Ok(show(&Paper { page, affairs, status, initials, made: None, held, said }))
}

/// `POST /code/paper/{code}/loss[?for=ID]`: a paper is lost, and counts no more.
pub(crate) async fn lose(
    State(app): State<App>,
    affairs: Affairs,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let code: CodeId = code.parse().map_err(|_| Problem::not_found())?;
    let wish = affairs.wish(Purpose::SelfService, ReportLoss { person: affairs.person, code })?;
    to_the_end(async move { report_loss(app.registry(), wish).await }).await??;
    Ok(Redirect::to(&affairs.link_with("/code/paper", "done=lost")).into_response())
}

/// `POST /code/paper[?for=ID]`: makes one. The text of a code is not kept, so this answer is the only one that has it.
pub(crate) async fn make(
    State(app): State<App>,
    affairs: Affairs,
    fields: Fields,
) -> Result<Response, Problem> {
    let days = DAYS.into_iter().find(|days| fields.get("days") == days.to_string());
    let life_seconds = i64::from(days.unwrap_or(1)) * DAY_SECONDS;
    let wish = affairs.wish(
        Purpose::SelfService,
        Show { person: affairs.person, medium: Medium::Paper { life_seconds } },
    )?;
    let shared = app.clone();
    let shown = to_the_end(async move { issue(shared.registry(), wish).await }).await??;
    let (status, record) = status(&app, &affairs).await?;
    let (page, initials) = (affairs.page.clone(), initials(&record));
    let label = page.with("paper-qr-label", &[("color", &status.said)]);
    let qr = Qr::for_paper(&shown.code).map_err(|_| Problem::broken())?.to_svg(&label);
    let expires = affairs.when(&record)?.instant(shown.expires);
    let made = Some(Made { qr, expires, card: fields.get("size") == "card" });
    Ok(show(&Paper { page, affairs, status, initials, made, held: Vec::new(), said: None }))
}
