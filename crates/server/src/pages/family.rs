//! For whom a person may act, and who may act for the person.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_domain::document::Document;
use mingma_registry::GrantId;
use mingma_registry::acts::{
    Bind, BindChild, BindError, EndBinding, MAX_BINDING_DAYS, bind, end_binding, take_on,
};
use mingma_registry::policy::Purpose;
use mingma_registry::words::Tie;

use super::affairs::Affairs;
use super::form::{Fields, Mistakes};
use super::identity::{self, DocumentField};
use super::key::key;
use super::register::{bound, own_document};
use super::wards::{Ward, wards};
use super::{Done, Page, show};
use crate::alike::alike;
use crate::app::App;
use crate::limited::Client;
use crate::limiter::Limit;
use crate::problem::Problem;
use crate::task::to_the_end;

/// For how long somebody may be bound, in days: a week's illness, a season, the longest.
const DAYS: [u16; 3] = [7, 90, MAX_BINDING_DAYS];

#[derive(Template)]
#[template(path = "family.html")]
struct Family {
    page: Page,
    wards: Vec<Ward>,
    agents: Vec<Agent>,
    said: Option<String>,
}

/// Somebody who may act for the person.
struct Agent {
    binding: GrantId,
    called: String,
    tie: String,
    from: String,
    until: String,
}

/// `GET /family`
pub(crate) async fn page(
    State(app): State<App>,
    affairs: Affairs,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Problem> {
    let page = affairs.page.clone();
    let record = affairs.record(&app).await?;
    let when = affairs.when(&record)?;
    let now = app.registry().now();
    let mut agents = Vec::new();
    for binding in record.bindings_in_force(now) {
        // The document alone, covered: what an agent is called elsewhere is not the person's to know.
        let document = app.registry().store().document(binding.agent).await?;
        agents.push(Agent {
            binding: binding.id,
            called: document.map_or_else(String::new, |document| document.masked().to_string()),
            tie: page.say(format!("tie-{}", binding.tie)),
            from: when.instant(binding.from),
            until: when.instant(binding.until),
        });
    }
    let said = match done.as_str() {
        "child" => Some(page.say("family-done-child")),
        "ward" => Some(page.say("family-done-ward")),
        "agent" => Some(page.say("family-done-agent")),
        "ended" => Some(page.say("family-done-ended")),
        _ => None,
    };
    let wards = wards(&app, &affairs).await?;
    Ok(show(&Family { page, wards, agents, said }))
}

/// What one of the three forms is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sort {
    /// A child without a document, of whom the reader is the guardian.
    Child,
    /// Somebody who has let the reader act.
    Ward,
    /// Somebody whom the reader lets act.
    Agent,
}

#[derive(Template)]
#[template(path = "family-form.html")]
struct Form {
    page: Page,
    sort: Sort,
    fields: Fields,
    mistakes: Mistakes,
    key: String,
    document: DocumentField,
}

impl Form {
    fn new(app: &App, page: Page, sort: Sort, fields: Fields) -> Result<Self, Problem> {
        let document = DocumentField::new(&page, false, true);
        let key = key(app, &fields)?.to_string();
        Ok(Self { page, sort, fields, mistakes: Mistakes::default(), key, document })
    }

    fn refused(self) -> Response {
        (self.mistakes.status(), show(&self)).into_response()
    }

    fn days(&self) -> Option<u16> {
        DAYS.into_iter().find(|days| self.fields.get("days") == days.to_string())
    }
}

fn empty(app: &App, affairs: Affairs, sort: Sort) -> Result<Response, Problem> {
    let fields = Fields::of([("kind", "resident-id".to_owned())]);
    Ok(show(&Form::new(app, affairs.page, sort, fields)?))
}

/// `GET /family/child`
pub(crate) async fn ask_child(State(app): State<App>, affairs: Affairs) -> Result<Response, Problem> {
    empty(&app, affairs, Sort::Child)
}

/// `GET /family/ward`
pub(crate) async fn ask_ward(State(app): State<App>, affairs: Affairs) -> Result<Response, Problem> {
    empty(&app, affairs, Sort::Ward)
}

