//! A community worker's desk: registering somebody, also without a document, and being let [help](super::help) somebody.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use mingma_credential::status::Initials;
use mingma_domain::document::Document;
use mingma_registry::acts::{Assist, AssistError, Register, RegisterUndocumented};
use mingma_registry::policy::{Office, Purpose, authorize};
use mingma_registry::words::CodeUse;
use serde::Deserialize;

use super::help::help;
use super::{Page, holding, show};
use crate::api::offices::assist::{asked, given};
use crate::api::offices::register::{enrolled, initials, numbered};
use crate::app::App;
use crate::caller::Caller;
use crate::limited::Client;
use crate::pages::desk::fact::document;
use crate::pages::register::given_contact;
use crate::pages::sign_in::demo_code;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "office-community.html")]
struct Desk {
    page: Page,
    said: Option<String>,
    wrong: Option<String>,
    document: String,
    /// What the person would read out from their phone.
    demo_code: Option<String>,
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

fn desk(page: Page, said: Option<String>, wrong: Option<String>, document: &str) -> Response {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let document = document.to_owned();
    (status, show(&Desk { page, said, wrong, document, demo_code: None })).into_response()
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

/// What was written into a field; none if nothing was.
pub(super) fn given_in(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The initials that were written into a field; none if nothing was.
pub(super) fn initials_in(page: &Page, text: &str) -> Result<Option<Initials>, String> {
    let given = given_in(text).map(|text| initials(&text)).transpose();
    given.map_err(|_| page.say("office-no-initials"))
}

/// What both forms ask.
fn read(app: &App, page: &Page, sent: &Somebody) -> Result<RegisterUndocumented, String> {
    let home = sent.home.trim().parse().map_err(|_| page.say("desk-cause-unknown-region"))?;
    let initials = initials_in(page, &sent.initials)?;
    let contact = given_in(&sent.contact).map(|text| given_contact(app, page, &text)).transpose()?;
    Ok(RegisterUndocumented { home, initials, contact, lang: sent.language.parse().unwrap_or(page.lang()) })
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
    let Ok(known) = document(&whom.document).parse::<Document>() else {
        let wrong = Some(page.say("desk-cause-document"));
        return Ok(desk(page, None, wrong, &whom.document));
    };
    asked(&app, client, official.actor, known.clone()).await?;
    let demo_code = demo_code(&app, &known, CodeUse::Assistance).await?;
    let said = Some(page.say("office-code-sent"));
    Ok(show(&Desk { page, said, wrong: None, document: whom.document, demo_code }))
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
