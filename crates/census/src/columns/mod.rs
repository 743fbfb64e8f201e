//! The columns: persons by home region, their facts packed, and where to find the stays of a region.
//!
//! Persons are numbered so that those of one home region follow each other, and every region begins a *block* of
//! sixty-four. A block knows in one machine word which of its persons have facts, and where their facts begin; so a
//! person costs a quarter of a byte beside the facts. What is routine — negative tests, «well», vaccinations — lies apart
//! from the rest, because few rules look for it and a pass over everybody need not read it.

pub(crate) mod build;
pub(crate) mod later;
pub(crate) mod pack;
pub(crate) mod section;
pub(crate) mod snapshot;
pub(crate) mod sorted;
mod width;

use std::collections::BTreeMap;

use bytemuck::{Pod, Zeroable};
use jiff::Timestamp;
use mingma_domain::Region;
use mingma_domain::assess::Event;
use mingma_domain::fact::value::{Checkin, Stay, Test};
use mingma_domain::fact::{Value, Word, WordSet};
use mingma_domain::time::{Day, Zone};

use later::Later;
use pack::{Codec, KEY_SHIFT, LAST, Packed, WIDE, WIDE_MASK, Wide, word_of};
use section::Section;

/// A person's number in a census: by home region, sixty-four to a block.
pub type Number = u32;

/// How many persons a block has.
pub(crate) const BLOCK: u32 = 64;

/// What is routine and lies apart.
pub(crate) const ROUTINE: WordSet = WordSet::only(Value::Test(Test::Negative).word())
    .with(WordSet::only(Value::Checkin(Checkin::Well).word()))
    .with(WordSet::of_kind(mingma_domain::fact::Kind::Vaccination));

/// The whole population: the columns as of their building, and what has arrived since.
#[derive(Clone)]
pub struct Census {
    pub(crate) zone: Zone,
    pub(crate) codec: Codec,
    /// When the file ends that it was read from; none of one that was built here.
    pub(crate) ends: Option<Timestamp>,
    /// The home regions that have persons, in the order of their numbers, those without a home last.
    pub(crate) homes: Vec<Home>,
    /// What rules look for.
    pub(crate) notable: Facts,
    /// What is routine.
    pub(crate) routine: Facts,
    /// Who has a fact in a region from a day on: numbers, grouped by [`Place`].
    pub(crate) there: Section<Number>,
    pub(crate) places: Section<Place>,
    /// The days on which everybody who has a home stayed there.
    pub(crate) home_stay: Option<(Day, Day)>,
    /// The longest period of a fact with a region, in days after its first; an open one has no end.
    pub(crate) longest_there: u16,
    /// The first day of a packed fact, counted from the base.
    pub(crate) earliest: u16,
    /// The order in which persons were entered, by number; empty if it is the order of the numbers.
    pub(crate) entered: Section<u32>,
    /// Names in the order of entry: where each begins in `name_bytes`, and the end of the last.
    pub(crate) name_starts: Section<u64>,
    pub(crate) name_bytes: Section<u8>,
    /// What has arrived since the columns were built.
    pub(crate) later: Later,
}

/// The persons of one home region.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Home {
    /// [`Region::index`], or [`NO_HOME`].
    pub(crate) region: u32,
    pub(crate) first_block: u32,
    pub(crate) persons: u32,
}

/// Stands for persons without a home region.
pub(crate) const NO_HOME: u32 = u32::MAX;

impl Home {
    pub(crate) fn region(&self) -> Option<Region> {
        u16::try_from(self.region).ok().and_then(Region::from_index)
    }

    pub(crate) const fn blocks(&self) -> u32 {
        self.persons.div_ceil(BLOCK)
    }
}

/// The facts of sixty-four persons.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Block {
    /// Which of them have facts.
    pub(crate) has: u64,
    /// Where their facts begin; they end where those of the next block begin.
    pub(crate) first: u32,
    /// Where their wide facts begin.
    pub(crate) first_wide: u32,
}

/// A fact of a person, and the day from which on it was taken back.
pub(crate) type Known = (Event, Option<Day>);

/// Whether a fact counts on a day: it has begun, and was not taken back by then.
pub(crate) fn counts_on((event, taken_back): (&Event, Option<Day>), day: Day) -> bool {
    event.day <= day && taken_back.is_none_or(|back| day < back)
}

/// Facts by person: one block more than there are persons for, so that every block has a next one.
#[derive(Clone)]
pub(crate) struct Facts {
    pub(crate) blocks: Section<Block>,
    pub(crate) packed: Section<Packed>,
    pub(crate) wide: Section<Wide>,
}

/// Who has one and the same fact in a region from a day on, so that whatever it means it means to all of them; or, of the few
/// that are not packed, one of the same word.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Place {
    pub(crate) region: u16,
    /// [`Day::number`].
    pub(crate) day: u16,
    /// What the fact is beside region and day ([`pack::Form::shape`]), or its word alone ([`pack::SHAPELESS`]).
    pub(crate) shape: u16,
    pub(crate) reserved: u16,
    /// Where its numbers begin; they end where those of the next begin.
    pub(crate) first: u32,
}

