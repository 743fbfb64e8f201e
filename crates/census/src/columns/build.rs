//! From persons and their facts, in any order, to the columns.

use mingma_domain::Region;
use mingma_domain::assess::Event;
use mingma_domain::fact::{Fact, Retraction};
use mingma_domain::time::{Day, Zone};

use super::later::Later;
use super::pack::{Codec, DAYS, Form, LAST, Packed, WIDE, WIDE_MASK, Wide, day_of, wide, word_of};
use super::{BLOCK, Block, Census, Facts, Home, NO_HOME, Number, Place, ROUTINE, width};
use crate::error::Refusal;

/// A person as the builder counts them: from 0, in the order of entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Entry(u32);

/// How many days after the day of building the packed form reaches; orders and notices name days ahead. What lies
/// later, or more than 447 days before, is kept wide.
pub(super) const DAYS_AHEAD: u16 = 64;

/// What a census of a given size takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Need {
    /// While it is built, in bytes.
    pub building: u64,
    /// When it is done, in bytes, with the outcomes of two days.
    pub resident: u64,
}

impl Need {
    /// What so many persons with so many facts, so many of them with a region, take. Names come on top.
    ///
    /// Resident: a fact 4 bytes and 4 more if it has a region; a person 0.5 for two blocks, 0.75 for two days' outcomes and
    /// 4 for the order of entry. Building: a fact 8 as it comes in, 4 while they are sorted and 12 with a region, a person 8 for
    /// home and number, beside what is then resident.
    #[must_use]
    pub const fn of(persons: u64, facts: u64, with_region: u64) -> Self {
        let resident = facts * 4 + with_region * 4 + persons * 21 / 4;
        Self { resident, building: resident + facts * 12 + with_region * 12 + persons * 8 }
    }

    /// The same if so many of the facts are wide: 24 bytes more, and as they come in 20 more, with half of all that while they are sorted.
    #[must_use]
    pub const fn wide(self, facts: u64) -> Self {
        let resident = self.resident + facts * 24;
        Self { resident, building: self.building + facts * (24 + 20 + 10) }
    }

    /// What it takes to look at so many persons under today's rules and so many drafts: everybody's outcomes, three bits each, and of whoever
    /// is touched what changes and how it hits them, twelve bytes each. The columns are read from their file.
    #[must_use]
    pub const fn of_a_look(persons: u64, drafts: u64) -> Self {
        let resident = persons * (drafts + 2) * 3 / 8;
        Self { resident, building: resident + persons * 24 * drafts }
    }

    /// The same with names: so many letters, and for each person a place of eight bytes.
    #[must_use]
    pub const fn named(self, persons: u64, letters: u64) -> Self {
        let names = persons * 8 + letters;
        Self { resident: self.resident + names, building: self.building + names }
    }

    /// The same with what the builder's caller holds meanwhile, in bytes.
    #[must_use]
    pub const fn beside(self, bytes: u64) -> Self {
        Self { building: self.building + bytes, ..self }
    }

    /// Refuses if building takes more than `have` bytes.
    ///
    /// # Errors
    /// [`Refusal::NotEnoughMemory`], with both in megabytes.
    pub const fn within(self, have: u64) -> Result<Self, Refusal> {
        if self.building <= have {
            return Ok(self);
        }
        Err(Refusal::NotEnoughMemory { need: self.building.div_ceil(1_000_000), have: have / 1_000_000 })
    }
}

/// Takes persons and facts in any order and makes the columns of them.
pub struct Builder {
    zone: Zone,
    codec: Codec,
    homes: Vec<u16>,
    names: Vec<u64>,
    name_bytes: Vec<u8>,
    notable: Incoming,
    routine: Incoming,
    /// Region and day, shape, and who.
    there: Vec<(u32, u16, u32)>,
    home_stay: Option<(Day, Day)>,
    longest_there: u16,
}

#[derive(Default)]
struct Incoming {
    packed: Vec<(u32, Packed)>,
    wide: Vec<(u32, Wide)>,
}

const NOWHERE: u16 = u16::MAX;

impl Builder {
    /// A builder for the days of a zone, most of whose facts lie in the fourteen months up to `today`.
    #[must_use]
    pub fn new(zone: &Zone, today: Day) -> Self {
        Self {
            zone: zone.clone(),
            codec: Codec::new(zone, today.minus(DAYS - 1 - DAYS_AHEAD).max(Day::FIRST)),
            homes: Vec::new(),
            names: vec![0],
            name_bytes: Vec::new(),
            notable: Incoming::default(),
            routine: Incoming::default(),
            there: Vec::new(),
            home_stay: None,
            longest_there: 0,
        }
    }

    /// Lets everybody who has a home have stayed there from `first` to `last`, as if each had declared it.
    #[must_use]
    pub fn with_home_stay(mut self, first: Day, last: Day) -> Self {
        self.home_stay = Some((first, last.max(first)));
        self
    }

