//! Registering: oneself, a child with or without a document, an elderly parent.
//!
//! The answer is the same whether or not the document was registered before. A guardian who has signed in is bound at
//! once to a child without a document; everybody else is told how acting for another is arranged.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_credential::status::Initials;
use mingma_domain::document::{Document, DocumentKind};
use mingma_registry::acts::{BindChild, MAX_BINDING_DAYS, Register, bind_child, register};
use mingma_registry::contact::Contact;
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::{Actor, PersonId};

use super::form::{Fields, Mistakes};
use super::identity::{self, DocumentField};
use super::key::key;
use super::places::PlaceField;
use super::{Page, show};
use crate::app::App;
use crate::caller::Caller;
use crate::limited::Client;
use crate::limiter::Limit;
use crate::problem::Problem;
use crate::task::to_the_end;

#[derive(Template)]
#[template(path = "register.html")]
struct Form {
    page: Page,
    fields: Fields,
    mistakes: Mistakes,
    key: String,
    document: DocumentField,
    place: PlaceField,
    place_legend: String,
}

impl Form {
    fn new(app: &App, page: Page, fields: Fields, own: Option<&Document>) -> Result<Self, Problem> {
        Ok(Self {
            key: key(app, &fields)?.to_string(),
            document: DocumentField::for_registering(&page, own.is_some()),
            place: PlaceField::read(&fields, page.lang(), String::new()),
            place_legend: page.say("register-home"),
            mistakes: Mistakes::default(),
            page,
            fields,
        })
    }
}

/// `GET /register`
pub(crate) async fn ask(
    State(app): State<App>,
    page: Page,
    caller: Option<Caller>,
) -> Result<Response, Problem> {
    let own = own_document(&app, caller.as_ref()).await?;
    let fields = Fields::of([("whom", "self".to_owned()), ("kind", "resident-id".to_owned())]);
    Ok(show(&Form::new(&app, page, fields, own.as_ref())?))
}

/// `POST /register`: step `look` looks for the place; otherwise it registers.
pub(crate) async fn tell(
    State(app): State<App>,
    client: Client,
    page: Page,
    caller: Option<Caller>,
    fields: Fields,
) -> Result<Response, Problem> {
    let own = own_document(&app, caller.as_ref()).await?;
    let mut form = Form::new(&app, page, fields, own.as_ref())?;
    if form.fields.get("step") == "look" {
        return Ok(show(&form));
    }
    let Some(wish) = read(&app, &mut form, own.as_ref()) else {
        return Ok((form.mistakes.status(), show(&form)).into_response());
    };
    client.count(&app, Limit::RegistrationsFrom)?;
    let person = caller.and_then(|caller| caller.person().ok());
    let actor = person.map_or(Actor::Visitor, Actor::Resident);
    let child =
        if let Document::ChildWithoutDocument(child) = &wish.document { Some(child.clone()) } else { None };
    let allowed = authorize(actor, Purpose::SelfService, wish)?;
    let shared = app.clone();
    to_the_end(async move { register(shared.registry(), allowed).await }).await??;
    if let (Some(guardian), Some(child)) = (person, child) {
        let wish = BindChild {
            guardian,
            key: key(&app, &form.fields)?,
            child: child.clone(),
            days: MAX_BINDING_DAYS.into(),
        };
        return bound(&app, guardian, wish).await;
    }
    let whom = match form.fields.get("whom") {
        "child" => "child",
        "parent" => "parent",
        _ => "self",
    };
    Ok(Redirect::to(&format!("/register/done?whom={whom}")).into_response())
}

/// Binds a guardian to a child without a document and leads to the family.
pub(super) async fn bound(app: &App, guardian: PersonId, wish: BindChild) -> Result<Response, Problem> {
    let allowed = authorize(Actor::Resident(guardian), Purpose::SelfService, wish)?;
    let shared = app.clone();
    to_the_end(async move { bind_child(shared.registry(), allowed).await }).await??;
    Ok(Redirect::to("/family?done=child").into_response())
}

/// The document of whoever has signed in: a guardian's, for a child without one.
pub(super) async fn own_document(app: &App, caller: Option<&Caller>) -> Result<Option<Document>, Problem> {
    let Some(person) = caller.and_then(|caller| caller.person().ok()) else { return Ok(None) };
    let own = app.registry().store().document(person).await?;
    Ok(own.filter(|document| !matches!(document, Document::ChildWithoutDocument(_))))
}

/// The registration of the form; none if something is wrong with it.
fn read(app: &App, form: &mut Form, own: Option<&Document>) -> Option<Register> {
    let Form { page, fields, mistakes, place, .. } = form;
    let document = identity::read(page, fields, mistakes, own);
    if document.as_ref().is_some_and(|document| document.kind() == DocumentKind::DeskNumber) {
        mistakes.add("kind", page.say("register-no-document"));
    }
    let home = mistakes.unless("place-name", place.region(page));
    let initials = match fields.get("initials") {
        "" => Some(None),
        text => {
            let initials = Initials::parse(text).map_err(|_| page.say("register-initials-wrong"));
            mistakes.unless("initials", initials).map(Some)
        }
    };
    let contact = mistakes.unless("contact", contact(app, page, fields));
    if !fields.has("consent", "yes") {
        mistakes.add("consent", page.say("register-consent-missing"));
    }
    if !mistakes.is_empty() {
        return None;
    }
    let (initials, contact) = (initials?, contact?);
    Some(Register { initials, contact, lang: page.lang(), ..Register::new(document?, home?) })
}

/// How the person is reached. A child without a document signs in nowhere, so it needs none.
fn contact(app: &App, page: &Page, fields: &Fields) -> Result<Option<Contact>, String> {
    match fields.get("contact") {
        "" if fields.has("kind", DocumentKind::ChildWithoutDocument.word()) => Ok(None),
        "" => Err(page.say("register-contact-missing")),
        text => given_contact(app, page, text).map(Some),
    }
}

/// A contact that is taken here, or what is wrong with it.
pub(crate) fn given_contact(app: &App, page: &Page, text: &str) -> Result<Contact, String> {
    let contact = text.parse().map_err(|_| page.say("register-contact-wrong"))?;
    let taken = app.registry().takes(Some(&contact));
    taken.map_err(|no_way| page.say(format!("contact-no-way-{}", no_way.word())))?;
    Ok(contact)
}

#[derive(Template)]
#[template(path = "register-done.html")]
struct Done {
    page: Page,
    whom: &'static str,
}

#[derive(Debug, serde::Deserialize)]
pub(crate) struct Whom {
    #[serde(default)]
    whom: String,
}

/// `GET /register/done`: what comes next.
pub(crate) async fn done(
    page: Page,
    axum::extract::Query(Whom { whom }): axum::extract::Query<Whom>,
) -> Response {
    let whom = match whom.as_str() {
        "child" => "child",
        "parent" => "parent",
        _ => "self",
    };
    show(&Done { page, whom })
}
