//! The night: keys that live on are wrapped anew, everything else is left behind for good.
//!
//! A night goes on by portions, each a transaction of its own, so that acts wait for none longer than for each other. From its
//! beginning to its end keys are wrapped under either day's key, and each wrapped key says under which.
//!
//! At each crash point, what is there. Before the folder notes that a night has begun (`next-day`): a key that wraps nothing, which the
//! next opening destroys. Until it has ended: both days' keys, and the next night goes on with this one's. Once it is noted that the
//! new day is the present one, in the transaction of the last portion: all keys are wrapped under its key, and the next opening destroys
//! the old one. So a key file is destroyed only when no row needs it, and every row's key lies in the folder at each moment.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use mingma_registry::ports::draw;
use mingma_registry::{PersonId, StoreError};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};
use zeroize::Zeroizing;

use crate::folder;
use crate::open::{IN_MEMORY, SET_ASIDE};
use crate::read::{DESTROYED, NIGHT, noted};
use crate::rows::failed;
use crate::vault::{Unsealed, Vault, Whose, day_of};
use crate::write::{note, unsealed};

/// The month of an instant, counted from the year 0 in UTC.
pub(crate) fn month(at: Timestamp) -> i64 {
    let day = at.to_zoned(TimeZone::UTC).date();
    i64::from(day.year()) * 12 + i64::from(day.month()) - 1
}

/// When such a month begins; none beyond the calendar.
pub(crate) fn begins(month: i64) -> Option<Timestamp> {
    let (year, month) = (i16::try_from(month.div_euclid(12)).ok()?, i8::try_from(month.rem_euclid(12)).ok()?);
    let first = Date::new(year, month + 1, 1).ok()?;
    first.to_zoned(TimeZone::UTC).ok().map(|first| first.timestamp())
}

/// The name under which a folder notes under which day's key new keys are wrapped, and all others too once a night has ended.
pub(crate) const DAY: &str = "day";
/// The name under which it notes the day of the night that is under way.
pub(crate) const NEXT_DAY: &str = "next-day";
/// How many persons' keys are wrapped anew in one go: some 15 ms of the one writer, which others wait for.
const PORTION: u32 = 1_024;

/// A night: wraps the keys that live on under a new day's key, destroys the keys of months that have passed and the former day's, and
/// empties the log.
pub(crate) struct Night {
    now: Timestamp,
    /// The new day, once it has begun, and the last person whose key was looked at.
    at: Option<(u32, [u8; 16])>,
}

impl Night {
    /// One that is to begin at an instant, which says which keys have had their time.
    pub(crate) const fn new(now: Timestamp) -> Self {
        Self { now, at: None }
    }

    /// Goes on by a portion; whether there is more.
    pub(crate) fn go_on(
        &mut self,
        connection: &mut Connection,
        vault: &Vault,
        dir: &Path,
    ) -> Result<bool, StoreError> {
        let (next, after) = match self.at {
            Some(at) => at,
            None => (begun(connection, vault, dir)?, [0; 16]),
        };
        let portion =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|e| failed(&e))?;
        let last = rewrap(&portion, vault, next, after)?;
        if last.is_none() {
            turn(&portion, vault, next, self.now)?;
        }
        // Whether a failed commit was kept is decided at the next opening, by what is there: until then nothing more is wrapped.
        portion.commit().map_err(|_| stopped("the night's commit failed"))?;
        if let Some(last) = last {
            self.at = Some((next, last));
            return Ok(true);
        }
        end(connection, dir, next, self.now)?;
        Ok(false)
    }
}

/// The new day, under whose key new keys are wrapped from now on: that of a night that broke off, or the next.
fn begun(connection: &Connection, vault: &Vault, dir: &Path) -> Result<u32, StoreError> {
    if let Some(next) = day(connection, NEXT_DAY).map_err(|e| failed(&e))? {
        return Ok(next);
    }
    let next = vault.day().checked_add(1).ok_or_else(|| stopped("there are no more days"))?;
    let key = Zeroizing::new(draw(vault.rng()).map_err(|error| unsealed(Unsealed::from(error)))?);
    let path = folder::day_key(dir, next);
    folder::write_key(&path, &key).and_then(|()| folder::sync_dir(dir)).map_err(|error| file(&error))?;
    vault.learn(next, &key).ok_or_else(|| unsealed(Unsealed::Backend))?;
    note_day(connection, NEXT_DAY, next)?;
    vault.begin(next);
    Ok(next)
}

