//! Job B: a region's risk changes, and who changes with it.

use std::hint::black_box;

use mingma_domain::time::Day;
use mingma_domain::{Region, RiskMap};

use super::Change;
use super::reassess::changes_of;
use crate::columns::{BLOCK, Census, Number};
use crate::error::Refusal;
use crate::outcomes::{Counts, Outcomes, Planes, code};
use crate::program::Program;
use crate::scan::Scan;

/// Who changes when the risk of regions becomes `risk`, in the order of numbers.
///
/// `before` are the outcomes under `program`. Only those are judged who live in a region whose level differs, or have a
/// fact there that means something else now; nobody else's facts are read, and theirs only if that fact leaves it open.
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
    risk_changes_where((census, program, before), risk, &|_| true, changes)
}

/// The same for the home regions that are `meant`.
pub(crate) fn risk_changes_where(
    (census, program, before): (&Census, &Program<'_>, &Outcomes),
    risk: &RiskMap,
    meant: &dyn Fn(Option<Region>) -> bool,
    changes: &mut Vec<Change>,
) -> Result<(), Refusal> {
    changes.clear();
    if before.blocks.len() != census.blocks() as usize {
        return Err(Refusal::OtherCensus);
    }
    let (after, differing) = program.under(risk);
    let mut scan = Scan::of_few(census, &after);
    let mut visitors = Visitors { census, before: program, after: &after, found: Vec::new() };
    for (region, first, last) in &differing {
        visitors.of(*region, *first, (*last).min(program.today()));
    }
    let visitors = visitors.in_order(before);
    warm(census, &visitors);
    let is_differing = |home: Option<Region>| differing.iter().any(|(region, ..)| Some(*region) == home);
    let mut visitors = visitors.as_slice();
    for home in &census.homes {
        let end = home.first_block * BLOCK + home.persons;
        let (own, others) = visitors.split_at(visitors.partition_point(|visitor| visitor.number < end));
        visitors = others;
        if !meant(home.region()) {
            continue;
        }
        if is_differing(home.region()) {
            let (at_home, mut counts) = (scan.at_home(home), Counts::default());
            let certain = at_home.certain(&after);
            for block in home.first_block..home.first_block + home.blocks() {
                let now = match certain {
                    Some(code) => Planes::all(code, u64::MAX),
                    None => scan.block(&at_home, block, &mut counts),
                };
                if let Some(was) = before.blocks.get(block as usize) {
                    changes_of(census, (home, block), (was, &now), changes);
                }
            }
        } else if !own.is_empty() {
            let at_home = scan.at_home(home);
            for &Visitor { number, certain, from } in own {
                if census.later.has_gone(number) {
                    continue;
                }
                let is_certain = certain != UNKNOWN && census.later.of(number).is_none();
                let to = if is_certain { certain } else { scan.person(&at_home, number) };
                if from != to {
                    changes.push(Change { number, from, to });
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
fn warm(census: &Census, visitors: &[Visitor]) {
    let facts = &census.notable;
    let unknown = visitors.iter().filter(|visitor| visitor.certain == UNKNOWN);
    let starts: Vec<u32> = unknown
        .map(|who| facts.blocks.get((who.number / BLOCK) as usize).map_or(0, |block| block.first))
        .collect();
    let mut read = 0;
    for start in starts {
        // A block's notable facts lie in two or three cache lines.
        for line in 0..3 {
            read ^= facts.packed.get(start as usize + line * LINE).copied().unwrap_or(0);
        }
    }
    black_box(read);
}

/// How many packed facts a cache line holds.
const LINE: usize = 16;

/// Somebody who has a fact in a region that differs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Visitor {
    number: Number,
    /// The code which that fact makes certain, or [`UNKNOWN`].
    certain: u8,
    /// The code before.
    from: u8,
}

/// Stands for a code that is known only when all of a person's facts are read; greater than every code.
const UNKNOWN: u8 = u8::MAX;

/// Looks for those who may change by a fact of theirs in a region.
struct Visitors<'a> {
    census: &'a Census,
    before: &'a Program<'a>,
    after: &'a Program<'a>,
    found: Vec<Visitor>,
}

impl Visitors<'_> {
    /// Finds who has a fact in a region that may reach into these days. Whoever has the same fact is judged by it at once:
    /// if it means the same as before nobody is to be looked at, and if it makes a code certain nobody's other facts are.
    fn of(&mut self, region: Region, first: Day, last: Day) {
        let Self { census, before, after, found } = self;
        let earliest = first.minus(census.longest_there).number();
        let days = [earliest, last.number()].map(|day| u16::try_from(day.max(0)).unwrap_or(u16::MAX));
        let visitor = |certain| move |number| Visitor { number, certain, from: UNKNOWN };
        found.extend(census.later.there(region, (days[0], days[1])).map(visitor(UNKNOWN)));
        let places = &census.places;
        let from = places.partition_point(|p| (p.region, i32::from(p.day)) < (region.index(), earliest));
        let to = places.partition_point(|p| (p.region, i32::from(p.day)) <= (region.index(), last.number()));
        for at in from..to {
            let Some(place) = places.get(at) else { return };
            if census.codec.word_of_shape(place.shape).is_some_and(|word| !after.asks_risk_of(word)) {
                continue;
            }
            let certain = match census.codec.shaped(place.region, place.day, place.shape) {
                None => UNKNOWN,
                Some(event) => {
                    let bits = after.bits(&event);
                    if bits == before.bits(&event) && after.is_told_by_bits(event.value.word()) {
                        continue;
                    }
                    after.certain(bits).map_or(UNKNOWN, code)
                }
            };
            let end = places.get(at + 1).map_or(census.there.len(), |next| next.first as usize);
            let there = census.there.get(place.first as usize..end).unwrap_or_default();
            found.extend(there.iter().copied().map(visitor(certain)));
        }
    }

    /// Each once, in the order of numbers; with a code, if any of their facts makes one certain. The codes before are all read here,
    /// where none waits for another: each is a cache miss away.
    fn in_order(self, before: &Outcomes) -> Vec<Visitor> {
        let mut found = self.found;
        // Each place's come in order already: the stable one finds such runs and merges them.
        found.sort();
        found.dedup_by_key(|visitor| visitor.number);
        for visitor in &mut found {
            visitor.from = before.code(visitor.number);
        }
        found
    }
}
