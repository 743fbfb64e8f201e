//! What lets a person in, and what is spent.

use jiff::Timestamp;
use mingma_credential::key::DevicePoint;
use mingma_registry::access::{AccessRecord, Assistance, Challenge, Reach, SignIn, Try, Unproved, Ward};
use mingma_registry::store::Spent;
use mingma_registry::{AssistanceId, ChallengeId, Contact, GrantId, PersonId, SignInId, StoreError};
use rusqlite::Connection;

use super::all;
use super::person::identity;
use crate::rows::{Columns, nanos};
use crate::vault::Vault;

/// What lets a person in; challenges, tries at them, assistances and wards only as far as they end after `since`.
pub(crate) fn access(
    connection: &Connection,
    vault: &Vault,
    person: PersonId,
    since: Timestamp,
) -> Result<AccessRecord, StoreError> {
    let who = person.as_bytes();
    let since = nanos(since);
    let key = identity(connection, vault, person)?.map(|(key, _)| key);
    let open = |row: &Columns<'_>, column, sealed: &[u8]| {
        row.legal(key.as_ref().and_then(|key| key.open(person, sealed)).ok_or(()), column)
    };
    let reaches = "SELECT number, sealed_contact, lang, at FROM reaches WHERE person = ?1 ORDER BY number";
    let contact = |row: &Columns<'_>| {
        let sealed = row.optional_blob("sealed_contact")?;
        let text: Option<String> = sealed.map(|sealed| open(row, "sealed_contact", &sealed)).transpose()?;
        text.map(|text| row.legal(text.parse::<Contact>(), "sealed_contact")).transpose()
    };
    let challenges = "SELECT challenge, what_for, ordinal, sealed_code, at, until_at, sealed_contact, lang FROM challenges \
                      WHERE person = ?1 AND until_at > ?2 ORDER BY challenge";
    let tries = "SELECT t.challenge, t.ordinal, t.is_right, t.at FROM tries t \
                 JOIN challenges c ON c.person = t.person AND c.challenge = t.challenge \
                 WHERE t.person = ?1 AND c.until_at > ?2 ORDER BY t.challenge, t.ordinal";
    let sign_ins = "SELECT sign_in, device, at, until_at FROM sign_ins WHERE person = ?1 ORDER BY sign_in";
    let assistances = "SELECT assistance, staff, from_at, until_at FROM assistances \
                       WHERE person = ?1 AND until_at > ?2 ORDER BY assistance";
    let wards =
        "SELECT binding, ward, until_at FROM wards WHERE person = ?1 AND until_at > ?2 ORDER BY binding";
    Ok(AccessRecord {
        reaches: all(connection, "reaches", reaches, [who], |row| {
            let number = row.small("number")?;
            Ok(Reach { number, contact: contact(row)?, lang: row.word("lang")?, at: row.instant("at")? })
        })?,
        challenges: all(connection, "challenges", challenges, (who, since), |row| {
            let code = open(row, "sealed_code", &row.blob("sealed_code")?)?;
            let unproved = match contact(row)? {
                None => None,
                Some(contact) => Some(Unproved { contact, lang: row.word("lang")? }),
            };
            Ok(Challenge {
                id: ChallengeId::from_bytes(row.bytes("challenge")?),
                what_for: row.word("what_for")?,
                ordinal: row.small("ordinal")?,
                code: row.legal(code.parse(), "sealed_code")?,
                unproved,
                at: row.instant("at")?,
                until: row.instant("until_at")?,
            })
        })?,
        tries: all(connection, "tries", tries, (who, since), |row| {
            Ok(Try {
                challenge: ChallengeId::from_bytes(row.bytes("challenge")?),
                ordinal: row.small("ordinal")?,
                right: row.flag("is_right")?,
                at: row.instant("at")?,
            })
        })?,
        sign_ins: all(connection, "sign_ins", sign_ins, [who], |row| {
            let device = match row.optional_blob("device")? {
                None => None,
                Some(bytes) => {
                    let point = DevicePoint::from_bytes(&bytes);
                    Some(row.legal(point.ok_or(()), "device")?)
                }
            };
            Ok(SignIn {
                id: SignInId::from_bytes(row.bytes("sign_in")?),
                device,
                at: row.instant("at")?,
                until: row.instant("until_at")?,
            })
        })?,
        assistances: all(connection, "assistances", assistances, (who, since), |row| {
            Ok(Assistance {
                id: AssistanceId::from_bytes(row.bytes("assistance")?),
                staff: row.word("staff")?,
                from: row.instant("from_at")?,
                until: row.instant("until_at")?,
            })
        })?,
        wards: all(connection, "wards", wards, (who, since), |row| {
            Ok(Ward {
                binding: GrantId::from_bytes(row.bytes("binding")?),
                person: PersonId::from_bytes(row.bytes("ward")?),
                until: row.instant("until_at")?,
            })
        })?,
    })
}

/// Everything spent that would not have ended by itself before `now`.
pub(crate) fn spent(connection: &Connection, now: Timestamp) -> Result<Vec<Spent>, StoreError> {
    let sql = "SELECT name, until_at FROM spent WHERE until_at > ?1 ORDER BY name";
    all(connection, "spent", sql, [nanos(now)], |row| {
        Ok(Spent { name: row.bytes("name")?, until: row.instant("until_at")? })
    })
}
