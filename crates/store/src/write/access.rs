//! Writing what lets a person in.

use mingma_credential::key::DevicePoint;
use mingma_registry::access::{AccessRow, Challenge};
use mingma_registry::row::RowKind;
use mingma_registry::{Contact, PersonId};
use rusqlite::Connection;

use super::{Stop, insert, seal_for};
use crate::rows::nanos;
use crate::vault::Vault;

pub(super) fn access_row(
    connection: &Connection,
    vault: &Vault,
    person: PersonId,
    row: &AccessRow,
) -> Result<(), Stop> {
    let who = person.as_bytes();
    let seal = |contact: &Contact| seal_for(connection, vault, person, contact.wire().as_bytes());
    match row {
        AccessRow::Reach(row) => {
            let sealed = row.contact.as_ref().map(seal).transpose()?;
            let sql = "INSERT INTO reaches (person, number, sealed_contact, lang, at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
            insert(connection, RowKind::Reach, sql, (who, row.number, sealed, row.lang.word(), nanos(row.at)))
        }
        AccessRow::Challenge(row) => {
            let sealed = seal_for(connection, vault, person, row.code.digits().as_bytes())?;
            let contact = row.unproved.as_ref().map(|unproved| seal(&unproved.contact)).transpose()?;
            let lang = row.unproved.as_ref().map(|unproved| unproved.lang.word());
            let sql = "INSERT INTO challenges (person, challenge, what_for, day, ordinal, sealed_code, at, until_at, sealed_contact, lang) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING";
            let (day, at, until) = (Challenge::day(row.at), nanos(row.at), nanos(row.until));
            let (id, what_for) = (row.id.as_bytes(), row.what_for.word());
            let values = (who, id, what_for, day, row.ordinal, sealed, at, until, contact, lang);
            insert(connection, RowKind::Challenge, sql, values)
        }
        AccessRow::Try(row) => {
            let sql = "INSERT INTO tries (person, challenge, ordinal, is_right, at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
            let values = (who, row.challenge.as_bytes(), row.ordinal, row.right, nanos(row.at));
            insert(connection, RowKind::Try, sql, values)
        }
        AccessRow::SignIn(row) => {
            let sql = "INSERT INTO sign_ins (person, sign_in, device, at, until_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
            let device = row.device.as_ref().map(DevicePoint::as_bytes);
            let values = (who, row.id.as_bytes(), device, nanos(row.at), nanos(row.until));
            insert(connection, RowKind::SignIn, sql, values)
        }
        AccessRow::Assistance(row) => {
            let sql = "INSERT INTO assistances (person, assistance, staff, from_at, until_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
            let (from, until) = (nanos(row.from), nanos(row.until));
            insert(
                connection,
                RowKind::Assistance,
                sql,
                (who, row.id.as_bytes(), row.staff.as_str(), from, until),
            )
        }
        AccessRow::Ward(row) => {
            let sql = "INSERT INTO wards (person, binding, ward, until_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
            let values = (who, row.binding.as_bytes(), row.person.as_bytes(), nanos(row.until));
            insert(connection, RowKind::Ward, sql, values)
        }
    }
}
