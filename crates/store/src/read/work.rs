//! The lists of work of desks and offices, read across persons: each bounded in what it looks at, none of them evidence.

use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::{Evidence, Issuer};
use mingma_registry::intake::{Intake, IssuedFact, RefusedRow};
use mingma_registry::row::{Countersignature, IdempotencyKey, RecordedFact, RecordedRetraction, Request};
use mingma_registry::store::{OpenCase, Page, Waiting};
use mingma_registry::{AppealId, FactId, PersonId, StoreError, Witnessed};
use rusqlite::{Connection, Params};

use super::person::{self, fact};
use super::{all, bulk, feed, one};
use crate::rows::{Columns, failed, nanos};

/// How many rows of a list are looked at for one page: at 3 µs each a reader is held for 25 ms at most.
pub(super) const LOOKED_AT: u32 = 8_192;

/// A submission of an issuer.
pub(crate) fn submission(
    connection: &Connection,
    issuer: &Issuer,
    key: &IdempotencyKey,
) -> Result<Option<Intake>, StoreError> {
    let sql = "SELECT key, hash, received, row_count FROM submissions WHERE issuer = ?1 AND key = ?2";
    let name = issuer.to_string();
    one(connection, "submissions", sql, (&name, key.as_str()), |row| intake(connection, &name, row))
}

/// An issuer's submissions, the newest first.
pub(crate) fn submissions(
    connection: &Connection,
    issuer: &Issuer,
    before: Option<&(Timestamp, IdempotencyKey)>,
    limit: u32,
) -> Result<Vec<Intake>, StoreError> {
    let name = issuer.to_string();
    let (at, key) = before.map_or((i64::MAX, ""), |(at, key)| (nanos(*at), key.as_str()));
    let sql = "SELECT key, hash, received, row_count FROM submissions \
               WHERE issuer = ?1 AND (received, key) < (?2, ?3) ORDER BY received DESC, key DESC LIMIT ?4";
    all(connection, "submissions", sql, (&name, at, key, limit), |row| intake(connection, &name, row))
}

fn intake(connection: &Connection, issuer: &str, row: &Columns<'_>) -> Result<Intake, StoreError> {
    let key: IdempotencyKey = row.word("key")?;
    let sql = "SELECT place, cause, in_column, kind, nearest, former FROM submission_refusals WHERE issuer = ?1 AND key = ?2 ORDER BY place";
    let refused = all(connection, "submission_refusals", sql, (issuer, key.as_str()), |row| {
        Ok(RefusedRow {
            place: row.legal(u16::try_from(row.number("place")?), "place")?,
            cause: row.word("cause")?,
            column: row.word("in_column")?,
            kind: row.optional_word("kind")?,
            nearest: row.optional_text("nearest")?,
            former: row.optional_bytes("former")?.map(FactId::from_bytes),
        })
    })?;
    let rows = row.optional_number("row_count")?;
    let rows = rows.map(|rows| row.legal(u16::try_from(rows), "row_count")).transpose()?;
    let request = Request { key, hash: row.hash("hash")?, received: row.instant("received")? };
    Ok(Intake { request, rows, refused })
}

/// What an issuer recorded about the person of a document by this evidence and did not take back itself.
pub(crate) fn recorded_by(
    connection: &Connection,
    issuer: &Issuer,
    (document, evidence): &([u8; 32], &Evidence),
) -> Result<Vec<RecordedFact>, StoreError> {
    let Some(person) = person::person_of(connection, document)? else { return Ok(Vec::new()) };
    let sql = "SELECT f.* FROM facts f WHERE f.person = ?1 AND f.issuer = ?2 AND f.evidence = ?3 AND NOT EXISTS \
                   (SELECT 1 FROM retractions r WHERE r.person = f.person AND r.fact = f.fact AND r.issuer = f.issuer) \
               ORDER BY f.fact";
    let of = (person.as_bytes(), issuer.to_string(), evidence.as_str());
    all(connection, "facts", sql, of, fact)
}

