//! Every act about a person: what was done, when, and what the journal commits to.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_registry::journal::{Entry, Former, Openings};
use mingma_registry::words::ActName;
use mingma_registry::{EntryId, PersonId, PersonRecord, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::address::{InPath, InQuery};
use crate::api::hex;
use crate::app::App;
use crate::body::Answer;
use crate::caller::{Caller, Whom};
use crate::list::{Listed, PageAsked, page};
use crate::problem::Refusal;

/// An act about a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnEntry {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: EntryId,
    /// Which act.
    #[schema(value_type = String)]
    act: ActName,
    /// When.
    #[schema(value_type = String, format = "date-time")]
    at: Timestamp,
    /// Whether it waits for the witnesses of the log and does not count yet: it would make the status worse.
    waits: bool,
    /// Whether what was done is gone from the database though it has not ended: somebody took it out. Of what it may have cleared nothing
    /// counts until it is back.
    taken_out: bool,
    /// What kept the leaf from being guessed, in hexadecimal: with it and the rows anybody can check the leaf. Null once it was
    /// destroyed with what the leaf commits to.
    #[schema(required)]
    salt: Option<String>,
    /// What the journal commits to, in hexadecimal.
    leaf: String,
    /// The leaf of the person's entry before it, in hexadecimal, and within what the journal commits to; empty of the first. So an
    /// entry that is left out shows. Null of entries of before entries named another.
    #[schema(required)]
    former: Option<String>,
    /// What was done, in the canonical encoding (each field after its length in four bytes), in hexadecimal: its SHA-256 and the
    /// salt give the leaf. Null when what was done has ended, and is kept nowhere.
    #[schema(required)]
    content: Option<String>,
    /// The SHA-256 of what was done, in hexadecimal: while the salt is kept the leaf is checked with it, also when the content has
    /// ended. Null of entries of before entries named another.
    #[schema(required)]
    content_hash: Option<String>,
}

/// The journal's entries about oneself or a ward, in the order of the acts.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/journal", operation_id = "listJournal", tag = "journal",
    params(Whom, PageAsked),
    responses(
        (status = 200, body = Listed<OwnEntry>),
        (status = 401, body = Refusal, description = "Nobody has signed in"),
        (status = 403, body = Refusal, description = "Not the caller's affair"),
    )
)]
pub(crate) async fn list_journal(
    State(app): State<App>,
    caller: Caller,
    InPath(whom): InPath<Whom>,
    InQuery(asked): InQuery<PageAsked>,
) -> Answer<Listed<OwnEntry>> {
    let (_, person) = caller.acting(&app, whom, None).await?;
    let record = app.registry().told(person).await?;
    let entries = app.registry().store().entries(Some(person)).await?;
    let openings = openings(&app, person).await?;
    page(&asked, &entries, |entry| entry.id, |entry| told(entry, &openings, &record)).map(Json)
}

/// What opens a person's entries.
pub(crate) async fn openings(app: &App, person: PersonId) -> Result<Openings, StoreError> {
    let store = app.registry().store();
    // Everything, also what does not count.
    let record = store.record(person).await?;
    Ok(Openings::of(person, &record, &store.requests(person).await?))
}

pub(crate) fn told(entry: &Entry, openings: &Openings, record: &PersonRecord) -> OwnEntry {
    let content = openings.open(entry).map(|opening| hex(&opening.content));
    let Entry { id, act, at, salt, content: content_hash, leaf, former, clear: _ } = entry;
    OwnEntry {
        id: *id,
        act: *act,
        at: *at,
        waits: record.waiting.is_of(*id),
        taken_out: record.gone.contains(id),
        salt: salt.as_ref().map(|salt| hex(salt)),
        leaf: hex(leaf),
        former: told_former(*former),
        content,
        content_hash: content_hash.as_ref().map(|hash| hex(hash)),
    }
}

/// Which entry came before, as it is told.
pub(crate) fn told_former(former: Former) -> Option<String> {
    match former {
        Former::Unsaid => None,
        Former::None => Some(String::new()),
        Former::Leaf(leaf) => Some(hex(&leaf)),
    }
}
