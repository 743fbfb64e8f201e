//! The feed grows with the changes, and is forgotten up to the reader's first mark.

use mingma_registry::feed::{Added, Mark};
use mingma_registry::journal::Entry;
use mingma_registry::row::{PersonRow, RowKind};
use mingma_registry::{PersonId, StoreError};
use rusqlite::{Connection, Params};

use super::{Stop, insert, run};
use crate::rows::{failed, nanos, signed};

/// Gives a change its place in the feed, if it may make a status another. There is one writer, so places are in the
/// order of commitment.
pub(super) fn fed(
    connection: &Connection,
    person: PersonId,
    rows: &[PersonRow],
    entry: &Entry,
) -> Result<(), Stop> {
    let mut added = Vec::new();
    for row in rows.iter().filter_map(Added::by) {
        let (tag, id) = match &row {
            Added::Registration => (1, &[0; 16]),
            Added::Fact(fact) => (2, fact.as_bytes()),
            Added::Countersignature(fact) => (3, fact.as_bytes()),
            Added::Retraction(fact) => (4, fact.as_bytes()),
            Added::Confirmation(name) => (5, name),
        };
        added.push(tag);
        added.extend_from_slice(id);
    }
    if added.is_empty() {
        return Ok(());
    }
    // The entry was added right before, by the one writer.
    let sql = "INSERT INTO feed (person, entry, at, added, number) VALUES (?1, ?2, ?3, ?4, (SELECT max(number) FROM journal))";
    let values = (person.as_bytes(), entry.id.as_bytes(), nanos(entry.at), added);
    insert(connection, RowKind::Entry, sql, values)
}

/// Replaces the marks, and forgets what lies before the first and is witnessed by it; but for the feed's last row, by which
/// places go on.
pub(crate) fn mark(connection: &Connection, marks: &[Mark]) -> Result<(), StoreError> {
    run(connection, "DELETE FROM marks")?;
    for (number, mark) in (0_i64..).zip(marks) {
        let sql = "INSERT INTO marks (number, publication, day, place, witnessed, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let place = (signed(mark.publication), mark.day.to_string(), signed(mark.place));
        let values = (number, place.0, place.1, place.2, signed(mark.witnessed), nanos(mark.at));
        execute(connection, sql, values)?;
    }
    let forget =
        "DELETE FROM feed WHERE place <= ?1 AND number <= ?2 AND place < (SELECT max(place) FROM feed)";
    let Some(first) = marks.first() else { return Ok(()) };
    execute(connection, forget, [signed(first.place), signed(first.witnessed)])
}

fn execute(connection: &Connection, sql: &str, values: impl Params) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(|e| failed(&e))?;
    statement.execute(values).map(|_| ()).map_err(|e| failed(&e))
}