    /// Enters a person. Without a home they are counted apart.
    ///
    /// # Errors
    /// [`Refusal::TooManyPersons`].
    pub fn person(&mut self, home: Option<Region>) -> Result<Entry, Refusal> {
        let entry = width::person(self.homes.len())?;
        self.homes.push(home.map_or(NOWHERE, Region::index));
        Ok(Entry(entry))
    }

    /// Enters a person under a name; in one census either all have a name or none.
    ///
    /// # Errors
    /// [`Refusal::TooManyPersons`].
    pub fn named(&mut self, name: &str, home: Option<Region>) -> Result<Entry, Refusal> {
        let entry = self.person(home)?;
        self.name_bytes.extend_from_slice(name.as_bytes());
        self.names.push(self.name_bytes.len() as u64);
        Ok(entry)
    }

    /// The name under which a person was entered.
    #[must_use]
    pub fn name(&self, person: Entry) -> Option<&str> {
        let at = person.0 as usize;
        let (from, to) = (*self.names.get(at)?, *self.names.get(at + 1)?);
        let bytes = self.name_bytes.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)?;
        std::str::from_utf8(bytes).ok()
    }

    /// The home with which a person was entered.
    #[must_use]
    pub fn home(&self, person: Entry) -> Option<Region> {
        self.homes.get(person.0 as usize).and_then(|home| Region::from_index(*home))
    }

    /// Takes out every fact about those who are meant; they stay entered.
    pub fn forget_facts(&mut self, is_meant: impl Fn(Entry) -> bool) {
        for incoming in [&mut self.notable, &mut self.routine] {
            incoming.packed.retain(|(person, _)| !is_meant(Entry(*person)));
            incoming.wide.retain(|(person, _)| !is_meant(Entry(*person)));
        }
        self.there.retain(|(_, _, person)| !is_meant(Entry(*person)));
    }

    /// Records a fact about a person, of whose retractions those that take it back count.
    ///
    /// # Errors
    /// A [`Refusal`] if a width does not hold it; nothing is then recorded.
    pub fn fact(&mut self, person: Entry, fact: &Fact, retractions: &[Retraction]) -> Result<(), Refusal> {
        let taken_back =
            retractions.iter().filter(|r| r.takes_back(fact)).map(|r| self.zone.day(r.at())).min();
        self.event(person, &Event::of(0, fact, &self.zone), taken_back)
    }

    /// Records an event of the builder's zone, as [`Event::of`] makes it.
    ///
    /// # Errors
    /// A [`Refusal`] if a width does not hold it; nothing is then recorded.
    pub fn event(&mut self, person: Entry, event: &Event, taken_back: Option<Day>) -> Result<(), Refusal> {
        if person.0 as usize >= self.homes.len() {
            return Err(Refusal::NoSuchPerson);
        }
        let form = self.codec.form(event, taken_back)?;
        if let Some(region) = event.region {
            let day = u16::try_from(event.day.number()).map_err(|_| Refusal::OutOfCalendar)?;
            let shape = form.shape();
            self.there.push((u32::from(region.index()) << 16 | u32::from(day), shape, person.0));
            let length =
                u16::try_from(event.last.days_since(event.day)).map_err(|_| Refusal::OutOfCalendar)?;
            self.longest_there = self.longest_there.max(length);
        }
        let into = if ROUTINE.contains(event.value.word()) { &mut self.routine } else { &mut self.notable };
        match form {
            Form::Packed(packed) => into.packed.push((person.0, packed)),
            Form::Wide(wide) => into.wide.push((person.0, wide)),
        }
        Ok(())
    }

    /// What it takes to finish.
    #[must_use]
    pub fn need(&self) -> Need {
        let both = [&self.notable, &self.routine];
        let wide = both.map(|i| i.wide.len() as u64).iter().sum();
        let packed: u64 = both.map(|i| i.packed.len() as u64).iter().sum();
        let need = Need::of(self.homes.len() as u64, packed + wide, self.there.len() as u64).wide(wide);
        if self.names.len() > 1 {
            return need.named(self.homes.len() as u64, self.name_bytes.len() as u64);
        }
        need
    }

    /// Makes the columns.
    ///
    /// # Errors
    /// [`Refusal::TooManyFacts`] if the places of the facts do not fit their width.
    pub fn finish(self) -> Result<Census, Refusal> {
        self.finish_numbered().map(|(census, _)| census)
    }

    /// Makes the columns, and gives everybody's number in the order of entry.
    pub(crate) fn finish_numbered(self) -> Result<(Census, Vec<Number>), Refusal> {
        let (homes, numbers) = number(&self.homes);
        let blocks = homes.last().map_or(0, |home| home.first_block + home.blocks());
        let notable = columns(self.notable, &numbers, blocks)?;
        let routine = columns(self.routine, &numbers, blocks)?;
        let (there, places) = places(self.there, &numbers)?;
        let in_order = self.homes.is_sorted();
        let entered = if in_order { Vec::new() } else { order(&numbers, blocks) };
        let days = [&notable, &routine]
            .map(|facts| facts.packed.iter().filter(|f| word_of(**f) != WIDE).map(|f| day_of(*f)).min());
        let earliest = days.into_iter().flatten().min().unwrap_or(0);
        let named = self.names.len() == self.homes.len() + 1;
        let census = Census {
            zone: self.zone,
            codec: self.codec,
            homes,
            notable,
            routine,
            there: there.into(),
            places: places.into(),
            ends: None,
            home_stay: self.home_stay,
            longest_there: self.longest_there,
            earliest,
            entered: entered.into(),
            name_starts: if named { self.names } else { Vec::new() }.into(),
            name_bytes: self.name_bytes.into(),
            later: Later::default(),
        };
        Ok((census, numbers))
    }
}

