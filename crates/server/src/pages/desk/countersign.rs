//! Facts of other organisations that wait for this one's name: found by their evidence, signed with the person's document.
//!
//! The list does not say about whom a fact is. Who has the same case in its own records knows; who has not, has nothing to sign.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use mingma_domain::document::Document;
use mingma_domain::fact::Issuer;
use mingma_domain::fact::names::{kind_name, value_name};
use mingma_registry::FactId;
use mingma_registry::acts::{ToCountersign, to_countersign};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::row::RecordedFact;
use mingma_registry::store::Page as Part;
use serde::Deserialize;

use super::fact::document;
use super::{Page, at_desk, show};
use crate::app::App;
use crate::caller::Caller;
use crate::problem::Problem;

/// How many facts stand on a page.
const LISTED: u32 = 30;

#[derive(Template)]
#[template(path = "desk-countersign.html")]
struct List {
    page: Page,
    facts: Vec<RecordedFact>,
    next: Option<FactId>,
}

#[derive(Template)]
#[template(path = "desk-countersign-one.html")]
struct One {
    page: Page,
    issuer: Issuer,
    row: RecordedFact,
    wrong: Option<String>,
    /// The person's document in wire form, once it was given: then it is to be signed.
    signs: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct After {
    #[serde(default)]
    pub(super) after: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Whom {
    person: String,
}

/// `GET /desk/countersign`
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
    let before = asked.after.and_then(|id| id.parse().ok());
    let found = waiting(&app, issuer, before, LISTED).await?;
    Ok(show(&List { page, facts: found.items, next: found.next }))
}

/// `GET /desk/countersign/{fact}`
pub(crate) async fn one(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Path(fact): Path<String>,
) -> Result<Response, Problem> {
    let issuer = match at_desk(&app, caller).await {
        Ok(issuer) => issuer,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let row = this(&app, issuer.clone(), &fact).await?;
    Ok(show(&One { page, issuer, row, wrong: None, signs: None }))
}

/// `POST /desk/countersign/{fact}`: what would be signed, and what the person will be told.
pub(crate) async fn look(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Path(fact): Path<String>,
    Form(whom): Form<Whom>,
) -> Result<Response, Problem> {
    let issuer = match at_desk(&app, caller).await {
        Ok(issuer) => issuer,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let row = this(&app, issuer.clone(), &fact).await?;
    let Ok(person) = document(&whom.person).parse::<Document>() else {
        let wrong = Some(page.say("desk-cause-document"));
        let form = One { page, issuer, row, wrong, signs: None };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&form)).into_response());
    };
    Ok(show(&One { page, issuer, row, wrong: None, signs: Some(person.to_wire()) }))
}

async fn waiting(
    app: &App,
    issuer: Issuer,
    before: Option<FactId>,
    limit: u32,
) -> Result<Part<RecordedFact, FactId>, Problem> {
    let wish = ToCountersign { issuer: issuer.clone(), before, limit };
    let wish = authorize(Actor::Institution(issuer), Purpose::OutbreakControl, wish)?;
    Ok(to_countersign(app.registry(), wish).await?)
}

/// The fact, if it waits for this institution: the first of those that are no newer than itself.
async fn this(app: &App, issuer: Issuer, fact: &str) -> Result<RecordedFact, Problem> {
    let id: FactId = fact.parse().map_err(|_| Problem::not_found())?;
    let next = u128::from_be_bytes(*id.as_bytes()).saturating_add(1);
    let found = waiting(app, issuer, Some(FactId::from_bytes(next.to_be_bytes())), 1).await?;
    found.items.into_iter().find(|row| row.id == id).ok_or_else(Problem::not_found)
}

/// What a fact says, in the reader's language.
pub(super) fn told(page: &Page, row: &RecordedFact) -> String {
    let fact = &row.fact;
    let (kind, value) = (kind_name(fact.kind(), page.lang()), value_name(fact.value(), page.lang()));
    let until = fact.until().map_or_else(String::new, |until| format!("–{until}"));
    let region = fact.region().map_or_else(String::new, |region| format!(" · {}", region.name(page.lang())));
    format!("{kind} · {value} · {}{until}{region}", fact.at())
}

/// The number of a fact's evidence.
pub(super) fn evidence(row: &RecordedFact) -> String {
    row.fact.evidence().map_or_else(String::new, ToString::to_string)
}

impl List {
    fn told(&self, row: &RecordedFact) -> String {
        told(&self.page, row)
    }

    fn evidence(row: &RecordedFact) -> String {
        evidence(row)
    }
}

impl One {
    fn told(&self) -> String {
        told(&self.page, &self.row)
    }

    fn evidence(&self) -> String {
        evidence(&self.row)
    }
}
