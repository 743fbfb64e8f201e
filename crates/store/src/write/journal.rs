//! The journal: one entry with each act, under the next number.

use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::fact::{Evidence, Issuer};
use mingma_registry::journal::{Beside, Drafted, Entry, Former, Numbered};
use mingma_registry::row::RowKind;
use mingma_registry::store::LOST;
use mingma_registry::{PersonId, StoreError};
use rusqlite::{Connection, params};

use super::{Stop, insert, run, seal_for};
use crate::read::{all, one};
use crate::rows::{failed, nanos};
use crate::vault::Vault;

/// Adds the entry of a change about a person behind the person's last one, what opens it sealed under the person's key.
pub(super) fn about(
    connection: &Connection,
    vault: &Vault,
    person: PersonId,
    drafted: &Drafted,
) -> Result<Entry, Stop> {
    // The one writer: what was added before it in the same group is seen, what was undone is not. With `+` the greatest number is looked
    // for among the person's, in the index, and not from the end of everybody's.
    let sql = "SELECT leaf FROM journal WHERE number = (SELECT max(+number) FROM journal WHERE person = ?1)";
    let last = one(connection, "journal", sql, [person.as_bytes()], |row| row.hash("leaf"))?;
    let entry = drafted.after(last);
    let sealed = match &entry.salt {
        None => None,
        Some(salt) => {
            let content = entry.content.as_ref().map_or(&[][..], |content| content);
            let beside = entry.beside.as_ref().map(Beside::to_bytes).unwrap_or_default();
            let opening = [&salt[..], content, &beside].concat();
            Some(seal_for(connection, vault, person, &opening)?)
        }
    };
    add(connection, person.as_bytes(), &entry.clone().sealed(), sealed.as_deref())?;
    Ok(entry)
}

/// Adds an entry under its number: about somebody with what opens it sealed, of a public act under zeros with its salt in clear.
fn add(
    connection: &Connection,
    person: &[u8; 16],
    entry: &Entry,
    sealed_opening: Option<&[u8]>,
) -> Result<(), Stop> {
    // The one writer: of two entries none sees the other's number before it is given.
    let sql = "INSERT INTO journal (person, entry, act, at, salt, leaf, issuer, region, subject, number, former, sealed_opening) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, (SELECT coalesce(max(number), 0) + 1 FROM journal), ?10, ?11) \
               ON CONFLICT DO NOTHING";
    let Entry { id, act, at, salt, content: _, leaf, former, beside: _, clear } = entry;
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
        match former {
            Former::Unsaid => None,
            Former::None => Some(&[][..]),
            Former::Leaf(leaf) => Some(&leaf[..]),
        },
        sealed_opening,
    ];
    insert(connection, RowKind::Entry, sql, values)
}

/// Adds the entry of an act about nobody.
pub(super) fn public(connection: &Connection, entry: &Entry) -> Result<(), Stop> {
    add(connection, &[0; 16], entry, None)
}

/// Seals the salts that programs before the fourteenth version wrote in clear, if there are any: in one transaction with the note
/// that it was done.
pub(crate) fn seal_salts(connection: &Connection, vault: &Vault) -> Result<(), StoreError> {
    let waits = "SELECT 1 AS number FROM folder WHERE name = 'salts-in-clear'";
    if one(connection, "folder", waits, [], |row| row.number("number"))?.is_none() {
        return Ok(());
    }
    run(connection, "BEGIN IMMEDIATE")?;
    let sealed = seal_each(connection, vault);
    run(connection, if sealed.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    sealed
}

fn seal_each(connection: &Connection, vault: &Vault) -> Result<(), StoreError> {
    let persons = "SELECT person FROM persons ORDER BY person";
    for person in all(connection, "persons", persons, [], |row| row.bytes("person"))? {
        let person = PersonId::from_bytes(person);
        let clear = "SELECT entry, salt FROM journal WHERE person = ?1 AND salt IS NOT NULL";
        let salts = all(connection, "journal", clear, [person.as_bytes()], |row| {
            Ok((row.bytes::<16>("entry")?, row.hash("salt")?))
        })?;
        for (entry, salt) in salts {
            let sealed = seal_for(connection, vault, person, &salt)?;
            let sql = "UPDATE journal SET salt = NULL, sealed_opening = ?3 WHERE person = ?1 AND entry = ?2";
            let mut statement = connection.prepare_cached(sql).map_err(|e| failed(&e))?;
            statement.execute((person.as_bytes(), entry, sealed)).map_err(|e| failed(&e))?;
        }
    }
    run(connection, "DELETE FROM folder WHERE name = 'salts-in-clear'")
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
        match add(connection, LOST.as_bytes(), &lost.entry, None) {
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

/// The rows of a change about a person and its entry, as former versions kept them: in a feed with numbers from the fifteenth on,
/// chained from the fourteenth, in a feed without numbers from the ninth, with a number from the seventh.
#[cfg(test)]
pub(crate) fn apply_as_before(
    connection: &Connection,
    vault: &Vault,
    change: &mingma_registry::Change,
    version: usize,
) {
    use mingma_registry::Change;

    let Change::Person { person, rows, notices, entry } = change else { return };
    assert!(super::rows(connection, vault, *person, (rows, notices), entry.id).is_ok());
    if version >= 14 {
        assert!(about(connection, vault, *person, entry).is_ok());
    } else {
        let sql = "INSERT INTO journal (person, entry, act, at, salt, leaf) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let Entry { id, act, at, salt, leaf, .. } = entry.unchained();
        let values = (person.as_bytes(), id.as_bytes(), act.word(), nanos(at), salt, leaf);
        connection.execute(sql, values).unwrap();
        if version >= 7 {
            connection.execute("UPDATE journal SET number = 1", []).unwrap();
        }
    }
    if version >= 9 {
        let sql = "INSERT INTO feed (person, entry, at, added) VALUES (?1, ?2, ?3, ?4)";
        let values =
            (person.as_bytes(), entry.id.as_bytes(), nanos(entry.at), [&[1_u8][..], &[0; 16]].concat());
        connection.execute(sql, values).unwrap();
    }
    if version >= 15 {
        connection.execute("UPDATE feed SET number = 1", []).unwrap();
    }
}
