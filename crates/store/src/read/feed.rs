//! The feed, each place with what counted of its person by it; and the marks of whoever reads it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use mingma_registry::feed::{Added, AsOf, Fed, Later, Mark};
use mingma_registry::{EntryId, FactId, PersonId, PersonRecord, Resident, StoreError, Witnessed};
use rusqlite::Connection;

use super::{all, one, population};
use crate::rows::{Columns, nanos, signed};

/// What was added to somebody: later than a place, and of what came by it what is not witnessed.
#[derive(Clone, Debug, Default)]
pub(super) struct Since {
    unknown: BTreeSet<Added>,
    unwitnessed: Vec<Later>,
}

impl Since {
    /// What counted before it was added.
    pub(super) fn resident(self, person: PersonId, record: PersonRecord, disputes: Timestamp) -> Resident {
        Resident::before(person, record, &self.unknown, (disputes, self.unwitnessed))
    }
}

/// What was committed after a place.
pub(crate) fn feed(
    connection: &Connection,
    after: u64,
    limit: u32,
    AsOf { disputes, witnessed }: AsOf,
) -> Result<Vec<Fed>, StoreError> {
    let sql = "SELECT * FROM feed WHERE place > ?1 ORDER BY place LIMIT ?2";
    let places = all(connection, "feed", sql, (signed(after), limit), |row| {
        Ok((row.number("place")?, person(row)?, one_later(row)?))
    })?;
    let Some((last, ..)) = places.last() else { return Ok(Vec::new()) };
    let persons: BTreeSet<PersonId> = places.iter().map(|(_, person, ..)| *person).collect();
    let mut since = since(connection, (*last, witnessed), Some(&persons))?;
    let mut records = BTreeMap::new();
    for person in persons {
        records.insert(person, population::what_counts(connection, person)?);
    }
    // From the last to the first: what comes later grows, and what may wait by then gets less.
    let mut fed = Vec::with_capacity(places.len());
    for (place, person, later) in places.into_iter().rev() {
        let record = records.get(&person).cloned().unwrap_or_default();
        let since = since.entry(person).or_default();
        let resident = since.clone().resident(person, record, disputes);
        let Later { number, entry, at, added } = later;
        fed.push(Fed { place, number, entry, at, resident });
        since.unknown.extend(added);
        since.unwitnessed.pop_if(|last| last.number == number);
    }
    fed.reverse();
    Ok(fed)
}

/// What counted of somebody by a place.
pub(crate) fn resident(
    connection: &Connection,
    person: PersonId,
    place: u64,
    AsOf { disputes, witnessed }: AsOf,
) -> Result<Resident, StoreError> {
    let mut since = since(connection, (place, witnessed), Some(&BTreeSet::from([person])))?;
    let record = population::what_counts(connection, person)?;
    Ok(since.remove(&person).unwrap_or_default().resident(person, record, disputes))
}

/// Those of whom a dispute was due in a time, or entries by a place are not witnessed: each with what counted by the place, and at
/// the end of the time.
pub(crate) fn lapsed(
    connection: &Connection,
    place: u64,
    (after, by): (Timestamp, Timestamp),
    witnessed: u64,
) -> Result<Vec<Resident>, StoreError> {
    let sql = "SELECT DISTINCT person FROM appeals WHERE due > ?1 AND due <= ?2";
    let mut persons: BTreeSet<PersonId> =
        all(connection, "appeals", sql, (nanos(after), nanos(by)), person)?.into_iter().collect();
    let sql = "SELECT DISTINCT person FROM feed WHERE place <= ?1 AND number > ?2";
    persons.extend(all(connection, "feed", sql, (signed(place), signed(witnessed)), person)?);
    let mut since = since(connection, (place, witnessed), Some(&persons))?;
    let resident = |person: PersonId| {
        let record = population::what_counts(connection, person)?;
        Ok(since.remove(&person).unwrap_or_default().resident(person, record, by))
    };
    persons.into_iter().map(resident).collect()
}

