//! Declaring the health of a day: how the person feels, and which symptoms there are.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use mingma_domain::Fact;
use mingma_domain::fact::names::value_name;
use mingma_domain::fact::value::{Checkin, Symptom};
use mingma_domain::fact::{Kind, RawFact, Value};
use mingma_registry::row::IdempotencyKey;

use super::{Today, answer, today};
use crate::app::App;
use crate::pages::affairs::Affairs;
use crate::pages::form::{Fields, Mistakes};
use crate::pages::key::key;
use crate::pages::{Page, show};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "declare-health.html")]
struct Form {
    page: Page,
    affairs: Affairs,
    fields: Fields,
    mistakes: Mistakes,
    key: IdempotencyKey,
    first: String,
    last: String,
}

impl Form {
    fn new(app: &App, affairs: Affairs, fields: Fields, today: &Today) -> Result<Self, Problem> {
        let (page, key) = (affairs.page.clone(), key(app, &fields)?);
        let (first, last) = (today.first(Kind::Checkin).to_string(), today.day.to_string());
        Ok(Self { page, affairs, fields, mistakes: Mistakes::default(), key, first, last })
    }

    fn symptoms(&self) -> Vec<(&'static str, String)> {
        let lang = self.page.lang();
        Symptom::ALL.iter().map(|s| (s.word(), value_name(Value::Symptom(*s), lang))).collect()
    }
}

/// `GET /declare/health[?for=ID]`
pub(crate) async fn ask(State(app): State<App>, affairs: Affairs) -> Result<Response, Problem> {
    let today = today(&app, &affairs).await?;
    let fields = Fields::of([("on", today.day.to_string())]);
    Ok(show(&Form::new(&app, affairs, fields, &today)?))
}

/// `POST /declare/health[?for=ID]`: step `check` says what it will do, `send` declares, `edit` gives the form back.
pub(crate) async fn tell(
    State(app): State<App>,
    affairs: Affairs,
    fields: Fields,
) -> Result<Response, Problem> {
    let today = today(&app, &affairs).await?;
    let mut form = Form::new(&app, affairs, fields, &today)?;
    if form.fields.get("step") == "edit" {
        return Ok(show(&form));
    }
    match read(&mut form, &today)? {
        Some(facts) => answer(&app, form.affairs, facts, (&form.fields, form.key)).await,
        None => Ok((form.mistakes.status(), show(&form)).into_response()),
    }
}

/// The facts of the form; none if something is wrong with it.
fn read(form: &mut Form, today: &Today) -> Result<Option<Vec<Fact>>, Problem> {
    let Form { page, fields, mistakes, .. } = form;
    let on = mistakes.unless("on", today.read(page, Kind::Checkin, fields.get("on")));
    let feeling: Result<Checkin, _> = fields.get("feeling").parse();
    let feeling = mistakes.unless("feeling", feeling.map_err(|_| page.say("health-feeling-missing")));
    let symptoms: Result<Vec<Symptom>, _> = fields.all("symptom").map(str::parse).collect();
    let symptoms = mistakes.unless("symptom", symptoms.map_err(|_| page.say("health-symptom-unknown")));
    let (Some(on), Some(feeling), Some(symptoms)) = (on, feeling, symptoms) else { return Ok(None) };
    if feeling == Checkin::Well && !symptoms.is_empty() {
        mistakes.add("feeling", page.say("health-well-with-symptoms"));
        return Ok(None);
    }
    let at = on.to_string();
    let fact =
        |kind, value| Fact::parse(&RawFact { kind, value, at: &at, issuer: "self", ..RawFact::default() });
    let checkin = std::iter::once(fact("checkin", feeling.word()));
    let facts = checkin.chain(symptoms.iter().map(|symptom| fact("symptom", symptom.word())));
    Ok(Some(facts.collect::<Result<_, _>>()?))
}
