//! What is kept about codes: a person's, and the lists' revoked places.

use jiff::Timestamp;
use mingma_credential::key::DevicePoint;
use mingma_credential::status::StatusRef;
use mingma_registry::row::{IssuedCode, Listed, Revocation};
use mingma_registry::store::PLACES_IN_A_BLOCK;
use mingma_registry::{CodeId, PersonId, RulesetNumber, StoreError};
use rusqlite::Connection;

use super::all;
use crate::rows::{Columns, failed, nanos};

pub(super) fn code(row: &Columns<'_>) -> Result<IssuedCode, StoreError> {
    let listed = match (row.optional_number("shard")?, row.optional_number("place")?) {
        (Some(shard), Some(index)) => {
            let point = row.optional_blob("device")?;
            let device = point.map(|point| row.legal(DevicePoint::from_bytes(&point).ok_or(()), "device"));
            let place = StatusRef { shard, index };
            Some(Listed { place, color: row.word("color")?, device: device.transpose()? })
        }
        (None, _) | (_, None) => None,
    };
    Ok(IssuedCode {
        id: CodeId::from_bytes(row.bytes("code")?),
        ruleset: RulesetNumber(row.number("ruleset")?),
        paper: row.flag("paper")?,
        issued: row.instant("issued")?,
        expires: row.instant("expires")?,
        listed,
    })
}

pub(super) fn revocation(row: &Columns<'_>) -> Result<Revocation, StoreError> {
    let number = |column| row.legal(u32::try_from(row.number(column)?), column);
    Ok(Revocation {
        code: CodeId::from_bytes(row.bytes("code")?),
        place: StatusRef { shard: number("shard")?, index: number("place")? },
        why: row.word("why")?,
        at: row.instant("at")?,
    })
}

/// Those of these persons who hold a code that counts and can be revoked.
pub(crate) fn holders(
    connection: &Connection,
    persons: &[PersonId],
    now: Timestamp,
) -> Result<Vec<PersonId>, StoreError> {
    let sql = "SELECT 1 FROM codes WHERE person = ?1 AND expires > ?2 AND shard IS NOT NULL AND NOT EXISTS \
               (SELECT 1 FROM revocations r WHERE r.person = ?1 AND r.code = codes.code) LIMIT 1";
    let mut statement = connection.prepare_cached(sql).map_err(|e| failed(&e))?;
    let mut found = Vec::new();
    for person in persons {
        if statement.exists((person.as_bytes(), nanos(now))).map_err(|e| failed(&e))? {
            found.push(*person);
        }
    }
    Ok(found)
}

/// The lists with this number and above in which places are reserved, and how many.
pub(crate) fn reserved(connection: &Connection, from: u32) -> Result<Vec<(u32, u32)>, StoreError> {
    let sql =
        "SELECT shard, max(first) AS first FROM place_blocks WHERE shard >= ?1 GROUP BY shard ORDER BY shard";
    all(connection, "place_blocks", sql, [from], |row| {
        let number = |column| row.legal(u32::try_from(row.number(column)?), column);
        Ok((number("shard")?, number("first")? + PLACES_IN_A_BLOCK))
    })
}

/// The revoked places of a list.
pub(crate) fn revoked(connection: &Connection, shard: u32) -> Result<Vec<u32>, StoreError> {
    let sql = "SELECT place FROM revocations WHERE shard = ?1 ORDER BY place";
    all(connection, "revocations", sql, [shard], |row| {
        row.legal(u32::try_from(row.number("place")?), "place")
    })
}
