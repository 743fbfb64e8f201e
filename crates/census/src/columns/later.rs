//! What has arrived since the columns were built: read together with them as one, and folded in when it grows.
//!
//! An arrival is not a difference but all that is known of a person now, as the store tells it. So it does not matter
//! whether it was a fact, a retraction, a countersignature or a registration, nor how often it is told; and a crash
//! loses nothing. The columns themselves never change. A person who gets a home after facts had come gets a new number,
//! because numbers go by home; the old one stays empty until what is later is folded in.

use std::collections::{BTreeMap, BTreeSet};

use mingma_domain::Region;
use mingma_domain::assess::Event;
use mingma_domain::fact::{Fact, Retraction};
use mingma_domain::time::Day;

use super::build::{Builder, Entry};
use super::{BLOCK, Census, Home, Known, NO_HOME, Number, width};
use crate::error::Refusal;
use crate::outcomes::Outcomes;

/// What is later than the columns.
#[derive(Clone, Default)]
pub(crate) struct Later {
    /// All facts of a person, instead of those in the columns.
    persons: BTreeMap<Number, Vec<Known>>,
    /// By block, whom of it.
    blocks: BTreeMap<u32, Marks>,
    /// One bit a block: whether it is in `blocks`. Nearly every block is not, and a pass asks of each.
    marked: Vec<u64>,
    /// Who has a fact in a region from a day on, as in the columns.
    there: BTreeSet<(u16, u16, Number)>,
    /// Where the next newcomer of a region sits: a place in the list of homes.
    seats: BTreeMap<u32, usize>,
    /// The names of those who have a number after the columns' last.
    names: BTreeMap<Number, Box<str>>,
    gone: u32,
}

/// Whom of a block the columns no longer speak for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Marks {
    /// Those whose facts are later than the columns.
    pub(crate) replaced: u64,
    /// Those who have another number now.
    pub(crate) gone: u64,
}

/// A census with everything folded in.
pub struct Folded {
    /// The census.
    pub census: Census,
    /// The old number of everybody, in the order of entry; their new one is [`Folded::number`]'s to say.
    pub before: Vec<Number>,
    pub(crate) numbers: Vec<Number>,
}

impl Folded {
    /// The new number of the person at a place of [`Folded::before`].
    #[must_use]
    pub fn number(&self, place: usize) -> Option<Number> {
        self.numbers.get(place).copied()
    }

    /// Outcomes of the census as it was, under the new numbers.
    #[must_use]
    pub fn outcomes(&self, before: &Outcomes) -> Outcomes {
        let mut outcomes = Outcomes::of_nobody(&self.census);
        for (old, new) in self.before.iter().zip(&self.numbers) {
            outcomes.set(*new, before.code(*old));
        }
        outcomes
    }
}

impl Later {
    pub(crate) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// How many persons are in it.
    pub(crate) fn len(&self) -> usize {
        self.persons.len()
    }

    pub(crate) const fn gone(&self) -> u32 {
        self.gone
    }

    pub(crate) fn of(&self, number: Number) -> Option<&[Known]> {
        if !self.is_marked(number / BLOCK) {
            return None;
        }
        self.persons.get(&number).map(Vec::as_slice)
    }

    /// Whom of a block the columns no longer speak for.
    #[inline]
    pub(crate) fn marks(&self, block: u32) -> Marks {
        if self.is_marked(block) {
            self.blocks.get(&block).copied().unwrap_or_default()
        } else {
            Marks::default()
        }
    }

    pub(crate) fn has_gone(&self, number: Number) -> bool {
        self.marks(number / BLOCK).gone >> (number % BLOCK) & 1 == 1
    }

    /// How many of a home region have another number now.
    pub(crate) fn gone_of(&self, home: &Home) -> u32 {
        let blocks = self.blocks.range(home.first_block..home.first_block + home.blocks());
        blocks.map(|(_, marks)| marks.gone.count_ones()).sum()
    }

