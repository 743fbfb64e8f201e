//! Writing what the brake holds, lets go, and what did not wait for it; and what the authority signed apart.

use mingma_registry::brake::{Draft, Hand, Preview, Proposed};
use mingma_registry::row::{PublicRow, RowKind};
use rusqlite::{Connection, params};

use super::{Stop, insert};
use crate::rows::{nanos, signed};

/// Adds such a row, and gives the name of its kind.
pub(super) fn row(connection: &Connection, number: i64, row: &PublicRow) -> Result<&'static str, Stop> {
    match row {
        PublicRow::Proposal(row) => {
            match &row.what {
                Proposed::Draft { draft, preview } => {
                    proposed(connection, number, (draft, preview), &row.by)?;
                }
                Proposed::Appointment { region, appointment } => {
                    let sql = "INSERT INTO proposed_appointments (number, region, appointment, staff, office, office_region, at) \
                               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
                    let (region, appointment) = (region.code(), appointment.to_string());
                    let Hand { staff, office, region: place, at } = &row.by;
                    let (staff, office, place) = (staff.as_str(), office.word(), place.code());
                    let values = params![number, region, appointment, staff, office, place, nanos(*at)];
                    insert(connection, RowKind::Entry, sql, values)?;
                }
            }
            Ok("proposal")
        }
        PublicRow::Approval(row) => {
            let sql = "INSERT INTO approvals (proposal, number, seen, staff, office, office_region, at) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
            let Hand { staff, office, region, at } = &row.by;
            let (staff, office, region) = (staff.as_str(), office.word(), region.code());
            let values = params![signed(row.proposal), number, row.seen, staff, office, region, nanos(*at)];
            insert(connection, RowKind::Approval, sql, values)?;
            Ok("approval")
        }
        PublicRow::Emergency(row) => {
            let sql = "INSERT INTO emergencies (number, draft, preview, ground, staff, office, office_region, at) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let Hand { staff, office, region, at } = &row.by;
            let preview = row.preview.as_ref().map(Preview::to_string);
            let (staff, office, region) = (staff.as_str(), office.word(), region.code());
            let values =
                params![number, row.draft, preview, row.ground.word(), staff, office, region, nanos(*at)];
            insert(connection, RowKind::Entry, sql, values)?;
            Ok("emergency")
        }
        PublicRow::LetGo(row) => {
            let sql = "INSERT INTO let_go (number, draft, preview, staff, office, office_region, at) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let Hand { staff, office, region, at } = &row.by;
            let (preview, staff) = (row.preview.to_string(), staff.as_str());
            let values = params![number, row.draft, preview, staff, office.word(), region.code(), nanos(*at)];
            insert(connection, RowKind::Entry, sql, values)?;
            Ok("let-go")
        }
        PublicRow::Brought(row) => {
            let sql = "INSERT INTO brought_acts (id, number, file, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
            insert(connection, RowKind::Brought, sql, (row.id, number, &row.file, nanos(row.at)))?;
            Ok("brought")
        }
        PublicRow::Issuer(_)
        | PublicRow::Key(_)
        | PublicRow::KeyWithdrawn(_)
        | PublicRow::Entitlement(_)
        | PublicRow::EntitlementWithdrawn(_)
        | PublicRow::Ruleset(_)
        | PublicRow::Limit(_)
        | PublicRow::Alarm(_)
        | PublicRow::Allowance(_)
        | PublicRow::Purged(_)
        | PublicRow::Risk(_) => Ok("other"),
    }
}

fn proposed(
    connection: &Connection,
    number: i64,
    (draft, preview): (&Draft, &Preview),
    by: &Hand,
) -> Result<(), Stop> {
    let (rules, risk) = match draft {
        Draft::Rules(entry) => (Some(entry), None),
        Draft::Risk(risk) => (None, Some(risk)),
    };
    let sql = "INSERT INTO proposals (number, region, id, rules, examples, level, from_day, until_day, preview, staff, office, office_region, at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    let Hand { staff, office, region, at } = by;
    let values = params![
        number,
        draft.region().code(),
        rules.map(|entry| &entry.id),
        rules.map(|entry| &entry.rules),
        rules.map(|entry| &entry.examples),
        risk.map(|risk| risk.level.word()),
        risk.map(|risk| risk.from.to_string()),
        risk.and_then(|risk| risk.until).map(|until| until.to_string()),
        preview.to_string(),
        staff.as_str(),
        office.word(),
        region.code(),
        nanos(*at),
    ];
    insert(connection, RowKind::Entry, sql, values)
}
