//! Writing what is counted, what stood out and what issuers say of disputed facts.

use mingma_registry::PersonId;
use mingma_registry::brake::Hand;
use mingma_registry::row::{Confirmation, Counted, Moved, PublicRow, Request, RowKind};
use rusqlite::{Connection, params};

use super::{Stop, insert};
use crate::rows::{nanos, signed};

/// Counts the rows of a submission.
pub(super) fn counts(
    connection: &Connection,
    issuer: &str,
    request: &Request,
    counted: &[(Counted, u16)],
) -> Result<(), Stop> {
    let sql = "INSERT INTO submission_counts (issuer, key, kind, value, region, cause, received, row_count) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
    for (what, rows) in counted {
        let (kind, value, region, cause) = match what {
            Counted::Taken { kind, value, region } => (kind.word(), value.as_str(), region.code(), ""),
            Counted::Refused(cause) => ("", "", "", cause.word()),
        };
        let values =
            params![issuer, request.key.as_str(), kind, value, region, cause, nanos(request.received), rows];
        insert(connection, RowKind::Request, sql, values)?;
    }
    Ok(())
}

/// Counts a person who is told that their status is another.
pub(super) fn moved(connection: &Connection, day: i64, moved: Moved) -> Result<(), Stop> {
    let sql = "INSERT INTO moved (day, mover, worse, persons) VALUES (?1, ?2, ?3, 1) \
               ON CONFLICT DO UPDATE SET persons = persons + 1";
    let values = (day, moved.by.word(), moved.is_worse);
    insert(connection, RowKind::Entry, sql, values)
}

pub(super) fn confirmation(
    connection: &Connection,
    person: PersonId,
    row: &Confirmation,
) -> Result<(), Stop> {
    let sql = "INSERT INTO confirmations (person, fact, issuer, appeal, confirmed, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
    let appeal = row.appeal.map_or([0; 16], |appeal| *appeal.as_bytes());
    let issuer = row.issuer.to_string();
    let values = (person.as_bytes(), row.fact.as_bytes(), issuer, appeal, row.confirmed, nanos(row.at));
    insert(connection, RowKind::Confirmation, sql, values)
}

/// Adds a limit, an alarm or an allowance, and gives the name of its kind.
pub(super) fn row(connection: &Connection, number: i64, row: &PublicRow) -> Result<&'static str, Stop> {
    match row {
        PublicRow::Limit(row) => {
            let sql = "INSERT INTO limits (number, issuer, kind, per_hour) VALUES (?1, ?2, ?3, ?4)";
            let values = (number, row.issuer.to_string(), row.kind.word(), row.per_hour);
            insert(connection, RowKind::Entry, sql, values)?;
            Ok("limit")
        }
        PublicRow::Alarm(row) => {
            let sql = "INSERT INTO alarms (batch, kind, why, number, issuer, row_count, usual, at, doing, span, value) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING";
            let (kind, why, issuer) = (row.kind.word(), row.why.word(), row.issuer.to_string());
            let (rows, usual) = (signed(row.rows), signed(row.usual));
            let (at, doing, span) = (nanos(row.at), row.doing.word(), row.within.word());
            let value = row.value.map(|value| value.to_string());
            let values = params![row.batch, kind, why, number, issuer, rows, usual, at, doing, span, value];
            insert(connection, RowKind::Alarm, sql, values)?;
            Ok("alarm")
        }
        PublicRow::Allowance(row) => {
            let sql = "INSERT INTO allowances (alarm, number, staff, office, office_region, at) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
            let Hand { staff, office, region, at } = &row.by;
            let (staff, office, region) = (staff.as_str(), office.word(), region.code());
            let values = (signed(row.alarm), number, staff, office, region, nanos(*at));
            insert(connection, RowKind::Allowance, sql, values)?;
            Ok("allowance")
        }
        PublicRow::Issuer(_)
        | PublicRow::Key(_)
        | PublicRow::KeyWithdrawn(_)
        | PublicRow::Entitlement(_)
        | PublicRow::EntitlementWithdrawn(_)
        | PublicRow::Ruleset(_)
        | PublicRow::Risk(_)
        | PublicRow::Proposal(_)
        | PublicRow::Approval(_)
        | PublicRow::Emergency(_)
        | PublicRow::LetGo(_)
        | PublicRow::Brought(_)
        | PublicRow::Purged(_) => Ok("other"),
    }
}