    /// Who has a fact in a region that begins on one of these days.
    pub(crate) fn there(&self, region: Region, days: (u16, u16)) -> impl Iterator<Item = Number> {
        let (first, last) = days;
        let range = (region.index(), first, 0)..=(region.index(), last, Number::MAX);
        // A range whose end lies before its start is empty, and not to be asked for.
        let range = (first <= last).then(|| self.there.range(range));
        range.into_iter().flatten().map(|(_, _, number)| *number)
    }

    pub(crate) fn name(&self, number: Number) -> Option<&str> {
        self.names.get(&number).map(AsRef::as_ref)
    }

    /// The regions of its facts.
    pub(crate) fn regions(&self) -> impl Iterator<Item = Region> {
        self.there.iter().filter_map(|(region, _, _)| Region::from_index(*region))
    }

    fn is_marked(&self, block: u32) -> bool {
        self.marked.get((block / u64::BITS) as usize).is_some_and(|bits| bits >> (block % u64::BITS) & 1 == 1)
    }

    fn mark(&mut self, number: Number, replaced: bool, gone: bool) {
        let block = number / BLOCK;
        let at = (block / u64::BITS) as usize;
        if self.marked.len() <= at {
            self.marked.resize(at + 1, 0);
        }
        if let Some(bits) = self.marked.get_mut(at) {
            *bits |= 1 << (block % u64::BITS);
        }
        let marks = self.blocks.entry(block).or_default();
        let bit = 1_u64 << (number % BLOCK);
        marks.replaced = if replaced { marks.replaced | bit } else { marks.replaced & !bit };
        marks.gone |= if gone { bit } else { 0 };
    }

    fn set(&mut self, number: Number, known: Vec<Known>) {
        let places = |known: &[Known]| -> Vec<(u16, u16, Number)> {
            known
                .iter()
                .filter_map(|(event, _)| place(event))
                .map(|(region, day)| (region, day, number))
                .collect()
        };
        for there in self.persons.get(&number).map(|old| places(old)).unwrap_or_default() {
            self.there.remove(&there);
        }
        self.there.extend(places(&known));
        self.mark(number, true, false);
        self.persons.insert(number, known);
    }

    fn leave(&mut self, number: Number) {
        self.set(number, Vec::new());
        self.persons.remove(&number);
        self.mark(number, false, true);
        self.gone += 1;
    }
}

impl Census {
    /// How many persons the columns no longer speak for: what a reader looks at one by one.
    #[must_use]
    pub fn later(&self) -> usize {
        self.later.len()
    }

    /// Takes in a person who was not there, and gives the number.
    ///
    /// # Errors
    /// A [`Refusal`] if a width does not hold what is known; nothing is then taken in.
    pub fn join(
        &mut self,
        name: Option<&str>,
        home: Option<Region>,
        facts: &[Fact],
        retractions: &[Retraction],
    ) -> Result<Number, Refusal> {
        let known = self.known(facts, retractions)?;
        self.join_known(name, home, known)
    }

    pub(crate) fn join_known(
        &mut self,
        name: Option<&str>,
        home: Option<Region>,
        known: Vec<Known>,
    ) -> Result<Number, Refusal> {
        let number = self.seat(home)?;
        if let Some(name) = name {
            self.later.names.insert(number, name.into());
        }
        self.keep(number, known);
        Ok(number)
    }

    /// Takes in all that is known of a person now, and gives the number: another than before if the home is another.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPerson`]; a [`Refusal`] if a width does not hold what is known. Nothing is then changed.
    pub fn replace(
        &mut self,
        number: Number,
        home: Option<Region>,
        facts: &[Fact],
        retractions: &[Retraction],
    ) -> Result<Number, Refusal> {
        let known = self.known(facts, retractions)?;
        self.replace_known(number, home, known)
    }