/// How many bytes the parts of a census take.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bytes {
    /// Facts and where they are.
    pub facts: usize,
    /// Who was where.
    pub places: usize,
    /// The order of entry.
    pub order: usize,
    /// Names.
    pub names: usize,
}

impl Census {
    /// How many persons it has.
    #[must_use]
    pub fn persons(&self) -> u32 {
        self.numbered() - self.later.gone()
    }

    /// How many numbers were ever given.
    pub(crate) fn numbered(&self) -> u32 {
        self.homes.iter().map(|home| home.persons).sum()
    }

    /// How many facts the columns have, without the stays at home and without what has arrived since.
    #[must_use]
    pub fn facts(&self) -> usize {
        self.notable.packed.len() + self.routine.packed.len()
    }

    /// The home regions that have persons, with how many; in the order of regions, without a home last.
    pub fn homes(&self) -> impl Iterator<Item = (Option<Region>, u32)> {
        let mut all: BTreeMap<u32, u32> = BTreeMap::new();
        for home in &self.homes {
            *all.entry(home.region).or_default() += home.persons - self.later.gone_of(home);
        }
        all.into_iter().filter(|(_, persons)| *persons > 0).map(|(region, persons)| {
            let home = Home { region, first_block: 0, persons };
            (home.region(), persons)
        })
    }

    /// The zone in which its days are reckoned.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The regions that occur: homes, and where facts are.
    pub(crate) fn regions(&self) -> impl Iterator<Item = Region> {
        let there = self.places.chunk_by(|a, b| a.region == b.region).filter_map(|same| same.first());
        let there = there.filter_map(|place| Region::from_index(place.region));
        self.homes.iter().filter_map(Home::region).chain(there).chain(self.later.regions())
    }

    /// How many bytes its parts take.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        let facts = |f: &Facts| size_of_val(&*f.blocks) + size_of_val(&*f.packed) + size_of_val(&*f.wide);
        Bytes {
            facts: facts(&self.notable) + facts(&self.routine) + size_of_val(self.homes.as_slice()),
            places: size_of_val(&*self.there) + size_of_val(&*self.places),
            order: size_of_val(&*self.entered),
            names: size_of_val(&*self.name_starts) + size_of_val(&*self.name_bytes),
        }
    }

    /// How many bytes a pass over everybody reads that need not look at what is routine: facts and where they are.
    #[must_use]
    pub fn bytes_of_a_pass(&self) -> usize {
        size_of_val(&*self.notable.blocks) + size_of_val(&*self.notable.packed)
    }

    /// The home region of a person; `None` also for a number that nobody has.
    #[must_use]
    pub fn home_of(&self, number: Number) -> Option<Region> {
        self.home(number).and_then(Home::region)
    }

    /// As which person, counted from 0, this number was entered.
    #[must_use]
    pub fn entered_as(&self, number: Number) -> Option<u32> {
        let home = self.home(number)?;
        if self.entered.is_empty() {
            // In the order of entry, only the gaps that fill the last block of each region lie between.
            let before: u32 =
                self.homes.iter().take_while(|h| h.first_block < home.first_block).map(|h| h.persons).sum();
            return Some(before + number - home.first_block * BLOCK);
        }
        self.entered.get(usize::try_from(number).ok()?).copied()
    }

    /// The name under which a person was entered.
    #[must_use]
    pub fn name(&self, number: Number) -> Option<&str> {
        if number >= self.columns() {
            return self.later.name(number);
        }
        self.name_entered(self.entered_as(number)?)
    }

    /// The numbers of the persons with this name, found by reading all names. Whoever makes a census may give several the same.
    pub fn numbers_of(&self, name: &str) -> impl Iterator<Item = Number> {
        self.numbers().filter(move |number| self.name(*number) == Some(name))
    }

    /// Every number that somebody has.
    pub fn numbers(&self) -> impl Iterator<Item = Number> {
        let numbers = self.homes.iter().flat_map(|home| {
            let first = home.first_block * BLOCK;
            first..first + home.persons
        });
        numbers.filter(|number| !self.later.has_gone(*number))
    }

    /// What is recorded about a person by the end of `today`, the stay at home first; in the order that
    /// [`Event::index`] counts. Facts of later days and facts that were taken back by then are left out.
    pub fn events(&self, number: Number, today: Day, events: &mut Vec<Event>) {
        if let Some(home) = self.home(number) {
            self.events_at(home, number, today, events);
        }
    }

    /// The same, of a person whose home is known.
    pub(crate) fn events_at(&self, home: &Home, number: Number, today: Day, events: &mut Vec<Event>) {
        self.each_event_at(home, number, |event: Event, taken_back: Option<Day>| {
            if counts_on((&event, taken_back), today) {
                let index = u32::try_from(events.len()).unwrap_or(u32::MAX);
                events.push(Event { index, ..event });
            }
        });
    }

    /// Every event of a person, with the day from which on it was taken back.
    pub(crate) fn each_event(&self, number: Number, see: &mut dyn FnMut(Event, Option<Day>)) {
        if let Some(home) = self.home(number) {
            self.each_event_at(home, number, see);
        }
    }

    #[inline]
    fn each_event_at(&self, home: &Home, number: Number, mut see: impl FnMut(Event, Option<Day>)) {
        if let Some(stay) = self.home_event(home) {
            see(stay, None);
        }
        self.each_fact(number, see);
    }

    /// Every fact of a person, without the stay at home.
    #[inline]
    pub(crate) fn each_fact(&self, number: Number, mut see: impl FnMut(Event, Option<Day>)) {
        if let Some(known) = self.later.of(number) {
            for (event, taken_back) in known {
                see(*event, *taken_back);
            }
            return;
        }
        for facts in [&self.notable, &self.routine] {
            let (wides, packed) = facts.of(number);
            for packed in packed {
                if word_of(*packed) == WIDE {
                    let wide = wides.get((packed & WIDE_MASK) as usize);
                    if let Some((wide, event)) = wide.and_then(|w| Some((w, self.codec.unpack_wide(w)?))) {
                        see(event, wide.taken_back());
                    }
                } else if let Some(event) = self.codec.unpack(*packed) {
                    see(event, None);
                }
            }
        }
    }

    /// The stay at home of the persons of a region.
    pub(crate) fn home_event(&self, home: &Home) -> Option<Event> {
        let (day, last) = self.home_stay?;
        Some(Event {
            index: 0,
            value: Value::Stay(Stay::Declared),
            day,
            last,
            open: false,
            timed: false,
            instant: 0,
            region: Some(home.region()?),
        })
    }

    pub(crate) fn home(&self, number: Number) -> Option<&Home> {
        let after = self.homes.partition_point(|home| home.first_block <= number / BLOCK);
        let home = self.homes.get(after.checked_sub(1)?)?;
        let seat = number - home.first_block * BLOCK;
        (seat < home.persons && !self.later.has_gone(number)).then_some(home)
    }

    /// The first number that the columns do not reach.
    pub(crate) fn columns(&self) -> Number {
        u32::try_from(self.notable.blocks.len()).unwrap_or(u32::MAX).saturating_sub(1).saturating_mul(BLOCK)
    }

    /// How many blocks there are.
    pub(crate) fn blocks(&self) -> u32 {
        self.homes.last().map_or(0, |home| home.first_block + home.blocks())
    }

    pub(crate) fn name_entered(&self, entered: u32) -> Option<&str> {
        let at = usize::try_from(entered).ok()?;
        let start = usize::try_from(*self.name_starts.get(at)?).ok()?;
        let end = usize::try_from(*self.name_starts.get(at + 1)?).ok()?;
        std::str::from_utf8(self.name_bytes.get(start..end)?).ok()
    }
}

