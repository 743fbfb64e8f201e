//! Every act about a person: what was done, when, and what the journal commits to.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use mingma_credential::key::DevicePoint;
use mingma_domain::Region;
use mingma_domain::fact::{Evidence, Issuer};
use mingma_registry::journal::{Entry, Former, Opening, Openings};
use mingma_registry::policy::Role;
use mingma_registry::signed::Proof;
use mingma_registry::words::ActName;
use mingma_registry::{Book, Doer, EntryId, PersonId, PersonRecord, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::address::{InPath, InQuery};
use crate::api::hex;
use crate::app::App;
use crate::body::Answer;
use crate::caller::{Caller, Whom};
use crate::list::{Listed, PageAsked, page};
use crate::pages::Page;
use crate::pages::affairs::Affairs;
use crate::pages::fact_view::Reading;
use crate::pages::own_journal::Words;
use crate::pages::when::When;
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
    /// Which issuer did it, as the public log shows it; null where no issuer did.
    #[schema(required, value_type = Option<String>)]
    issuer: Option<Issuer>,
    /// Where that issuer works, as the public log shows it.
    #[schema(required, value_type = Option<String>)]
    region: Option<Region>,
    /// What the public log shows that it concerns, by a word of a closed list: the purpose of a look.
    #[schema(required, value_type = Option<String>)]
    subject: Option<Evidence>,
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
    /// What an issuer signed. Null of what no issuer signs, of entries of before signatures were kept, and once the salt was destroyed.
    #[schema(required)]
    signature: Option<OwnSignature>,
    /// Who did what a person may do for themselves: the person, or somebody else for them. Null of what an issuer, an office or the program does, of
    /// entries of before it was kept, and once the salt was destroyed.
    #[schema(required)]
    doer: Option<OwnDoer>,
    /// The same in words, as the page has them. Not in the file to take along, which is the same in every language.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    words: Option<EntryWords>,
}

/// An entry in the language that is asked for by `Accept-Language`.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryWords {
    /// What was done.
    what: String,
    /// What is told of it, line by line: who, what about, why, on which evidence, by which key, whether it counts.
    lines: Vec<EntryLine>,
    /// The number of the ruleset by which a code was made, or which was in force when a status was told of or a code revoked; else null.
    #[schema(required)]
    rules: Option<u64>,
}

/// One thing that is told of an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryLine {
    /// What it is called.
    name: String,
    /// What it is.
    value: String,
}

/// An issuer's signature under what was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnSignature {
    /// The proof in the canonical encoding, in hexadecimal; its SHA-256 stands within what the journal commits to. `mingma/signature/1`, the
    /// signature, the SHA-256 of `mingma/about/1`, the salt and the document; of a row of a submission also the submission's key, how many rows it
    /// had, the row's place from 0, the hashes beside its way to the root, and kind, value, at, until, region, evidence, credential as they were sent.
    proof: String,
    /// With it and their document the person sees that they are meant; in hexadecimal.
    salt: String,
    /// The issuer's key that made it, as a compressed point in hexadecimal; null if what is kept was signed by none that counted then.
    #[schema(required)]
    key: Option<String>,
}

/// Who did an act about a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnDoer {
    /// `resident` the person, signed in; `visitor` somebody who had not signed in as the person; `agent` somebody who may act for the person;
    /// `community-worker`; `app` a program that the person let in.
    #[schema(value_type = String)]
    role: Role,
    /// Of an agent as what they act, of a community worker the name in the staff list, of a program its name; else null.
    #[schema(required)]
    by: Option<String>,
    /// By what the person let them: the binding, the consent to be helped, the grant. Null where nobody was asked.
    #[schema(required, format = "uuid")]
    case: Option<String>,
    /// The same in the canonical encoding, in hexadecimal; its SHA-256 stands within what the journal commits to. `mingma/doer/1`, the role; where
    /// somebody else acted, who, and the bytes of what let them, which are empty where nobody was asked.
    content: String,
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
    texts: Page,
    InQuery(asked): InQuery<PageAsked>,
) -> Answer<Listed<OwnEntry>> {
    let (_, person) = caller.acting(&app, whom, None).await?;
    let store = app.registry().store();
    let entries = store.entries(Some(person)).await?;
    let (openings, book) = (openings(&app, person).await?, app.registry().book().await?);
    let document = store.document(person).await?;
    let record = app.registry().told(person).await?;
    let zone = Affairs::zone(&record)?;
    let (when, now) = (When::new(texts.lang(), &zone), app.registry().now());
    let reading = Reading { page: &texts, when: &when, record: &record, now, zone: &zone };
    let in_words = |entry: &Entry| {
        let opening = openings.open(entry);
        let words = Words::of(entry, opening, (&book, document.as_ref()), reading);
        OwnEntry { words: Some(words.into()), ..told(entry, opening, &record, &book) }
    };
    page(&asked, &entries, |entry| entry.id, in_words).map(Json)
}

impl From<Words> for EntryWords {
    fn from(Words { what, lines, rules }: Words) -> Self {
        let lines = lines.into_iter().map(|(name, value)| EntryLine { name, value });
        Self { what, lines: lines.collect(), rules }
    }
}

/// What opens a person's entries.
pub(crate) async fn openings(app: &App, person: PersonId) -> Result<Openings, StoreError> {
    let store = app.registry().store();
    // Everything, also what does not count.
    let record = store.record(person).await?;
    Ok(Openings::of(person, &record, &store.requests(person).await?))
}

pub(crate) fn told(entry: &Entry, opening: Option<&Opening>, record: &PersonRecord, book: &Book) -> OwnEntry {
    let content = opening.map(|opening| hex(&opening.content));
    let Entry { id, act, at, salt, content: content_hash, leaf, former, beside: _, clear } = entry;
    OwnEntry {
        id: *id,
        act: *act,
        at: *at,
        issuer: clear.issuer.clone(),
        region: clear.region,
        subject: clear.subject.clone(),
        waits: record.waiting.is_of(*id),
        taken_out: record.gone.contains(id),
        salt: salt.as_ref().map(|salt| hex(salt)),
        leaf: hex(leaf),
        former: told_former(*former),
        content,
        content_hash: content_hash.as_ref().map(|hash| hex(hash)),
        signature: entry.signature().map(|kept| OwnSignature {
            proof: hex(&kept.proof),
            salt: hex(&kept.salt),
            key: key_of(entry, opening, book).map(|point| hex(point.as_bytes())),
        }),
        doer: entry.doer().map(OwnDoer::from),
        words: None,
    }
}

impl From<&Doer> for OwnDoer {
    fn from(doer: &Doer) -> Self {
        let by = doer.by().map(str::to_owned);
        Self { role: doer.role(), by, case: doer.case(), content: hex(&doer.to_bytes()) }
    }
}

/// The issuer's key that signed what an entry opens to; none if none that counted then did.
pub(crate) fn key_of(entry: &Entry, opening: Option<&Opening>, book: &Book) -> Option<DevicePoint> {
    let proof = Proof::from_bytes(&entry.signature()?.proof)?;
    proof.key(book, &opening?.rows, entry.at)
}

/// Which entry came before, as it is told.
pub(crate) fn told_former(former: Former) -> Option<String> {
    match former {
        Former::Unsaid => None,
        Former::None => Some(String::new()),
        Former::Leaf(leaf) => Some(hex(&leaf)),
    }
}
