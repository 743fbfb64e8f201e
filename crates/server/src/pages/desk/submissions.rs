//! An institution's own submissions, row by row as they stand now, and taking back what was wrong.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use mingma_domain::document::Document;
use mingma_domain::fact::names::{kind_name, value_name};
use mingma_domain::fact::{Issuer, RetractionReason};
use mingma_registry::acts::{
    OwnSubmission, OwnSubmissions, RowState, SubmissionState, own_submission, own_submissions,
};
use mingma_registry::bulk::batch_of;
use mingma_registry::intake::{Intake, IssuedFact};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::record::Standing;
use mingma_registry::row::IdempotencyKey;
use mingma_registry::{Book, FactId};
use serde::Deserialize;

use super::countersign::After;
use super::fact::document;
use super::review::what_is_wrong;
use super::{Page, at_desk, show};
use crate::app::App;
use crate::caller::Caller;
use crate::problem::Problem;

/// How many submissions stand on a page.
const LISTED: u32 = 20;
/// The reasons that an institution may give; the others are an appeal's outcome.
const REASONS: [RetractionReason; 3] =
    [RetractionReason::EnteredInError, RetractionReason::WrongPerson, RetractionReason::Unconfirmed];

#[derive(Template)]
#[template(path = "desk-submissions.html")]
struct List {
    page: Page,
    submissions: Vec<Intake>,
    next: Option<IdempotencyKey>,
    zone: &'static str,
}

#[derive(Template)]
#[template(path = "desk-submission.html")]
struct One {
    page: Page,
    key: String,
    received: String,
    /// The numbers of the alarms that hold it.
    held: Vec<u64>,
    counted: bool,
    rows: Vec<Line>,
}

/// A row of a submission, in the reader's language.
struct Line {
    number: u32,
    what: String,
    evidence: String,
    state: &'static str,
    said: String,
    /// Whether it can still be taken back.
    standing: bool,
}

#[derive(Template)]
#[template(path = "desk-correct.html")]
struct Correct {
    page: Page,
    key: String,
    number: u32,
    fact: FactId,
    what: String,
    issuer: Issuer,
    reasons: Vec<(&'static str, String)>,
    wrong: Option<String>,
    /// The person's document in wire form and the reason, once both were given: then it is to be signed.
    signs: Option<(String, RetractionReason, String)>,
}

/// `GET /desk/submissions`
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
    let before = asked.after.and_then(|key| key.parse().ok());
    let wish = OwnSubmissions { issuer: issuer.clone(), before, limit: LISTED };
    let wish = authorize(Actor::Institution(issuer.clone()), Purpose::OutbreakControl, wish)?;
    let submissions = own_submissions(app.registry(), wish).await?;
    let full = u32::try_from(submissions.len()).is_ok_and(|found| found == LISTED);
    let next = submissions.last().filter(|_| full).map(|last| last.request.key.clone());
    let zone = zone(&app, &issuer).await?;
    Ok(show(&List { page, submissions, next, zone }))
}

/// `GET /desk/submissions/{key}`
pub(crate) async fn one(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Path(key): Path<String>,
) -> Result<Response, Problem> {
    let issuer = match at_desk(&app, caller).await {
        Ok(issuer) => issuer,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let state = state(&app, &issuer, &key).await?;
    let book = app.registry().book().await?;
    let zone = zone_by(&book, &issuer);
    let now = app.registry().now();
    let rows = (1..).zip(&state.rows).map(|(number, row)| line(&page, number, row, (now, zone))).collect();
    let (received, counted) = (local(state.intake.request.received, zone), state.intake.rows.is_some());
    let held = book.held_by(&issuer, batch_of(&state.intake.request));
    Ok(show(&One { page, key, received, held, counted, rows }))
}

/// `GET /desk/submissions/{key}/{row}`: taking a fact back.
pub(crate) async fn correct(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Path((key, number)): Path<(String, u32)>,
) -> Result<Response, Problem> {
    let issuer = match at_desk(&app, caller).await {
        Ok(issuer) => issuer,
        Err(elsewhere) => return Ok(elsewhere),
    };
    Ok(show(&correction(&app, page, issuer, (key, number)).await?))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Why {
    person: String,
    #[serde(default)]
    reason: String,
}

/// `POST /desk/submissions/{key}/{row}`: what would be signed, and what the person will be told.
pub(crate) async fn look(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Path((key, number)): Path<(String, u32)>,
    Form(why): Form<Why>,
) -> Result<Response, Problem> {
    let issuer = match at_desk(&app, caller).await {
        Ok(issuer) => issuer,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut form = correction(&app, page, issuer, (key, number)).await?;
    let reason = why.reason.parse().ok().filter(|reason| REASONS.contains(reason));
    let person = document(&why.person).parse::<Document>();
    match (person, reason) {
        (Ok(person), Some(reason)) => {
            let name = reason_name(&form.page, reason);
            form.signs = Some((person.to_wire(), reason, name));
            Ok(show(&form))
        }
        (Err(_), _) => {
            form.wrong = Some(form.page.say("desk-cause-document"));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&form)).into_response())
        }
        (Ok(_), None) => {
            form.wrong = Some(form.page.say("desk-correct-no-reason"));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&form)).into_response())
        }
    }
}

