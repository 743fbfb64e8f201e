//! «This is wrong»: a person disputes a fact, and sees until when it is to be answered.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_registry::FactId;
use mingma_registry::acts::{AppealFact, DAYS_TO_ANSWER, appeal};
use mingma_registry::policy::Purpose;
use mingma_registry::words::Ground;

use super::affairs::Affairs;
use super::fact_view::{FactView, Reading};
use super::form::{Fields, Mistakes};
use super::{Page, show};
use crate::app::App;
use crate::problem::Problem;
use crate::task::to_the_end;

#[derive(Template)]
#[template(path = "appeal.html")]
struct Form {
    page: Page,
    affairs: Affairs,
    fact: FactView,
    fields: Fields,
    mistakes: Mistakes,
    days: u16,
}

impl Form {
    fn grounds(&self) -> Vec<(&'static str, String)> {
        let name = |ground: &Ground| (ground.word(), self.page.say(format!("ground-{ground}")));
        self.fact.grounds.iter().map(name).collect()
    }

    /// What becomes of the fact if the person is right.
    fn outcome(&self) -> String {
        let name =
            if self.fact.grounds.contains(&Ground::TakenBack) { "appeal-what-back" } else { "appeal-what" };
        self.page.with(name, &[("days", self.days)])
    }
}

/// `GET /facts/{fact}/appeal[?for=ID]`
pub(crate) async fn ask(
    State(app): State<App>,
    affairs: Affairs,
    Path(fact): Path<String>,
) -> Result<Response, Problem> {
    Ok(show(&form(&app, affairs, &fact, Fields::default()).await?))
}

/// `POST /facts/{fact}/appeal[?for=ID]`: asks for the fact to be looked at, once for each ground.
pub(crate) async fn dispute(
    State(app): State<App>,
    affairs: Affairs,
    Path(fact): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let mut form = form(&app, affairs, &fact, fields).await?;
    let ground: Result<Ground, _> = form.fields.get("ground").parse();
    let Ok(ground) = ground else {
        form.mistakes.add("ground", form.page.say("appeal-ground-missing"));
        return Ok((form.mistakes.status(), show(&form)).into_response());
    };
    let wish = AppealFact { person: form.affairs.person, fact: form.fact.id, ground };
    let wish = form.affairs.wish(Purpose::Redress, wish)?;
    to_the_end(async move { appeal(app.registry(), wish).await }).await??;
    Ok(Redirect::to(&form.affairs.link(format!("/facts/{fact}/appeal"))).into_response())
}

async fn form(app: &App, affairs: Affairs, fact: &str, fields: Fields) -> Result<Form, Problem> {
    let id: FactId = fact.parse().map_err(|_| Problem::not_found())?;
    let record = affairs.told(app).await?;
    let when = affairs.when(&record)?;
    let zone = Affairs::zone(&record)?;
    let recorded = record.fact(id).ok_or_else(Problem::not_found)?;
    let reading =
        Reading { page: &affairs.page, when: &when, record: &record, now: app.registry().now(), zone: &zone };
    let (fact, page) = (reading.view(recorded), affairs.page.clone());
    Ok(Form { page, affairs, fact, fields, mistakes: Mistakes::default(), days: DAYS_TO_ANSWER })
}
