//! What is kept about one person.

use mingma_credential::status::Initials;
use mingma_domain::Fact;
use mingma_domain::document::Document;
use mingma_domain::fact::RawFact;
use mingma_registry::record::birthday;
use mingma_registry::row::{
    Amendment, AppealAnswer, AppealOpened, Binding, Countersignature, Disclosure, Grant, IdempotencyKey,
    RecordedFact, RecordedRetraction, Registration, Request, Requester,
};
use mingma_registry::witnessed::Waiting;
use mingma_registry::{AppealId, DisclosureId, FactId, GrantId, PersonId, PersonRecord, StoreError};
use rusqlite::Connection;

use super::{all, bulk, codes, one};
use crate::rows::Columns;
use crate::vault::{PersonKey, Vault};

/// The person of a document.
pub(crate) fn person_of(connection: &Connection, key: &[u8; 32]) -> Result<Option<PersonId>, StoreError> {
    let sql = "SELECT person FROM documents WHERE document_key = ?1";
    one(connection, "documents", sql, [key], |row| row.bytes("person").map(PersonId::from_bytes))
}

/// The key of a person, and the document it seals.
pub(super) fn identity(
    connection: &Connection,
    vault: &Vault,
    person: PersonId,
) -> Result<Option<(PersonKey, Document)>, StoreError> {
    let sql = "SELECT wrapped_key, sealed_identity FROM persons WHERE person = ?1";
    one(connection, "persons", sql, [person.as_bytes()], |row| {
        let key = vault.unwrap(person, &row.blob("wrapped_key")?).ok_or(());
        let key = row.legal(key, "wrapped_key")?;
        let wire = row.legal(key.open(person, &row.blob("sealed_identity")?).ok_or(()), "sealed_identity")?;
        let document = row.legal(wire.parse(), "sealed_identity")?;
        Ok((key, document))
    })
}

/// The document of a person.
pub(crate) fn document(
    connection: &Connection,
    vault: &Vault,
    person: PersonId,
) -> Result<Option<Document>, StoreError> {
    Ok(identity(connection, vault, person)?.map(|(_, document)| document))
}

/// Everything about a person.
pub(crate) fn record(
    connection: &Connection,
    vault: &Vault,
    person: PersonId,
) -> Result<PersonRecord, StoreError> {
    let who = person.as_bytes();
    let at = |sql: &str| format!("SELECT * FROM {sql}");
    let rows = |table: &str, order: &str| at(&format!("{table} WHERE person = ?1 ORDER BY {order}"));
    let identity = identity(connection, vault, person)?;
    let key = identity.as_ref().map(|(key, _)| key);
    Ok(PersonRecord {
        later: Vec::new(),
        waiting: Waiting::default(),
        gone: Vec::new(),
        found: Vec::new(),
        doubtful: Vec::new(),
        registration: registration(connection, person, key)?,
        amendments: all(connection, "amendments", &rows("amendments", "number"), [who], |row| {
            Ok(Amendment { initials: initials(row, person, key)?, ..amendment(row)? })
        })?,
        birthday: identity.as_ref().and_then(|(_, document)| birthday(document)),
        facts: all(connection, "facts", &rows("facts", "fact"), [who], fact)?,
        countersignatures: all(
            connection,
            "countersignatures",
            &rows("countersignatures", "fact"),
            [who],
            |row| {
                let fact = FactId::from_bytes(row.bytes("fact")?);
                Ok(Countersignature { fact, issuer: row.word("issuer")?, at: row.instant("at")? })
            },
        )?,
        retractions: all(connection, "retractions", &rows("retractions", "fact"), [who], |row| {
            Ok(RecordedRetraction {
                fact: FactId::from_bytes(row.bytes("fact")?),
                issuer: row.word("issuer")?,
                reason: row.word("reason")?,
                at: row.instant("at")?,
            })
        })?,
        codes: all(connection, "codes", &rows("codes", "code"), [who], codes::code)?,
        revocations: all(connection, "revocations", &rows("revocations", "code"), [who], codes::revocation)?,
        grants: all(connection, "grants", &rows("grants", "grant_id"), [who], |row| {
            Ok(Grant {
                id: GrantId::from_bytes(row.bytes("grant_id")?),
                app: row.word("app")?,
                scope: row.word("scope")?,
                from: row.instant("from_at")?,
                until: row.instant("until_at")?,
            })
        })?,
        bindings: all(connection, "bindings", &rows("bindings", "binding"), [who], |row| {
            Ok(Binding {
                id: GrantId::from_bytes(row.bytes("binding")?),
                agent: PersonId::from_bytes(row.bytes("agent")?),
                tie: row.word("tie")?,
                from: row.instant("from_at")?,
                until: row.instant("until_at")?,
            })
        })?,
        appeals: all(connection, "appeals", &rows("appeals", "appeal"), [who], appeal)?,
        answers: all(connection, "appeal_answers", &rows("appeal_answers", "appeal"), [who], answer)?,
        confirmations: all(
            connection,
            "confirmations",
            &rows("confirmations", "fact, issuer, appeal"),
            [who],
            bulk::confirmation,
        )?,
        disclosures: all(connection, "disclosures", &rows("disclosures", "disclosure"), [who], disclosure)?,
    })
}

