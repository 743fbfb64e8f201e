//! Declaring a trip: where the person stayed, from which day to which, stay by stay; all of it is declared, or nothing.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use mingma_domain::Fact;
use mingma_domain::fact::{Kind, RawFact};
use mingma_registry::row::IdempotencyKey;

use super::{Today, answer, today};
use crate::app::App;
use crate::pages::affairs::Affairs;
use crate::pages::form::{Fields, MAX_FIELDS, Mistakes};
use crate::pages::key::key;
use crate::pages::places::PlaceField;
use crate::pages::{Page, show};
use crate::problem::Problem;

/// What the form asks of each stay.
const OF_A_STAY: [&str; 5] = ["place-name", "place-within", "place", "from", "until"];
/// The most stays of one form: with its key, its step and their number they are 63 fields.
const MAX_STAYS: usize = (MAX_FIELDS - 3) / OF_A_STAY.len();

#[derive(Template)]
#[template(path = "declare-trip.html")]
struct Form {
    page: Page,
    affairs: Affairs,
    fields: Fields,
    mistakes: Mistakes,
    key: IdempotencyKey,
    stays: Vec<Stay>,
    first: String,
    last: String,
}

/// One stay, as far as it has been filled in.
struct Stay {
    /// From 1.
    number: usize,
    place: PlaceField,
    from: String,
    until: String,
}

/// What the names of a stay's fields end in: of the first in nothing.
fn ending(number: usize) -> String {
    if number == 1 { String::new() } else { format!("-{number}") }
}

impl Form {
    fn new(app: &App, affairs: Affairs, fields: Fields, today: &Today) -> Result<Self, Problem> {
        let (page, key) = (affairs.page.clone(), key(app, &fields)?);
        let (first, last) = (today.first(Kind::Stay).to_string(), today.day.to_string());
        let stay = |number| {
            let place = PlaceField::read(&fields, page.lang(), ending(number));
            let [from, until] = ["from", "until"].map(|name| fields.get(&place.id(name)).to_owned());
            Stay { number, place, from, until }
        };
        let stays = (1..=count(&fields)).map(stay).collect();
        Ok(Self { page, affairs, fields, mistakes: Mistakes::default(), key, stays, first, last })
    }

    /// Where a stay would stand that is added.
    fn next(&self) -> String {
        format!("stay{}", ending(self.stays.len() + 1))
    }
}

/// How many stays a form has.
fn count(fields: &Fields) -> usize {
    fields.get("stays").parse().unwrap_or(1).clamp(1, MAX_STAYS)
}

/// The form with an empty stay more, or with one less and those after it moved up, as the step says; else as it is.
fn rearranged(fields: Fields) -> Fields {
    let step = fields.get("step");
    let removed: Option<usize> = step.strip_prefix("remove-").and_then(|number| number.parse().ok());
    let added = usize::from(step == "add");
    if removed.is_none() && added == 0 {
        return fields;
    }
    let kept: Vec<usize> = (1..=count(&fields)).filter(|number| removed != Some(*number)).collect();
    let about_all = [("key", fields.get("key").to_owned()), ("stays", (kept.len() + added).to_string())];
    let moved = kept.iter().enumerate().flat_map(|(before, number)| {
        let (from, to) = (ending(*number), ending(before + 1));
        OF_A_STAY.map(|name| (format!("{name}{to}"), fields.get(&format!("{name}{from}")).to_owned()))
    });
    about_all.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(moved).collect()
}

/// `GET /declare/trip[?for=ID]`
pub(crate) async fn ask(State(app): State<App>, affairs: Affairs) -> Result<Response, Problem> {
    let today = today(&app, &affairs).await?;
    Ok(show(&Form::new(&app, affairs, Fields::default(), &today)?))
}

/// `POST /declare/trip[?for=ID]`: step `look` looks for the places, `add` asks for a further stay, `remove-N` takes one away, `check`
/// says what it will do, `send` declares, `edit` gives the form back.
pub(crate) async fn tell(
    State(app): State<App>,
    affairs: Affairs,
    fields: Fields,
) -> Result<Response, Problem> {
    let today = today(&app, &affairs).await?;
    let is_asked =
        matches!(fields.get("step"), "edit" | "look" | "add") || fields.get("step").starts_with("remove-");
    let mut form = Form::new(&app, affairs, rearranged(fields), &today)?;
    if is_asked {
        return Ok(show(&form));
    }
    match read(&mut form, &today)? {
        Some(facts) => answer(&app, form.affairs, facts, (&form.fields, form.key)).await,
        None => Ok((form.mistakes.status(), show(&form)).into_response()),
    }
}

/// The facts of the form; none if something is wrong with any of them.
fn read(form: &mut Form, today: &Today) -> Result<Option<Vec<Fact>>, Problem> {
    let Form { page, stays, mistakes, .. } = form;
    let mut facts = Vec::with_capacity(stays.len());
    for stay in stays {
        facts.extend(read_stay(page, stay, mistakes, today)?);
    }
    Ok(mistakes.is_empty().then_some(facts))
}

/// The fact of a stay; none if something is wrong with it.
fn read_stay(
    page: &Page,
    Stay { place, from, until, .. }: &Stay,
    mistakes: &mut Mistakes,
    today: &Today,
) -> Result<Option<Fact>, Problem> {
    let region = mistakes.unless(place.id("place-name"), place.region(page));
    let first = mistakes.unless(place.id("from"), today.read(page, Kind::Stay, from));
    let last = match until.as_str() {
        "" => first,
        text => mistakes.unless(place.id("until"), today.read(page, Kind::Stay, text)),
    };
    let (Some(region), Some(first), Some(last)) = (region, first, last) else { return Ok(None) };
    if last < first {
        mistakes.add(place.id("until"), page.say("trip-backwards"));
        return Ok(None);
    }
    let (at, until) = (first.to_string(), last.to_string());
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
