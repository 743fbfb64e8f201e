//! A community worker's desk: registering somebody, also without a document, and helping somebody who let them, with a paper code or an agent.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use base64ct::{Base64, Encoding as _};
use mingma_credential::qr::Qr;
use mingma_registry::acts::{
    AssessError, Assist, AssistError, Bind, BindError, MAX_BINDING_DAYS, Register, RegisterUndocumented,
    Show, ShowError, bind, show as make,
};
use mingma_registry::policy::{Office, Purpose, authorize};
use mingma_registry::ports::Medium;
use serde::Deserialize;

use super::{Page, holding, show};
use crate::alike::alike;
use crate::api::offices::assist::{PAPER_SECONDS, asked, assisting, given, seen};
use crate::api::offices::register::{enrolled, initials, numbered};
use crate::app::App;
use crate::caller::Caller;
use crate::limited::Client;
use crate::limiter::Limit;
use crate::pages::desk::fact::document;
use crate::pages::desk::submissions::local;
use crate::pages::register::given_contact;
use crate::problem::Problem;
use crate::task::to_the_end;

/// Points to a module of the printed symbol: 4 are half a millimetre at 200 dots an inch.
const SCALE: u32 = 4;

#[derive(Template)]
#[template(path = "office-community.html")]
struct Desk {
    page: Page,
    said: Option<String>,
    wrong: Option<String>,
    document: String,
}

#[derive(Template)]
#[template(path = "office-slip.html")]
struct SlipPage {
    page: Page,
    /// In groups of five, as it is read out.
    slip: String,
    /// Of somebody who had no document.
    numbered: Option<OnSlip>,
}

/// What a slip says of somebody who has no other paper: it is printed and kept nowhere else.
struct OnSlip {
    /// In groups of four.
    number: String,
    /// As they told it.
    name: String,
    /// As they told it.
    birth: String,
}

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
pub(crate) struct Somebody {
    /// Of somebody who has one.
    #[serde(default)]
    document: String,
    /// Of somebody without a document, for the slip.
    #[serde(default)]
    name: String,
    #[serde(default)]
    birth: String,
    home: String,
    #[serde(default)]
    initials: String,
    #[serde(default)]
    contact: String,
    #[serde(default)]
    language: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Whom {
    document: String,
    #[serde(default)]
    code: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Held {
    person: String,
    consent: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Binding {
    person: String,
    consent: String,
    agent: String,
    tie: String,
    days: String,
}

fn desk(page: Page, said: Option<String>, wrong: Option<String>, document: &str) -> Response {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, show(&Desk { page, said, wrong, document: document.to_owned() })).into_response()
}

/// `GET /office/community`
pub(crate) async fn home(State(app): State<App>, page: Page, caller: Option<Caller>) -> Response {
    match holding(&app, caller, Office::Community).await {
        Ok(_) => desk(page, None, None, ""),
        Err(elsewhere) => elsewhere,
    }
}

/// `POST /office/community/registrations`: gives the slip, once.
pub(crate) async fn enrol(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Form(sent): Form<Somebody>,
) -> Result<Response, Problem> {
    let official = match holding(&app, caller, Office::Community).await {
        Ok(official) => official,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let Ok(document) = document(&sent.document).parse() else {
        let wrong = Some(page.say("desk-cause-document"));
        return Ok(desk(page, None, wrong, ""));
    };
    let RegisterUndocumented { home, initials, contact, lang } = match read(&app, &page, &sent) {
        Ok(read) => read,
        Err(wrong) => return Ok(desk(page, None, Some(wrong), "")),
    };
    let wish = Register { document, home, initials, contact, lang };
    let wish = authorize(official.actor, Purpose::Identification, wish)?;
    let slip = grouped(enrolled(&app, wish).await?.0.digits(), 5);
    Ok(show(&SlipPage { page, slip, numbered: None }))
}

/// `POST /office/community/numbers`: somebody who has no document is given a number and the slip, once.
pub(crate) async fn number(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
    Form(sent): Form<Somebody>,
) -> Result<Response, Problem> {
    let official = match holding(&app, caller, Office::Community).await {
        Ok(official) => official,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let wish = match read(&app, &page, &sent) {
        Ok(wish) => wish,
        Err(wrong) => return Ok(desk(page, None, Some(wrong), "")),
    };
    let wish = authorize(official.actor, Purpose::Identification, wish)?;
    let given = numbered(&app, wish).await?;
    let number = grouped(given.number.number(), 4);
    let numbered = Some(OnSlip { number, name: sent.name, birth: sent.birth });
    Ok(show(&SlipPage { page, slip: grouped(given.slip.0.digits(), 5), numbered }))
}

/// Digits in groups, as people read them out.
fn grouped(digits: &str, size: usize) -> String {
    let digits: Vec<char> = digits.chars().collect();
    digits.chunks(size).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

/// What both forms ask.
fn read(app: &App, page: &Page, sent: &Somebody) -> Result<RegisterUndocumented, String> {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let home = sent.home.trim().parse().map_err(|_| page.say("desk-cause-unknown-region"))?;
    let initials = given(&sent.initials).map(|text| initials(&text)).transpose();
    let contact = given(&sent.contact).map(|text| given_contact(app, page, &text)).transpose()?;
    Ok(RegisterUndocumented {
        home,
        initials: initials.map_err(|_| page.say("office-no-initials"))?,
        contact,
        lang: sent.language.parse().unwrap_or(page.lang()),
    })
}

/// `POST /office/community/consent-codes`
pub(crate) async fn ask(
    State(app): State<App>,
    client: Client,
    page: Page,
    caller: Option<Caller>,
    Form(whom): Form<Whom>,
) -> Result<Response, Problem> {
    let official = match holding(&app, caller, Office::Community).await {
        Ok(official) => official,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let Ok(known) = document(&whom.document).parse() else {
        let wrong = Some(page.say("desk-cause-document"));
        return Ok(desk(page, None, wrong, &whom.document));
    };
    asked(&app, client, official.actor, known).await?;
    let said = Some(page.say("office-code-sent"));
    Ok(desk(page, said, None, &whom.document))
}

/// `POST /office/community/consents`
pub(crate) async fn consent(
    State(app): State<App>,
    client: Client,
    page: Page,
    caller: Option<Caller>,
    Form(whom): Form<Whom>,
) -> Result<Response, Problem> {
    let official = match holding(&app, caller, Office::Community).await {
        Ok(official) => official,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (Ok(known), Ok(code)) = (document(&whom.document).parse(), whom.code.trim().parse()) else {
        let wrong = Some(page.say("office-no-consent"));
        return Ok(desk(page, None, wrong, &whom.document));
    };
    match given(&app, client, official.actor, Assist { document: known, code }).await? {
        Ok(handle) => Ok(help(page, handle.person.to_string(), handle.assistance.to_string(), Ok(None))),
        Err(AssistError::Refused) => {
            let wrong = Some(page.say("office-no-consent"));
            Ok(desk(page, None, wrong, &whom.document))
        }
        Err(error) => Err(error.into()),
    }
}

fn help(page: Page, person: String, consent: String, outcome: Result<Option<String>, String>) -> Response {
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
    let zone = record.registration.as_ref().map_or("Asia/Shanghai", |registration| registration.home.zone());
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