    pub(crate) fn replace_known(
        &mut self,
        number: Number,
        home: Option<Region>,
        known: Vec<Known>,
    ) -> Result<Number, Refusal> {
        if self.home(number).ok_or(Refusal::NoSuchPerson)?.region() == home {
            self.keep(number, known);
            return Ok(number);
        }
        let name = self.name(number).map(str::to_owned);
        let moved = self.join_known(name.as_deref(), home, known)?;
        self.later.leave(number);
        Ok(moved)
    }

    /// The same persons with the same facts, all of them in columns. It takes what building takes, and can be done on a
    /// clone while the census takes in more.
    ///
    /// # Errors
    /// A [`Refusal`] if a width does not hold them all any more.
    ///
    /// The days that the packed form reaches are those around `today`, as in a new [`Builder`].
    pub fn folded(&self, today: Day) -> Result<Folded, Refusal> {
        let mut before: Vec<Number> = self.numbers().collect();
        // The order of entry is kept; whoever came later comes last.
        let columns = self.columns();
        before.sort_by_key(|number| (*number >= columns, self.entered_as(*number)));
        self.folded_in(today, before)
    }

    /// The same, everybody entered in this order.
    pub(crate) fn folded_in(&self, today: Day, before: Vec<Number>) -> Result<Folded, Refusal> {
        let mut builder = Builder::new(&self.zone, today);
        if let Some((first, last)) = self.home_stay {
            builder = builder.with_home_stay(first, last);
        }
        let named = before.iter().all(|number| self.name(*number).is_some());
        let mut events = Vec::new();
        let entries: Result<Vec<Entry>, Refusal> = before
            .iter()
            .map(|number| match self.name(*number).filter(|_| named) {
                Some(name) => builder.named(name, self.home_of(*number)),
                None => builder.person(self.home_of(*number)),
            })
            .collect();
        for (number, entry) in before.iter().zip(entries?) {
            events.clear();
            self.each_fact(*number, |event, taken_back| events.push((event, taken_back)));
            for (event, taken_back) in &events {
                builder.event(entry, event, *taken_back)?;
            }
        }
        let (census, numbers) = builder.finish_numbered()?;
        Ok(Folded { census, before, numbers })
    }

    pub(crate) fn known(&self, facts: &[Fact], retractions: &[Retraction]) -> Result<Vec<Known>, Refusal> {
        let zone = &self.zone;
        let known = |fact| {
            let event = Event::of(0, fact, zone);
            let taken_back =
                retractions.iter().filter(|r| r.takes_back(fact)).map(|r| zone.day(r.at())).min();
            // It must fit the columns, too, or it could not be folded in.
            self.codec.form(&event, taken_back)?;
            Ok((event, taken_back))
        };
        facts.iter().map(known).collect()
    }

    fn keep(&mut self, number: Number, known: Vec<Known>) {
        for (event, _) in known.iter().filter(|(event, _)| event.region.is_some()) {
            let length = u16::try_from(event.last.days_since(event.day)).unwrap_or(u16::MAX);
            self.longest_there = self.longest_there.max(length);
        }
        self.later.set(number, known);
    }

    /// A free number of a home region, in a block after all others.
    fn seat(&mut self, home: Option<Region>) -> Result<Number, Refusal> {
        let region = home.map_or(NO_HOME, |region| u32::from(region.index()));
        let free = self.later.seats.get(&region).and_then(|at| Some((*at, *self.homes.get(*at)?)));
        if let Some((at, home)) = free.filter(|(_, home)| home.persons < BLOCK) {
            if let Some(taken) = self.homes.get_mut(at) {
                taken.persons += 1;
            }
            return Ok(home.first_block * BLOCK + home.persons);
        }
        let first_block = self.blocks();
        let number = width::person(first_block as usize * BLOCK as usize)?;
        self.later.seats.insert(region, self.homes.len());
        self.homes.push(Home { region, first_block, persons: 1 });
        Ok(number)
    }
}

fn place(event: &Event) -> Option<(u16, u16)> {
    Some((event.region?.index(), u16::try_from(event.day.number()).ok()?))
}
