//! Writing one change into the group that is open: all of it, or nothing.

mod access;
mod brake;
mod bulk;
mod codes;
mod feed;
mod identify;
mod journal;
mod outbox;
mod purge;
mod staff;

pub(crate) use codes::reserve;
pub(crate) use feed::mark;
pub(crate) use identify::identify;
#[cfg(test)]
pub(crate) use journal::apply_as_before;
pub(crate) use journal::{adopt, note, seal_salts};
pub(crate) use outbox::settle;
pub(crate) use purge::{pass, purge};

use mingma_credential::status::Initials;
use mingma_domain::Region;
use mingma_domain::fact::{Evidence, Issuer, Kind};
use mingma_registry::intake::Intake;
use mingma_registry::journal::Entry;
use mingma_registry::row::{Notice, PersonRow, PublicRow, Request, RowKind};
use mingma_registry::store::{Spent, Told};
use mingma_registry::{Applied, Change, EntryId, FactId, PersonId, StoreError};
use rusqlite::{Connection, Params, params};

use crate::rows::{failed, nanos, signed};
use crate::vault::{Unsealed, Vault};

/// Why a change goes no further: a row was there, or the database failed.
enum Stop {
    Exists(RowKind),
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// How many changes are tried under one savepoint: what it sets aside stays below 3 MiB, at two pages that each writes alone.
const TOGETHER: usize = 256;

/// Adds changes to the open transaction, each whole or not at all. After an answer «exists» nothing of it is there.
///
/// A savepoint sets aside every page that is first written under it, and all changes write at the ends of the same tables. So they are tried
/// together; where one of them is there already, each is tried by itself.
pub(crate) fn apply(
    connection: &Connection,
    vault: &Vault,
    changes: &[Change],
) -> Result<Vec<Applied>, StoreError> {
    let mut applied = Vec::with_capacity(changes.len());
    for part in changes.chunks(TOGETHER) {
        let add = |change: &Change| add(connection, vault, change);
        if let Ok(together) = whole(connection, || part.iter().map(add).collect::<Result<Vec<_>, _>>())? {
            applied.extend(together);
            continue;
        }
        for change in part {
            applied.push(whole(connection, || add(change))?.unwrap_or_else(Applied::Exists));
        }
    }
    Ok(applied)
}

/// Adds something whole, or gives the first of its rows that was there; then nothing of it is. After a failure the caller gives up the
/// whole group.
fn whole<T>(
    connection: &Connection,
    add: impl FnOnce() -> Result<T, Stop>,
) -> Result<Result<T, RowKind>, StoreError> {
    run(connection, "SAVEPOINT change")?;
    let added = match add() {
        Ok(added) => Ok(added),
        Err(Stop::Exists(kind)) => {
            run(connection, "ROLLBACK TO change")?;
            Err(kind)
        }
        Err(Stop::Failed(error)) => return Err(error),
    };
    run(connection, "RELEASE change")?;
    Ok(added)
}

/// Runs a statement without parameters.
pub(crate) fn run(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(|e| failed(&e))?;
    statement.execute([]).map(|_| ()).map_err(|e| failed(&e))
}

/// Inserts a row; tells if one with its key is there.
fn insert(connection: &Connection, kind: RowKind, sql: &str, values: impl Params) -> Result<(), Stop> {
    let mut statement = connection.prepare_cached(sql).map_err(|e| failed(&e))?;
    match statement.execute(values).map_err(|e| failed(&e))? {
        0 => Err(Stop::Exists(kind)),
        _ => Ok(()),
    }
}

fn add(connection: &Connection, vault: &Vault, change: &Change) -> Result<Applied, Stop> {
    match change {
        Change::Person { person, rows, notices, entry } => {
            self::rows(connection, vault, *person, (rows, notices), entry.id)?;
            let entry = journal::about(connection, vault, *person, entry)?;
            feed::fed(connection, *person, rows, &entry)?;
            Ok(Applied::Done)
        }
        Change::Told(Told { notice, entry, moved, day }) => {
            let notices = std::slice::from_ref(notice);
            rows(connection, vault, notice.person, (&[], notices), entry.id)?;
            journal::about(connection, vault, notice.person, entry)?;
            bulk::moved(connection, *day, *moved)?;
            Ok(Applied::Done)
        }
        Change::Public { row, entry } => Ok(Applied::Published(publication(connection, row, entry)?)),
        Change::Access { person, rows, notices } => {
            for row in rows {
                access::access_row(connection, vault, *person, row)?;
            }
            for notice in notices {
                outbox::notice(connection, notice)?;
            }
            Ok(Applied::Done)
        }
        Change::Staff { row, entry } => {
            staff::staff_row(connection, vault, row)?;
            journal::public(connection, entry)?;
            Ok(Applied::Done)
        }
        Change::Spend(Spent { name, until }) => {
            let sql = "INSERT INTO spent (name, until_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            insert(connection, RowKind::Spent, sql, (name, nanos(*until)))?;
            Ok(Applied::Done)
        }
        Change::Submission { issuer, intake, counted } => {
            submission(connection, issuer, intake)?;
            bulk::counts(connection, &issuer.to_string(), &intake.request, counted)?;
            Ok(Applied::Done)
        }
    }
}

/// Rows of a person and what the person is told, without the journal's entry.
fn rows(
    connection: &Connection,
    vault: &Vault,
    person: PersonId,
    (rows, notices): (&[PersonRow], &[Notice]),
    entry: EntryId,
) -> Result<(), Stop> {
    for row in rows {
        person_row(connection, vault, person, (row, entry))?;
    }
    notices.iter().try_for_each(|notice| outbox::notice(connection, notice))
}

fn submission(connection: &Connection, issuer: &Issuer, intake: &Intake) -> Result<(), Stop> {
    let (issuer, Request { key, hash, received }) = (issuer.to_string(), &intake.request);
    let sql = "INSERT INTO submissions (issuer, key, hash, received, row_count) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
    insert(connection, RowKind::Request, sql, (&issuer, key.as_str(), hash, nanos(*received), intake.rows))?;
    for row in &intake.refused {
        let sql = "INSERT INTO submission_refusals (issuer, key, place, cause, in_column, kind, nearest, former) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
        let (cause, column, kind) = (row.cause.word(), row.column.word(), row.kind.map(Kind::word));
        let former = row.former.as_ref().map(FactId::as_bytes);
        let values = (&issuer, key.as_str(), row.place, cause, column, kind, &row.nearest, former);
        insert(connection, RowKind::Request, sql, values)?;
    }
    Ok(())
}

fn person_row(
    connection: &Connection,
    vault: &Vault,
    person: PersonId,
    (row, entry): (&PersonRow, EntryId),
) -> Result<(), Stop> {
    let who = person.as_bytes();
    match row {
        PersonRow::Fact(row) => {
            let sql = "INSERT INTO facts (person, fact, kind, value, at, until, region, issuer, evidence, recorded, entry) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING";
            let fact = &row.fact;
            let values = params![
                who,
                row.id.as_bytes(),
                fact.kind().word(),
                fact.value().to_string(),
                fact.at().to_string(),
                fact.until().map(|until| until.to_string()),
                fact.region().map(Region::code),
                fact.issuer().to_string(),
                fact.evidence().map(Evidence::as_str),
                nanos(row.recorded),
                entry.as_bytes(),
            ];
            insert(connection, RowKind::Fact, sql, values)
        }
        PersonRow::Request(Request { key, hash, received }) => {
            let sql = "INSERT INTO person_requests (person, key, hash, received) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
            insert(connection, RowKind::Request, sql, (who, key.as_str(), hash, nanos(*received)))
        }
        PersonRow::Registration(row) => {
            let sealed = sealed_initials(connection, vault, person, row.initials.as_ref())?;
            let sql = "INSERT INTO registrations (person, home, sealed_initials, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
            insert(connection, RowKind::Registration, sql, (who, row.home.code(), sealed, nanos(row.at)))
        }
        PersonRow::Amendment(row) => {
            let sealed = sealed_initials(connection, vault, person, row.initials.as_ref())?;
            let sql = "INSERT INTO amendments (person, number, home, sealed_initials, amended_by, at) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
            let values = (who, row.number, row.home.code(), sealed, row.by.as_str(), nanos(row.at));
            insert(connection, RowKind::Amendment, sql, values)
        }
        PersonRow::Countersignature(row) => {
            let sql = "INSERT INTO countersignatures (person, fact, issuer, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
            let values = (who, row.fact.as_bytes(), row.issuer.to_string(), nanos(row.at));
            insert(connection, RowKind::Countersignature, sql, values)
        }
        PersonRow::Retraction(row) => {
            let sql = "INSERT INTO retractions (person, fact, issuer, reason, at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
            let values = (who, row.fact.as_bytes(), row.issuer.to_string(), row.reason.word(), nanos(row.at));
            insert(connection, RowKind::Retraction, sql, values)
        }
        PersonRow::Code(row) => codes::issued(connection, person, row),
        PersonRow::Revocation(row) => codes::revoked(connection, person, row),
        PersonRow::Grant(row) => {
            let sql = "INSERT INTO grants (person, grant_id, app, scope, from_at, until_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
            let (from, until) = (nanos(row.from), nanos(row.until));
            let values = (who, row.id.as_bytes(), row.app.as_str(), row.scope.word(), from, until);
            insert(connection, RowKind::Grant, sql, values)
        }
        PersonRow::Binding(row) => {
            let sql = "INSERT INTO bindings (person, binding, agent, tie, from_at, until_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
            let (from, until) = (nanos(row.from), nanos(row.until));
            let values = (who, row.id.as_bytes(), row.agent.as_bytes(), row.tie.word(), from, until);
            insert(connection, RowKind::Binding, sql, values)
        }
        PersonRow::Appeal(row) => {
            let sql = "INSERT INTO appeals (person, appeal, fact, ground, at, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
            let (at, due) = (nanos(row.at), nanos(row.due));
            let values = (who, row.id.as_bytes(), row.fact.as_bytes(), row.ground.word(), at, due);
            insert(connection, RowKind::Appeal, sql, values)
        }
        PersonRow::AppealAnswer(row) => {
            let sql = "INSERT INTO appeal_answers (person, appeal, upheld, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
            let values = (who, row.appeal.as_bytes(), row.upheld, nanos(row.at));
            insert(connection, RowKind::AppealAnswer, sql, values)
        }
        PersonRow::Disclosure(row) => {
            let sql = "INSERT INTO disclosures (person, disclosure, role, disclosed_to, purpose, at, policies, case_ref) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
            let (role, purpose) = (row.role.word(), row.purpose.word());
            let (policies, case) = (row.policies.as_ref(), row.case.as_ref());
            let (policies, case) = (policies.map(Evidence::as_str), case.map(Evidence::as_str));
            let (id, by) = (row.id.as_bytes(), row.by.as_str());
            let values = (who, id, role, by, purpose, nanos(row.at), policies, case);
            insert(connection, RowKind::Disclosure, sql, values)
        }
        PersonRow::Confirmation(row) => bulk::confirmation(connection, person, row),
        PersonRow::Access(row) => access::access_row(connection, vault, person, row),
    }
}

/// Adds a public act with its entry, and gives its number.
fn publication(connection: &Connection, row: &PublicRow, entry: &Entry) -> Result<u64, Stop> {
    let next = "SELECT coalesce(max(number), 0) + 1 FROM publications";
    let number: i64 = connection
        .prepare_cached(next)
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(|e| failed(&e))?;
    let kind = match row {
        PublicRow::Issuer(row) => {
            let sql = "INSERT INTO issuers (issuer, number, organisation, region) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
            let values = (row.issuer.to_string(), number, row.organisation.as_str(), row.region.code());
            insert(connection, RowKind::Issuer, sql, values)?;
            "issuer"
        }
        PublicRow::Key(row) => {
            let sql = "INSERT INTO issuer_keys (point, number, issuer, from_at, until_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
            let (from, until) = (nanos(row.from), nanos(row.until));
            let values = (row.point.as_bytes(), number, row.issuer.to_string(), from, until);
            insert(connection, RowKind::Key, sql, values)?;
            "key"
        }
        PublicRow::KeyWithdrawn(row) => {
            let sql =
                "INSERT INTO key_withdrawals (point, number, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            insert(connection, RowKind::KeyWithdrawn, sql, (row.point.as_bytes(), number, nanos(row.at)))?;
            "key-withdrawn"
        }
        PublicRow::Entitlement(row) => {
            let sql = "INSERT INTO entitlements (number, capacity, issuer, kind, region, from_day, until_day) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let e = &row.entitlement;
            let (from, until) = (e.from.to_string(), e.until.to_string());
            let (issuer, kind) = (e.issuer.to_string(), e.kind.word());
            let values = (number, row.capacity.word(), issuer, kind, e.region.code(), from, until);
            insert(connection, RowKind::Entry, sql, values)?;
            "entitlement"
        }
        PublicRow::EntitlementWithdrawn(row) => {
            let sql = "INSERT INTO entitlement_withdrawals (entitlement, number, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            let values = (signed(row.entitlement), number, nanos(row.at));
            insert(connection, RowKind::EntitlementWithdrawn, sql, values)?;
            "entitlement-withdrawn"
        }
        PublicRow::Ruleset(row) => {
            let sql = "INSERT INTO rulesets (region, id, number, rules, examples) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
            let values = (row.region.code(), &row.id, number, &row.rules, &row.examples);
            insert(connection, RowKind::Ruleset, sql, values)?;
            "ruleset"
        }
        PublicRow::Risk(row) => {
            let sql = "INSERT INTO region_risk (number, region, level, from_day, until_day) VALUES (?1, ?2, ?3, ?4, ?5)";
            let until = row.until.map(|day| day.to_string());
            let values = (number, row.region.code(), row.level.word(), row.from.to_string(), until);
            insert(connection, RowKind::Entry, sql, values)?;
            "risk"
        }
        PublicRow::Proposal(_)
        | PublicRow::Approval(_)
        | PublicRow::Emergency(_)
        | PublicRow::LetGo(_)
        | PublicRow::Brought(_) => brake::row(connection, number, row)?,
        PublicRow::Purged(row) => purge::row(connection, number, row)?,
        PublicRow::Limit(_) | PublicRow::Alarm(_) | PublicRow::Allowance(_) => {
            bulk::row(connection, number, row)?
        }
    };
    journal::public(connection, entry)?;
    // The entry was added right before, by the one writer.
    let sql = "INSERT INTO publications (number, kind, entry, at) VALUES (?1, ?2, (SELECT max(number) FROM journal), ?3)";
    insert(connection, RowKind::Entry, sql, (number, kind, nanos(entry.at)))?;
    Ok(u64::try_from(number).unwrap_or(0))
}

fn sealed_initials(
    connection: &Connection,
    vault: &Vault,
    person: PersonId,
    initials: Option<&Initials>,
) -> Result<Option<Vec<u8>>, StoreError> {
    initials.map(|initials| seal_for(connection, vault, person, initials.as_str().as_bytes())).transpose()
}

pub(crate) fn seal_for(
    connection: &Connection,
    vault: &Vault,
    person: PersonId,
    bytes: &[u8],
) -> Result<Vec<u8>, StoreError> {
    let missing = || StoreError::Damaged { place: "table `persons`, column `wrapped_key`".to_owned() };
    let mut statement = connection
        .prepare_cached("SELECT wrapped_key FROM persons WHERE person = ?1")
        .map_err(|e| failed(&e))?;
    let wrapped: Vec<u8> =
        statement.query_row([person.as_bytes()], |row| row.get(0)).map_err(|_| missing())?;
    let key = vault.unwrap(person, &wrapped).ok_or_else(missing)?;
    vault.seal(&key, person, bytes).map_err(unsealed)
}

pub(crate) fn unsealed(why: Unsealed) -> StoreError {
    let reason = match why {
        Unsealed::NoEntropy => "the source of randomness gave none",
        Unsealed::Backend => "the cryptographic library failed",
    };
    StoreError::Stopped { reason: reason.to_owned() }
}
