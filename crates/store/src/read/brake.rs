//! What the brake holds, lets go, and what did not wait for it; and what the authority signed apart.

use mingma_domain::risk::RegionRisk;
use mingma_registry::StoreError;
use mingma_registry::brake::{Approval, Draft, Emergency, Hand, LetGo, Proposal, Proposed};
use mingma_registry::row::{Brought, PublicRow, RulesetEntry};

use crate::rows::Columns;

pub(super) fn hand(row: &Columns<'_>) -> Result<Hand, StoreError> {
    Ok(Hand {
        staff: row.word("staff")?,
        office: row.word("office")?,
        region: row.word("office_region")?,
        at: row.instant("at")?,
    })
}

pub(super) fn proposal(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    let region = row.word("region")?;
    let draft = match row.optional_text("rules")? {
        Some(rules) => {
            Draft::Rules(RulesetEntry { region, id: row.text("id")?, rules, examples: row.text("examples")? })
        }
        None => Draft::Risk(RegionRisk {
            region,
            level: row.word("level")?,
            from: row.word("from_day")?,
            until: row.optional_word("until_day")?,
        }),
    };
    let what = Proposed::Draft { draft, preview: row.word("preview")? };
    Ok(PublicRow::Proposal(Proposal { what, by: hand(row)? }))
}

pub(super) fn proposed_appointment(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    let what = Proposed::Appointment { region: row.word("region")?, appointment: row.word("appointment")? };
    Ok(PublicRow::Proposal(Proposal { what, by: hand(row)? }))
}

pub(super) fn approval(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    Ok(PublicRow::Approval(Approval {
        proposal: row.number("proposal")?,
        seen: row.hash("seen")?,
        by: hand(row)?,
    }))
}

pub(super) fn emergency(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    Ok(PublicRow::Emergency(Emergency {
        draft: row.hash("draft")?,
        preview: row.optional_word("preview")?,
        ground: row.word("ground")?,
        by: hand(row)?,
    }))
}

pub(super) fn let_go(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    Ok(PublicRow::LetGo(LetGo { draft: row.hash("draft")?, preview: row.word("preview")?, by: hand(row)? }))
}

pub(super) fn brought(row: &Columns<'_>) -> Result<PublicRow, StoreError> {
    Ok(PublicRow::Brought(Brought { id: row.bytes("id")?, file: row.blob("file")?, at: row.instant("at")? }))
}
