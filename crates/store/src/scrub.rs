//! The night: keys that live on are wrapped anew, everything else is left behind for good.
//!
//! At each crash point, what is there. Before the next day's key is written: nothing has changed. Then, before the commit: a key that
//! wraps nothing, which the next opening destroys. After the commit: all keys are wrapped under the new key, and the next opening destroys
//! the old one. So a key file is destroyed only when no row needs it, and every row's key lies in the folder at each moment.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use mingma_registry::ports::draw;
use mingma_registry::{PersonId, StoreError};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use zeroize::Zeroizing;

use crate::folder;
use crate::read::NIGHT;
use crate::rows::failed;
use crate::vault::{Unsealed, Vault, Whose};
use crate::write::{note, unsealed};

/// The month of an instant, counted from the year 0 in UTC.
pub(crate) fn month(at: Timestamp) -> i64 {
    let day = at.to_zoned(TimeZone::UTC).date();
    i64::from(day.year()) * 12 + i64::from(day.month()) - 1
}

/// Wraps the keys that live on under a new day's key, destroys the keys of months that have passed and the former day's, and empties the log.
pub(crate) fn scrub(
    connection: &mut Connection,
    vault: &Vault,
    dir: &Path,
    now: Timestamp,
) -> Result<(), StoreError> {
    let former = vault.day();
    let next = former.checked_add(1).ok_or_else(|| stopped("there are no more days"))?;
    let key = Zeroizing::new(draw(vault.rng()).map_err(|error| unsealed(Unsealed::from(error)))?);
    let path = folder::day_key(dir, next);
    folder::write_key(&path, &key).and_then(|()| folder::sync_dir(dir)).map_err(|error| file(&error))?;
    vault.learn(next, &key).ok_or_else(|| unsealed(Unsealed::Backend))?;
    let night =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|e| failed(&e))?;
    rewrap(&night, vault, next, now)?;
    // Whether a failed commit was kept is decided at the next opening, by the number that is there: until then nothing more is wrapped.
    night.commit().map_err(|_| stopped("the night's commit failed"))?;
    vault.begin(next);
    if former > 0 {
        folder::destroy(&folder::day_key(dir, former)).map_err(|error| file(&error))?;
    }
    folder::sync_dir(dir).map_err(|error| file(&error))?;
    if is_written_anew(connection, now).map_err(|e| failed(&e))? {
        connection.execute_batch("VACUUM").map_err(|e| failed(&e))?;
    }
    empty_log(connection)?;
    // Last of all: a night that broke off before this is due still.
    note(connection, NIGHT, now)
}

/// The largest database that is written anew each night, in bytes: at some 200 MB/s writing waits for five seconds. A larger
/// one is written anew each Monday.
const ANEW_EACH_NIGHT: i64 = 1 << 30;

/// Whether the database is written anew tonight. What is deleted is overwritten where it stood; but a page that was split once may hold
/// a copy of a row in the gap between its cells, which no deletion reaches.
fn is_written_anew(connection: &Connection, now: Timestamp) -> rusqlite::Result<bool> {
    let pragma = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let bytes = pragma("PRAGMA page_count")?.saturating_mul(pragma("PRAGMA page_size")?);
    Ok(bytes <= ANEW_EACH_NIGHT || now.to_zoned(TimeZone::UTC).weekday() == Weekday::Monday)
}

fn rewrap(night: &Transaction<'_>, vault: &Vault, day: u32, now: Timestamp) -> Result<(), StoreError> {
    let anew = |whose, wrapped: &[u8]| {
        let damaged = || StoreError::Damaged { place: "a wrapped key".to_owned() };
        vault.rewrap(day, whose, wrapped).ok_or_else(damaged)?.map_err(unsealed)
    };
    let mut after = [0; 16];
    loop {
        let mut page = night
            .prepare_cached(
                "SELECT person, wrapped_key FROM persons WHERE person > ?1 ORDER BY person LIMIT 4096",
            )
            .map_err(|e| failed(&e))?;
        let rows = page.query_map([after], |row| Ok((row.get(0)?, row.get(1)?))).map_err(|e| failed(&e))?;
        let rows: Vec<([u8; 16], Vec<u8>)> = rows.collect::<Result<_, _>>().map_err(|e| failed(&e))?;
        let Some((last, _)) = rows.last() else { break };
        after = *last;
        for (person, wrapped) in rows {
            let wrapped = anew(Whose::Person(PersonId::from_bytes(person)), &wrapped)?;
            let sql = "UPDATE persons SET wrapped_key = ?2 WHERE person = ?1";
            let mut update = night.prepare_cached(sql).map_err(|e| failed(&e))?;
            update.execute((person, wrapped)).map_err(|e| failed(&e))?;
        }
    }
    night.execute("DELETE FROM month_keys WHERE month < ?1", [month(now)]).map_err(|e| failed(&e))?;
    for (month, wrapped) in months(night).map_err(|e| failed(&e))? {
        let wrapped = anew(Whose::Month(month), &wrapped)?;
        let sql = "UPDATE month_keys SET wrapped_key = ?2 WHERE month = ?1";
        night.execute(sql, (month, wrapped)).map_err(|e| failed(&e))?;
    }
    let sql = "INSERT INTO folder (name, value) VALUES ('day', ?1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    night.execute(sql, [day.to_be_bytes()]).map(|_| ()).map_err(|e| failed(&e))
}

/// The wrapped keys of months.
pub(crate) fn months(connection: &Connection) -> rusqlite::Result<Vec<(i64, Vec<u8>)>> {
    let mut all = connection.prepare("SELECT month, wrapped_key FROM month_keys ORDER BY month")?;
    all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Folds the log into the database and cuts it to nothing. Whoever reads for longer than the connection waits holds it up.
fn empty_log(connection: &Connection) -> Result<(), StoreError> {
    let busy: i64 = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .map_err(|e| failed(&e))?;
    if busy == 0 { Ok(()) } else { Err(StoreError::Busy) }
}

fn file(error: &std::io::Error) -> StoreError {
    stopped(&format!("the key of a day: {error}"))
}

fn stopped(reason: &str) -> StoreError {
    StoreError::Stopped { reason: reason.to_owned() }
}
