//! The staff list.

use mingma_domain::fact::Evidence;
use mingma_registry::StoreError;
use mingma_registry::staff::{PasswordHash, StaffAccount, StaffMember, TotpSecret};
use rusqlite::Connection;

use super::{all, one};
use crate::rows::Columns;
use crate::vault::Vault;

const SELECT: &str = "SELECT staff.name AS name, office, region, from_at, until_at, password_hash, sealed_totp, at \
                      FROM staff LEFT JOIN staff_ends ON staff_ends.name = staff.name";

/// The whole list, by name.
pub(crate) fn staff(connection: &Connection, vault: &Vault) -> Result<Vec<StaffMember>, StoreError> {
    let sql = format!("{SELECT} ORDER BY staff.name");
    all(connection, "staff", &sql, [], |row| member(vault, row))
}

/// One account.
pub(crate) fn staff_member(
    connection: &Connection,
    vault: &Vault,
    name: &Evidence,
) -> Result<Option<StaffMember>, StoreError> {
    let sql = format!("{SELECT} WHERE staff.name = ?1");
    one(connection, "staff", &sql, [name.as_str()], |row| member(vault, row))
}

fn member(vault: &Vault, row: &Columns<'_>) -> Result<StaffMember, StoreError> {
    let name: Evidence = row.word("name")?;
    let totp = vault.open_staff(name.as_str(), &row.blob("sealed_totp")?);
    let totp = totp.and_then(|bytes| bytes.as_slice().try_into().ok()).ok_or(());
    let password = PasswordHash::from_text(&row.text("password_hash")?);
    let account = StaffAccount {
        name,
        office: row.word("office")?,
        region: row.word("region")?,
        from: row.instant("from_at")?,
        until: row.instant("until_at")?,
        password: row.legal(password, "password_hash")?,
        totp: TotpSecret::from_bytes(row.legal(totp, "sealed_totp")?),
    };
    Ok(StaffMember { account, ended: row.optional_instant("at")? })
}
