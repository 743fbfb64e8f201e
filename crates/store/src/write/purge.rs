//! Destroying what is over, and telling of it. Deleted cells are overwritten with zeros, for the connection says so.

use mingma_registry::retention::{Erasure, Passed, Purged};
use mingma_registry::row::{PublicRow, RowKind};
use mingma_registry::store::Purge;
use mingma_registry::{
    Applied, AssistanceId, ChallengeId, CodeId, DisclosureId, EntryId, GrantId, NoticeId, PersonId, SignInId,
    StoreError,
};
use rusqlite::{Connection, Params};

use super::{Stop, insert, note, publication};
use crate::read::DESTROYED;
use crate::rows::{failed, nanos};

/// Destroys what is named, in the open transaction.
pub(crate) fn purge(connection: &Connection, purge: &Purge) -> Result<Applied, StoreError> {
    for erasure in &purge.erasures {
        erase(connection, erasure)?;
    }
    note(connection, DESTROYED, purge.row.at)?;
    match publication(connection, &PublicRow::Purged(purge.row.clone()), &purge.entry) {
        Ok(number) => Ok(Applied::Published(number)),
        // The entry's id is chance: one that is there is the same act again.
        Err(Stop::Exists(kind)) => Ok(Applied::Exists(kind)),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Adds the public row, and gives the name of its kind.
pub(super) fn row(connection: &Connection, number: i64, row: &Purged) -> Result<&'static str, Stop> {
    let sql = "INSERT INTO purges (number, at, others, counts_entries) VALUES (?1, ?2, ?3, ?4)";
    insert(connection, RowKind::Entry, sql, (number, nanos(row.at), row.others, row.sealed.is_some()))?;
    for facts in &row.facts {
        let sql =
            "INSERT INTO purged_facts (number, kind, count, first_day, last_day) VALUES (?1, ?2, ?3, ?4, ?5)";
        let (first, last) = (facts.first.to_string(), facts.last.to_string());
        insert(connection, RowKind::Entry, sql, (number, facts.kind.word(), facts.count, first, last))?;
    }
    for sealed in row.sealed.iter().flatten() {
        let sql = "INSERT INTO purged_entries (number, act, count, newest_day) VALUES (?1, ?2, ?3, ?4)";
        let values = (number, sealed.act.word(), sealed.count, sealed.newest.to_string());
        insert(connection, RowKind::Entry, sql, values)?;
    }
    Ok("purged")
}

/// What hangs on a fact and goes with it, the fact last.
const WITH_A_FACT: [&str; 6] = [
    "DELETE FROM countersignatures WHERE person = ?1 AND fact = ?2",
    "DELETE FROM confirmations WHERE person = ?1 AND fact = ?2",
    "DELETE FROM retractions WHERE person = ?1 AND fact = ?2",
    "DELETE FROM appeal_answers WHERE person = ?1 AND appeal IN (SELECT appeal FROM appeals WHERE person = ?1 AND fact = ?2)",
    "DELETE FROM appeals WHERE person = ?1 AND fact = ?2",
    // Before the fact itself: no other one of the same entry is left.
    "UPDATE journal SET sealed_opening = NULL WHERE person = ?1 \
     AND entry = (SELECT entry FROM facts WHERE person = ?1 AND fact = ?2) \
     AND NOT EXISTS (SELECT 1 FROM facts f WHERE f.person = ?1 AND f.entry = journal.entry AND f.fact <> ?2)",
];

fn erase(connection: &Connection, erasure: &Erasure) -> Result<(), StoreError> {
    let person = erasure.person;
    for fact in &erasure.facts {
        for sql in WITH_A_FACT {
            run(connection, sql, (person.as_bytes(), fact.as_bytes()))?;
        }
        run(
            connection,
            "DELETE FROM facts WHERE person = ?1 AND fact = ?2",
            (person.as_bytes(), fact.as_bytes()),
        )?;
    }
    let Erasure { codes, grants, bindings, disclosures, challenges, .. } = erasure;
    let Erasure { sign_ins, assistances, wards, notices, salts, .. } = erasure;
    let who = (connection, person);
    each(who, "DELETE FROM revocations WHERE person = ?1 AND code = ?2", codes.iter().map(CodeId::as_bytes))?;
    each(who, "DELETE FROM codes WHERE person = ?1 AND code = ?2", codes.iter().map(CodeId::as_bytes))?;
    each(
        who,
        "DELETE FROM grants WHERE person = ?1 AND grant_id = ?2",
        grants.iter().map(GrantId::as_bytes),
    )?;
    let bound = bindings.iter().map(GrantId::as_bytes);
    each(who, "DELETE FROM bindings WHERE person = ?1 AND binding = ?2", bound)?;
    let looks = disclosures.iter().map(DisclosureId::as_bytes);
    each(who, "DELETE FROM disclosures WHERE person = ?1 AND disclosure = ?2", looks)?;
    let asked = || challenges.iter().map(ChallengeId::as_bytes);
    each(who, "DELETE FROM tries WHERE person = ?1 AND challenge = ?2", asked())?;
    each(who, "DELETE FROM challenges WHERE person = ?1 AND challenge = ?2", asked())?;
    let sessions = sign_ins.iter().map(SignInId::as_bytes);
    each(who, "DELETE FROM sign_ins WHERE person = ?1 AND sign_in = ?2", sessions)?;
    let helped = assistances.iter().map(AssistanceId::as_bytes);
    each(who, "DELETE FROM assistances WHERE person = ?1 AND assistance = ?2", helped)?;
    let acted_for = wards.iter().map(GrantId::as_bytes);
    each(who, "DELETE FROM wards WHERE person = ?1 AND binding = ?2", acted_for)?;
    each(
        who,
        "DELETE FROM outbox WHERE person = ?1 AND notice = ?2",
        notices.iter().map(NoticeId::as_bytes),
    )?;
    let salted = salts.iter().map(EntryId::as_bytes);
    each(who, "UPDATE journal SET sealed_opening = NULL WHERE person = ?1 AND entry = ?2", salted)?;
    for number in &erasure.reaches {
        run(
            connection,
            "DELETE FROM reaches WHERE person = ?1 AND number = ?2",
            (person.as_bytes(), number),
        )?;
    }
    Ok(())
}

fn each<'i>(
    (connection, person): (&Connection, PersonId),
    sql: &str,
    ids: impl Iterator<Item = &'i [u8; 16]>,
) -> Result<(), StoreError> {
    for id in ids {
        run(connection, sql, (person.as_bytes(), id))?;
    }
    Ok(())
}

/// Destroys what has passed; gives how many rows.
pub(crate) fn pass(connection: &Connection, passed: &Passed) -> Result<u64, StoreError> {
    let submissions = nanos(passed.submissions);
    run(connection, "DELETE FROM submission_counts WHERE received <= ?1", [submissions])?;
    let refused = "DELETE FROM submission_refusals WHERE (issuer, key) IN (SELECT issuer, key FROM submissions WHERE received <= ?1)";
    run(connection, refused, [submissions])?;
    let rows = [
        run(connection, "DELETE FROM submissions WHERE received <= ?1", [submissions])?,
        run(connection, "DELETE FROM spent WHERE until_at <= ?1", [nanos(passed.spent)])?,
        run(connection, "DELETE FROM person_requests WHERE received <= ?1", [nanos(passed.requests)])?,
    ];
    let rows = rows.into_iter().map(|rows| u64::try_from(rows).unwrap_or(u64::MAX)).sum();
    if rows > 0 {
        note(connection, DESTROYED, passed.spent)?;
    }
    Ok(rows)
}

fn run(connection: &Connection, sql: &str, values: impl Params) -> Result<usize, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(|e| failed(&e))?;
    statement.execute(values).map_err(|e| failed(&e))
}
