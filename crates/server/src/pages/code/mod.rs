//! My code: colour, word and shape, the code that the phone renews, and everything that explains it.

pub mod paper;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;
use mingma_registry::PersonRecord;
use mingma_registry::acts::{Assess, AssessError, Assessment, assess};
use mingma_registry::policy::Purpose;

use super::affairs::Affairs;
use super::fact_view::Reading;
use super::status_view::StatusView;
use super::wards::{Ward, wards};
use super::when::When;
use super::{Done, Page, show};
use crate::api::hex;
use crate::app::App;
use crate::problem::Problem;
use crate::task::to_the_end;

#[derive(Template)]
#[template(path = "code.html")]
struct Code {
    page: Page,
    affairs: Affairs,
    status: StatusView,
    initials: String,
    wards: Vec<Ward>,
    /// The point of the key to which the session is bound, in hex; empty if it is bound to none.
    device: String,
    /// Until when the reader may act for whom the page is about; none for oneself.
    bound_until: Option<Timestamp>,
    said: Option<String>,
}

/// `GET /code[?for=ID]`
pub(crate) async fn page(
    State(app): State<App>,
    affairs: Affairs,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Problem> {
    let page = affairs.page.clone();
    let (status, record) = status(&app, &affairs).await?;
    let wards = wards(&app, &affairs).await?;
    let said = match done.as_str() {
        "declared" => Some(page.say("code-declared")),
        "signed-in" => Some(page.say("code-signed-in")),
        _ => None,
    };
    let device = affairs.caller.session().device.as_ref().map_or_else(String::new, |key| hex(key.as_bytes()));
    let initials = initials(&record);
    let reader = affairs.caller.person()?;
    let binding = record.bindings_in_force(app.registry().now()).find(|binding| binding.agent == reader);
    let bound_until = binding.map(|binding| binding.until);
    Ok(show(&Code { page, affairs, status, initials, wards, device, bound_until, said }))
}

/// The status of a person in words, and the record that it was made from.
pub(super) async fn status(app: &App, affairs: &Affairs) -> Result<(StatusView, Arc<PersonRecord>), Problem> {
    let assessment = assessed(app, affairs).await??;
    let record = affairs.record(app).await?;
    Ok((view(affairs, &record, &assessment), record))
}

/// The status of a person, or why there is none.
pub(super) async fn assessed(
    app: &App,
    affairs: &Affairs,
) -> Result<Result<Assessment, AssessError>, Problem> {
    let wish = affairs.wish(Purpose::SelfService, Assess { person: affairs.person })?;
    let shared = app.clone();
    to_the_end(async move { assess(shared.registry(), wish).await }).await
}

/// A status in words, by the days of its rules.
pub(super) fn view(affairs: &Affairs, record: &PersonRecord, assessment: &Assessment) -> StatusView {
    let zone = &assessment.ruleset().ruleset.zone;
    let when = When::new(affairs.page.lang(), zone);
    let reading = Reading { page: &affairs.page, when: &when, record, now: assessment.now(), zone };
    StatusView::new(&reading, assessment)
}

/// What a checkpoint may compare with the person.
pub(super) fn initials(record: &PersonRecord) -> String {
    record.initials().map_or_else(String::new, |initials| initials.as_str().to_owned())
}
