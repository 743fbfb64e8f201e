//! The rules in force, as published, for anyone.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use mingma_domain::text::Lang;
use mingma_registry::book::PublishedRuleset;

use super::journal::{EmergencyLine, as_of, of_rules};
use super::{Page, show};
use crate::app::App;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "rules.html")]
struct List {
    page: Page,
    rulesets: Vec<Arc<PublishedRuleset>>,
}

#[derive(Template)]
#[template(path = "ruleset.html")]
struct One {
    page: Page,
    published: Arc<PublishedRuleset>,
    /// If they were published so.
    emergency: Option<EmergencyLine>,
}

/// `GET /rules`: every ruleset that was published, the newest first.
pub(crate) async fn list(State(app): State<App>, page: Page) -> Result<Response, Problem> {
    let book = app.registry().book().await?;
    let rulesets = book.rulesets().iter().rev().cloned().collect();
    Ok(show(&List { page, rulesets }))
}

/// `GET /rules/{number}`: one of them, rule by rule.
pub(crate) async fn one(
    State(app): State<App>,
    page: Page,
    Path(number): Path<u64>,
) -> Result<Response, Problem> {
    let book = app.registry().book().await?;
    let published = book.rulesets().iter().find(|ruleset| ruleset.number.0 == number);
    let published = Arc::clone(published.ok_or_else(Problem::not_found)?);
    let (when, today) = as_of(&app, &page)?;
    let emergency = of_rules(&page, &book, &published, (&when, today));
    Ok(show(&One { page, published, emergency }))
}

impl List {
    fn lang(&self) -> Lang {
        self.page.lang()
    }
}
