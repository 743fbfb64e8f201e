//! Reading back what is about nobody.

use mingma_credential::key::DevicePoint;
use mingma_domain::fact::{Entitlement, Value};
use mingma_domain::risk::RegionRisk;

use super::{Fields, Unreadable};
use crate::brake::{Approval, Draft, Emergency, Hand, LetGo, Proposal, Proposed};
use crate::retention::{KindPurged, Purged, Sealed};
use crate::row::{
    Alarm, Allowance, Brought, EntitlementEntry, EntitlementWithdrawal, IssuerEntry, KeyEntry, KeyWithdrawal,
    Limit, PublicRow, RulesetEntry,
};
use crate::words::{Doing, Span};

pub(super) fn row(fields: &mut Fields<'_>) -> Result<PublicRow, Unreadable> {
    Ok(match fields.text()? {
        "issuer" => PublicRow::Issuer(IssuerEntry {
            issuer: fields.word()?,
            organisation: fields.word()?,
            region: fields.word()?,
        }),
        "key" => PublicRow::Key(KeyEntry {
            issuer: fields.word()?,
            point: point(fields)?,
            from: fields.word()?,
            until: fields.word()?,
        }),
        "key-withdrawn" => {
            PublicRow::KeyWithdrawn(KeyWithdrawal { point: point(fields)?, at: fields.word()? })
        }
        "entitlement" => PublicRow::Entitlement(EntitlementEntry {
            capacity: fields.word()?,
            entitlement: Entitlement {
                issuer: fields.word()?,
                kind: fields.word()?,
                region: fields.word()?,
                from: fields.word()?,
                until: fields.word()?,
            },
        }),
        "entitlement-withdrawn" => PublicRow::EntitlementWithdrawn(EntitlementWithdrawal {
            entitlement: fields.word()?,
            at: fields.word()?,
        }),
        "ruleset" => PublicRow::Ruleset(rules(fields)?),
        "risk" => PublicRow::Risk(risk(fields)?),
        "proposal" => PublicRow::Proposal(Proposal { what: proposed(fields)?, by: hand(fields)? }),
        "approval" => PublicRow::Approval(Approval {
            proposal: fields.word()?,
            seen: fields.array()?,
            by: hand(fields)?,
        }),
        "emergency" => PublicRow::Emergency(Emergency {
            draft: fields.array()?,
            preview: fields.optional()?,
            ground: fields.word()?,
            by: hand(fields)?,
        }),
        "let-go" => {
            PublicRow::LetGo(LetGo { draft: fields.array()?, preview: fields.word()?, by: hand(fields)? })
        }
        "limit" => {
            PublicRow::Limit(Limit { issuer: fields.word()?, kind: fields.word()?, per_hour: fields.word()? })
        }
        "alarm" => PublicRow::Alarm(alarm(fields)?),
        "allowance" => PublicRow::Allowance(Allowance { alarm: fields.word()?, by: hand(fields)? }),
        "purged" => PublicRow::Purged(purged(fields)?),
        "brought" => PublicRow::Brought(Brought {
            id: fields.array()?,
            file: fields.next()?.to_vec(),
            at: fields.word()?,
        }),
        _ => return Err(Unreadable),
    })
}

fn alarm(fields: &mut Fields<'_>) -> Result<Alarm, Unreadable> {
    let mut alarm = Alarm {
        why: fields.word()?,
        issuer: fields.word()?,
        kind: fields.word()?,
        value: None,
        rows: fields.word()?,
        usual: fields.word()?,
        batch: fields.array()?,
        at: fields.word()?,
        doing: Doing::Recorded,
        within: Span::Hour,
    };
    if !fields.0.is_empty() {
        (alarm.doing, alarm.within) = (fields.word()?, fields.word()?);
    }
    if !fields.0.is_empty() {
        alarm.value = Some(Value::parse(alarm.kind, fields.text()?).map_err(|_| Unreadable)?);
    }
    Ok(alarm)
}

fn proposed(fields: &mut Fields<'_>) -> Result<Proposed, Unreadable> {
    let draft = match fields.text()? {
        "ruleset" => Draft::Rules(rules(fields)?),
        "risk" => Draft::Risk(risk(fields)?),
        "appointment" => {
            return Ok(Proposed::Appointment { region: fields.word()?, appointment: fields.word()? });
        }
        _ => return Err(Unreadable),
    };
    Ok(Proposed::Draft { draft, preview: fields.word()? })
}

fn rules(fields: &mut Fields<'_>) -> Result<RulesetEntry, Unreadable> {
    Ok(RulesetEntry {
        region: fields.word()?,
        id: fields.text()?.to_owned(),
        rules: fields.text()?.to_owned(),
        examples: fields.text()?.to_owned(),
    })
}

fn risk(fields: &mut Fields<'_>) -> Result<RegionRisk, Unreadable> {
    Ok(RegionRisk {
        region: fields.word()?,
        level: fields.word()?,
        from: fields.word()?,
        until: fields.optional()?,
    })
}

fn point(fields: &mut Fields<'_>) -> Result<DevicePoint, Unreadable> {
    DevicePoint::from_bytes(fields.next()?).ok_or(Unreadable)
}

fn hand(fields: &mut Fields<'_>) -> Result<Hand, Unreadable> {
    Ok(Hand { staff: fields.word()?, office: fields.word()?, region: fields.word()?, at: fields.word()? })
}

fn purged(fields: &mut Fields<'_>) -> Result<Purged, Unreadable> {
    let (at, mut facts) = (fields.word()?, Vec::new());
    // No kind's name is a number.
    let others = loop {
        let word = fields.text()?;
        let Ok(kind) = word.parse() else { break word.parse().map_err(|_| Unreadable)? };
        facts.push(KindPurged { kind, count: fields.word()?, first: fields.word()?, last: fields.word()? });
    };
    if fields.0.is_empty() {
        return Ok(Purged { at, facts, others, sealed: None });
    }
    fields.named("sealed")?;
    let mut sealed = Vec::new();
    while !fields.0.is_empty() {
        sealed.push(Sealed { act: fields.word()?, count: fields.word()?, newest: fields.word()? });
    }
    Ok(Purged { at, facts, others, sealed: Some(sealed) })
}
