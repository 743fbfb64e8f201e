//! From persons who come by home region, each with all their facts, to the columns: nothing is sorted or held twice.
//!
//! [`Builder`](super::build::Builder) takes anything in any order and needs about 24 bytes a person while it builds; a
//! nation whose rows come region by region is built by this in what it takes in the end.

use std::collections::BTreeMap;

use mingma_domain::Region;
use mingma_domain::assess::Event;
use mingma_domain::time::{Day, Zone};

use super::build::DAYS_AHEAD;
use super::later::Later;
use super::pack::{Codec, DAYS, Form, LAST, Packed, WIDE, Wide, day_of, wide, word_of};
use super::{BLOCK, Block, Census, Facts, Home, NO_HOME, Number, Place, ROUTINE, width};
use crate::error::Refusal;

/// Takes persons by home region, in the order of regions, those without a home last.
pub struct Sorted {
    zone: Zone,
    codec: Codec,
    home_stay: Option<(Day, Day)>,
    homes: Vec<Home>,
    notable: Column,
    routine: Column,
    there: There,
    longest_there: u16,
    /// The wide facts of the person who is being entered, and whether each is routine; empty between two persons.
    wide: Vec<(bool, Form)>,
}

#[derive(Default)]
struct Column {
    blocks: Vec<Block>,
    packed: Vec<Packed>,
    wide: Vec<Wide>,
}

/// Who was where from when on, in the order in which it came.
#[derive(Default)]
struct There {
    /// Region, day and shape, with which it is and how many persons.
    keys: BTreeMap<(u16, u16, u16), (u32, u32)>,
    /// For each: which of them, and who.
    entries: Vec<(u32, Number)>,
}

impl Sorted {
    /// For the days of a zone, most of whose facts lie in the fourteen months up to `today`.
    #[must_use]
    pub fn new(zone: &Zone, today: Day) -> Self {
        Self {
            zone: zone.clone(),
            codec: Codec::new(zone, today.minus(DAYS - 1 - DAYS_AHEAD).max(Day::FIRST)),
            home_stay: None,
            homes: Vec::new(),
            notable: Column::default(),
            routine: Column::default(),
            there: There::default(),
            longest_there: 0,
            wide: Vec::new(),
        }
    }

    /// Lets everybody who has a home have stayed there from `first` to `last`, as if each had declared it.
    #[must_use]
    pub fn with_home_stay(mut self, first: Day, last: Day) -> Self {
        self.home_stay = Some((first, last.max(first)));
        self
    }

    /// Enters a person with all their facts.
    ///
    /// # Errors
    /// [`Refusal::OutOfOrder`] if a later region has begun; a [`Refusal`] if a width does not hold it. What was entered
    /// is then worth nothing.
    pub fn person(&mut self, home: Option<Region>, events: &[Event]) -> Result<Number, Refusal> {
        let region = home.map_or(NO_HOME, |region| u32::from(region.index()));
        let number = self.number(region)?;
        for column in [&mut self.notable, &mut self.routine] {
            column.begin(number)?;
        }
        let before = self.there.entries.len();
        for event in events {
            let routine = ROUTINE.contains(event.value.word());
            let form = self.codec.form(event, None)?;
            let shape = form.shape();
            if matches!(form, Form::Wide(_)) {
                self.wide.push((routine, form));
            } else {
                self.column(routine).add(number, &form)?;
            }
            if let Some(region) = event.region {
                let length = u16::try_from(event.last.days_since(event.day));
                self.longest_there = self.longest_there.max(length.map_err(|_| Refusal::OutOfCalendar)?);
                let day = u16::try_from(event.day.number()).map_err(|_| Refusal::OutOfCalendar)?;
                self.there.add((region.index(), day, shape), number, before);
            }
        }
        // The wide ones last, as the other builder has them.
        let mut wide = std::mem::take(&mut self.wide);
        for (routine, form) in wide.drain(..) {
            self.column(routine).add(number, &form)?;
        }
        self.wide = wide;
        for column in [&mut self.notable, &mut self.routine] {
            column.end(number);
        }
        Ok(number)
    }

    const fn column(&mut self, routine: bool) -> &mut Column {
        if routine { &mut self.routine } else { &mut self.notable }
    }

