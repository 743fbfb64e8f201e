//! What the end of data needs: of whom something may be over, everything of one person, and what was destroyed.

use jiff::{SignedDuration, Timestamp};
use mingma_registry::retention::{Aged, Holding, KindPurged, Purged, Sealed};
use mingma_registry::row::PublicRow;
use mingma_registry::store::Persons;
use mingma_registry::{EntryId, FactId, PersonId, StoreError};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{access, all, entries, notices, one, record};
use crate::rows::{Columns, nanos};
use crate::vault::Vault;

/// Of the next who are known, those of whom anything is as old.
pub(crate) fn aged(
    connection: &Connection,
    after: Option<PersonId>,
    limit: u32,
    aged: Option<&Aged>,
) -> Result<Persons, StoreError> {
    // An empty blob is before every id.
    let after = after.as_ref().map_or(&[][..], |after| after.as_bytes());
    let last = "SELECT max(person) AS person FROM (SELECT person FROM persons WHERE person > ?1 ORDER BY person LIMIT ?2)";
    let last = one(connection, "persons", last, (after, limit), |row| row.optional_blob("person"))?;
    let Some(last) = last.flatten() else { return Ok(Persons { items: Vec::new(), next: None }) };
    let next = <[u8; 16]>::try_from(last.clone())
        .map_err(|_| StoreError::Damaged { place: "table `persons`".to_owned() })?;
    let next = Some(PersonId::from_bytes(next));
    let who = |row: &Columns<'_>| row.bytes("person").map(PersonId::from_bytes);
    let Some(aged) = aged else {
        let sql = "SELECT person FROM persons WHERE person > ?1 AND person <= ?2 ORDER BY person";
        return Ok(Persons { items: all(connection, "persons", sql, (after, last), who)?, next });
    };
    let mut values = vec![Value::from(after.to_vec()), Value::from(last)];
    let mut bound = |value: Value| {
        values.push(value);
        format!("?{}", values.len())
    };
    let facts =
        aged.facts.iter().map(|(kind, day)| (format!("'{}'", kind.word()), bound(Value::from(day.clone()))));
    let facts = chosen("kind", facts);
    let salts = aged
        .salts
        .iter()
        .map(|(act, until)| (format!("'{}'", act.word()), bound(Value::from(nanos(*until)))));
    let salts = chosen("act", salts);
    // An entry's id begins with its millisecond and stands in the index: what is younger than all of these is passed over there.
    let latest = aged.salts.iter().map(|(_, until)| *until).max().unwrap_or(Timestamp::MIN);
    let following = latest.checked_add(SignedDuration::from_millis(1)).unwrap_or(latest);
    let younger = bound(Value::from(EntryId::new(following, [0; 10]).as_bytes().to_vec()));
    let mut until = |column: &str, at: Timestamp| format!("{column} <= {}", bound(Value::from(nanos(at))));
    let tables = [
        ("facts", format!("at < {facts}")),
        ("journal", format!("entry < {younger} AND sealed_opening IS NOT NULL AND at <= {salts}")),
        ("codes", until("expires", aged.codes)),
        ("grants", until("until_at", aged.grants)),
        ("bindings", until("until_at", aged.grants)),
        ("disclosures", until("at", aged.disclosures)),
        ("challenges", until("until_at", aged.challenges)),
        ("sign_ins", until("until_at", aged.sign_ins)),
        ("assistances", until("until_at", aged.assistances)),
        ("wards", until("until_at", aged.grants)),
        (
            "reaches",
            until(
                "number > (SELECT min(f.number) FROM reaches f WHERE f.person = reaches.person) AND at",
                aged.reaches,
            ),
        ),
        ("outbox", until("coalesce(settled, created)", aged.notices)),
    ];
    // One table after the other, in the order of their keys; a person is named once.
    let parts = tables.map(|(table, is_old)| {
        format!("SELECT person FROM {table} WHERE person > ?1 AND person <= ?2 AND {is_old}")
    });
    let sql = parts.join(" UNION ") + " ORDER BY person";
    Ok(Persons { items: all(connection, "persons", &sql, params_from_iter(values), who)?, next })
}

/// The value that goes with the word in a column; null, which nothing is less than, for every other word.
fn chosen(column: &str, values: impl Iterator<Item = (String, String)>) -> String {
    let arms: Vec<String> = values.map(|(word, value)| format!("WHEN {word} THEN {value}")).collect();
    format!("CASE {column} {} END", arms.join(" "))
}

/// The next about whom anything is kept of which the journal speaks: those who are known, and whomever else a row or an entry names.
pub(crate) fn everybody(
    connection: &Connection,
    after: Option<PersonId>,
    limit: u32,
) -> Result<Vec<PersonId>, StoreError> {
    // Behind the sixteen zeros of public acts.
    let after = after.map_or([0; 16], |after| *after.as_bytes());
    let tables = [
        "persons",
        "journal",
        "registrations",
        "amendments",
        "facts",
        "codes",
        "disclosures",
        "grants",
        "bindings",
    ];
    let parts = tables.map(|table| format!("SELECT person FROM {table} WHERE person > ?1"));
    let sql = parts.join(" UNION ") + " ORDER BY person LIMIT ?2";
    all(connection, "persons", &sql, (after, limit), |row| row.bytes("person").map(PersonId::from_bytes))
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
        committed: committed(connection, person)?,
    })
}

/// Which entry committed to which fact.
fn committed(connection: &Connection, person: PersonId) -> Result<Vec<(FactId, EntryId)>, StoreError> {
    let sql = "SELECT fact, entry FROM facts WHERE person = ?1 AND entry IS NOT NULL";
    all(connection, "facts", sql, [person.as_bytes()], |row| {
        Ok((FactId::from_bytes(row.bytes("fact")?), EntryId::from_bytes(row.bytes("entry")?)))
    })
}

/// What was destroyed, with numbers above `after`.
pub(super) fn purges(
    connection: &Connection,
    after: i64,
    limit: u32,
) -> Result<Vec<(u64, PublicRow)>, StoreError> {
    let sql =
        "SELECT number, at, others, counts_entries FROM purges WHERE number > ?1 ORDER BY number LIMIT ?2";
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
        let sealed = if row.flag("counts_entries")? { Some(sealed(connection, number)?) } else { None };
        let purged = Purged { at: row.instant("at")?, facts, others: row.small("others")?, sealed };
        Ok((number, PublicRow::Purged(purged)))
    })
}

fn sealed(connection: &Connection, number: u64) -> Result<Vec<Sealed>, StoreError> {
    let sql = "SELECT act, count, newest_day FROM purged_entries WHERE number = ?1";
    let mut sealed = all(connection, "purged_entries", sql, [crate::rows::signed(number)], |row| {
        Ok(Sealed { act: row.word("act")?, count: row.small("count")?, newest: row.word("newest_day")? })
    })?;
    sealed.sort_by_key(|sealed| sealed.act);
    Ok(sealed)
}
