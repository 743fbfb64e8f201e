//! Everything that is recorded about a person, for that person: facts, whether they count, who looked.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::affairs::Affairs;
use super::fact_view::{FactView, Reading, looker};
use super::{Page, show};
use crate::api::disclosures::list::Offices;
use crate::app::App;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "facts.html")]
struct Facts {
    page: Page,
    affairs: Affairs,
    document: String,
    home: String,
    /// What a checkpoint compares.
    initials: Option<String>,
    registered: String,
    recorded: Vec<FactView>,
    codes: usize,
    looks: Vec<Look>,
}

/// A look by somebody else.
struct Look {
    who: String,
    what_for: String,
    /// Why nothing was shown, if it was refused.
    refused: Option<String>,
    at: String,
}

/// `GET /facts[?for=ID]`
pub(crate) async fn page(State(app): State<App>, affairs: Affairs) -> Result<Response, Problem> {
    let page = affairs.page.clone();
    let record = affairs.told(&app).await?;
    let registration = record.registration.as_ref();
    let when = affairs.when(&record)?;
    let zone = Affairs::zone(&record)?;
    let reading =
        Reading { page: &page, when: &when, record: &record, now: app.registry().now(), zone: &zone };
    // The newest first.
    let recorded = record.facts.iter().rev().map(|fact| reading.view(fact)).collect();
    let offices = Offices::of(&app, &record.disclosures).await?;
    let looks = record.disclosures.iter().rev().map(|look| {
        let place = looker(&page, look);
        let who = match offices.region(look) {
            None => page.with("look-who", &place),
            Some(region) => {
                let [role, by] = place;
                page.with("look-who-of", &[role, by, ("region", region.full_name(page.lang()))])
            }
        };
        Look {
            who,
            what_for: page.say(format!("purpose-{}", look.purpose)),
            refused: look.refused().map(|why| page.say(format!("look-refused-{why}"))),
            at: when.instant(look.at),
        }
    });
    let document = app.registry().store().document(affairs.person).await?;
    Ok(show(&Facts {
        document: document.map_or_else(String::new, |document| document.masked().to_string()),
        home: record.home().map_or_else(String::new, |home| home.full_name(page.lang())),
        initials: record.initials().map(|initials| initials.as_str().to_owned()),
        registered: registration.map_or_else(String::new, |r| when.instant(r.at)),
        recorded,
        codes: record.codes.len(),
        looks: looks.collect(),
        page,
        affairs,
    }))
}
