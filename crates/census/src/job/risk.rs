//! Job B: a region's risk changes, and who changes with it.

use std::hint::black_box;

use mingma_domain::time::Day;
use mingma_domain::{Region, RiskMap};

use super::Change;
use super::reassess::changes_of;
use crate::columns::{BLOCK, Census, Number};
use crate::error::Refusal;
use crate::outcomes::{Counts, Outcomes};
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
    let mut changes = Vec::new();
    risk_changes_into(census, program, before, risk, &mut changes)?;
    Ok(changes)
}

/// The same, into a list that is used again: new memory costs more than half of the changes' finding.
///
/// # Errors
/// As [`risk_changes`]; `changes` is then empty.
pub fn risk_changes_into(
    census: &Census,
    program: &Program<'_>,
    before: &Outcomes,
    risk: &RiskMap,
    changes: &mut Vec<Change>,
) -> Result<(), Refusal> {
    changes.clear();
    if before.blocks.len() != census.blocks() as usize {
        return Err(Refusal::OtherCensus);
    }
    let (after, differing) = program.under(risk);
    let mut scan = Scan::of_few(census, &after);
    let mut visitors = Vec::new();
    for (region, first, last) in &differing {
        visitors_of(census, *region, *first, (*last).min(program.today()), &mut visitors);
    }
    visitors.sort_unstable();
    visitors.dedup();
    warm(census, before, &visitors);
    let is_differing = |home: Option<Region>| differing.iter().any(|(region, ..)| Some(*region) == home);
    let mut visitors = visitors.as_slice();
    for home in &census.homes {
        let end = home.first_block * BLOCK + home.persons;
        let (own, others) = visitors.split_at(visitors.partition_point(|number| *number < end));
        visitors = others;
        if is_differing(home.region()) {
            let (at_home, mut counts) = (scan.at_home(home), Counts::default());
            for block in home.first_block..home.first_block + home.blocks() {
                let now = scan.block(&at_home, block, &mut counts);
                if let Some(was) = before.blocks.get(block as usize) {
                    changes_of(census, (home, block), (was, &now), changes);
                }
            }
        } else if !own.is_empty() {
            let at_home = scan.at_home(home);
            for number in own {
                if census.later.has_gone(*number) {
                    continue;
                }
                let to = scan.person(&at_home, *number);
                let from =
                    before.blocks.get((number / BLOCK) as usize).map_or(to, |was| was.code(number % BLOCK));
                if from != to {
                    changes.push(Change { number: *number, from, to });
                }
            }
        }
    }
    Ok(())
}

/// Reads what will be read of these persons, and does nothing with it.
///
/// They lie scattered, each two or three cache misses away. Judged one by one, each waits for its own; read like this
/// the processor has ten under way at once, because none depends on another.
fn warm(census: &Census, before: &Outcomes, numbers: &[Number]) {
    let facts = &census.notable;
    let starts: Vec<u32> = numbers
        .iter()
        .map(|number| facts.blocks.get((number / BLOCK) as usize).map_or(0, |block| block.first))
        .collect();
    let mut read = 0;
    for (number, start) in numbers.iter().zip(starts) {
        // A block's notable facts lie in three or four cache lines.
        for line in 0..4 {
            read ^= facts.packed.get(start as usize + line * LINE).copied().unwrap_or(0);
        }
        read ^= u32::from(before.code(*number));
    }
    black_box(read);
}

/// How many packed facts a cache line holds.
const LINE: usize = 16;

/// Who has a fact in a region that may reach into these days.
fn visitors_of(census: &Census, region: Region, first: Day, last: Day, visitors: &mut Vec<Number>) {
    let places = &census.places;
    let earliest = first.minus(census.longest_there).number();
    let days = [earliest, last.number()].map(|day| u16::try_from(day.max(0)).unwrap_or(u16::MAX));
    visitors.extend(census.later.there(region, (days[0], days[1])));
    let from = places.partition_point(|p| (p.region, i32::from(p.day)) < (region.index(), earliest));
    let to = places.partition_point(|p| (p.region, i32::from(p.day)) <= (region.index(), last.number()));
    if from >= to {
        return;
    }
    let begin = places.get(from).map_or(census.there.len(), |p| p.first as usize);
    let end = places.get(to).map_or(census.there.len(), |p| p.first as usize);
    visitors.extend_from_slice(census.there.get(begin..end).unwrap_or_default());
}
