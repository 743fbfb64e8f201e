//! What is public.

use std::collections::BTreeMap;

use mingma_credential::key::DevicePoint;
use mingma_domain::fact::Entitlement;
use mingma_domain::risk::RegionRisk;
use mingma_registry::StoreError;
use mingma_registry::journal::Clear;
use mingma_registry::row::{
    EntitlementEntry, EntitlementWithdrawal, IssuerEntry, KeyEntry, KeyWithdrawal, PublicRow, RulesetEntry,
};
use mingma_registry::store::Published;
use rusqlite::Connection;

use super::{all, brake, bulk, purge};
use crate::rows::{Columns, signed};

/// The public acts with numbers above `after`, in order; at most `limit`.
pub(crate) fn publications(
    connection: &Connection,
    after: u64,
    limit: u32,
) -> Result<Vec<Published>, StoreError> {
    let after = signed(after);
    let sql = "SELECT p.number, p.entry, p.at, j.subject FROM publications p \
               LEFT JOIN journal j ON j.number = p.entry WHERE p.number > ?1 ORDER BY p.number LIMIT ?2";
    let acts = all(connection, "publications", sql, (after, limit), |row| {
        let clear = Clear { subject: row.optional_word("subject")?, ..Clear::default() };
        Ok((row.number("number")?, row.number("entry")?, row.instant("at")?, clear.alone()))
    })?;
    if acts.is_empty() {
        // What nearly every call finds.
        return Ok(Vec::new());
    }
    let mut rows: BTreeMap<u64, PublicRow> = purge::purges(connection, after, limit)?.into_iter().collect();
    for (table, read) in TABLES {
        let sql = format!("SELECT * FROM {table} WHERE number > ?1 ORDER BY number LIMIT ?2");
        rows.extend(all(connection, table, &sql, (after, limit), |row| {
            Ok((row.number("number")?, read(row)?))
        })?);
    }
    let told = |(number, entry, at, alone)| {
        let row = rows.remove(&number);
        let row = row.ok_or_else(|| StoreError::Damaged { place: "table `publications`".to_owned() })?;
        Ok(Published { number, entry, at, alone, row })
    };
    acts.into_iter().map(told).collect()
}

type Read = fn(&Columns<'_>) -> Result<PublicRow, StoreError>;

const TABLES: [(&str, Read); 16] = [
    ("issuers", issuer),
    ("issuer_keys", key),
    ("key_withdrawals", withdrawal),
    ("entitlements", entitlement),
    ("entitlement_withdrawals", entitlement_withdrawal),
    ("rulesets", ruleset),
    ("region_risk", risk),
    ("proposals", brake::proposal),
    ("proposed_appointments", brake::proposed_appointment),
    ("approvals", brake::approval),
    ("emergencies", brake::emergency),
    ("let_go", brake::let_go),
    ("limits", bulk::limit),
    ("alarms", bulk::alarm),
    ("allowances", bulk::allowance),
    ("brought_acts", brake::brought),
];

fn issuer(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    Ok(PublicRow::Issuer(IssuerEntry {
        issuer: row.word("issuer")?,
        organisation: row.word("organisation")?,
        region: row.word("region")?,
    }))
}

fn point(row: &Columns<'_>) -> Result<DevicePoint, StoreError> {
    let bytes: [u8; 33] = row.bytes("point")?;
    row.legal(DevicePoint::from_bytes(&bytes).ok_or(()), "point")
}

fn key(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    Ok(PublicRow::Key(KeyEntry {
        issuer: row.word("issuer")?,
        point: point(row)?,
        from: row.instant("from_at")?,
        until: row.instant("until_at")?,
    }))
}

fn withdrawal(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    Ok(PublicRow::KeyWithdrawn(KeyWithdrawal { point: point(row)?, at: row.instant("at")? }))
}

fn entitlement(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    let entitlement = Entitlement {
        issuer: row.word("issuer")?,
        kind: row.word("kind")?,
        region: row.word("region")?,
        from: row.word("from_day")?,
        until: row.word("until_day")?,
    };
    Ok(PublicRow::Entitlement(EntitlementEntry { capacity: row.word("capacity")?, entitlement }))
}

fn entitlement_withdrawal(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    Ok(PublicRow::EntitlementWithdrawn(EntitlementWithdrawal {
        entitlement: row.number("entitlement")?,
        at: row.instant("at")?,
    }))
}

fn ruleset(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    Ok(PublicRow::Ruleset(RulesetEntry {
        region: row.word("region")?,
        id: row.text("id")?,
        rules: row.text("rules")?,
        examples: row.text("examples")?,
    }))
}

fn risk(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    Ok(PublicRow::Risk(RegionRisk {
        region: row.word("region")?,
        level: row.word("level")?,
        from: row.word("from_day")?,
        until: row.optional_word("until_day")?,
    }))
}
