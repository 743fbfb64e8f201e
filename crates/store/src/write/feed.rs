//! The feed grows with the changes, and is forgotten up to the reader's first mark.

use std::iter;

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
        let (tag, id) = match row {
            Added::Registration => (1, [0; 16]),
            Added::Fact(fact) => (2, *fact.as_bytes()),
            Added::Countersignature(fact) => (3, *fact.as_bytes()),
            Added::Retraction(fact) => (4, *fact.as_bytes()),
            Added::Confirmation(name) => (5, name),
            Added::Amendment(number) => (6, u128::from(number).to_be_bytes()),
        };
        added.push(tag);
        added.extend_from_slice(&id);
    }
    if added.is_empty() {
        return Ok(());
    }
    // The entry was added right before, by the one writer.
    let sql = "INSERT INTO feed (person, entry, at, added, number) VALUES (?1, ?2, ?3, ?4, (SELECT max(number) FROM journal))";
    let values = (person.as_bytes(), entry.id.as_bytes(), nanos(entry.at), added);
    insert(connection, RowKind::Entry, sql, values)
}

/// Forgets up to a place what is witnessed by a number; but for the last row, by which places go on. Numbers grow with the places,
/// so it ends before the first that is not witnessed: what is kept while witnesses are away is not looked at.
const FORGET: &str = "DELETE FROM feed WHERE place <= min(?1, (SELECT max(place) - 1 FROM feed), \
    coalesce((SELECT place - 1 FROM feed WHERE number > ?2 ORDER BY number LIMIT 1), ?1))";

/// Replaces the marks, and forgets what lies before the first and is witnessed by it.
pub(crate) fn mark(connection: &Connection, first: &Mark, further: &[Mark]) -> Result<(), StoreError> {
    run(connection, "DELETE FROM marks")?;
    for (number, mark) in (0_i64..).zip(iter::once(first).chain(further)) {
        let sql = "INSERT INTO marks (number, publication, day, place, witnessed, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let place = (signed(mark.publication), mark.day.to_string(), signed(mark.place));
        let values = (number, place.0, place.1, place.2, signed(mark.witnessed), nanos(mark.at));
        execute(connection, sql, values)?;
    }
    execute(connection, FORGET, [signed(first.place), signed(first.witnessed)])
}

fn execute(connection: &Connection, sql: &str, values: impl Params) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(|e| failed(&e))?;
    statement.execute(values).map(|_| ()).map_err(|e| failed(&e))
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;
    use crate::schema;

    /// A feed of so many places, each of an entry two numbers further.
    fn feed(places: i64) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
                   INSERT INTO feed (place, person, entry, at, added, number) \
                   SELECT i, zeroblob(16), zeroblob(16), 0, zeroblob(17), 2 * i FROM n WHERE i <= ?1";
        connection.execute(sql, [places]).unwrap();
        connection
    }

    /// Forgets up to a place what is witnessed by a number; the places that are left, and in how many steps.
    fn forget(connection: &Connection, place: i64, witnessed: i64) -> ((i64, i64), i32) {
        let mut forget = connection.prepare(FORGET).unwrap();
        forget.execute([place, witnessed]).unwrap();
        let sql = "SELECT coalesce(min(place), 0), count(*) FROM feed";
        let left = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        (left, forget.get_status(StatementStatus::VmStep))
    }

    #[test]
    fn what_is_taken_in_and_witnessed_is_forgotten_but_for_the_last_place() {
        for (place, witnessed, left) in [
            (5, 0, (1, 10)),
            (5, 1, (1, 10)),
            (5, 6, (4, 7)),
            (5, 7, (4, 7)),
            (5, 10, (6, 5)),
            (5, i64::MAX, (6, 5)),
            (0, i64::MAX, (1, 10)),
            (10, 19, (10, 1)),
            (10, i64::MAX, (10, 1)),
        ] {
            assert_eq!(forget(&feed(10), place, witnessed).0, left, "{place} {witnessed}");
        }
        assert_eq!(forget(&feed(0), 0, i64::MAX).0, (0, 0));
    }

    #[test]
    fn a_mark_costs_what_it_forgets_however_much_is_kept_while_witnesses_are_away() {
        let (short, long) = (feed(100), feed(20_000));
        // Three entries are signed, everything is taken in.
        let (few, many) = (forget(&short, 100, 6), forget(&long, 20_000, 6));
        assert_eq!((few.0, many.0), ((4, 97), (4, 19_997)));
        assert_eq!(few.1, many.1, "steps of 97 kept places and of 19,997");
        assert!(forget(&long, 20_000, 206).1 > many.1, "a hundred more are a hundred more");
    }
}
