//! Job A: everybody's outcome, counted by region, and who differs from before.

use std::collections::BTreeMap;

use mingma_domain::Region;

use super::Change;
use crate::columns::{BLOCK, Census, Home};
use crate::error::Refusal;
use crate::outcomes::{Counts, Outcomes, Planes};
use crate::program::Program;
use crate::scan::{Scan, persons_in, persons_of};
use crate::work::Work;

/// How many blocks are one part of a job: 262,144 persons, about a millisecond.
const PART_BLOCKS: u32 = 4_096;

/// What a full reassessment found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reassessment {
    /// Everybody's outcome.
    pub outcomes: Outcomes,
    /// By home region, in the order of the census; `None`: without a home.
    pub regions: Vec<(Option<Region>, Counts)>,
    /// Who differs from before, in the order of numbers. The reasons are told by [`Census::status`], before and after.
    pub changes: Vec<Change>,
}

impl Reassessment {
    /// The counts of everybody.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut all = Counts::default();
        self.regions.iter().for_each(|(_, counts)| all.add(counts));
        all
    }
}

/// Everybody's outcome under a program. With `before`, the outcomes of the day before or of other rules, who differs.
///
/// # Errors
/// [`Refusal::Cancelled`]; [`Refusal::OtherCensus`] if `before` has not as many persons.
pub fn reassess(
    census: &Census,
    program: &Program<'_>,
    before: Option<&Outcomes>,
    work: &Work<'_>,
) -> Result<Reassessment, Refusal> {
    reassess_where(census, program, before, &|_| true, work)
}

/// The same for the home regions that are `meant`; everybody else's outcome stays what it was before.
///
/// # Errors
/// As [`reassess`].
pub fn reassess_where(
    census: &Census,
    program: &Program<'_>,
    before: Option<&Outcomes>,
    meant: &(dyn Fn(Option<Region>) -> bool + Sync),
    work: &Work<'_>,
) -> Result<Reassessment, Refusal> {
    let blocks = census.blocks();
    if before.is_some_and(|before| before.blocks.len() != blocks as usize) {
        return Err(Refusal::OtherCensus);
    }
    let mut outcomes = vec![Planes::default(); blocks as usize];
    let parts =
        (0_u32..).step_by(PART_BLOCKS as usize).zip(outcomes.chunks_mut(PART_BLOCKS as usize)).collect();
    let found = work.each(
        parts,
        || Scan::new(census, program),
        |scan, (first, planes)| part(scan, (census, before), meant, first, planes),
    )?;
    let mut regions: BTreeMap<u32, (Option<Region>, Counts)> = BTreeMap::new();
    let mut changes = Vec::with_capacity(found.iter().map(|part| part.changes.len()).sum());
    for part in found {
        for (home, counts) in part.regions {
            regions.entry(home.region).or_insert((home.region(), Counts::default())).1.add(&counts);
        }
        changes.extend_from_slice(&part.changes);
    }
    let regions = regions.into_values().filter(|(_, counts)| counts.total() > 0).collect();
    Ok(Reassessment { outcomes: Outcomes { blocks: outcomes }, regions, changes })
}

struct Part {
    regions: Vec<(Home, Counts)>,
    changes: Vec<Change>,
}

fn part(
    scan: &mut Scan<'_>,
    of: (&Census, Option<&Outcomes>),
    meant: &(dyn Fn(Option<Region>) -> bool + Sync),
    first: u32,
    planes: &mut [Planes],
) -> Part {
    let (census, before) = of;
    let mut found = Part { regions: Vec::new(), changes: Vec::new() };
    let end = first + u32::try_from(planes.len()).unwrap_or(0);
    let begin = census.homes.partition_point(|home| home.first_block + home.blocks() <= first);
    for home in census.homes.iter().skip(begin) {
        if home.first_block >= end {
            break;
        }
        let blocks = home.first_block.max(first)..(home.first_block + home.blocks()).min(end);
        if !meant(home.region()) {
            let was = before.and_then(|before| before.blocks.get(blocks.start as usize..blocks.end as usize));
            let now = planes.get_mut((blocks.start - first) as usize..(blocks.end - first) as usize);
            if let (Some(was), Some(now)) = (was, now) {
                now.copy_from_slice(was);
            }
            continue;
        }
        let at_home = scan.at_home(home);
        let mut counts = Counts::default();
        counts.many(at_home.default(), persons_in(home, &blocks));
        for block in blocks {
            let now = scan.block(&at_home, block, &mut counts);
            if let Some(was) = before.and_then(|before| before.blocks.get(block as usize)) {
                changes_of(census, (home, block), (was, &now), &mut found.changes);
            }
            if let Some(planes) = planes.get_mut((block - first) as usize) {
                *planes = now;
            }
        }
        found.regions.push((*home, counts));
    }
    found
}

/// Who of a block differs, without empty seats and those who have another number now.
pub(super) fn changes_of(
    census: &Census,
    of: (&Home, u32),
    outcomes: (&Planes, &Planes),
    changes: &mut Vec<Change>,
) {
    let ((home, block), (was, now)) = (of, outcomes);
    let mut differ = was.differ(now) & persons_of(home, block) & !census.later.marks(block).gone;
    while differ != 0 {
        let place = differ.trailing_zeros();
        differ &= differ - 1;
        changes.push(Change { number: block * BLOCK + place, from: was.code(place), to: now.code(place) });
    }
}
