//! Everybody, one after the other, as of one moment: what a census is built from.
//!
//! The rows are read in pages of persons, by their ids, within one transaction; so nothing is held but a page, and what
//! is committed meanwhile is not seen. No key is needed, because no identity is read.

use std::collections::BTreeMap;
use std::path::Path;
use std::vec::IntoIter;

use jiff::Timestamp;
use mingma_registry::feed::AsOf;
use mingma_registry::row::{Countersignature, RecordedRetraction, Registration};
use mingma_registry::{FactId, PersonId, PersonRecord, Resident, StoreError};
use rusqlite::Connection;

use super::{all, bulk, feed, person, public};
use crate::folder;
use crate::look::{Held, reading};
use crate::open::{OpenError, wrong};
use crate::rows::Columns;
use crate::schema::{self, Found};

/// How many persons one page has: with ten facts each about 10 MiB in memory.
const PAGE: u32 = 4_096;

/// A data folder that is only read, also while another process serves it; if none does, none can meanwhile.
pub struct Snapshot {
    connection: Connection,
    _held: Held,
}

impl Snapshot {
    /// The data folder as of now. While it is open, what is written elsewhere stays in the log; close it when it is read.
    ///
    /// # Errors
    /// [`OpenError`]; a folder of an earlier version is to be opened once by the program that serves it.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        let path = folder::database(dir);
        let failed = |error: rusqlite::Error| wrong(&path, &error);
        if !path.is_file() {
            let error = std::io::Error::new(std::io::ErrorKind::NotFound, "there is no `mingma.db` in it");
            return Err(OpenError::Folder { dir: dir.to_owned(), error });
        }
        let (held, connection) = reading(dir)?;
        match schema::look(&connection).map_err(failed)? {
            Found::Same => {}
            Found::Newer(found) => return Err(OpenError::Newer { found }),
            Found::Older(found) => return Err(OpenError::Older { found }),
            Found::Torn(found) => return Err(OpenError::Torn { found }),
        }
        // A transaction sees the moment of its first read, and no later one.
        connection.execute_batch("BEGIN; SELECT count(*) FROM publications;").map_err(failed)?;
        Ok(Self { connection, _held: held })
    }

    /// How many persons and facts there are, and how many of these name a region: what a census of them will take.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn size(&self) -> Result<[u64; 3], StoreError> {
        let sql = "SELECT (SELECT count(*) FROM persons) AS persons, count(*) AS facts, count(region) AS placed FROM facts";
        let numbers =
            |row: &Columns<'_>| Ok([row.number("persons")?, row.number("facts")?, row.number("placed")?]);
        let found = all(&self.connection, "facts", sql, [], numbers)?;
        Ok(found.first().copied().unwrap_or_default())
    }

    /// Of how many persons it is kept back what was recorded before they registered. Of each of whom there is such a fact one is read, and
    /// who looked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn kept_back(&self, now: Timestamp) -> Result<usize, StoreError> {
        let late = "SELECT r.* FROM registrations r \
                    WHERE EXISTS (SELECT 1 FROM facts f WHERE f.person = r.person AND f.recorded < r.at)";
        let who = |row: &Columns<'_>| Ok((row.bytes::<16>("person")?, home(row)?));
        let mut count = 0;
        for (person, registration) in all(&self.connection, "registrations", late, [], who)? {
            let first = "SELECT * FROM facts WHERE person = ?1 ORDER BY recorded LIMIT 1";
            let looks = "SELECT * FROM disclosures WHERE person = ?1";
            let record = PersonRecord {
                registration: Some(registration),
                facts: all(&self.connection, "facts", first, [person], person::fact)?,
                disclosures: all(&self.connection, "disclosures", looks, [person], person::disclosure)?,
                ..PersonRecord::default()
            };
            count += usize::from(record.is_kept_back(now));
        }
        Ok(count)
    }

    /// The public acts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn published(&self) -> Result<Vec<mingma_registry::store::Published>, StoreError> {
        public::publications(&self.connection, 0, u32::MAX)
    }

    /// Everybody, in the order of their ids, with what counts at an instant.
    #[must_use]
    pub const fn residents(&self, at: Timestamp) -> Residents<'_> {
        Residents { connection: &self.connection, of: Of::Instant(at), after: None, page: None }
    }

    /// The last place of the feed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn fed(&self) -> Result<u64, StoreError> {
        feed::fed(&self.connection)
    }

    /// How many entries that may make a status another have a greater number, and when the first was made; none if there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn unwitnessed(&self, number: u64) -> Result<(u64, Option<Timestamp>), StoreError> {
        feed::unwitnessed(&self.connection, number)
    }

    /// Everybody, in the order of their ids, with what counted by a place of the feed that is not forgotten.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn residents_by(&self, place: u64, as_of: AsOf) -> Result<Residents<'_>, StoreError> {
        let since = feed::since(&self.connection, (place, as_of.witnessed), None)?;
        let of = Of::Place(since, as_of.disputes);
        Ok(Residents { connection: &self.connection, of, after: None, page: None })
    }
}

