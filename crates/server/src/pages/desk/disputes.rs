//! Facts that are disputed, an institution's own and those whose evidence it gives out: each with its deadline, and the signed word that answers.
//!
//! The list does not say who disputes them. The institution finds the evidence number in its own records, and signs with the
//! person's document whether it is so; what nobody has answered when it is due stops counting.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use mingma_domain::document::Document;
use mingma_domain::fact::Issuer;
use mingma_registry::acts::{OwnDispute, OwnDisputes, own_disputes};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::store::{DisputedFact, Page as Part};
use mingma_registry::{AppealId, FactId};
use serde::Deserialize;

use super::countersign::{After, evidence, told};
use super::fact::document;
use super::submissions::{local, zone_by};
use super::{Page, at_desk, show};
use crate::api::offices::open_appeals::cursor;
use crate::app::App;
use crate::caller::Caller;
use crate::pages::office::appeals::ground_name;
use crate::problem::Problem;

/// How many disputes stand on a page.
const LISTED: u32 = 30;

#[derive(Template)]
#[template(path = "desk-disputes.html")]
struct List {
    page: Page,
    lines: Vec<Line>,
    next: Option<String>,
}

/// A disputed fact, in the reader's language.
struct Line {
    /// The instant at which it is due, as an address names it.
    key: Timestamp,
    appeal: AppealId,
    fact: FactId,
    due: String,
    opened: String,
    ground: String,
    evidence: String,
    what: String,
    /// Who recorded it.
    issuer: String,
    /// Whether others have to say that it is so: what this institution, or its organisation, said is what is disputed.
    asks_others: bool,
}

#[derive(Template)]
#[template(path = "desk-dispute.html")]
struct One {
    page: Page,
    issuer: Issuer,
    line: Line,
    wrong: Option<String>,
    /// The person's document in wire form and whether it is so, once both were given: then it is to be signed.
    signs: Option<(String, bool)>,
}

/// A word on a fact.
#[derive(Debug, Deserialize)]
pub(crate) struct Word {
    person: String,
    #[serde(default)]
    confirmed: String,
}

/// `GET /desk/disputes`
pub(crate) async fn list(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Query(asked): Query<After>,
) -> Result<Response, Problem> {
    let issuer = match at_desk(&app, caller).await {
        Ok(issuer) => issuer,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let after = asked.after.map(|text| cursor(&text)).transpose()?;
    let found = waiting(&app, issuer.clone(), after, LISTED).await?;
    let book = app.registry().book().await?;
    let zone = zone_by(&book, &issuer);
    let lines = found.items.iter().map(|asked| line(&page, asked, zone)).collect();
    let next = found.next.map(|(due, id)| format!("{due}/{id}"));
    Ok(show(&List { page, lines, next }))
}

/// `GET /desk/disputes/{due}/{appeal}`
pub(crate) async fn one(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Path(which): Path<(String, String)>,
) -> Result<Response, Problem> {
    match at_desk(&app, caller).await {
        Ok(issuer) => Ok(show(&form(&app, page, issuer, which).await?)),
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// `POST /desk/disputes/{due}/{appeal}`: what would be signed, and what the person will be told.
pub(crate) async fn look(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Path(which): Path<(String, String)>,
    Form(word): Form<Word>,
) -> Result<Response, Problem> {
    let issuer = match at_desk(&app, caller).await {
        Ok(issuer) => issuer,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let form = form(&app, page, issuer, which).await?;
    let wrong = match (document(&word.person).parse::<Document>(), word.confirmed.parse()) {
        (Ok(_), Ok(true)) if form.line.asks_others => form.page.say("desk-dispute-others"),
        (Ok(person), Ok(confirmed)) => {
            return Ok(show(&One { signs: Some((person.to_wire(), confirmed)), ..form }));
        }
        (Err(_), _) => form.page.say("desk-cause-document"),
        (Ok(_), Err(_)) => form.page.say("desk-dispute-no-word"),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&One { wrong: Some(wrong), ..form })).into_response())
}

async fn waiting(
    app: &App,
    issuer: Issuer,
    after: Option<(Timestamp, AppealId)>,
    limit: u32,
) -> Result<Part<OwnDispute, (Timestamp, AppealId)>, Problem> {
    let wish = OwnDisputes { issuer: issuer.clone(), after, limit };
    let wish = authorize(Actor::Institution(issuer), Purpose::Redress, wish)?;
    Ok(own_disputes(app.registry(), wish).await?)
}

/// The dispute, if it waits for this institution: the first of those that are due no earlier than itself.
async fn form(
    app: &App,
    page: Page,
    issuer: Issuer,
    (due, appeal): (String, String),
) -> Result<One, Problem> {
    let due: Timestamp = due.parse().map_err(|_| Problem::not_found())?;
    let appeal: AppealId = appeal.parse().map_err(|_| Problem::not_found())?;
    let before = u128::from_be_bytes(*appeal.as_bytes()).saturating_sub(1);
    let before = (due, AppealId::from_bytes(before.to_be_bytes()));
    let found = waiting(app, issuer.clone(), Some(before), 1).await?;
    let mut waits = found.items.iter();
    let asked = waits.find(|asked| asked.case.opened.id == appeal).ok_or_else(Problem::not_found)?;
    let book = app.registry().book().await?;
    let line = line(&page, asked, zone_by(&book, &issuer));
    Ok(One { page, issuer, line, wrong: None, signs: None })
}

fn line(page: &Page, OwnDispute { case, asks_others }: &OwnDispute, zone: &str) -> Line {
    let DisputedFact { opened, recorded, .. } = case;
    Line {
        key: opened.due,
        appeal: opened.id,
        fact: recorded.id,
        due: local(opened.due, zone),
        opened: local(opened.at, zone),
        ground: ground_name(page, opened.ground),
        evidence: evidence(recorded),
        what: told(page, recorded),
        issuer: recorded.fact.issuer().to_string(),
        asks_others: *asks_others,
    }
}
