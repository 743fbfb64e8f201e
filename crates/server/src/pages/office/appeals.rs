//! An appeals office: the queue, the disputed fact with its evidence, and either answer with what it will do.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_domain::fact::names::{kind_name, value_name};
use mingma_registry::acts::{
    AnswerAppeal, AppealCase, ExamineAppeal, OpenAppeals, QueuedAppeal, answer_appeal, examine_appeal,
    open_appeals,
};
use mingma_registry::policy::{Office, Purpose, authorize};
use mingma_registry::words::Ground;
use mingma_registry::{AppealId, PersonId};
use serde::Deserialize;

use super::{Page, for_above, holding, show};
use crate::api::offices::open_appeals::cursor;
use crate::app::App;
use crate::caller::Caller;
use crate::pages::desk::submissions::local;
use crate::problem::Problem;
use crate::task::to_the_end;

/// How many appeals stand on a page.
const LISTED: u32 = 50;

#[derive(Template)]
#[template(path = "office-appeals.html")]
struct Queue {
    page: Page,
    lines: Vec<Line>,
    next: Option<String>,
}

struct Line {
    person: PersonId,
    appeal: AppealId,
    ground: String,
    opened: String,
    due: String,
    overdue: bool,
    /// Whose it is to answer, if it is not this office's.
    elsewhere: Option<String>,
}

#[derive(Template)]
#[template(path = "office-appeal.html")]
struct Case {
    page: Page,
    person: PersonId,
    appeal: AppealId,
    ground: String,
    due: String,
    what: String,
    issuer: String,
    evidence: String,
    recorded: String,
    /// What ends the names of the texts that say what an answer does: of a fact that was taken back it does the contrary.
    of: &'static str,
    now: &'static str,
    if_upheld: &'static str,
}

#[derive(Debug, Deserialize)]
pub(crate) struct After {
    #[serde(default)]
    after: Option<String>,
}

/// The answer on the form.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    upheld: bool,
}

/// `GET /office/appeals`
pub(crate) async fn queue(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Query(asked): Query<After>,
) -> Result<Response, Problem> {
    let official = match holding(&app, caller, Office::Appeals).await {
        Ok(official) => official,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let after = asked.after.map(|text| cursor(&text)).transpose()?;
    let wish = OpenAppeals { region: official.region, after, limit: LISTED };
    let found = open_appeals(app.registry(), authorize(official.actor, Purpose::Redress, wish)?).await?;
    let (now, zone) = (app.registry().now(), official.region.zone());
    let line = |case: &QueuedAppeal| Line {
        person: case.person,
        appeal: case.opened.id,
        ground: ground_name(&page, case.opened.ground),
        opened: local(case.opened.at, zone),
        due: local(case.opened.due, zone),
        overdue: case.opened.due <= now,
        elsewhere: case.elsewhere.map(|least| for_above(&page, least)),
    };
    let lines = found.items.iter().map(line).collect();
    let next = found.next.map(|(due, id)| format!("{due}/{id}"));
    Ok(show(&Queue { page, lines, next }))
}

/// `GET /office/appeals/{person}/{appeal}`: the look is written down, and the person is told of it.
pub(crate) async fn case(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Path((person, appeal)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let official = match holding(&app, caller, Office::Appeals).await {
        Ok(official) => official,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (person, appeal) = ids(&person, &appeal)?;
    let wish = authorize(official.actor, Purpose::Redress, ExamineAppeal { person, appeal })?;
    let case = to_the_end(async move { examine_appeal(app.registry(), wish).await }).await??;
    Ok(show(&told(page, (person, appeal), &case, official.region.zone())))
}

/// `POST /office/appeals/{person}/{appeal}`
pub(crate) async fn answer(
    State(app): State<App>,
    caller: Option<Caller>,
    Path((person, appeal)): Path<(String, String)>,
    Form(Answer { upheld }): Form<Answer>,
) -> Result<Response, Problem> {
    let official = match holding(&app, caller, Office::Appeals).await {
        Ok(official) => official,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (person, appeal) = ids(&person, &appeal)?;
    let wish = authorize(official.actor, Purpose::Redress, AnswerAppeal { person, appeal, upheld })?;
    to_the_end(async move { answer_appeal(app.registry(), wish).await }).await??;
    Ok(Redirect::to("/office/appeals").into_response())
}

fn ids(person: &str, appeal: &str) -> Result<(PersonId, AppealId), Problem> {
    let none = |_| Problem::not_found();
    Ok((person.parse().map_err(none)?, appeal.parse().map_err(none)?))
}

fn told(page: Page, (person, appeal): (PersonId, AppealId), case: &AppealCase, zone: &str) -> Case {
    let fact = &case.fact.fact;
    let (kind, value) = (kind_name(fact.kind(), page.lang()), value_name(fact.value(), page.lang()));
    Case {
        person,
        appeal,
        ground: ground_name(&page, case.appeal.ground),
        due: local(case.appeal.due, zone),
        what: format!("{kind} · {value} · {}", fact.at()),
        issuer: fact.issuer().to_string(),
        evidence: fact.evidence().map_or_else(String::new, ToString::to_string),
        recorded: local(case.fact.recorded, zone),
        of: if case.appeal.ground == Ground::TakenBack { "-taken-back" } else { "" },
        now: case.now.status().color_word(),
        if_upheld: case.if_upheld.status().color_word(),
        page,
    }
}

pub(crate) fn ground_name(page: &Page, ground: Ground) -> String {
    match ground {
        Ground::NotMe => page.say("office-ground-not-me"),
        Ground::WrongValue => page.say("office-ground-wrong-value"),
        Ground::WrongTimeOrPlace => page.say("office-ground-wrong-time-or-place"),
        Ground::NoEvidence => page.say("office-ground-no-evidence"),
        Ground::TakenBack => page.say("office-ground-taken-back"),
    }
}