/// As of when everybody is read.
enum Of {
    Instant(Timestamp),
    /// A place of the feed, by what came since; and by when disputes were due.
    Place(BTreeMap<PersonId, feed::Since>, Timestamp),
}

/// Everybody, one after the other.
pub struct Residents<'s> {
    connection: &'s Connection,
    of: Of,
    /// The last person of the pages that were read.
    after: Option<[u8; 16]>,
    page: Option<IntoIter<Resident>>,
}

impl Iterator for Residents<'_> {
    type Item = Result<Resident, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(resident) = self.page.as_mut().and_then(Iterator::next) {
                return Some(Ok(resident));
            }
            match self.read() {
                Ok(page) if page.is_empty() => return None,
                Ok(page) => self.page = Some(page.into_iter()),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Residents<'_> {
    fn read(&mut self) -> Result<Vec<Resident>, StoreError> {
        let who = |row: &Columns<'_>| row.bytes::<16>("person");
        let next = "SELECT person FROM persons WHERE person > ?1 ORDER BY person LIMIT ?2";
        // Before the first there is nobody: an id of sixteen zeros stands for public acts.
        let after = self.after.unwrap_or_default();
        let persons = all(self.connection, "persons", next, (after, PAGE), who)?;
        let (Some(first), Some(last)) = (persons.first().copied(), persons.last().copied()) else {
            return Ok(Vec::new());
        };
        self.after = Some(last);
        let of = |table: &str, order: &str| {
            format!("SELECT * FROM {table} WHERE person BETWEEN ?1 AND ?2 ORDER BY person{order}")
        };
        let between = (first, last);
        let table = |name: &'static str, order: &str| (name, of(name, order));
        let (name, sql) = table("registrations", "");
        let homes = all(self.connection, name, &sql, between, |row| Ok((who(row)?, home(row)?)))?;
        let (name, sql) = table("amendments", ", number");
        let amendments =
            all(self.connection, name, &sql, between, |row| Ok((who(row)?, person::amendment(row)?)))?;
        let (name, sql) = table("facts", ", fact");
        let facts = all(self.connection, name, &sql, between, |row| Ok((who(row)?, person::fact(row)?)))?;
        let (name, sql) = table("countersignatures", ", fact");
        let seconds = all(self.connection, name, &sql, between, |row| Ok((who(row)?, second(row)?)))?;
        let (name, sql) = table("retractions", ", fact");
        let retractions = all(self.connection, name, &sql, between, |row| Ok((who(row)?, retraction(row)?)))?;
        let (name, sql) = table("appeals", ", appeal");
        let appeals = all(self.connection, name, &sql, between, |row| Ok((who(row)?, person::appeal(row)?)))?;
        let (name, sql) = table("appeal_answers", ", appeal");
        let answers = all(self.connection, name, &sql, between, |row| Ok((who(row)?, person::answer(row)?)))?;
        let (name, sql) = table("confirmations", ", fact, issuer, appeal");
        let words =
            all(self.connection, name, &sql, between, |row| Ok((who(row)?, bulk::confirmation(row)?)))?;
        let mut appeals = appeals.into_iter().peekable();
        let mut answers = answers.into_iter().peekable();
        let mut words = words.into_iter().peekable();
        let mut homes = homes.into_iter().peekable();
        let mut amendments = amendments.into_iter().peekable();
        let mut facts = facts.into_iter().peekable();
        let mut seconds = seconds.into_iter().peekable();
        let mut retractions = retractions.into_iter().peekable();
        let page = persons.into_iter().map(|person| {
            let record = PersonRecord {
                registration: own(&mut homes, &person).pop(),
                amendments: own(&mut amendments, &person),
                facts: own(&mut facts, &person),
                countersignatures: own(&mut seconds, &person),
                retractions: own(&mut retractions, &person),
                appeals: own(&mut appeals, &person),
                answers: own(&mut answers, &person),
                confirmations: own(&mut words, &person),
                ..PersonRecord::default()
            };
            let person = PersonId::from_bytes(person);
            match &self.of {
                Of::Instant(at) => Resident::of(person, record, *at),
                Of::Place(since, disputes) => {
                    let since = since.get(&person).cloned().unwrap_or_default();
                    since.resident(person, record, *disputes)
                }
            }
        });
        Ok(page.collect())
    }
}