pub(super) fn disclosure(row: &Columns<'_>) -> Result<Disclosure, StoreError> {
    Ok(Disclosure {
        id: DisclosureId::from_bytes(row.bytes("disclosure")?),
        role: row.word("role")?,
        by: row.word("disclosed_to")?,
        purpose: row.word("purpose")?,
        policies: row.optional_word("policies")?,
        case: row.optional_word("case_ref")?,
        at: row.instant("at")?,
    })
}

pub(super) fn appeal(row: &Columns<'_>) -> Result<AppealOpened, StoreError> {
    Ok(AppealOpened {
        id: AppealId::from_bytes(row.bytes("appeal")?),
        fact: FactId::from_bytes(row.bytes("fact")?),
        ground: row.word("ground")?,
        at: row.instant("at")?,
        due: row.instant("due")?,
    })
}

pub(super) fn answer(row: &Columns<'_>) -> Result<AppealAnswer, StoreError> {
    let appeal = AppealId::from_bytes(row.bytes("appeal")?);
    Ok(AppealAnswer { appeal, upheld: row.flag("upheld")?, at: row.instant("at")? })
}

fn registration(
    connection: &Connection,
    person: PersonId,
    key: Option<&PersonKey>,
) -> Result<Option<Registration>, StoreError> {
    let sql = "SELECT home, sealed_initials, at FROM registrations WHERE person = ?1";
    one(connection, "registrations", sql, [person.as_bytes()], |row| {
        let initials = initials(row, person, key)?;
        Ok(Registration { home: row.word("home")?, initials, at: row.instant("at")? })
    })
}

fn initials(
    row: &Columns<'_>,
    person: PersonId,
    key: Option<&PersonKey>,
) -> Result<Option<Initials>, StoreError> {
    let Some(sealed) = row.optional_blob("sealed_initials")? else { return Ok(None) };
    let text = key.and_then(|key| key.open(person, &sealed)).ok_or(());
    let text = row.legal(text, "sealed_initials")?;
    row.legal(Initials::parse(&text), "sealed_initials").map(Some)
}

/// An amendment without the initials, which are sealed.
pub(super) fn amendment(row: &Columns<'_>) -> Result<Amendment, StoreError> {
    let (number, home, by) = (row.small("number")?, row.word("home")?, row.word("amended_by")?);
    Ok(Amendment { number, home, initials: None, by, at: row.instant("at")? })
}

/// A fact is made by its one maker again, so that a changed row is found when it is read.
pub(super) fn fact(row: &Columns<'_>) -> Result<RecordedFact, StoreError> {
    let empty = |text: Option<String>| text.unwrap_or_default();
    let fact = Fact::parse(&RawFact {
        kind: &row.text("kind")?,
        value: &row.text("value")?,
        at: &row.text("at")?,
        until: &empty(row.optional_text("until")?),
        region: &empty(row.optional_text("region")?),
        issuer: &row.text("issuer")?,
        evidence: &empty(row.optional_text("evidence")?),
    });
    Ok(RecordedFact {
        id: FactId::from_bytes(row.bytes("fact")?),
        fact: row.legal(fact, "value")?,
        recorded: row.instant("recorded")?,
    })
}

/// All requests of a person.
pub(crate) fn requests(connection: &Connection, person: PersonId) -> Result<Vec<Request>, StoreError> {
    let sql = "SELECT key, hash, received FROM person_requests WHERE person = ?1 ORDER BY key";
    all(connection, "person_requests", sql, [person.as_bytes()], |row| {
        Ok(Request { key: row.word("key")?, hash: row.hash("hash")?, received: row.instant("received")? })
    })
}

/// A request that was taken in.
pub(crate) fn request(
    connection: &Connection,
    of: &Requester,
    key: &IdempotencyKey,
) -> Result<Option<Request>, StoreError> {
    let read = |row: &Columns<'_>| {
        Ok(Request { key: key.clone(), hash: row.hash("hash")?, received: row.instant("received")? })
    };
    match of {
        Requester::Person(person) => {
            let sql = "SELECT hash, received FROM person_requests WHERE person = ?1 AND key = ?2";
            one(connection, "person_requests", sql, (person.as_bytes(), key.as_str()), read)
        }
        Requester::Issuer(issuer) => {
            let sql = "SELECT hash, received FROM submissions WHERE issuer = ?1 AND key = ?2";
            one(connection, "submissions", sql, (issuer.to_string(), key.as_str()), read)
        }
    }
}
