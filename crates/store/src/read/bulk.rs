//! What is counted, what is disputed, and what stood out.

use jiff::Timestamp;
use mingma_domain::fact::{Issuer, Value};
use mingma_registry::row::{
    Alarm, Allowance, AppealSpan, Confirmation, Counted, IdempotencyKey, Limit, Moved, MovedOn, PublicRow,
    Said, Spoken, Tally,
};
use mingma_registry::store::{Asked, DisputedFact, Page};
use mingma_registry::{AppealId, FactId, StoreError};
use rusqlite::Connection;

use super::work::{LOOKED_AT, page};
use super::{all, brake, person};
use crate::rows::{Columns, nanos};

/// Rows of submissions by issuer, hour and what they were.
pub(crate) fn tallies(
    connection: &Connection,
    of: Option<&Issuer>,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<Tally>, StoreError> {
    let select = "SELECT issuer, received / 3600000000000 AS hour, kind, value, region, cause, sum(row_count) AS n FROM submission_counts";
    let group = "GROUP BY issuer, hour, kind, value, region, cause";
    let (since, until) = (nanos(since), nanos(until));
    let table = "submission_counts";
    let mut tallies = if let Some(issuer) = of {
        let sql = format!("{select} WHERE issuer = ?1 AND received >= ?2 AND received < ?3 {group}");
        all(connection, table, &sql, (issuer.to_string(), since, until), tally)?
    } else {
        let sql = format!("{select} WHERE received >= ?1 AND received < ?2 {group}");
        all(connection, table, &sql, (since, until), tally)?
    };
    tallies.sort();
    Ok(tallies)
}

fn tally(row: &Columns<'_>) -> Result<Tally, StoreError> {
    let hour = row.legal(i64::try_from(row.number("hour")?), "received")?;
    Ok(Tally { issuer: row.word("issuer")?, hour, what: what(row)?, rows: row.number("n")? })
}

fn what(row: &Columns<'_>) -> Result<Counted, StoreError> {
    Ok(match row.text("cause")?.as_str() {
        "" => {
            Counted::Taken { kind: row.word("kind")?, value: row.text("value")?, region: row.word("region")? }
        }
        _ => Counted::Refused(row.word("cause")?),
    })
}

/// What the rows of one submission were.
pub(crate) fn counted(
    connection: &Connection,
    issuer: &Issuer,
    key: &IdempotencyKey,
) -> Result<Vec<(Counted, u64)>, StoreError> {
    let sql =
        "SELECT kind, value, region, cause, row_count FROM submission_counts WHERE issuer = ?1 AND key = ?2";
    let of = (issuer.to_string(), key.as_str());
    let mut counted =
        all(connection, "submission_counts", sql, of, |row| Ok((what(row)?, row.number("row_count")?)))?;
    counted.sort();
    Ok(counted)
}

/// What an issuer did to facts that are recorded.
pub(crate) fn said(
    connection: &Connection,
    issuer: &Issuer,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<Said>, StoreError> {
    // Who denies a fact to each of its disputes denies it once.
    let sql = "SELECT doing, facts.kind AS kind, said.at / 3600000000000 AS hour, count(*) AS n FROM ( \
                   SELECT 'countersigned' AS doing, person, fact, at FROM countersignatures \
                   WHERE issuer = ?1 AND at >= ?2 AND at < ?3 \
                   UNION SELECT 'retracted', person, fact, at FROM retractions \
                   WHERE issuer = ?1 AND at >= ?2 AND at < ?3 \
                   UNION SELECT 'denied', person, fact, at FROM confirmations \
                   WHERE issuer = ?1 AND at >= ?2 AND at < ?3 AND NOT confirmed \
               ) AS said JOIN facts USING (person, fact) GROUP BY doing, facts.kind, hour";
    let asked = (issuer.to_string(), nanos(since), nanos(until));
    let mut said = all(connection, "facts", sql, asked, |row| {
        let hour = row.legal(i64::try_from(row.number("hour")?), "at")?;
        Ok(Said { doing: row.word("doing")?, kind: row.word("kind")?, hour, rows: row.number("n")? })
    })?;
    said.sort();
    Ok(said)
}

/// What was said of facts that are recorded.
pub(crate) fn spoken(
    connection: &Connection,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<(Spoken, u64)>, StoreError> {
    let asked = (nanos(since), nanos(until));
    let sql = "SELECT reason, count(*) AS n FROM retractions WHERE at >= ?1 AND at < ?2 GROUP BY reason";
    let mut spoken = all(connection, "retractions", sql, asked, |row| {
        Ok((Spoken::TakenBack(row.word("reason")?), row.number("n")?))
    })?;
    // One word on all disputes of a fact is said once.
    let sql = "SELECT confirmed, count(*) AS n FROM ( \
                   SELECT DISTINCT person, fact, at, confirmed FROM confirmations WHERE at >= ?1 AND at < ?2 \
               ) GROUP BY confirmed";
    spoken.extend(all(connection, "confirmations", sql, asked, |row| {
        let word = if row.flag("confirmed")? { Spoken::Confirmed } else { Spoken::Denied };
        Ok((word, row.number("n")?))
    })?);
    let sql = "SELECT ground, count(*) AS n FROM appeals WHERE at >= ?1 AND at < ?2 GROUP BY ground";
    spoken.extend(all(connection, "appeals", sql, asked, |row| {
        Ok((Spoken::Disputed(row.word("ground")?), row.number("n")?))
    })?);
    spoken.sort_unstable();
    Ok(spoken)
}

/// How many were told on days from one on and before another that their status is another.
pub(crate) fn moved(connection: &Connection, since: i64, until: i64) -> Result<Vec<MovedOn>, StoreError> {
    let sql = "SELECT day, mover, worse, persons FROM moved WHERE day >= ?1 AND day < ?2 ORDER BY day, mover, worse";
    let mut moved = all(connection, "moved", sql, (since, until), |row| {
        let day = row.legal(i64::try_from(row.number("day")?), "day")?;
        let moved = Moved { by: row.word("mover")?, is_worse: row.number("worse")? == 1 };
        Ok(MovedOn { day, moved, persons: row.number("persons")? })
    })?;
    moved.sort();
    Ok(moved)
}

/// When appeals were opened and answered.
pub(crate) fn appeal_spans(connection: &Connection, since: Timestamp) -> Result<Vec<AppealSpan>, StoreError> {
    let sql = "SELECT a.at, a.due, f.kind, n.upheld, n.at AS answered FROM appeals a \
               JOIN facts f ON f.person = a.person AND f.fact = a.fact LEFT JOIN appeal_answers n ON n.person = a.person AND n.appeal = a.appeal WHERE a.due >= ?1";
    let mut spans = all(connection, "appeals", sql, [nanos(since)], |row| {
        let answered = match row.optional_instant("answered")? {
            None => None,
            Some(at) => Some((at, row.flag("upheld")?)),
        };
        Ok(AppealSpan { at: row.instant("at")?, due: row.instant("due")?, answered, kind: row.word("kind")? })
    })?;
    spans.sort();
    Ok(spans)
}

/// Disputes that wait for an institution's word.
pub(crate) fn disputes(
    connection: &Connection,
    asked: &Asked,
    after: Option<(Timestamp, AppealId)>,
    limit: u32,
) -> Result<Page<DisputedFact, (Timestamp, AppealId)>, StoreError> {
    let name = asked.issuer.to_string();
    // The appeal's columns have names of their own beside the fact's.
    let sql = "SELECT f.*, a.appeal, a.ground, a.at AS opened_at, a.due, \
                   (SELECT s.issuer FROM countersignatures s WHERE s.person = a.person AND s.fact = a.fact) AS second, \
                   EXISTS (SELECT 1 FROM appeal_answers n WHERE n.person = a.person AND n.appeal = a.appeal) \
                   OR EXISTS (SELECT 1 FROM confirmations c WHERE c.person = a.person AND c.fact = a.fact \
                              AND c.issuer = ?4 AND c.appeal = a.appeal) AS answered \
               FROM appeals a JOIN facts f ON f.person = a.person AND f.fact = a.fact \
               WHERE (a.due, a.appeal) > (?1, ?2) ORDER BY a.due, a.appeal LIMIT ?3";
    let (due, appeal) = after.map_or((i64::MIN, [0; 16]), |(due, appeal)| (nanos(due), *appeal.as_bytes()));
    page(connection, "appeals", sql, (due, appeal, LOOKED_AT, &name), limit, |row| {
        let opened = mingma_registry::row::AppealOpened {
            id: AppealId::from_bytes(row.bytes("appeal")?),
            fact: FactId::from_bytes(row.bytes("fact")?),
            ground: row.word("ground")?,
            at: row.instant("opened_at")?,
            due: row.instant("due")?,
        };
        let place = (opened.due, opened.id);
        if row.flag("answered")? {
            return Ok((place, None));
        }
        let recorded = person::fact(row)?;
        if !asked.is_about(&recorded.fact) {
            return Ok((place, None));
        }
        let said =
            std::iter::once(recorded.fact.issuer().clone()).chain(row.optional_word("second")?).collect();
        Ok((place, Some(DisputedFact { opened, recorded, said })))
    })
}

/// The rows of one person, by fact, issuer and dispute.
pub(super) fn confirmation(row: &Columns<'_>) -> Result<Confirmation, StoreError> {
    let appeal: [u8; 16] = row.bytes("appeal")?;
    Ok(Confirmation {
        fact: FactId::from_bytes(row.bytes("fact")?),
        issuer: row.word("issuer")?,
        appeal: (appeal != [0; 16]).then(|| AppealId::from_bytes(appeal)),
        confirmed: row.flag("confirmed")?,
        at: row.instant("at")?,
    })
}

pub(super) fn limit(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    let (issuer, kind, per_hour) = (row.word("issuer")?, row.word("kind")?, row.small("per_hour")?);
    Ok(PublicRow::Limit(Limit { issuer, kind, per_hour }))
}

pub(super) fn alarm(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    let kind = row.word("kind")?;
    let value = row.optional_text("value")?.map(|text| Value::parse(kind, &text)).transpose();
    Ok(PublicRow::Alarm(Alarm {
        why: row.word("why")?,
        issuer: row.word("issuer")?,
        kind,
        value: row.legal(value, "value")?,
        rows: row.number("row_count")?,
        usual: row.number("usual")?,
        batch: row.hash("batch")?,
        at: row.instant("at")?,
        doing: row.word("doing")?,
        within: row.word("span")?,
    }))
}

pub(super) fn allowance(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    Ok(PublicRow::Allowance(Allowance { alarm: row.number("alarm")?, by: brake::hand(row)? }))
}
