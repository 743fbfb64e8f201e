//! The feed, each place with what counted of its person by it; and the marks of whoever reads it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use mingma_registry::feed::{Added, Fed, Mark};
use mingma_registry::{EntryId, FactId, PersonId, Resident, StoreError};
use rusqlite::Connection;

use super::{all, one, population};
use crate::rows::{Columns, nanos, signed};

/// What was added to persons later than a place.
pub(super) type Later = BTreeMap<PersonId, BTreeSet<Added>>;

/// What was committed after a place.
pub(crate) fn feed(
    connection: &Connection,
    after: u64,
    limit: u32,
    disputes: Timestamp,
) -> Result<Vec<Fed>, StoreError> {
    let sql = "SELECT * FROM feed WHERE place > ?1 ORDER BY place LIMIT ?2";
    let places = all(connection, "feed", sql, (signed(after), limit), |row| {
        Ok((row.number("place")?, person(row)?, row.bytes("entry")?, row.instant("at")?, added(row)?))
    })?;
    let Some((last, ..)) = places.last() else { return Ok(Vec::new()) };
    let persons: BTreeSet<PersonId> = places.iter().map(|(_, person, ..)| *person).collect();
    let mut later = later(connection, *last, Some(&persons))?;
    let mut records = BTreeMap::new();
    for person in persons {
        records.insert(person, population::what_counts(connection, person)?);
    }
    // From the last to the first: what comes later grows.
    let mut fed = Vec::with_capacity(places.len());
    for (place, person, entry, at, added) in places.into_iter().rev() {
        let record = records.get(&person).cloned().unwrap_or_default();
        let later = later.entry(person).or_default();
        let resident = Resident::before(person, record, (later, disputes));
        fed.push(Fed { place, entry: EntryId::from_bytes(entry), at, resident });
        later.extend(added);
    }
    fed.reverse();
    Ok(fed)
}

/// Those of whom a dispute was due in a time, each with what counted by a place, and at its end.
pub(crate) fn lapsed(
    connection: &Connection,
    place: u64,
    (after, by): (Timestamp, Timestamp),
) -> Result<Vec<Resident>, StoreError> {
    let sql = "SELECT DISTINCT person FROM appeals WHERE due > ?1 AND due <= ?2 ORDER BY person";
    let persons = all(connection, "appeals", sql, (nanos(after), nanos(by)), person)?;
    let persons: BTreeSet<PersonId> = persons.into_iter().collect();
    let later = later(connection, place, Some(&persons))?;
    let none = BTreeSet::new();
    let resident = |person: PersonId| {
        let record = population::what_counts(connection, person)?;
        Ok(Resident::before(person, record, (later.get(&person).unwrap_or(&none), by)))
    };
    persons.into_iter().map(resident).collect()
}

/// What was added after a place, of these persons or of everybody.
pub(super) fn later(
    connection: &Connection,
    place: u64,
    persons: Option<&BTreeSet<PersonId>>,
) -> Result<Later, StoreError> {
    let sql = "SELECT person, added FROM feed WHERE place > ?1";
    let mut later = Later::new();
    let keep = |row: &Columns<'_>| {
        let person = person(row)?;
        let wanted = persons.is_none_or(|persons| persons.contains(&person));
        if wanted { Ok(Some((person, added(row)?))) } else { Ok(None) }
    };
    for (person, added) in all(connection, "feed", sql, [signed(place)], keep)?.into_iter().flatten() {
        later.entry(person).or_default().extend(added);
    }
    Ok(later)
}

/// The last place.
pub(crate) fn fed(connection: &Connection) -> Result<u64, StoreError> {
    let sql = "SELECT coalesce(max(place), 0) AS place FROM feed";
    Ok(one(connection, "feed", sql, [], |row| row.number("place"))?.unwrap_or(0))
}

/// The reader's marks.
pub(crate) fn marks(connection: &Connection) -> Result<Vec<Mark>, StoreError> {
    all(connection, "marks", "SELECT * FROM marks ORDER BY number", [], |row| {
        Ok(Mark {
            publication: row.number("publication")?,
            day: row.word("day")?,
            place: row.number("place")?,
            at: row.instant("at")?,
        })
    })
}

fn person(row: &Columns<'_>) -> Result<PersonId, StoreError> {
    row.bytes("person").map(PersonId::from_bytes)
}

fn added(row: &Columns<'_>) -> Result<Vec<Added>, StoreError> {
    let bytes = row.blob("added")?;
    let (rows, rest) = bytes.as_chunks::<17>();
    let read = |row: &[u8; 17]| {
        let (tag, id) = row.split_first()?;
        let id: [u8; 16] = *id.first_chunk()?;
        let fact = FactId::from_bytes(id);
        match tag {
            1 => Some(Added::Registration),
            2 => Some(Added::Fact(fact)),
            3 => Some(Added::Countersignature(fact)),
            4 => Some(Added::Retraction(fact)),
            5 => Some(Added::Confirmation(id)),
            _ => None,
        }
    };
    let read: Option<Vec<Added>> = rows.iter().map(read).collect();
    row.legal(read.filter(|_| rest.is_empty()).ok_or(()), "added")
}
