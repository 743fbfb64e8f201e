//! What waits for a second office: the same numbers that the first one saw, and the approval.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::time::Zone;
use mingma_registry::acts::{Approve, BrakeError, approve, is_second};
use mingma_registry::brake::{Draft, Hand, Proposal, Proposed};
use mingma_registry::policy::{Purpose, authorize};
use serde::Deserialize;

use super::ahead::{self, Seen, in_words};
use super::{Page, agreeing, office_name, show};
use crate::address::{InPath, place};
use crate::api::drafts::approve;
use crate::api::drafts::list::MAX_TOLD;
use crate::api::hex;
use crate::api::offices::Official;
use crate::app::App;
use crate::caller::Caller;
use crate::pages::when::When;
use crate::problem::Problem;
use crate::task::to_the_end;

#[derive(Template)]
#[template(path = "office-proposals.html")]
struct Proposals {
    page: Page,
    waiting: Vec<Line>,
}

struct Line {
    number: u64,
    name: &'static str,
    code: &'static str,
    what: String,
    office: String,
    at: String,
}

#[derive(Template)]
#[template(path = "office-proposal.html")]
struct One {
    page: Page,
    line: Line,
    /// The text of the rules, if that is what is proposed.
    rules: Option<String>,
    /// What it would do, as the first office saw it; none of an appointment, which changes nobody's status.
    foreseen: Option<Seen>,
    seen: String,
    /// Why this office is no second one to it.
    refused: Option<String>,
    wrong: Option<String>,
}

/// The form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    seen: String,
}

/// `GET /office/proposals`
pub(crate) async fn list(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
) -> Result<Response, Problem> {
    let official = match agreeing(&app, caller).await {
        Ok(official) => official,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let book = app.registry().book().await?;
    let here = book.waiting().filter(|(_, proposal)| proposal.region().is_in(official.region));
    let waiting = here.take(MAX_TOLD).map(|(number, proposal)| line(&page, number, proposal)).collect();
    Ok(show(&Proposals { page, waiting }))
}

/// `GET /office/proposals/{number}`
pub(crate) async fn one(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    InPath(number): InPath<String>,
) -> Result<Response, Problem> {
    match agreeing(&app, caller).await {
        Ok(official) => Ok(show(&proposal(&app, page, &official, &number).await?)),
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// `POST /office/proposals/{number}`: approves.
pub(crate) async fn agree(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    InPath(number): InPath<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Problem> {
    let official = match agreeing(&app, caller).await {
        Ok(official) => official,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let waits = proposal(&app, page.clone(), &official, &number).await?;
    let region = waits.line.code.parse().map_err(|_| Problem::broken())?;
    let wish = Approve { region, proposal: waits.line.number, seen: approve::hash(&sent.seen)? };
    let wish = authorize(official.actor.clone(), Purpose::Publication, wish)?;
    let acting = app.clone();
    match to_the_end(async move { approve(acting.registry(), wish).await }).await? {
        Ok(_) => Ok(Redirect::to("/office/proposals").into_response()),
        Err(error) => {
            let wrong = Some(in_words(&page, error)?);
            Ok((StatusCode::CONFLICT, show(&One { wrong, ..waits })).into_response())
        }
    }
}

async fn proposal(app: &App, page: Page, official: &Official, number: &str) -> Result<One, Problem> {
    let number: u64 = place("number", number)?;
    let book = app.registry().book().await?;
    let here = |proposal: &&std::sync::Arc<Proposal>| proposal.region().is_in(official.region);
    let waits = book.waiting().find(|(waits, _)| *waits == number).map(|(_, proposal)| proposal);
    let waits = waits.filter(here).ok_or_else(Problem::not_found)?;
    let (rules, foreseen) = match &waits.what {
        Proposed::Draft { draft, preview } => {
            let rules = match draft {
                Draft::Rules(entry) => Some(entry.rules.clone()),
                Draft::Risk(_) => None,
            };
            (rules, Some(ahead::seen(&page, &book, draft, preview)))
        }
        Proposed::Appointment { .. } => (None, None),
    };
    let hand = Hand::of(&official.actor, app.registry().now()).ok_or(BrakeError::NoOffice)?;
    let refused = is_second(waits, &hand, app.registry().top()).err();
    Ok(One {
        line: line(&page, number, waits),
        rules,
        foreseen,
        seen: hex(&waits.seen()),
        refused: refused.map(|error| in_words(&page, error)).transpose()?,
        page,
        wrong: None,
    })
}

fn line(page: &Page, number: u64, proposal: &Proposal) -> Line {
    let region = proposal.region();
    let what = match &proposal.what {
        Proposed::Draft { draft: Draft::Rules(entry), .. } => {
            page.with("ahead-of-rules", &[("id", entry.id.as_str())])
        }
        Proposed::Appointment { appointment, .. } => super::issuers::appointment_in_words(page, appointment),
        Proposed::Draft { draft: Draft::Risk(risk), .. } => {
            let level = super::risk::level_name(page, risk.level);
            let from = risk.from.to_string();
            match risk.until {
                None => page.with("ahead-of-risk", &[("level", level), ("from", from)]),
                Some(until) => {
                    let told = [("level", level), ("from", from), ("until", until.to_string())];
                    page.with("ahead-of-risk-until", &told)
                }
            }
        }
    };
    Line {
        number,
        name: region.name(page.lang()),
        code: region.code(),
        what,
        office: format!(
            "{} · {}",
            office_name(page, proposal.by.office),
            proposal.by.region.name(page.lang())
        ),
        at: told_at(page, region, proposal.by.at),
    }
}

/// An instant as it is read in a region.
fn told_at(page: &Page, region: Region, at: Timestamp) -> String {
    match Zone::named(region.zone()) {
        Ok(zone) => When::new(page.lang(), &zone).instant(at),
        Err(_) => at.to_string(),
    }
}