/// Numbers persons by home region, those without one last; within a region in the order of entry.
fn number(home_of: &[u16]) -> (Vec<Home>, Vec<Number>) {
    let mut count = vec![0_u32; usize::from(u16::MAX) + 1];
    for home in home_of {
        if let Some(count) = count.get_mut(usize::from(*home)) {
            *count += 1;
        }
    }
    let mut homes = Vec::new();
    let mut first_block = 0;
    for (region, persons) in (0_u32..).zip(&mut count) {
        if *persons > 0 {
            let region = if region == u32::from(NOWHERE) { NO_HOME } else { region };
            let home = Home { region, first_block, persons: *persons };
            // From here on: the next number of this region.
            *persons = first_block * BLOCK;
            first_block += home.blocks();
            homes.push(home);
        }
    }
    let numbers = home_of.iter().map(|home| {
        let Some(next) = count.get_mut(usize::from(*home)) else { return 0 };
        *next += 1;
        *next - 1
    });
    let numbers = numbers.collect();
    (homes, numbers)
}

fn order(numbers: &[Number], blocks: u32) -> Vec<u32> {
    let mut entered = vec![0; (blocks * BLOCK) as usize];
    for (entry, number) in (0_u32..).zip(numbers) {
        if let Some(place) = entered.get_mut(*number as usize) {
            *place = entry;
        }
    }
    entered
}

fn columns(incoming: Incoming, numbers: &[Number], blocks: u32) -> Result<Facts, Refusal> {
    let of = |person: u32| numbers.get(person as usize).copied().unwrap_or(0);
    let mut wide_facts: Vec<(Number, Wide)> = incoming.wide.into_iter().map(|(p, w)| (of(p), w)).collect();
    wide_facts.sort_by_key(|(number, _)| *number);
    let mut facts = incoming.packed;
    for (person, _) in &mut facts {
        *person = of(*person);
    }
    let (mut block_now, mut first_wide) = (u32::MAX, 0_u32);
    for (place, (number, _)) in (0_u32..).zip(&wide_facts) {
        if number / BLOCK != block_now {
            (block_now, first_wide) = (number / BLOCK, place);
        }
        let packed = wide(place - first_wide).ok_or(Refusal::TooManyFacts { limit: WIDE_MASK })?;
        facts.push((*number, packed));
    }
    let _both_fit = (width::place(facts.len())?, width::place(wide_facts.len())?);
    facts.sort_by_key(|(number, _)| *number);
    let mut made = vec![Block { has: 0, first: 0, first_wide: 0 }; blocks as usize + 1];
    let mut packed: Vec<Packed> = Vec::with_capacity(facts.len());
    let mut rest = facts.iter().peekable();
    let mut wides = wide_facts.iter().peekable();
    let mut wide_count = 0_u32;
    for (at, block) in (0_u32..).zip(&mut made) {
        block.first = width::place(packed.len())?;
        block.first_wide = wide_count;
        while let Some((number, fact)) = rest.next_if(|(number, _)| number / BLOCK == at) {
            block.has |= 1 << (number % BLOCK);
            let last = rest.peek().is_none_or(|(next, _)| next != number);
            packed.push(if last { fact | LAST } else { *fact });
        }
        while wides.next_if(|(number, _)| number / BLOCK == at).is_some() {
            wide_count += 1;
        }
    }
    drop(facts);
    let wide: Vec<Wide> = wide_facts.into_iter().map(|(_, wide)| wide).collect();
    Ok(Facts { blocks: made.into(), packed: packed.into(), wide: wide.into() })
}

fn places(mut there: Vec<(u32, u16, u32)>, numbers: &[Number]) -> Result<(Vec<Number>, Vec<Place>), Refusal> {
    let _fits = width::place(there.len())?;
    for (_, _, person) in &mut there {
        *person = numbers.get(*person as usize).copied().unwrap_or(0);
    }
    there.sort_unstable();
    there.dedup();
    let mut places: Vec<Place> = Vec::new();
    let mut last_key = None;
    for (first, (key, shape, _)) in (0_u32..).zip(&there) {
        if last_key != Some((*key, *shape)) {
            last_key = Some((*key, *shape));
            let [region, day] = [key >> 16, key & 0xffff].map(|part| u16::try_from(part).unwrap_or(u16::MAX));
            places.push(Place { region, day, shape: *shape, reserved: 0, first });
        }
    }
    Ok((there.into_iter().map(|(_, _, number)| number).collect(), places))
}