    fn number(&mut self, region: u32) -> Result<Number, Refusal> {
        let last = self.homes.last_mut().filter(|home| home.region == region);
        let number = if let Some(home) = last {
            home.persons += 1;
            home.first_block * BLOCK + home.persons - 1
        } else {
            if self.homes.last().is_some_and(|home| home.region > region) {
                return Err(Refusal::OutOfOrder);
            }
            let first_block = self.homes.last().map_or(0, |home| home.first_block + home.blocks());
            self.homes.push(Home { region, first_block, persons: 1 });
            first_block * BLOCK
        };
        width::person(number as usize)
    }

    /// Makes the columns.
    ///
    /// # Errors
    /// [`Refusal::TooManyFacts`] if the places of the facts do not fit their width.
    pub fn finish(self) -> Result<Census, Refusal> {
        let (there, places) = self.there.finish()?;
        let [notable, routine] = [self.notable.finish()?, self.routine.finish()?];
        let days = [&notable, &routine]
            .map(|facts| facts.packed.iter().filter(|f| word_of(**f) != WIDE).map(|f| day_of(*f)).min());
        Ok(Census {
            zone: self.zone,
            codec: self.codec,
            homes: self.homes,
            notable,
            routine,
            there: there.into(),
            places: places.into(),
            ends: None,
            home_stay: self.home_stay,
            longest_there: self.longest_there,
            earliest: days.into_iter().flatten().min().unwrap_or(0),
            entered: Vec::new().into(),
            name_starts: Vec::new().into(),
            name_bytes: Vec::new().into(),
            later: Later::default(),
        })
    }
}

impl Column {
    fn here(&self) -> Result<Block, Refusal> {
        let [first, first_wide] = [self.packed.len(), self.wide.len()].map(width::place);
        Ok(Block { has: 0, first: first?, first_wide: first_wide? })
    }

    /// Begins the block of a person, if nobody has.
    fn begin(&mut self, number: Number) -> Result<(), Refusal> {
        if self.blocks.len() <= (number / BLOCK) as usize {
            let here = self.here()?;
            self.blocks.push(here);
        }
        Ok(())
    }

    fn add(&mut self, number: Number, form: &Form) -> Result<(), Refusal> {
        let Some(block) = self.blocks.last_mut() else { return Err(Refusal::NoSuchPerson) };
        block.has |= 1 << (number % BLOCK);
        let packed = match form {
            Form::Packed(packed) => *packed,
            Form::Wide(fact) => {
                let place = u32::try_from(self.wide.len()).unwrap_or(u32::MAX) - block.first_wide;
                self.wide.push(*fact);
                wide(place).ok_or(Refusal::TooManyFacts { limit: super::pack::WIDE_MASK })?
            }
        };
        self.packed.push(packed);
        Ok(())
    }

    /// Marks the last fact of a person.
    fn end(&mut self, number: Number) {
        let has = self.blocks.last().is_some_and(|block| block.has >> (number % BLOCK) & 1 == 1);
        if let Some(last) = self.packed.last_mut().filter(|_| has) {
            *last |= LAST;
        }
    }

    fn finish(mut self) -> Result<Facts, Refusal> {
        let end = self.here()?;
        self.blocks.push(end);
        Ok(Facts { blocks: self.blocks.into(), packed: self.packed.into(), wide: self.wide.into() })
    }
}

impl There {
    /// Notes a person once for each region, day and shape; `before` is where the person's own entries begin.
    fn add(&mut self, key: (u16, u16, u16), number: Number, before: usize) {
        let fresh = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        let (id, count) = self.keys.entry(key).or_insert((fresh, 0));
        let is_there = self.entries.iter().skip(before).any(|(of, _)| of == id);
        if !is_there {
            *count += 1;
            self.entries.push((*id, number));
        }
    }

    /// Groups the entries by their keys. Within one they came in the order of numbers, and stay in it.
    fn finish(self) -> Result<(Vec<Number>, Vec<Place>), Refusal> {
        let _fits = width::place(self.entries.len())?;
        let mut next = vec![0; self.keys.len()];
        let mut places = Vec::with_capacity(self.keys.len());
        let mut first = 0;
        for ((region, day, shape), (id, count)) in self.keys {
            places.push(Place { region, day, shape, reserved: 0, first });
            if let Some(next) = next.get_mut(id as usize) {
                *next = first;
            }
            first += count;
        }
        let mut there = vec![0; self.entries.len()];
        for (id, number) in self.entries {
            let Some(at) = next.get_mut(id as usize) else { continue };
            if let Some(place) = there.get_mut(*at as usize) {
                *place = number;
            }
            *at += 1;
        }
        Ok((there, places))
    }
}