/// The last portion: the keys of months, and the day.
fn turn(portion: &Transaction<'_>, vault: &Vault, next: u32, now: Timestamp) -> Result<(), StoreError> {
    portion.execute("DELETE FROM month_keys WHERE month < ?1", [month(now)]).map_err(|e| failed(&e))?;
    for (month, wrapped) in months(portion).map_err(|e| failed(&e))? {
        let wrapped = anew(vault, next, Whose::Month(month), &wrapped)?;
        let sql = "UPDATE month_keys SET wrapped_key = ?2 WHERE month = ?1";
        portion.execute(sql, (month, wrapped)).map_err(|e| failed(&e))?;
    }
    note_day(portion, DAY, next)?;
    portion.execute("DELETE FROM folder WHERE name = ?1", [NEXT_DAY]).map(|_| ()).map_err(|e| failed(&e))
}

/// What comes once no key is wrapped under the former day's any more.
fn end(connection: &Connection, dir: &Path, present: u32, now: Timestamp) -> Result<(), StoreError> {
    for former in
        folder::day_keys(dir).map_err(|error| file(&error))?.into_iter().filter(|day| *day != present)
    {
        folder::destroy(&folder::day_key(dir, former)).map_err(|error| file(&error))?;
    }
    folder::sync_dir(dir).map_err(|error| file(&error))?;
    if noted(connection, DESTROYED)?.is_some() && is_written_anew(connection, now).map_err(|e| failed(&e))? {
        connection.pragma_update(None, SET_ASIDE, "DEFAULT").map_err(|e| failed(&e))?;
        connection.execute_batch("VACUUM").map_err(|e| failed(&e))?;
        connection.pragma_update(None, SET_ASIDE, IN_MEMORY).map_err(|e| failed(&e))?;
        connection.execute("DELETE FROM folder WHERE name = ?1", [DESTROYED]).map_err(|e| failed(&e))?;
    }
    empty_log(connection)?;
    // Last of all: a night that broke off before this is due still.
    note(connection, NIGHT, now)?;
    empty_log(connection)
}

/// A day that a folder notes under a name.
pub(crate) fn day(connection: &Connection, name: &str) -> rusqlite::Result<Option<u32>> {
    let sql = "SELECT value FROM folder WHERE name = ?1";
    let noted: Option<[u8; 4]> = connection.query_row(sql, [name], |row| row.get(0)).optional()?;
    Ok(noted.map(u32::from_be_bytes))
}

fn note_day(connection: &Connection, name: &str, day: u32) -> Result<(), StoreError> {
    let sql = "INSERT INTO folder (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    connection.execute(sql, (name, day.to_be_bytes())).map(|_| ()).map_err(|e| failed(&e))
}

/// The largest database that is written anew each night, in bytes: at some 200 MB/s writing waits for five seconds. A larger
/// one is written anew each Monday.
const ANEW_EACH_NIGHT: i64 = 1 << 30;

/// Whether the database is written anew tonight, if anything was destroyed since it last was. What is deleted is overwritten where it stood; but a page that was split once may hold
/// a copy of a row in the gap between its cells, which no deletion reaches.
fn is_written_anew(connection: &Connection, now: Timestamp) -> rusqlite::Result<bool> {
    let pragma = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let bytes = pragma("PRAGMA page_count")?.saturating_mul(pragma("PRAGMA page_size")?);
    Ok(bytes <= ANEW_EACH_NIGHT || now.to_zoned(TimeZone::UTC).weekday() == Weekday::Monday)
}

/// Wraps the keys of the next persons anew; gives the last of them, or none if there was none.
fn rewrap(
    portion: &Transaction<'_>,
    vault: &Vault,
    day: u32,
    after: [u8; 16],
) -> Result<Option<[u8; 16]>, StoreError> {
    let mut page = portion
        .prepare_cached("SELECT person, wrapped_key FROM persons WHERE person > ?1 ORDER BY person LIMIT ?2")
        .map_err(|e| failed(&e))?;
    let rows =
        page.query_map((after, PORTION), |row| Ok((row.get(0)?, row.get(1)?))).map_err(|e| failed(&e))?;
    let rows: Vec<([u8; 16], Vec<u8>)> = rows.collect::<Result<_, _>>().map_err(|e| failed(&e))?;
    let last = rows.last().map(|(last, _)| *last);
    let mut update = portion
        .prepare_cached("UPDATE persons SET wrapped_key = ?2 WHERE person = ?1")
        .map_err(|e| failed(&e))?;
    // Who came since the night began, or was reached before it broke off, has a key of the new day.
    for (person, wrapped) in rows.into_iter().filter(|(_, wrapped)| day_of(wrapped) != day) {
        let wrapped = anew(vault, day, Whose::Person(PersonId::from_bytes(person)), &wrapped)?;
        update.execute((person, wrapped)).map_err(|e| failed(&e))?;
    }
    Ok(last)
}

fn anew(vault: &Vault, day: u32, whose: Whose, wrapped: &[u8]) -> Result<Vec<u8>, StoreError> {
    let damaged = || StoreError::Damaged { place: "a wrapped key".to_owned() };
    vault.rewrap(day, whose, wrapped).ok_or_else(damaged)?.map_err(unsealed)
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
