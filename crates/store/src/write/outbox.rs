//! Writing what people are to be told, and what became of it.

use mingma_registry::row::{Notice, NoticeState, RowKind};
use mingma_registry::{NoticeId, PersonId, StoreError};
use rusqlite::Connection;

use super::{Stop, insert};
use crate::rows::{failed, nanos};

/// Adds a notice that waits.
pub(super) fn notice(connection: &Connection, notice: &Notice) -> Result<(), Stop> {
    let sql = "INSERT INTO outbox (person, notice, kind, about, created, state, attempts, due) \
               VALUES (?1, ?2, ?3, ?4, ?5, 'waiting', 0, ?5) ON CONFLICT DO NOTHING";
    let Notice { person, id, kind, about, created } = notice;
    let values = (person.as_bytes(), id.as_bytes(), kind.word(), about, nanos(*created));
    insert(connection, RowKind::Entry, sql, values)
}

/// Says what became of a notice that is not delivered yet.
pub(crate) fn settle(
    connection: &Connection,
    person: PersonId,
    notice: NoticeId,
    to: NoticeState,
) -> Result<(), StoreError> {
    let (state, attempts, due, settled) = match to {
        NoticeState::Waiting { attempts, due } => ("waiting", Some(attempts), Some(nanos(due)), None),
        NoticeState::Delivered { at } => ("delivered", None, None, Some(nanos(at))),
        NoticeState::Undeliverable { at } => ("undeliverable", None, None, Some(nanos(at))),
        NoticeState::PassedOn { at } => ("passed-on", None, None, Some(nanos(at))),
        NoticeState::OnPage { at } => ("on-page", None, None, Some(nanos(at))),
    };
    let sql = "UPDATE outbox SET state = ?3, attempts = coalesce(?4, attempts), due = coalesce(?5, due), settled = ?6 \
               WHERE person = ?1 AND notice = ?2 AND state <> 'delivered'";
    let mut statement = connection.prepare_cached(sql).map_err(|e| failed(&e))?;
    let values = (person.as_bytes(), notice.as_bytes(), state, attempts, due, settled);
    statement.execute(values).map(|_| ()).map_err(|e| failed(&e))
}