/// What of a person's record may count, without who it is.
pub(super) fn what_counts(connection: &Connection, person: PersonId) -> Result<PersonRecord, StoreError> {
    let who = person.as_bytes();
    let of = |table: &str, order: &str| format!("SELECT * FROM {table} WHERE person = ?1{order}");
    Ok(PersonRecord {
        registration: all(connection, "registrations", &of("registrations", ""), [who], home)?.pop(),
        amendments: all(
            connection,
            "amendments",
            &of("amendments", " ORDER BY number"),
            [who],
            person::amendment,
        )?,
        facts: all(connection, "facts", &of("facts", " ORDER BY fact"), [who], person::fact)?,
        countersignatures: all(
            connection,
            "countersignatures",
            &of("countersignatures", " ORDER BY fact"),
            [who],
            second,
        )?,
        retractions: all(connection, "retractions", &of("retractions", " ORDER BY fact"), [who], retraction)?,
        appeals: all(connection, "appeals", &of("appeals", " ORDER BY appeal"), [who], person::appeal)?,
        answers: all(
            connection,
            "appeal_answers",
            &of("appeal_answers", " ORDER BY appeal"),
            [who],
            person::answer,
        )?,
        confirmations: all(
            connection,
            "confirmations",
            &of("confirmations", " ORDER BY fact, issuer, appeal"),
            [who],
            bulk::confirmation,
        )?,
        ..PersonRecord::default()
    })
}

fn home(row: &Columns<'_>) -> Result<Registration, StoreError> {
    Ok(Registration { home: row.word("home")?, initials: None, at: row.instant("at")? })
}

fn second(row: &Columns<'_>) -> Result<Countersignature, StoreError> {
    let fact = FactId::from_bytes(row.bytes("fact")?);
    Ok(Countersignature { fact, issuer: row.word("issuer")?, at: row.instant("at")? })
}

fn retraction(row: &Columns<'_>) -> Result<RecordedRetraction, StoreError> {
    Ok(RecordedRetraction {
        fact: FactId::from_bytes(row.bytes("fact")?),
        issuer: row.word("issuer")?,
        reason: row.word("reason")?,
        at: row.instant("at")?,
    })
}

/// The next rows, if they are this person's; all rows come in the order of persons.
fn own<T>(rows: &mut std::iter::Peekable<IntoIter<([u8; 16], T)>>, person: &[u8; 16]) -> Vec<T> {
    let mut own = Vec::new();
    while let Some((_, row)) = rows.next_if(|(whose, _)| whose <= person) {
        own.push(row);
    }
    own
}
