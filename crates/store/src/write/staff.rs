//! Writing the staff list.

use mingma_registry::row::RowKind;
use mingma_registry::staff::StaffRow;
use rusqlite::Connection;

use super::{Stop, insert, unsealed};
use crate::rows::nanos;
use crate::vault::Vault;

pub(super) fn staff_row(connection: &Connection, vault: &Vault, row: &StaffRow) -> Result<(), Stop> {
    match row {
        StaffRow::Account(row) => {
            let name = row.name.as_str();
            let sealed = vault.seal_staff(name, row.totp.as_bytes()).map_err(unsealed)?;
            let sql = "INSERT INTO staff (name, office, region, from_at, until_at, password_hash, sealed_totp) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
            let (from, until) = (nanos(row.from), nanos(row.until));
            let values =
                (name, row.office.word(), row.region.code(), from, until, row.password.as_str(), sealed);
            insert(connection, RowKind::Staff, sql, values)
        }
        StaffRow::End(row) => {
            let sql = "INSERT INTO staff_ends (name, at) SELECT name, ?2 FROM staff WHERE name = ?1 ON CONFLICT DO NOTHING";
            insert(connection, RowKind::Staff, sql, (row.name.as_str(), nanos(row.at)))
        }
    }
}