/// Those of these facts that the issuer recorded, in the order of their ids.
pub(crate) fn issued(
    connection: &Connection,
    issuer: &Issuer,
    facts: &[FactId],
    witnessed: u64,
) -> Result<Vec<IssuedFact>, StoreError> {
    let name = issuer.to_string();
    let sql = "SELECT f.*, c.issuer AS second, c.at AS second_at, r.issuer AS taken_back, r.reason, r.at AS taken_back_at, \
                   EXISTS (SELECT 1 FROM appeals a WHERE a.person = f.person AND a.fact = f.fact) \
                   OR EXISTS (SELECT 1 FROM confirmations n WHERE n.person = f.person AND n.fact = f.fact) AS disputed \
               FROM facts f \
               LEFT JOIN countersignatures c ON c.person = f.person AND c.fact = f.fact \
               LEFT JOIN retractions r ON r.person = f.person AND r.fact = f.fact \
               WHERE f.fact = ?1 AND f.issuer = ?2";
    let mut found = Vec::new();
    for id in facts {
        let read = |row: &Columns<'_>| {
            let mut fact = issued_fact(row, *id)?;
            if row.flag("disputed")? {
                said_of(connection, &row.bytes("person")?, &mut fact)?;
            }
            if witnessed != Witnessed::EVERYTHING {
                let later = feed::later(connection, PersonId::from_bytes(row.bytes("person")?), witnessed)?;
                fact.is_unwitnessed = later.iter().any(|entry| entry.is_needed_by(*id));
            }
            Ok(fact)
        };
        found.extend(all(connection, "facts", sql, (id.as_bytes(), &name), read)?);
    }
    found.sort_by_key(|fact| fact.recorded.id);
    Ok(found)
}

fn issued_fact(row: &Columns<'_>, id: FactId) -> Result<IssuedFact, StoreError> {
    let second = match row.optional_word("second")? {
        None => None,
        Some(issuer) => Some(Countersignature { fact: id, issuer, at: row.instant("second_at")? }),
    };
    let taken_back = match row.optional_word("taken_back")? {
        None => None,
        Some(issuer) => Some(RecordedRetraction {
            fact: id,
            issuer,
            reason: row.word("reason")?,
            at: row.instant("taken_back_at")?,
        }),
    };
    let recorded = fact(row)?;
    let (appeals, answers, confirmations) = (Vec::new(), Vec::new(), Vec::new());
    Ok(IssuedFact { recorded, second, taken_back, appeals, answers, confirmations, is_unwitnessed: false })
}

/// Adds the disputes of a fact, and what was said to them.
fn said_of(connection: &Connection, person: &[u8; 16], fact: &mut IssuedFact) -> Result<(), StoreError> {
    let of = (person, fact.recorded.id.as_bytes());
    let appeals = "SELECT * FROM appeals WHERE person = ?1 AND fact = ?2 ORDER BY appeal";
    fact.appeals = all(connection, "appeals", appeals, of, person::appeal)?;
    let answers = "SELECT n.* FROM appeals a JOIN appeal_answers n ON n.person = a.person AND n.appeal = a.appeal \
                   WHERE a.person = ?1 AND a.fact = ?2 ORDER BY n.appeal";
    fact.answers = all(connection, "appeal_answers", answers, of, person::answer)?;
    let words = "SELECT * FROM confirmations WHERE person = ?1 AND fact = ?2 ORDER BY issuer, appeal";
    fact.confirmations = all(connection, "confirmations", words, of, bulk::confirmation)?;
    Ok(())
}