/// What was added to these persons, or to everybody, after a place; and by it above a number.
pub(super) fn since(
    connection: &Connection,
    (place, witnessed): (u64, u64),
    persons: Option<&BTreeSet<PersonId>>,
) -> Result<BTreeMap<PersonId, Since>, StoreError> {
    let mut found = BTreeMap::<PersonId, Since>::new();
    let read = |row: &Columns<'_>| Ok((person(row)?, one_later(row)?));
    let is_wanted = |person: &PersonId| persons.is_none_or(|persons| persons.contains(person));
    let place = signed(place);
    let unknown = all(connection, "feed", "SELECT * FROM feed WHERE place > ?1", [place], read)?;
    for (person, later) in unknown.into_iter().filter(|(person, _)| is_wanted(person)) {
        found.entry(person).or_default().unknown.extend(later.added);
    }
    if witnessed == Witnessed::EVERYTHING {
        return Ok(found);
    }
    let witnessed = signed(witnessed);
    let mut unwitnessed = Vec::new();
    if let Some(persons) = persons {
        for person in persons {
            let values = (person.as_bytes(), place, witnessed);
            unwitnessed.extend(all(connection, "feed", OF_PERSON, values, read)?);
        }
    } else {
        let sql = "SELECT * FROM feed WHERE place <= ?1 AND number > ?2 ORDER BY place";
        unwitnessed = all(connection, "feed", sql, (place, witnessed), read)?;
    }
    for (person, later) in unwitnessed {
        found.entry(person).or_default().unwitnessed.push(later);
    }
    Ok(found)
}

/// What the feed has about a person above a number.
pub(crate) fn later(
    connection: &Connection,
    person: PersonId,
    witnessed: u64,
) -> Result<Vec<Later>, StoreError> {
    all(connection, "feed", OF_PERSON, (person.as_bytes(), i64::MAX, signed(witnessed)), one_later)
}

/// How many commitments the feed has above a number, and when the first was made.
pub(super) fn unwitnessed(
    connection: &Connection,
    number: u64,
) -> Result<(u64, Option<Timestamp>), StoreError> {
    let sql = "SELECT count(*) AS n, min(at) AS at FROM feed WHERE number > ?1";
    let found = one(connection, "feed", sql, [signed(number)], |row| {
        Ok((row.number("n")?, row.optional_instant("at")?))
    })?;
    Ok(found.unwrap_or((0, None)))
}

/// What the feed has about a person up to a place and above a number: by the numbers of the person's entries, which lie side by side in
/// their index, for while witnesses are away the feed grows by everybody else's.
const OF_PERSON: &str = "SELECT feed.* FROM journal CROSS JOIN feed USING (number) \
    WHERE journal.person = ?1 AND place <= ?2 AND number > ?3 ORDER BY place";

fn one_later(row: &Columns<'_>) -> Result<Later, StoreError> {
    Ok(Later {
        number: row.number("number")?,
        entry: EntryId::from_bytes(row.bytes("entry")?),
        at: row.instant("at")?,
        added: added(row)?.into_iter().collect(),
    })
}

/// The last place.
pub(crate) fn fed(connection: &Connection) -> Result<u64, StoreError> {
    let sql = "SELECT coalesce(max(place), 0) AS place FROM feed";
    Ok(one(connection, "feed", sql, [], |row| row.number("place"))?.unwrap_or(0))
}

/// How everything is kept as a number.
const KEPT_EVERYTHING: u64 = i64::MAX as u64;

/// The reader's marks.
pub(crate) fn marks(connection: &Connection) -> Result<Vec<Mark>, StoreError> {
    all(connection, "marks", "SELECT * FROM marks ORDER BY number", [], |row| {
        Ok(Mark {
            publication: row.number("publication")?,
            day: row.word("day")?,
            place: row.number("place")?,
            // The greatest number that is kept stands for everything.
            witnessed: match row.number("witnessed")? {
                KEPT_EVERYTHING => Witnessed::EVERYTHING,
                number => number,
            },
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
            6 => u32::try_from(u128::from_be_bytes(id)).ok().map(Added::Amendment),
            _ => None,
        }
    };
    let read: Option<Vec<Added>> = rows.iter().map(read).collect();
    row.legal(read.filter(|_| rest.is_empty()).ok_or(()), "added")
}