/// `GET /family/agent`
pub(crate) async fn ask_agent(State(app): State<App>, affairs: Affairs) -> Result<Response, Problem> {
    empty(&app, affairs, Sort::Agent)
}

/// `POST /family/child`: binds the reader to a registered child that has no document.
pub(crate) async fn tell_child(
    State(app): State<App>,
    affairs: Affairs,
    fields: Fields,
) -> Result<Response, Problem> {
    let own = own_document(&app, Some(&affairs.caller)).await?;
    let guardian = affairs.caller.person()?;
    let mut form = Form::new(&app, affairs.page, Sort::Child, fields)?;
    let mut read = Fields::of([("kind", "child".to_owned())]);
    read.take(&form.fields, &["birth", "ordinal"]);
    let document = identity::read(&form.page, &read, &mut form.mistakes, own.as_ref());
    let (Some(Document::ChildWithoutDocument(child)), Some(days)) =
        (document, form.days().or(Some(MAX_BINDING_DAYS)))
    else {
        return Ok(form.refused());
    };
    let wish = BindChild { guardian, key: key(&app, &form.fields)?, child, days: days.into() };
    match bound(&app, guardian, wish).await {
        Err(problem) if problem.is("not-possible") => {
            let said = form.page.say("family-no-child");
            form.mistakes.add("birth", said);
            Ok(form.refused())
        }
        answer => answer,
    }
}

/// `POST /family/ward`: takes it on to act for somebody who has let the reader do so. Whoever has not is answered like nobody.
pub(crate) async fn tell_ward(
    State(app): State<App>,
    client: Client,
    affairs: Affairs,
    fields: Fields,
) -> Result<Response, Problem> {
    let reader = affairs.caller.person()?;
    let mut form = Form::new(&app, affairs.page, Sort::Ward, fields)?;
    let Some(document) = identity::read(&form.page, &form.fields, &mut form.mistakes, None) else {
        return Ok(form.refused());
    };
    client.count(&app, Limit::TriesFrom)?;
    let taken = to_the_end(async move { take_on(app.registry(), reader, &document).await });
    // Neither the answer nor its time tells whether somebody is registered.
    if alike(taken).await??.is_none() {
        let said = form.page.say("family-not-bound");
        form.mistakes.add("number", said);
        return Ok(form.refused());
    }
    Ok(Redirect::to("/family?done=ward").into_response())
}

/// `POST /family/agent`: lets somebody act for the reader, whether or not they are registered yet.
pub(crate) async fn tell_agent(
    State(app): State<App>,
    client: Client,
    affairs: Affairs,
    fields: Fields,
) -> Result<Response, Problem> {
    let mut form = Form::new(&app, affairs.page.clone(), Sort::Agent, fields)?;
    let document = identity::read(&form.page, &form.fields, &mut form.mistakes, None);
    let days = form.days().ok_or_else(|| form.page.say("family-days-missing"));
    let days = form.mistakes.unless("days", days);
    let (Some(agent), Some(days)) = (document, days) else { return Ok(form.refused()) };
    let tie = form.fields.get("tie").parse().unwrap_or(Tie::Family);
    let wish = Bind { ward: affairs.person, key: key(&app, &form.fields)?, agent, tie, days: days.into() };
    let allowed = affairs.wish(Purpose::SelfService, wish)?;
    client.count(&app, Limit::TriesFrom)?;
    let shared = app.clone();
    match alike(to_the_end(async move { bind(shared.registry(), allowed).await })).await? {
        Ok(_) => Ok(Redirect::to("/family?done=agent").into_response()),
        Err(BindError::NotPossible) => {
            let said = form.page.say("family-not-oneself");
            form.mistakes.add("number", said);
            Ok(form.refused())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /family/agent/{binding}/end`: from now on they may act for the reader no more.
pub(crate) async fn end_agent(
    State(app): State<App>,
    affairs: Affairs,
    Path(binding): Path<String>,
) -> Result<Response, Problem> {
    let binding = binding.parse().map_err(|_| Problem::not_found())?;
    let allowed = affairs.wish(Purpose::SelfService, EndBinding { ward: affairs.person, binding })?;
    to_the_end(async move { end_binding(app.registry(), allowed).await }).await??;
    Ok(Redirect::to("/family?done=ended").into_response())
}