/// Facts that are neither countersigned nor taken back, the newest first.
pub(crate) fn waiting(
    connection: &Connection,
    of: &Waiting,
    limit: u32,
) -> Result<Page<RecordedFact, FactId>, StoreError> {
    // The list of kinds is written as the index has it, so that it is used.
    let sql = "SELECT f.*, \
                   EXISTS (SELECT 1 FROM countersignatures c WHERE c.person = f.person AND c.fact = f.fact) \
                   OR EXISTS (SELECT 1 FROM retractions r WHERE r.person = f.person AND r.fact = f.fact) AS settled \
               FROM facts f \
               WHERE f.kind IN ('diagnosis', 'contact', 'isolation', 'entry') AND f.fact < ?1 AND f.fact >= ?2 \
               ORDER BY f.fact DESC LIMIT ?3";
    let newest = of.before.map_or([0xFF; 16], |before| *before.as_bytes());
    let oldest = FactId::new(of.since, [0; 10]);
    page(connection, "facts", sql, (newest, oldest.as_bytes(), LOOKED_AT), limit, |row| {
        let recorded = fact(row)?;
        let wanted = !row.flag("settled")? && of.asks_for(&recorded);
        Ok((recorded.id, wanted.then_some(recorded)))
    })
}

/// Appeals without an answer of persons who live in a region, the one that is due first at the head.
pub(crate) fn open_appeals(
    connection: &Connection,
    region: Region,
    after: Option<(Timestamp, AppealId)>,
    limit: u32,
) -> Result<Page<OpenCase, (Timestamp, AppealId)>, StoreError> {
    let sql = "SELECT a.*, f.issuer AS first, c.issuer AS second, coalesce( \
                   (SELECT m.home FROM amendments m WHERE m.person = a.person ORDER BY m.number DESC LIMIT 1), \
                   r.home) AS home, \
                   EXISTS (SELECT 1 FROM appeal_answers n WHERE n.person = a.person AND n.appeal = a.appeal) AS answered \
               FROM appeals a LEFT JOIN registrations r ON r.person = a.person \
               LEFT JOIN facts f ON f.person = a.person AND f.fact = a.fact \
               LEFT JOIN countersignatures c ON c.person = a.person AND c.fact = a.fact \
               WHERE (a.due, a.appeal) > (?1, ?2) ORDER BY a.due, a.appeal LIMIT ?3";
    let (due, appeal) = after.map_or((i64::MIN, [0; 16]), |(due, appeal)| (nanos(due), *appeal.as_bytes()));
    page(connection, "appeals", sql, (due, appeal, LOOKED_AT), limit, |row| {
        let person = PersonId::from_bytes(row.bytes("person")?);
        let opened = person::appeal(row)?;
        let home: Option<Region> = row.optional_word("home")?;
        let place = (opened.due, opened.id);
        let Some(home) = home.filter(|home| home.is_in(region)) else { return Ok((place, None)) };
        if row.flag("answered")? {
            return Ok((place, None));
        }
        let (first, second) = (row.optional_word("first")?, row.optional_word("second")?);
        let said = first.into_iter().chain(second).collect();
        Ok((place, Some(OpenCase { person, home, opened, said })))
    })
}

/// Reads rows until `limit` of them are wanted or enough were looked at.
pub(super) fn page<T, K: Copy>(
    connection: &Connection,
    table: &'static str,
    sql: &str,
    params: impl Params,
    limit: u32,
    read: impl Fn(&Columns<'_>) -> Result<(K, Option<T>), StoreError>,
) -> Result<Page<T, K>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(|e| failed(&e))?;
    let mut rows = statement.query(params).map_err(|e| failed(&e))?;
    let mut page = Page { items: Vec::new(), next: None };
    let mut looked_at = 0;
    while let Some(row) = rows.next().map_err(|e| failed(&e))? {
        let (key, wanted) = read(&Columns::of(row, table))?;
        looked_at += 1;
        page.items.extend(wanted);
        let full = u32::try_from(page.items.len()).map_or(true, |items| items >= limit);
        if full || looked_at >= LOOKED_AT {
            page.next = Some(key);
            break;
        }
    }
    Ok(page)
}
