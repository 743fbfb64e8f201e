//! Helping somebody at a community's desk who let the worker: with where they live, a paper code, an agent, or those for whom they act.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use base64ct::{Base64, Encoding as _};
use mingma_credential::qr::Qr;
use mingma_domain::Region;
use mingma_registry::acts::{
    Amend, AmendError, AssessError, AssistError, AssistWard, Bind, BindError, MAX_BINDING_DAYS, Show,
    ShowError, bind, show as make,
};
use mingma_registry::policy::{Denied, Purpose, authorize};
use mingma_registry::ports::Medium;
use serde::Deserialize;

use super::community::{given_in, initials_in};
use super::{Page, show};
use crate::alike::alike;
use crate::api::offices::amend::{amend_initials, corrected};
use crate::api::offices::assist::{PAPER_SECONDS, assisting, for_ward, seen};
use crate::app::App;
use crate::caller::Caller;
use crate::limited::Client;
use crate::limiter::Limit;
use crate::pages::desk::fact::document;
use crate::pages::desk::submissions::local;
use crate::problem::Problem;
use crate::task::to_the_end;

/// Points to a module of the printed symbol: 4 are half a millimetre at 200 dots an inch.
const SCALE: u32 = 4;

#[derive(Template)]
#[template(path = "office-help.html")]
struct Help {
    page: Page,
    person: String,
    consent: String,
    said: Option<String>,
    wrong: Option<String>,
    days: u16,
}

