//! Reading: every function sees one moment, that of the transaction it is called in.

mod access;
mod brake;
mod bulk;
mod codes;
mod feed;
mod journal;
mod person;
pub(crate) mod population;
mod public;
mod purge;
mod staff;
mod work;

pub(crate) use access::{access, spent};
pub(crate) use bulk::{appeal_spans, counted, disputes, moved, said, spoken, tallies};
pub(crate) use codes::{holders, reserved, revoked};
pub(crate) use feed::{fed, feed, lapsed, later, marks, resident};
pub(crate) use journal::{entries, journal, numbers, whose};
pub(crate) use person::{document, person_of, record, request, requests};
pub(crate) use public::publications;
pub(crate) use purge::{aged, everybody, holding};
pub(crate) use staff::{staff, staff_member};
pub(crate) use work::{issued, open_appeals, recorded_by, submission, submissions, waiting};

use jiff::Timestamp;
use mingma_registry::row::{Notice, NoticeState};
use mingma_registry::{NoticeId, PersonId, StoreError};
use rusqlite::{Connection, Params};

use crate::observe::Backlog;
use crate::rows::{Columns, failed, nanos};

/// Every row that a statement gives, read one by one.
pub(crate) fn all<T>(
    connection: &Connection,
    table: &'static str,
    sql: &str,
    params: impl Params,
    read: impl Fn(&Columns<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(|e| failed(&e))?;
    let mut rows = statement.query(params).map_err(|e| failed(&e))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(|e| failed(&e))? {
        found.push(read(&Columns::of(row, table))?);
    }
    // Records stay in memory, and most have one row of a kind where a vector begins with room for four.
    found.shrink_to_fit();
    Ok(found)
}

/// The row that a statement gives, if there is one.
pub(crate) fn one<T>(
    connection: &Connection,
    table: &'static str,
    sql: &str,
    params: impl Params,
    read: impl Fn(&Columns<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    Ok(all(connection, table, sql, params, read)?.pop())
}

/// The name under which a folder notes when its newest entry was made.
pub(crate) const NEWEST: &str = "newest";
/// The name under which a folder notes when its last night was over.
pub(crate) const NIGHT: &str = "night";
/// The name under which it notes when something was destroyed, until the database has been written anew.
pub(crate) const DESTROYED: &str = "destroyed";
/// The name under which a restored folder notes up to when the keys that opened its backup had ended what they did not open.
pub(crate) const RESTORED: &str = "restored";

/// The instant that a folder notes under a name.
pub(crate) fn noted(connection: &Connection, name: &str) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT value FROM folder WHERE name = ?1";
    one(connection, "folder", sql, [name], |row| {
        let bytes: [u8; 8] = row.bytes("value")?;
        let nanos = Timestamp::from_nanosecond(i64::from_be_bytes(bytes).into());
        row.legal(nanos, "value")
    })
}

/// When the newest entry of the journal was made.
pub(crate) fn newest(connection: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let noted = noted(connection, NEWEST)?;
    if noted.is_some() {
        return Ok(noted);
    }
    // A folder of a program that did not note it; read once.
    let sql = "SELECT at FROM journal WHERE at = (SELECT max(at) FROM journal) LIMIT 1";
    one(connection, "journal", sql, [], |row| row.instant("at"))
}

/// A number that changes when another connection has committed something.
pub(crate) fn others(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA data_version", [], |row| row.get(0))
}

/// The number of the newest entry of the journal.
pub(crate) fn numbered(connection: &Connection) -> Result<u64, StoreError> {
    let sql = "SELECT coalesce(max(number), 0) AS number FROM journal";
    Ok(one(connection, "journal", sql, [], |row| row.number("number"))?.unwrap_or(0))
}

/// Notices that wait, counted up to a number.
pub(crate) fn backlog(connection: &Connection, up_to: u32) -> Result<Backlog, StoreError> {
    let counted = |what: &'static str, sql: &str| {
        let found = one(connection, "outbox", sql, [up_to], |row| {
            let count = row.number("count")?;
            Ok((count, if count == 0 { None } else { Some(row.instant(what)?) }))
        })?;
        Ok::<_, StoreError>(found.unwrap_or_default())
    };
    let sql = "SELECT count(*) AS count, min(created) AS oldest FROM \
               (SELECT created FROM outbox WHERE state = 'waiting' ORDER BY due LIMIT ?1)";
    let (waiting, oldest) = counted("oldest", sql)?;
    let sql = "SELECT count(*) AS count, max(settled) AS newest FROM \
               (SELECT settled FROM outbox WHERE state = 'undeliverable' ORDER BY settled DESC LIMIT ?1)";
    let (undeliverable, given_up) = counted("newest", sql)?;
    Ok(Backlog { waiting, oldest, undeliverable, given_up })
}

/// Notices that wait and are due, codes first.
pub(crate) fn due(
    connection: &Connection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(Notice, u16)>, StoreError> {
    let mut due = Vec::new();
    // The words are those of the index; a test holds that they are all that are codes.
    for which in ["IN", "NOT IN"] {
        let sql = format!(
            "SELECT person, notice, kind, about, created, attempts FROM outbox \
             WHERE state = 'waiting' AND kind {which} ('sign-in-code', 'assistance-code', 'contact-code') AND due <= ?1 \
             ORDER BY due, person, notice LIMIT ?2"
        );
        let left = limit.saturating_sub(u32::try_from(due.len()).unwrap_or(u32::MAX));
        due.extend(all(connection, "outbox", &sql, (nanos(now), left), |row| {
            Ok((notice(row)?, attempts(row)?))
        })?);
    }
    Ok(due)
}

/// All notices to a person, with what became of each.
pub(crate) fn notices(
    connection: &Connection,
    person: PersonId,
) -> Result<Vec<(Notice, NoticeState)>, StoreError> {
    let sql = "SELECT * FROM outbox WHERE person = ?1 ORDER BY notice";
    all(connection, "outbox", sql, [person.as_bytes()], |row| {
        let state = match row.text("state")?.as_str() {
            "waiting" => NoticeState::Waiting { attempts: attempts(row)?, due: row.instant("due")? },
            "delivered" => NoticeState::Delivered { at: row.instant("settled")? },
            "undeliverable" => NoticeState::Undeliverable { at: row.instant("settled")? },
            "passed-on" => NoticeState::PassedOn { at: row.instant("settled")? },
            "on-page" => NoticeState::OnPage { at: row.instant("settled")? },
            _ => row.legal(Err(()), "state")?,
        };
        Ok((notice(row)?, state))
    })
}

fn notice(row: &Columns<'_>) -> Result<Notice, StoreError> {
    Ok(Notice {
        person: PersonId::from_bytes(row.bytes("person")?),
        id: NoticeId::from_bytes(row.bytes("notice")?),
        kind: row.word("kind")?,
        about: row.bytes("about")?,
        created: row.instant("created")?,
    })
}

fn attempts(row: &Columns<'_>) -> Result<u16, StoreError> {
    row.legal(u16::try_from(row.number("attempts")?), "attempts")
}
