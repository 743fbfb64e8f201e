//! Declaring a trip: where the person stayed, from which day to which.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use mingma_domain::Fact;
use mingma_domain::fact::RawFact;
use mingma_registry::row::IdempotencyKey;

use super::{Today, answer, today};
use crate::app::App;
use crate::pages::affairs::Affairs;
use crate::pages::form::{Fields, Mistakes};
use crate::pages::key::key;
use crate::pages::places::PlaceField;
use crate::pages::{Page, show};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "declare-trip.html")]
struct Form {
    page: Page,
    affairs: Affairs,
    fields: Fields,
    mistakes: Mistakes,
    key: IdempotencyKey,
    place: PlaceField,
    place_legend: String,
    first: String,
    last: String,
}

impl Form {
    fn new(app: &App, affairs: Affairs, fields: Fields, today: &Today) -> Result<Self, Problem> {
        let (page, key) = (affairs.page.clone(), key(app, &fields)?);
        let (first, last) = (today.first().to_string(), today.day.to_string());
        let place = PlaceField::read(&fields, page.lang());
        let place_legend = page.say("trip-where");
        let mistakes = Mistakes::default();
        Ok(Self { page, affairs, fields, mistakes, key, place, place_legend, first, last })
    }
}

/// `GET /declare/trip[?for=ID]`
pub(crate) async fn ask(State(app): State<App>, affairs: Affairs) -> Result<Response, Problem> {
    let today = today(&app, &affairs).await?;
    Ok(show(&Form::new(&app, affairs, Fields::default(), &today)?))
}

/// `POST /declare/trip[?for=ID]`: step `look` looks for the place, `check` says what it will do, `send` declares, `edit`
/// gives the form back.
pub(crate) async fn tell(
    State(app): State<App>,
    affairs: Affairs,
    fields: Fields,
) -> Result<Response, Problem> {
    let today = today(&app, &affairs).await?;
    let mut form = Form::new(&app, affairs, fields, &today)?;
    if matches!(form.fields.get("step"), "edit" | "look") {
        return Ok(show(&form));
    }
    match read(&mut form, &today)? {
        Some(fact) => answer(&app, form.affairs, vec![fact], (&form.fields, form.key)).await,
        None => Ok((form.mistakes.status(), show(&form)).into_response()),
    }
}

/// The fact of the form; none if something is wrong with it.
fn read(form: &mut Form, today: &Today) -> Result<Option<Fact>, Problem> {
    let Form { page, fields, mistakes, place, .. } = form;
    let region = mistakes.unless("place-name", place.region(page));
    let from = mistakes.unless("from", today.read(page, fields.get("from")));
    let until = match fields.get("until") {
        "" => from,
        text => mistakes.unless("until", today.read(page, text)),
    };
    let (Some(region), Some(from), Some(until)) = (region, from, until) else { return Ok(None) };
    if until < from {
        mistakes.add("until", page.say("trip-backwards"));
        return Ok(None);
    }
    let (at, until) = (from.to_string(), until.to_string());
    let raw = RawFact {
        kind: "stay",
        value: "declared",
        at: &at,
        until: &until,
        region: region.code(),
        issuer: "self",
        ..RawFact::default()
    };
    Ok(Some(Fact::parse(&raw)?))
}
