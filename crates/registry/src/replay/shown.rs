//! That what the log shows beside its commitments is what they commit to, and that the offices were held which stand there alone.

use jiff::Timestamp;
use mingma_domain::Region;

use super::staff::List;
use super::{Fault, Said, Step, Why};
use crate::journal::{Clear, PublicShown};
use crate::policy::Office;
use crate::row::PublicRow;
use crate::words::ActName;

/// Goes through the public acts in their order.
pub(super) fn in_clear(said: &[Said]) -> Result<(), Fault> {
    let mut acts = PublicShown::default();
    for said in said {
        let (entry, is_beside) = match said {
            Said::Staff(entry, change, shown) => (*entry, shown.as_ref() == Some(&Clear::of_staff(change))),
            Said::Act(name, act, shown) => {
                (act.entry, shown.as_ref().is_some_and(|shown| acts.is_beside(*name, &act.row, shown)))
            }
        };
        if !is_beside {
            return Err(Fault { entry, why: Why::ShownOtherwise });
        }
    }
    Ok(())
}

/// Goes through what one office took away alone, and then through the answers to disputes: in both the office stands in clear alone. Gives how many
/// were found on the staff list.
pub(super) fn offices<'s, 'f: 's>(
    said: &[Said],
    steps: impl Iterator<Item = &'s Step<'f>>,
    list: &List,
) -> Result<u64, Fault> {
    let mut held = 0;
    for said in said {
        let Said::Act(ActName::Appoint, act, Some(shown)) = said else { continue };
        if let Some((office, region)) = alone(&act.row, shown) {
            let entry = act.entry;
            let is_it = |of, there| there == region && office.is_none_or(|office| of == office);
            list.has_office((act.at, entry), is_it).map_err(|why| Fault { entry, why })?;
            held += 1;
        }
    }
    let answers = steps.filter(|step| step.of.act == ActName::AnswerAppeal);
    let mut answers: Vec<(u64, Timestamp, Option<Region>)> = answers
        .map(|step| (step.of.opened.number, step.of.opened.at, step.of.shown.and_then(|shown| shown.region)))
        .collect();
    answers.sort_unstable_by_key(|(number, ..)| *number);
    // Programs of before did not say where: once it is said it is said of each.
    let mut is_said = false;
    for (entry, at, region) in answers {
        let fault = |why| Fault { entry, why };
        if let Some(region) = region {
            let is_it = |of, there| of == Office::Appeals && there == region;
            list.has_office((at, entry), is_it).map_err(fault)?;
            (is_said, held) = (true, held + 1);
        } else if is_said {
            return Err(fault(Why::NobodyInOffice));
        }
    }
    Ok(held)
}

/// The office that took something away alone, as far as it says, and where.
fn alone(row: &PublicRow, shown: &Clear) -> Option<(Option<Office>, Region)> {
    let takes =
        matches!(row, PublicRow::KeyWithdrawn(_) | PublicRow::EntitlementWithdrawn(_) | PublicRow::Limit(_));
    let office = shown.office_alone().map(|(office, _)| office);
    shown.region.filter(|_| takes).map(|region| (office, region))
}
