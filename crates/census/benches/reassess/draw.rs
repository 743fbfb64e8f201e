//! The workload drawn here, by home region: for numbers of persons that no Parquet file and no other engine is made for.
//!
//! The shares are those of the workload's generator, the persons are others; so counts can be compared as shares only.

use mingma_census::Sorted;
use mingma_domain::Region;
use mingma_domain::assess::Event;
use mingma_domain::time::Zone;
use mingma_testkit::build::fact;

use super::workload::{COUNTIES, FIRST_DAY, LAST_DAY, Workload, counties, day, on};

/// So many of 2^20.
const fn of(share_per_10_000: u32) -> u32 {
    (share_per_10_000 << 20) / 10_000
}

/// The splitmix64 generator: two multiplications a number, so that drawing a nation costs less than packing it.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        ((self.next() >> 40) as usize * bound) >> 24
    }

    fn has(&mut self, share: u32) -> bool {
        u32::try_from(self.next() >> 44).unwrap() < share
    }
}

/// Every event that the workload can have, made once.
struct Events {
    stays: Vec<Event>,
    others: Vec<Vec<Event>>,
}

const DAYS: usize = (LAST_DAY - FIRST_DAY) as usize + 1;
const LENGTHS: usize = 5;

impl Events {
    fn new(zone: &Zone, counties: &[Region]) -> Self {
        let event = |line: String| Event::of(0, &fact(&line), zone);
        let last = day(LAST_DAY);
        let mut stays = Vec::new();
        for county in counties {
            for first in 0..DAYS {
                for length in 0..LENGTHS {
                    let first = on(i32::from(FIRST_DAY) + i32::try_from(first).unwrap());
                    let end = first.plus(u16::try_from(length).unwrap()).min(last);
                    stays.push(event(format!("stay declared {first}..{end} {county}")));
                }
            }
        }
        let kinds = [
            "contact close",
            "contact secondary",
            "diagnosis confirmed",
            "diagnosis suspected",
            "symptom fever",
            "test negative",
            "test positive",
            "entry JP",
            "discharge recovered",
        ];
        let days = 0..i32::try_from(DAYS).unwrap();
        let port = counties[0];
        let others = kinds.iter().map(|kind| {
            let place = if *kind == "entry JP" { port.code() } else { "" };
            days.clone().map(|n| event(format!("{kind} {} {place}", on(i32::from(FIRST_DAY) + n)))).collect()
        });
        Self { stays, others: others.collect() }
    }
}

/// So many persons, in three hundred counties of equal size.
pub(super) fn draw(persons: u32, seed: u64, zone: &Zone) -> Workload {
    let counties = counties();
    let events = Events::new(zone, &counties);
    let mut chance = Chance(seed);
    let mut sorted = Sorted::new(zone, day(LAST_DAY)).with_home_stay(day(FIRST_DAY), day(LAST_DAY));
    let mut own = Vec::new();
    let mut by_region = counties.clone();
    by_region.sort_by_key(|county| county.index());
    let all = u32::try_from(COUNTIES).unwrap();
    for (place, county) in (0_u32..).zip(&by_region) {
        let many = persons / all + u32::from(place < persons % all);
        for _ in 0..many {
            own.clear();
            one(&mut chance, &events, &mut own);
            sorted.person(Some(*county), &own).unwrap();
        }
    }
    let mut levels: Vec<(usize, i32, u16)> = Vec::new();
    while levels.len() < 20 {
        let county = chance.below(COUNTIES);
        if levels.iter().all(|(known, ..)| *known != county) {
            let level = if levels.len() < 5 { 2 } else { 1 };
            levels.push((county, level, FIRST_DAY + u16::try_from(chance.below(DAYS)).unwrap()));
        }
    }
    Workload { census: sorted.finish().unwrap(), counties, levels }
}

/// The facts of one person, in the order in which the workload's tables are read.
fn one(chance: &mut Chance, events: &Events, own: &mut Vec<Event>) {
    if chance.has(of(800)) {
        for _ in 0..=chance.below(5) {
            own.push(events.stays[chance.below(events.stays.len())]);
        }
    }
    // The rare ones together are two of a hundred.
    if chance.has(of(198)) {
        let at = u32::try_from(chance.below(1_980)).unwrap();
        let kind = match at {
            0..400 => 0,
            400..1_200 => 1,
            1_200..1_250 => 2,
            1_250..1_270 => 3,
            1_270..1_870 => 4,
            _ => 7,
        };
        let first = chance.below(DAYS);
        own.push(events.others[kind][first]);
        let released = first + 3 + chance.below(12);
        if kind == 2 && chance.below(2) == 0 && released < DAYS {
            own.push(events.others[8][released]);
        }
    }
    if chance.has(of(2_000)) {
        for _ in 0..=chance.below(3) {
            let positive = usize::from(chance.below(1_000) == 0);
            own.push(events.others[5 + positive][chance.below(DAYS)]);
        }
    }
}
