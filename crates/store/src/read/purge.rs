//! What the end of data needs: who is known, everything of one person, and what was destroyed.

use jiff::Timestamp;
use mingma_registry::retention::{Holding, KindPurged, Purged};
use mingma_registry::row::PublicRow;
use mingma_registry::store::Published;
use mingma_registry::{PersonId, StoreError};
use rusqlite::Connection;

use super::{access, all, entries, notices, record};
use crate::vault::Vault;

/// Those who are known, in the order of their ids.
pub(crate) fn persons(
    connection: &Connection,
    after: Option<PersonId>,
    limit: u32,
) -> Result<Vec<PersonId>, StoreError> {
    // An empty blob is before every id.
    let after = after.as_ref().map_or(&[][..], |after| after.as_bytes());
    let sql = "SELECT person FROM persons WHERE person > ?1 ORDER BY person LIMIT ?2";
    all(connection, "persons", sql, (after, limit), |row| row.bytes("person").map(PersonId::from_bytes))
}

/// Everything of one person.
pub(crate) fn holding(
    connection: &Connection,
    vault: &Vault,
    person: PersonId,
) -> Result<Holding, StoreError> {
    Ok(Holding {
        record: record(connection, vault, person)?,
        access: access(connection, vault, person, Timestamp::MIN)?,
        notices: notices(connection, person)?,
        entries: entries(connection, vault, Some(person))?,
    })
}

/// What was destroyed, with numbers above `after`.
pub(super) fn purges(connection: &Connection, after: i64, limit: u32) -> Result<Vec<Published>, StoreError> {
    let sql = "SELECT number, at, others FROM purges WHERE number > ?1 ORDER BY number LIMIT ?2";
    all(connection, "purges", sql, (after, limit), |row| {
        let number = row.number("number")?;
        let of_kind = "SELECT kind, count, first_day, last_day FROM purged_facts WHERE number = ?1";
        let mut facts = all(connection, "purged_facts", of_kind, [crate::rows::signed(number)], |row| {
            Ok(KindPurged {
                kind: row.word("kind")?,
                count: row.small("count")?,
                first: row.word("first_day")?,
                last: row.word("last_day")?,
            })
        })?;
        facts.sort_by_key(|facts| facts.kind);
        let purged = Purged { at: row.instant("at")?, facts, others: row.small("others")? };
        Ok(Published { number, row: PublicRow::Purged(purged) })
    })
}
