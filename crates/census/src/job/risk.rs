//! Job B: a region's risk changes, and who changes with it.

use mingma_domain::time::Day;
use mingma_domain::{Region, RiskMap};

use super::Change;
use super::reassess::changes_of;
use crate::columns::{Census, Number};
use crate::error::Refusal;
use crate::outcomes::Outcomes;
use crate::program::Program;
use crate::scan::Scan;

/// Who changes when the risk of regions becomes `risk`, in the order of numbers.
///
/// `before` are the outcomes under `program`. Only those are judged who live in a region whose level differs, or have a
/// fact there that reaches into the days on which it differs; nobody else's facts are read.
///
/// # Errors
/// [`Refusal::OtherCensus`] if `before` has not as many persons.
pub fn risk_changes(
    census: &Census,
    program: &Program<'_>,
    before: &Outcomes,
    risk: &RiskMap,
) -> Result<Vec<Change>, Refusal> {
    if before.blocks.len() != census.blocks() as usize {
        return Err(Refusal::OtherCensus);
    }
    let (after, differing) = program.under(risk);
    let mut scan = Scan::new(census, &after);
    let mut changes = Vec::new();
    let mut visitors = Vec::new();
    for (region, first, last) in &differing {
        visitors_of(census, *region, *first, (*last).min(program.today()), &mut visitors);
    }
    visitors.sort_unstable();
    visitors.dedup();
    for number in visitors {
        // Who lives there too is judged with the neighbours below.
        let at_home =
            census.home_of(number).is_some_and(|home| differing.iter().any(|(region, ..)| *region == home));
        let was = before.blocks.get((number / crate::columns::BLOCK) as usize);
        let (Some(now), Some(was), false) = (scan.person(number), was, at_home) else { continue };
        let from = was.code(number % crate::columns::BLOCK);
        if from != now {
            changes.push(Change { number, from, to: now });
        }
    }
    let is_differing = |home: Option<Region>| differing.iter().any(|(region, ..)| Some(*region) == home);
    for home in census.homes.iter().filter(|home| is_differing(home.region())) {
        let home_bits = after.home_bits(census, home);
        let at_home = scan.at_home(home_bits);
        for block in home.first_block..home.first_block + home.blocks() {
            let now = scan.block(home, home_bits, at_home, block);
            if let Some(was) = before.blocks.get(block as usize) {
                changes_of(block, was, &now, &mut changes);
            }
        }
    }
    changes.sort_unstable();
    Ok(changes)
}

/// Who has a fact in a region that may reach into these days.
fn visitors_of(census: &Census, region: Region, first: Day, last: Day, visitors: &mut Vec<Number>) {
    let places = &census.places;
    let earliest = first.minus(census.longest_there).number();
    let from = places.partition_point(|p| (p.region, i32::from(p.day)) < (region.index(), earliest));
    let to = places.partition_point(|p| (p.region, i32::from(p.day)) <= (region.index(), last.number()));
    if from >= to {
        return;
    }
    let begin = places.get(from).map_or(census.there.len(), |p| p.first as usize);
    let end = places.get(to).map_or(census.there.len(), |p| p.first as usize);
    visitors.extend_from_slice(census.there.get(begin..end).unwrap_or_default());
}
