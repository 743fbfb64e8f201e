//! What an issuer has said before is not recorded once more: neither the same sample, nor another result of it.
//!
//! Found by the evidence: the issuer's own number, about the same person. What the issuer itself took back
//! may be said anew; what an appeal took back may not. The issuer learns nothing but what it recorded itself. Two submissions
//! at one moment may both come through, as two instruments of one laboratory would; the second stands on its list and is taken
//! back there.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use mingma_domain::Fact;
use mingma_domain::fact::{Issuer, Kind};
use mingma_domain::time::Moment;

use super::{Registry, Unable};
use crate::intake::RowRefusal;
use crate::submission::Row;

/// The good rows of a submission without those that say again what the issuer has said, in the store or in a row before.
pub(super) async fn without_said<'r>(
    registry: &Registry,
    issuer: &Issuer,
    judged: Vec<Result<&'r Row, RowRefusal>>,
) -> Result<Vec<Result<&'r Row, RowRefusal>>, Unable> {
    let evidenced = |row: &&Row| Some((row.document.clone(), row.fact.evidence()?.clone()));
    let of: Vec<_> = judged.iter().flatten().filter_map(evidenced).collect();
    if of.is_empty() {
        return Ok(judged);
    }
    let mut before = registry.store().recorded_by(issuer, &of).await?.into_iter();
    let mut here = BTreeMap::new();
    let judge = |(place, row): (u16, Result<&'r Row, RowRefusal>)| {
        let row = row?;
        if row.fact.evidence().is_none() {
            return Ok(row);
        }
        let (former, own) = (before.next().unwrap_or_default(), name(&row.fact));
        let kind = row.fact.kind();
        if former.iter().any(|said| name(said) == own) {
            return Err(RowRefusal::Again { kind });
        }
        match here.entry((&row.document, own)) {
            Entry::Occupied(first) => Err(RowRefusal::Twice { kind, first: *first.get() }),
            Entry::Vacant(free) => {
                free.insert(place);
                Ok(row)
            }
        }
    };
    Ok((0..).zip(judged).map(judge).collect())
}

/// What two facts of one issuer and evidence about one person have in common if they say the same. A sample has one result, whichever it is
/// and whenever it is said to have been taken; a case, an investigation or an order may go on to another value on its day, or to another end.
fn name(fact: &Fact) -> (Kind, String, [String; 4]) {
    let evidence = fact.evidence().map_or_else(String::new, ToString::to_string);
    let said = match fact.kind() {
        Kind::Test => [const { String::new() }; 4],
        Kind::Diagnosis
        | Kind::Discharge
        | Kind::Contact
        | Kind::Isolation
        | Kind::Release
        | Kind::Screening
        | Kind::Stay
        | Kind::Entry
        | Kind::Symptom
        | Kind::Checkin
        | Kind::Vaccination
        | Kind::ForeignStatus => [
            fact.value().to_string(),
            fact.region().map_or_else(String::new, |region| region.to_string()),
            moment(fact.at()),
            fact.until().map_or_else(String::new, moment),
        ],
    };
    (fact.kind(), evidence, said)
}

/// A day, or of an instant the time alone, however its offset was written.
fn moment(moment: Moment) -> String {
    match moment {
        Moment::Day(day) => day.to_string(),
        Moment::Instant(at, _) => at.to_string(),
    }
}
