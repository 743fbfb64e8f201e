//! Everything about a person in one file, which the authority signs: what they take along, whatever we keep or end.
//!
//! The file is `COSE_Sign1` (see `mingma_credential::export`) around JSON: `format` (`mingma/export/2`), `made`, `person`,
//! `document` (covered), `home`, `initials`, `registered`, and as lists `facts`, `appeals`, `apps`, `agents`, `wards`,
//! `disclosures`, `notices`, each as its own endpoint gives it, and `journal`: entries as `listJournal` gives them, each with its proof
//! file as `proof`, or null where no published checkpoint stands on it yet. `turns` are proof files, too: of how each quarter's
//! log begins with the last checkpoint of the one before.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use mingma_credential::status::Initials;
use mingma_domain::Region;
use mingma_registry::journal::Entry;
use mingma_registry::{Actor, PersonId, PersonRecord, acts};
use serde::Serialize;

use crate::address::InPath;
use crate::api::appeals::{self, OwnAppeal};
use crate::api::apps::list::{self as apps, AppLetIn};
use crate::api::bindings::list::{self as bindings, Agent};
use crate::api::bindings::wards::{self, Ward};
use crate::api::disclosures::list::{self as disclosures, Look};
use crate::api::facts::list::{self as facts, OwnFact};
use crate::api::journal::list::{OwnEntry, openings, told};
use crate::api::journal::prove::{proofs, turns};
use crate::api::notices::list::{self as notices, OwnNotice};
use crate::app::App;
use crate::caller::{Caller, Whom};
use crate::problem::Problem;

/// What the document is, and in which version.
const FORMAT: &str = "mingma/export/2";

/// Everything.
#[derive(Serialize)]
struct Everything {
    format: &'static str,
    made: Timestamp,
    person: PersonId,
    document: Option<String>,
    home: Option<Region>,
    initials: Option<String>,
    registered: Option<Timestamp>,
    facts: Vec<OwnFact>,
    appeals: Vec<OwnAppeal>,
    apps: Vec<AppLetIn>,
    agents: Vec<Agent>,
    wards: Vec<Ward>,
    disclosures: Vec<Look>,
    notices: Vec<OwnNotice>,
    journal: Vec<Proved>,
    turns: Vec<String>,
}

/// An entry with its proof.
#[derive(Serialize)]
struct Proved {
    #[serde(flatten)]
    entry: OwnEntry,
    proof: Option<String>,
}

/// Everything about oneself or a ward, as one file that the authority's key has signed: JSON in `COSE_Sign1`.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/export", operation_id = "exportPerson", tag = "journal",
    params(Whom),
    responses(
        (status = 200, description = "The signed file", content_type = "application/cose", body = Vec<u8>),
        (status = 401, description = "Nobody has signed in", content_type = "application/problem+json", body = Object),
        (status = 403, description = "Not the caller's affair", content_type = "application/problem+json", body = Object),
    )
)]
pub(crate) async fn export_person(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
) -> Result<Response, Problem> {
    let (actor, person) = caller.acting(&app, whom, None).await?;
    let store = app.registry().store();
    // The entries before the rows that they are about: none is told whose rows are not.
    let entries = store.entries(Some(person)).await?;
    let record = app.registry().told(person).await?;
    let journal = journal(&app, person, &entries, &record).await?;
    // After the proofs: a log that was closed meanwhile is proved by its end, and its end by the next.
    let turns = turns(&app).await?;
    let everything = everything(&app, (actor, person), &record, (journal, turns)).await?;
    let document = serde_json::to_vec(&everything).map_err(|_| Problem::broken())?;
    let signed = app.registry().sign_export(document).map_err(|_| Problem::broken())?;
    let headers = [
        (CONTENT_TYPE, "application/cose; cose-type=\"cose-sign1\""),
        (CONTENT_DISPOSITION, "attachment; filename=\"everything-about-me.cose\""),
    ];
    Ok((headers, signed).into_response())
}

async fn everything(
    app: &App,
    (actor, person): (Actor, PersonId),
    record: &PersonRecord,
    (journal, turns): (Vec<Proved>, Vec<String>),
) -> Result<Everything, Problem> {
    let (store, now) = (app.registry().store(), app.registry().now());
    let registration = record.registration.as_ref();
    // Whom the person acts for is not the affair of who acts for the person.
    let own = matches!(actor, Actor::Resident(_));
    let wards = if own { acts::wards(app.registry(), person).await? } else { Vec::new() };
    let appeals = record.appeals.iter().filter_map(|opened| record.appeal(opened.id));
    let offices = disclosures::Offices::of(app, &record.disclosures).await?;
    Ok(Everything {
        format: FORMAT,
        made: now,
        person,
        document: store.document(person).await?.map(|document| document.masked().to_string()),
        home: record.home(),
        initials: record.initials().map(Initials::as_str).map(str::to_owned),
        registered: registration.map(|known| known.at),
        facts: record.facts.iter().map(|fact| facts::told(record, fact, now)).collect(),
        appeals: appeals.map(|appeal| appeals::told(appeal, now)).collect(),
        apps: record.grants_in_force(now).map(apps::told).collect(),
        agents: bindings::bound(app, record).await?.into_iter().map(bindings::told).collect(),
        wards: wards::called(app, wards).await?,
        disclosures: record
            .disclosures
            .iter()
            .cloned()
            .map(|look| disclosures::told(look, &offices))
            .collect(),
        notices: notices::all(app, actor, person).await?,
        journal,
        turns,
    })
}

async fn journal(
    app: &App,
    person: PersonId,
    entries: &[Entry],
    record: &PersonRecord,
) -> Result<Vec<Proved>, Problem> {
    let (openings, book) = (openings(app, person).await?, app.registry().book().await?);
    let (ids, numbers): (Vec<_>, Vec<_>) =
        app.registry().store().numbers(Some(person)).await?.into_iter().unzip();
    let mut proofs: BTreeMap<_, _> = ids.into_iter().zip(proofs(app, numbers).await?).collect();
    let proved = |entry: &Entry| {
        let proof = proofs.remove(&entry.id).flatten();
        Proved { entry: told(entry, openings.open(entry), record, &book), proof }
    };
    Ok(entries.iter().map(proved).collect())
}