impl Facts {
    /// The facts of a person, and the wide facts of the block.
    pub(crate) fn of(&self, number: Number) -> (&[Wide], &[Packed]) {
        let at = (number / BLOCK) as usize;
        let (Some(block), Some(next)) = (self.blocks.get(at), self.blocks.get(at + 1)) else {
            return (&[], &[]);
        };
        let bit = 1_u64 << (number % BLOCK);
        if block.has & bit == 0 {
            return (&[], &[]);
        }
        let all = self.packed.get(block.first as usize..next.first as usize).unwrap_or_default();
        let wide = self.wide.get(block.first_wide as usize..next.first_wide as usize).unwrap_or_default();
        let start = after(all, (block.has & (bit - 1)).count_ones());
        let own = all.get(start..).unwrap_or_default();
        let length = own.iter().position(|fact| fact & LAST != 0).map_or(own.len(), |last| last + 1);
        (wide, own.get(..length).unwrap_or_default())
    }
}

/// How many facts are passed over at a time: the marks in a cache line are counted without a branch.
const STEP: usize = 16;

/// Where the facts of the person begin before whom `persons` have theirs. It does not branch on single facts: where a
/// person's facts end is as good as chance.
fn after(facts: &[Packed], persons: u32) -> usize {
    let (mut start, mut before) = (0, persons);
    for step in facts.chunks_exact(STEP) {
        let ends: u32 = step.iter().map(|fact| fact >> LAST.trailing_zeros()).sum();
        if ends >= before {
            break;
        }
        before -= ends;
        start += STEP;
    }
    for fact in facts.iter().skip(start).take(STEP) {
        let waiting = u32::from(before > 0);
        start += waiting as usize;
        before -= waiting & fact >> LAST.trailing_zeros();
    }
    start
}

/// The words that occur in a key of a packed fact: what a table is indexed by.
pub(crate) const fn key(word: Word, days: u16) -> usize {
    (word.number() as usize) << (25 - KEY_SHIFT) | days as usize
}