#[derive(Template)]
#[template(path = "office-paper.html")]
struct Paper {
    page: Page,
    picture: String,
    code: String,
    until: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Held {
    person: String,
    consent: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Ward {
    person: String,
    consent: String,
    #[serde(rename = "ward")]
    document: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Correction {
    person: String,
    consent: String,
    #[serde(default)]
    home: String,
    #[serde(default)]
    initials: String,
    /// Ticked to take them away.
    #[serde(default)]
    remove_initials: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Binding {
    person: String,
    consent: String,
    agent: String,
    tie: String,
    days: String,
}

pub(super) fn help(
    page: Page,
    person: String,
    consent: String,
    outcome: Result<Option<String>, String>,
) -> Response {
    let status = if outcome.is_err() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (said, wrong) = match outcome {
        Ok(said) => (said, None),
        Err(wrong) => (None, Some(wrong)),
    };
    (status, show(&Help { page, person, consent, said, wrong, days: MAX_BINDING_DAYS })).into_response()
}

/// `POST /office/community/paper`: a code to print. It is not kept: printing again makes another one.
pub(crate) async fn paper(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Form(held): Form<Held>,
) -> Result<Response, Problem> {
    let caller = caller.ok_or_else(Problem::sign_in)?;
    let (actor, person) = assisting(&app, &caller, &held.person, &held.consent).await?;
    let wish = Show { person, medium: Medium::Paper { life_seconds: PAPER_SECONDS } };
    let wish = authorize(actor, Purpose::Assistance, wish)?;
    let acting = app.clone();
    let shown = match to_the_end(async move { make(acting.registry(), wish).await }).await? {
        Err(ShowError::Assess(AssessError::KeptBack)) => {
            let wrong = Err(page.say("office-see-first"));
            return Ok(help(page, held.person, held.consent, wrong));
        }
        shown => shown?,
    };
    let png = Qr::for_paper(&shown.code).and_then(|qr| qr.to_png(SCALE)).map_err(|_| Problem::broken())?;
    // By the clocks of the place where the person lives, as on their own pages.
    let record = app.registry().store().record(person).await?;
    let zone = record.home().map_or("Asia/Shanghai", Region::zone);
    let until = local(shown.expires, zone);
    Ok(show(&Paper { page, picture: Base64::encode_string(&png), code: shown.code, until }))
}

/// `POST /office/community/sightings`: the worker has seen the person's document.
pub(crate) async fn sighting(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Form(held): Form<Held>,
) -> Result<Response, Problem> {
    let caller = caller.ok_or_else(Problem::sign_in)?;
    let (actor, person) = assisting(&app, &caller, &held.person, &held.consent).await?;
    seen(&app, actor, person).await?;
    let said = Ok(Some(page.say("office-seen")));
    Ok(help(page, held.person, held.consent, said))
}

/// `POST /office/community/amendments`: where the person lives from now on, or what a checkpoint compares.
pub(crate) async fn correct(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Form(sent): Form<Correction>,
) -> Result<Response, Problem> {
    let caller = caller.ok_or_else(Problem::sign_in)?;
    let (actor, person) = assisting(&app, &caller, &sent.person, &sent.consent).await?;
    let back = |page, outcome| Ok(help(page, sent.person.clone(), sent.consent.clone(), outcome));
    let Ok(home) = given_in(&sent.home).map(|text| text.parse::<Region>()).transpose() else {
        let wrong = Err(page.say("desk-cause-unknown-region"));
        return back(page, wrong);
    };
    let initials = match initials_in(&page, &sent.initials) {
        Ok(initials) => initials,
        Err(wrong) => return back(page, Err(wrong)),
    };
    let Some(initials) = amend_initials(initials, sent.remove_initials.is_some()) else {
        let wrong = Err(page.say("office-amend-either"));
        return back(page, wrong);
    };
    let outcome = match corrected(&app, actor, Amend { person, home, initials }).await? {
        Ok(()) => Ok(Some(page.say("office-amended"))),
        Err(AmendError::AsItIs) => Err(page.say("office-amend-as-it-is")),
        Err(AmendError::Denied(Denied::Elsewhere)) => Err(page.say("office-amend-elsewhere")),
        Err(error) => return Err(error.into()),
    };
    back(page, outcome)
}

/// `POST /office/community/wards`: leads on to help somebody for whom the person acts.
pub(crate) async fn ward(
    State(app): State<App>,
    client: Client,
    page: Page,
    caller: Option<Caller>,
    Form(sent): Form<Ward>,
) -> Result<Response, Problem> {
    let caller = caller.ok_or_else(Problem::sign_in)?;
    let (actor, person) = assisting(&app, &caller, &sent.person, &sent.consent).await?;
    let Ok(ward) = document(&sent.document).parse() else {
        let wrong = Err(page.say("desk-cause-document"));
        return Ok(help(page, sent.person, sent.consent, wrong));
    };
    match for_ward(&app, client, actor, AssistWard { person, ward }).await? {
        Ok(handle) => {
            let said = Ok(Some(page.say("office-ward-held")));
            Ok(help(page, handle.person.to_string(), handle.assistance.to_string(), said))
        }
        Err(AssistError::Refused) => {
            let wrong = Err(page.say("office-ward-not"));
            Ok(help(page, sent.person, sent.consent, wrong))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /office/community/bindings`
pub(crate) async fn bind_agent(
    State(app): State<App>,
    client: Client,
    page: Page,
    caller: Option<Caller>,
    Form(sent): Form<Binding>,
) -> Result<Response, Problem> {
    let caller = caller.ok_or_else(Problem::sign_in)?;
    let (actor, ward) = assisting(&app, &caller, &sent.person, &sent.consent).await?;
    let back = |page, outcome| Ok(help(page, sent.person.clone(), sent.consent.clone(), outcome));
    let Ok(agent) = document(&sent.agent).parse() else {
        let wrong = Err(page.say("desk-cause-document"));
        return back(page, wrong);
    };
    let (Ok(tie), Ok(days)) = (sent.tie.parse(), sent.days.trim().parse()) else {
        let wrong = Err(page.say("office-no-days"));
        return back(page, wrong);
    };
    // One binding of one agent for each consent: sending the form twice binds once.
    let key = format!("desk-{}", sent.consent).parse().map_err(|_| Problem::broken())?;
    let wish = authorize(actor, Purpose::Assistance, Bind { ward, key, agent, tie, days })?;
    client.count(&app, Limit::TriesFrom)?;
    let outcome = match alike(to_the_end(async move { bind(app.registry(), wish).await })).await? {
        Ok(_) => Ok(Some(page.say("office-bound"))),
        Err(BindError::Days { .. }) => Err(page.say("office-no-days")),
        Err(BindError::NotPossible) => Err(page.say("office-not-possible")),
        Err(BindError::KeyReused) => Err(page.say("office-bound-already")),
        Err(error @ (BindError::Denied(_) | BindError::Unable(_))) => return Err(error.into()),
    };
    back(page, outcome)
}