async fn correction(
    app: &App,
    page: Page,
    issuer: Issuer,
    (key, number): (String, u32),
) -> Result<Correct, Problem> {
    let state = state(app, &issuer, &key).await?;
    let at = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let Some(RowState::Recorded(fact)) = at.and_then(|at| state.rows.get(at)) else {
        return Err(Problem::not_found());
    };
    let reasons = REASONS.map(|reason| (reason.word(), reason_name(&page, reason))).into();
    let (what, fact) = (what(&page, fact), fact.recorded.id);
    Ok(Correct { page, key, number, fact, what, issuer, reasons, wrong: None, signs: None })
}

async fn state(app: &App, issuer: &Issuer, key: &str) -> Result<SubmissionState, Problem> {
    let wish = OwnSubmission { issuer: issuer.clone(), key: key.parse().map_err(|_| Problem::not_found())? };
    let wish = authorize(Actor::Institution(issuer.clone()), Purpose::OutbreakControl, wish)?;
    Ok(own_submission(app.registry(), wish).await?)
}

/// The zone of where an institution works.
pub(super) async fn zone(app: &App, issuer: &Issuer) -> Result<&'static str, Problem> {
    let book = app.registry().book().await?;
    Ok(zone_by(&book, issuer))
}

/// The same, by a book that is read.
pub(super) fn zone_by(book: &Book, issuer: &Issuer) -> &'static str {
    book.issuer(issuer).map_or("Asia/Shanghai", |entry| entry.region.zone())
}

/// An instant by the clock on the wall of that zone, to the minute.
pub(crate) fn local(at: Timestamp, zone: &str) -> String {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string()
}

fn what(page: &Page, fact: &IssuedFact) -> String {
    let fact = &fact.recorded.fact;
    let (kind, value) = (kind_name(fact.kind(), page.lang()), value_name(fact.value(), page.lang()));
    format!("{kind} · {value} · {}", fact.at())
}

fn line(page: &Page, number: u32, row: &RowState, (now, zone): (Timestamp, &str)) -> Line {
    let empty = String::new;
    match row {
        RowState::Refused(refused) => {
            let stands = |number: &str| page.with("desk-twice-row", &[("row", number)]);
            let said = format!("{}: {}", refused.column, what_is_wrong(page, refused, zone, stands));
            Line { number, what: empty(), evidence: empty(), state: "refused", said, standing: false }
        }
        RowState::Unfinished => {
            let said = page.say("desk-row-unfinished");
            Line { number, what: empty(), evidence: empty(), state: "unfinished", said, standing: false }
        }
        RowState::Recorded(fact) => {
            let (state, said, standing) = match fact.standing(now) {
                Standing::Pending => ("pending", page.say("desk-row-pending"), true),
                Standing::Unwitnessed => ("pending", page.say("desk-row-unwitnessed"), true),
                Standing::Doubtful => ("pending", page.say("desk-row-doubtful"), true),
                Standing::Counts(None) => ("counts", page.say("desk-row-counts"), true),
                Standing::Counts(Some(second)) => {
                    let by = second.issuer.to_string();
                    ("counts", page.with("desk-row-countersigned", &[("by", by)]), true)
                }
                Standing::Retracted(back) => {
                    let (reason, at) = (reason_name(page, back.reason), local(back.at, zone));
                    let places = [("by", back.issuer.to_string()), ("reason", reason), ("at", at)];
                    ("retracted", page.with("desk-row-retracted", &places), false)
                }
                Standing::Unconfirmed(word) => {
                    let places = [("by", word.issuer.to_string()), ("at", local(word.at, zone))];
                    ("retracted", page.with("desk-row-unconfirmed", &places), false)
                }
                Standing::Unanswered(appeal) => {
                    let places = [("at", local(appeal.due, zone))];
                    ("retracted", page.with("desk-row-unanswered", &places), false)
                }
            };
            let evidence = fact.recorded.fact.evidence().map_or_else(empty, ToString::to_string);
            Line { number, what: what(page, fact), evidence, state, said, standing }
        }
    }
}

/// A reason to take back, in the reader's language.
fn reason_name(page: &Page, reason: RetractionReason) -> String {
    match reason {
        RetractionReason::EnteredInError => page.say("desk-reason-entered-in-error"),
        RetractionReason::WrongPerson => page.say("desk-reason-wrong-person"),
        RetractionReason::Unconfirmed => page.say("desk-reason-unconfirmed"),
        RetractionReason::Unanswered => page.say("desk-reason-unanswered"),
        RetractionReason::AppealUpheld => page.say("desk-reason-appeal-upheld"),
    }
}

impl List {
    fn local(&self, intake: &Intake) -> String {
        local(intake.request.received, self.zone)
    }

    fn counts(&self, intake: &Intake) -> String {
        match intake.rows {
            None => self.page.say("desk-rows-not-counted"),
            Some(rows) => {
                let refused = intake.refused.len();
                self.page.with("desk-rows", &[("rows", rows.to_string()), ("refused", refused.to_string())])
            }
        }
    }
}
