//! Rows of codes and their revocations, and the blocks of places.

use mingma_registry::row::{IssuedCode, Revocation, RowKind};
use mingma_registry::store::{PLACES_IN_A_BLOCK, PLACES_IN_A_SHARD};
use mingma_registry::{PersonId, StoreError};
use rusqlite::{Connection, params};

use super::{Stop, insert};
use crate::rows::{failed, nanos, signed};

pub(super) fn issued(connection: &Connection, person: PersonId, row: &IssuedCode) -> Result<(), Stop> {
    let sql = "INSERT INTO codes (person, code, ruleset, paper, issued, expires, shard, place, color, device) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING";
    let listed = row.listed.as_ref();
    let values = params![
        person.as_bytes(),
        row.id.as_bytes(),
        signed(row.ruleset.0),
        row.paper,
        nanos(row.issued),
        nanos(row.expires),
        listed.map(|listed| listed.place.shard),
        listed.map(|listed| listed.place.index),
        listed.map(|listed| listed.color.word()),
        listed.and_then(|listed| listed.device).map(|device| *device.as_bytes()),
    ];
    insert(connection, RowKind::Code, sql, values)
}

pub(super) fn revoked(connection: &Connection, person: PersonId, row: &Revocation) -> Result<(), Stop> {
    let sql = "INSERT INTO revocations (person, code, shard, place, why, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
    let (why, at) = (row.why.word(), nanos(row.at));
    let values = (person.as_bytes(), row.code.as_bytes(), row.place.shard, row.place.index, why, at);
    insert(connection, RowKind::Revocation, sql, values)
}

/// The first place of a block that nobody was given before; none if the list is full.
pub(crate) fn reserve(connection: &Connection, shard: u32) -> Result<Option<u32>, StoreError> {
    // INVARIANT: there is one writer, so nothing comes between what is read and what is written.
    let last = "SELECT max(first) FROM place_blocks WHERE shard = ?1";
    let last: Option<u32> = connection
        .prepare_cached(last)
        .and_then(|mut statement| statement.query_row([shard], |row| row.get(0)))
        .map_err(|e| failed(&e))?;
    let first = last.map_or(0, |last| last + PLACES_IN_A_BLOCK);
    if first >= PLACES_IN_A_SHARD {
        return Ok(None);
    }
    let sql = "INSERT INTO place_blocks (shard, first) VALUES (?1, ?2)";
    let mut statement = connection.prepare_cached(sql).map_err(|e| failed(&e))?;
    statement.execute((shard, first)).map_err(|e| failed(&e))?;
    Ok(Some(first))
}
