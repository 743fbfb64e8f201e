//! The journal: by person, and in the order in which its entries became durable.

use mingma_registry::canonical::Hash;
use mingma_registry::journal::{Beside, Clear, Entry, Former, Numbered};
use mingma_registry::words::ActName;
use mingma_registry::{EntryId, PersonId, StoreError};
use rusqlite::Connection;

use super::person::identity;
use super::{all, one};
use crate::rows::{Columns, signed};
use crate::vault::Vault;

/// The entries about a person, or of public acts.
pub(crate) fn entries(
    connection: &Connection,
    vault: &Vault,
    about: Option<PersonId>,
) -> Result<Vec<Entry>, StoreError> {
    let sql = "SELECT * FROM journal WHERE person = ?1 ORDER BY entry";
    let key = match about {
        None => None,
        Some(person) => identity(connection, vault, person)?.map(|(key, _)| (key, person)),
    };
    all(connection, "journal", sql, [of(about)], |row| {
        let entry = entry(row)?;
        let (salt, content, beside) = match row.optional_blob("sealed_opening")? {
            None => (row.optional_bytes("salt")?, None, None),
            Some(sealed) => {
                let opened = key.as_ref().and_then(|(key, person)| key.open_bytes(*person, &sealed));
                let opened = opened.as_deref().and_then(|bytes| opening(entry.act, bytes));
                let (salt, content, beside) = row.legal(opened.ok_or(()), "sealed_opening")?;
                (Some(salt), content, beside)
            }
        };
        Ok(Entry { salt, content, beside, ..entry })
    })
}

/// The entries with numbers above this one, without what opens them.
pub(crate) fn journal(connection: &Connection, after: u64, limit: u32) -> Result<Vec<Numbered>, StoreError> {
    let sql = "SELECT number, entry, act, at, leaf, former, issuer, region, subject FROM journal \
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
    all(connection, "journal", sql, [of(about)], |row| {
        Ok((EntryId::from_bytes(row.bytes("entry")?), row.number("number")?))
    })
}

/// About whom the entry with a number is.
pub(crate) fn whose(connection: &Connection, number: u64) -> Result<Option<PersonId>, StoreError> {
    let sql = "SELECT person FROM journal WHERE number = ?1 AND person <> zeroblob(16)";
    one(connection, "journal", sql, [signed(number)], |row| row.bytes("person").map(PersonId::from_bytes))
}

fn of(about: Option<PersonId>) -> [u8; 16] {
    about.map_or([0; 16], |person| *person.as_bytes())
}

/// A salt, and the content's hash if it stands behind it, and what stands beside the content of such an act if that stands behind both.
fn opening(act: ActName, bytes: &[u8]) -> Option<([u8; 32], Option<Hash>, Option<Beside>)> {
    let (salt, rest) = bytes.split_first_chunk()?;
    if rest.is_empty() {
        return Some((*salt, None, None));
    }
    let (content, rest) = rest.split_first_chunk()?;
    let beside = if rest.is_empty() { None } else { Some(Beside::from_bytes(act, rest)?) };
    Some((*salt, Some(*content), beside))
}

/// An entry without what opens it.
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
        salt: None,
        content: None,
        beside: None,
        leaf: row.hash("leaf")?,
        former: match row.optional_blob("former")?.as_deref() {
            None => Former::Unsaid,
            Some([]) => Former::None,
            Some(leaf) => Former::Leaf(row.legal(leaf.try_into(), "former")?),
        },
        clear,
    })
}
