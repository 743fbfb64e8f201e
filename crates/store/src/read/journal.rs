//! The journal: by person, and in the order in which its entries became durable.

use mingma_registry::journal::{Clear, Entry, Numbered};
use mingma_registry::{EntryId, PersonId, StoreError};
use rusqlite::Connection;

use super::all;
use crate::rows::{Columns, signed};

/// The entries about a person, or of public acts.
pub(crate) fn entries(connection: &Connection, about: Option<PersonId>) -> Result<Vec<Entry>, StoreError> {
    let sql = "SELECT entry, act, at, salt, leaf, issuer, region, subject FROM journal WHERE person = ?1 ORDER BY entry";
    all(connection, "journal", sql, [whose(about)], entry)
}

/// The entries with numbers above this one.
pub(crate) fn journal(connection: &Connection, after: u64, limit: u32) -> Result<Vec<Numbered>, StoreError> {
    let sql = "SELECT number, entry, act, at, salt, leaf, issuer, region, subject FROM journal \
               WHERE number > ?1 ORDER BY number LIMIT ?2";
    all(connection, "journal", sql, (signed(after), limit), |row| {
        Ok(Numbered { number: row.number("number")?, entry: entry(row)? })
    })
}

/// The numbers of the entries about a person, or of public acts.
pub(crate) fn numbers(
    connection: &Connection,
    about: Option<PersonId>,
) -> Result<Vec<(EntryId, u64)>, StoreError> {
    let sql = "SELECT entry, number FROM journal WHERE person = ?1 ORDER BY entry";
    all(connection, "journal", sql, [whose(about)], |row| {
        Ok((EntryId::from_bytes(row.bytes("entry")?), row.number("number")?))
    })
}

fn whose(about: Option<PersonId>) -> [u8; 16] {
    about.map_or([0; 16], |person| *person.as_bytes())
}

fn entry(row: &Columns<'_>) -> Result<Entry, StoreError> {
    let clear = Clear {
        issuer: row.optional_word("issuer")?,
        region: row.optional_word("region")?,
        subject: row.optional_word("subject")?,
    };
    Ok(Entry {
        id: EntryId::from_bytes(row.bytes("entry")?),
        act: row.word("act")?,
        at: row.instant("at")?,
        salt: row.optional_bytes("salt")?,
        leaf: row.hash("leaf")?,
        clear,
    })
}
