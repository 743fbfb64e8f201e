//! The offices' pages: each office sees its own work. What people will be told stands on the page before anything is confirmed.

mod ahead;
pub mod alarms;
pub mod appeals;
pub mod community;
pub mod help;
pub mod issuers;
pub mod proposals;
pub mod risk;
pub mod rules;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use mingma_credential::UnixSeconds;
use mingma_domain::Region;
use mingma_registry::policy::Office;

use super::{Page, show};
use crate::api::offices::{Official, official};
use crate::app::App;
use crate::caller::Caller;
use crate::problem::Problem;

/// Where an official signs in.
const SIGN_IN: &str = "/office/sign-in?back=/office";

#[derive(Template)]
#[template(path = "office.html")]
struct Home {
    page: Page,
    office: Office,
    region: Region,
    list: Option<String>,
}

/// How many days before the trust list's end a commission is told: as many as the doctor.
const LIST_DAYS: i64 = 10;

/// `GET /office`
pub(crate) async fn home(State(app): State<App>, page: Page, caller: Option<Caller>) -> Response {
    match in_office(&app, caller).await {
        Ok(official) => {
            let list = trust_list(&page, app.trust().until(), app.registry().now());
            show(&Home { page, office: official.office, region: official.region, list })
        }
        Err(elsewhere) => elsewhere,
    }
}

/// That the trust list is to be renewed, if it is.
fn trust_list(page: &Page, until: Option<UnixSeconds>, now: Timestamp) -> Option<String> {
    let days = until?.since(UnixSeconds::new(now.as_second())).div_euclid(86_400);
    if days < 0 {
        return Some(page.say("office-list-ended"));
    }
    (days <= LIST_DAYS).then(|| page.with("office-list-ends", &[("days", days)]))
}

/// The official who signed in, or the way to where they do.
async fn in_office(app: &App, caller: Option<Caller>) -> Result<Official, Response> {
    let elsewhere = || Redirect::to(SIGN_IN).into_response();
    let caller = caller.ok_or_else(elsewhere)?;
    official(app, &caller).await.map_err(|problem| match problem.status() {
        StatusCode::FORBIDDEN => elsewhere(),
        _ => problem.into_response(),
    })
}

/// The official, if they hold this office.
async fn holding(app: &App, caller: Option<Caller>, office: Office) -> Result<Official, Response> {
    let official = in_office(app, caller).await?;
    if official.office == office {
        Ok(official)
    } else {
        Err(Problem::forbidden("role", "this is another office's work").into_response())
    }
}

/// The official, if the office is one that agrees to another's wish.
async fn agreeing(app: &App, caller: Option<Caller>) -> Result<Official, Response> {
    let official = in_office(app, caller).await?;
    match official.office {
        Office::HealthCommission | Office::Appeals => Ok(official),
        Office::Community => Err(Problem::forbidden("role", "this is another office's work").into_response()),
    }
}

/// The name of an office.
pub(crate) fn office_name(page: &Page, office: Office) -> String {
    match office {
        Office::HealthCommission => page.say("office-health-commission"),
        Office::Appeals => page.say("office-appeals"),
        Office::Community => page.say("office-community"),
    }
}

impl Home {
    fn name(&self) -> String {
        office_name(&self.page, self.office)
    }

    fn word(&self) -> &'static str {
        self.office.word()
    }
}

/// That something is for an office of a region or of one around it.
fn for_above(page: &Page, least: Region) -> String {
    page.with("office-not-above", &[("region", format!("{} {}", least.code(), least.name(page.lang())))])
}
