//! Declaring, in three steps: say it, see what it will do to the code, send it. Nothing is kept before the last.

pub mod health;
pub mod trip;

use std::cmp::Ordering;

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use mingma_domain::Fact;
use mingma_domain::fact::Kind;
use mingma_domain::time::Day;
use mingma_registry::acts::{AssessError, Declare, Foresee, Foreseen, declare, first_day, foresee};
use mingma_registry::policy::Purpose;
use mingma_registry::row::IdempotencyKey;

use super::affairs::Affairs;
use super::fact_view::{Reading, what};
use super::form::Fields;
use super::status_view::StatusView;
use super::when::When;
use super::{Page, show};
use crate::app::App;
use crate::problem::Problem;
use crate::task::to_the_end;

#[derive(Template)]
#[template(path = "declare.html")]
struct Choose {
    page: Page,
    affairs: Affairs,
}

/// `GET /declare[?for=ID]`: what can be declared.
pub(crate) async fn choose(affairs: Affairs) -> Response {
    show(&Choose { page: affairs.page.clone(), affairs })
}

#[derive(Template)]
#[template(path = "declare-check.html")]
struct Check<'f> {
    page: Page,
    affairs: Affairs,
    /// What is declared, in words.
    said: Vec<String>,
    /// What it does.
    foreseen: Option<After>,
    /// Everything that was filled in, and the key.
    fields: &'f Fields,
    key: IdempotencyKey,
}

/// What a declaration does.
struct After {
    before: StatusView,
    status: StatusView,
    change: &'static str,
}

/// Today where the person lives, and the reader's way to be told of days.
struct Today {
    when: When,
    day: Day,
}

async fn today(app: &App, affairs: &Affairs) -> Result<Today, Problem> {
    let record = affairs.record(app).await?;
    if record.home().is_none() {
        return Err(AssessError::NotRegistered.into());
    }
    let zone = Affairs::zone(&record)?;
    let when = When::new(affairs.page.lang(), &zone);
    Ok(Today { when, day: zone.day_of(app.registry().now()) })
}

impl Today {
    /// The first day of which such a fact may be declared.
    fn first(&self, kind: Kind) -> Day {
        first_day(kind, self.day)
    }

    /// Reads a day of which such a fact may be declared.
    fn read(&self, page: &Page, kind: Kind, text: &str) -> Result<Day, String> {
        let day: Day = text.parse().map_err(|_| page.say("day-missing"))?;
        if day > self.day {
            Err(page.say("day-future"))
        } else if day < self.first(kind) {
            let said = if kind == Kind::Checkin { "day-past-health" } else { "day-past" };
            Err(page.with(said, &[("first", self.when.day(self.first(kind)))]))
        } else {
            Ok(day)
        }
    }
}

/// The page that says what a declaration will do, before it is sent.
async fn check(
    app: &App,
    affairs: Affairs,
    facts: Vec<Fact>,
    (fields, key): (&Fields, IdempotencyKey),
) -> Result<Response, Problem> {
    let page = affairs.page.clone();
    let when = today(app, &affairs).await?.when;
    let said = facts.iter().map(|fact| told(&page, &when, fact)).collect();
    let wish = affairs.wish(Purpose::SelfService, Foresee { person: affairs.person, facts })?;
    let shared = app.clone();
    let foreseen = match to_the_end(async move { foresee(shared.registry(), wish).await }).await? {
        Ok(foreseen) => {
            let record = affairs.record(app).await?;
            let zone = &foreseen.before.ruleset().ruleset.zone;
            let when = When::new(page.lang(), zone);
            let reading =
                Reading { page: &page, when: &when, record: &record, now: foreseen.before.now(), zone };
            Some(After {
                before: StatusView::new(&reading, &foreseen.before),
                status: StatusView::new(&reading, &foreseen.after),
                change: change(&foreseen),
            })
        }
        // Without rules nothing can change; a declaration is taken all the same.
        Err(AssessError::NoRules { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(show(&Check { page, affairs, said, foreseen, fields, key }))
}

fn told(page: &Page, when: &When, fact: &Fact) -> String {
    let place = fact.region().map(|region| region.full_name(page.lang()));
    let days = match fact.until() {
        Some(until) if until != fact.at() => {
            page.with("fact-from-until", &[("from", when.moment(fact.at())), ("until", when.moment(until))])
        }
        Some(_) | None => when.moment(fact.at()),
    };
    [Some(what(page, fact)), place, Some(days)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// `same`, `worse` or `better`, as the code would let the person do as much, less or more.
fn change(foreseen: &Foreseen) -> &'static str {
    match foreseen.change() {
        Ordering::Less => "better",
        Ordering::Equal => "same",
        Ordering::Greater => "worse",
    }
}

/// Sends a declaration, once however often the form is sent, and leads to the code.
async fn send(
    app: &App,
    affairs: &Affairs,
    facts: Vec<Fact>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let wish = affairs.wish(Purpose::SelfService, Declare { person: affairs.person, key, facts })?;
    let shared = app.clone();
    to_the_end(async move { declare(shared.registry(), wish).await }).await??;
    Ok(Redirect::to(&affairs.link_with("/code", "done=declared")).into_response())
}

/// The next step of a form in which nothing is wrong.
async fn answer(
    app: &App,
    affairs: Affairs,
    facts: Vec<Fact>,
    (fields, key): (&Fields, IdempotencyKey),
) -> Result<Response, Problem> {
    if fields.get("step") == "send" {
        send(app, &affairs, facts, key).await
    } else {
        check(app, affairs, facts, (fields, key)).await
    }
}
