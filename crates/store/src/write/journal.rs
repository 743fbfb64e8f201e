//! The journal: one entry with each act, under the next number.

use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::{Evidence, Issuer};
use mingma_registry::StoreError;
use mingma_registry::journal::{Entry, Numbered};
use mingma_registry::row::RowKind;
use mingma_registry::store::LOST;
use rusqlite::{Connection, params};

use super::{Stop, insert};
use crate::rows::{failed, nanos};

/// Adds an entry about a person, or, under zeros, of a public act.
pub(super) fn journal(connection: &Connection, person: &[u8; 16], entry: &Entry) -> Result<(), Stop> {
    // The one writer: of two entries none sees the other's number before it is given.
    let sql = "INSERT INTO journal (person, entry, act, at, salt, leaf, issuer, region, subject, number) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, (SELECT coalesce(max(number), 0) + 1 FROM journal)) \
               ON CONFLICT DO NOTHING";
    let Entry { id, act, at, salt, leaf, clear } = entry;
    let values = params![
        person,
        id.as_bytes(),
        act.word(),
        nanos(*at),
        salt,
        leaf,
        clear.issuer.as_ref().map(Issuer::to_string),
        clear.region.map(Region::code),
        clear.subject.as_ref().map(Evidence::as_str),
    ];
    insert(connection, RowKind::Entry, sql, values)
}

/// Takes over entries whose numbers go on where the journal's end; gives the number that should have come if they do not.
pub(crate) fn adopt(connection: &Connection, lost: &[Numbered]) -> Result<Option<u64>, StoreError> {
    let next = "SELECT coalesce(max(number), 0) + 1 FROM journal";
    let next: i64 = connection.query_row(next, [], |row| row.get(0)).map_err(|e| failed(&e))?;
    let next = u64::try_from(next).unwrap_or(0);
    if (next..).zip(lost).any(|(expected, lost)| expected != lost.number) {
        return Ok(Some(next));
    }
    for lost in lost {
        match journal(connection, LOST.as_bytes(), &lost.entry) {
            Ok(()) => {}
            Err(Stop::Exists(_)) => return Err(StoreError::Damaged { place: "table `journal`".to_owned() }),
            Err(Stop::Failed(error)) => return Err(error),
        }
    }
    Ok(None)
}

/// Notes an instant in the folder under a name, so that nobody has to look for it.
pub(crate) fn note(connection: &Connection, name: &str, at: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO folder (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    let mut statement = connection.prepare_cached(sql).map_err(|e| failed(&e))?;
    statement.execute((name, nanos(at).to_be_bytes())).map(|_| ()).map_err(|e| failed(&e))
}

/// The rows of a change about a person and its entry, as versions before the seventh kept them.
#[cfg(test)]
pub(crate) fn apply_as_before_numbers(
    connection: &Connection,
    vault: &crate::vault::Vault,
    change: &mingma_registry::Change,
) {
    use mingma_registry::Change;

    let Change::Person { person, rows, notices, entry } = change else { return };
    assert!(super::rows(connection, vault, *person, (rows, notices), entry.id).is_ok());
    let sql = "INSERT INTO journal (person, entry, act, at, salt, leaf) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let Entry { id, act, at, salt, leaf, clear: _ } = entry;
    let values = (person.as_bytes(), id.as_bytes(), act.word(), nanos(*at), salt, leaf);
    connection.execute(sql, values).unwrap();
}
