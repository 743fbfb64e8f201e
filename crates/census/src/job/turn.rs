//! Job D: the turn of the day. Who changes is known beforehand, because every status says until when it lasts.
//!
//! A person is in the schedule under the first day on which they have to be looked at again: the day on which their
//! outcome would be another, or on which a fact dated ahead begins to count, or on which a retraction does. On every other
//! day nobody reads their facts.

use std::collections::BTreeMap;

use mingma_domain::Region;
use mingma_domain::assess::{Event, judge::Judge};
use mingma_domain::fact::{Kind, WordSet};
use mingma_domain::time::Day;

use super::Change;
use crate::columns::pack::{WIDE, is_in, region_of, word_of};
use crate::columns::{BLOCK, Census, Facts, Known, Number, counts_on};
use crate::error::Refusal;
use crate::outcomes::{NO_RULES, Outcomes, code};
use crate::program::{LOOK_NEAR, Program};
use crate::work::Work;

/// Whose turn comes when, under rules and a risk that stay as they are.
#[derive(Clone, Debug)]
pub struct Schedule {
    today: Day,
    persons: BTreeMap<Day, Vec<Number>>,
    /// Places in the census's list of homes: everybody there is looked at.
    homes: BTreeMap<Day, Vec<usize>>,
}

/// Who judges those of a home region; nobody where no rules are in force.
pub type Judges<'r, 'j> = &'r (dyn Fn(Option<Region>) -> Option<Judge<'j>> + Sync);

/// How many blocks are one part of the work of making a schedule.
const PART_BLOCKS: usize = 1_024;
/// How many persons whose day has come are one part of the work: about a millisecond.
const PART_PERSONS: usize = 1_024;

impl Schedule {
    /// How many bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let persons: usize = self.persons.values().map(Vec::capacity).sum();
        let homes: usize = self.homes.values().map(Vec::capacity).sum();
        persons * size_of::<Number>() + homes * size_of::<usize>()
    }

    /// The schedule after the day of a program that is everybody's.
    ///
    /// # Errors
    /// [`Refusal::Cancelled`].
    pub fn after(census: &Census, program: &Program<'_>, work: &Work<'_>) -> Result<Self, Refusal> {
        Self::by(census, &|_| Some(program), program.today, work)
    }

    /// The schedule after a day, by the programs of the home regions on that day.
    pub(crate) fn by<'p>(
        census: &Census,
        programs: &(dyn Fn(Option<Region>) -> Option<&'p Program<'p>> + Sync),
        today: Day,
        work: &Work<'_>,
    ) -> Result<Self, Refusal> {
        let mut schedule = Self { today, persons: BTreeMap::new(), homes: BTreeMap::new() };
        let mut parts = Vec::new();
        for (place, home) in census.homes.iter().enumerate() {
            let Some(program) = programs(home.region()) else { continue };
            let near = home.region().is_some_and(|r| {
                program.near.get(usize::from(r.index())).is_some_and(|near| near & LOOK_NEAR != 0)
            });
            let stays = census.home_event(home).filter(|_| near);
            if let Some(stay) = stays
                && let Some(day) = next_day(&program.judge(), &[(stay, None)], today)
            {
                schedule.homes.entry(day).or_default().push(place);
            }
            // Where a stay at home may be cleared by other facts, neighbours differ.
            let each = stays.is_some() && program.guards != 0;
            let blocks: Vec<u32> = (home.first_block..home.first_block + home.blocks()).collect();
            let part = |chunk: &[u32]| (*home, program, each, chunk.to_vec());
            parts.extend(blocks.chunks(PART_BLOCKS).map(part));
        }
        let found = work.each(parts, Vec::new, |events, (home, program, each, blocks)| {
            let (triggers, judge) = (program.triggers(), program.judge());
            let mut found = Vec::new();
            for block in blocks {
                let first = block * BLOCK;
                let end = (first + BLOCK).min(home.first_block * BLOCK + home.persons);
                for number in (first..end).filter(|number| !census.later.has_gone(*number)) {
                    let may_change = each
                        || census.later.of(number).is_some()
                        || may_change(&census.notable, number, triggers, program)
                        || may_change(&census.routine, number, triggers, program);
                    if may_change && let Some(day) = next_day_of(census, &judge, number, (today, events)) {
                        found.push((day, number));
                    }
                }
            }
            found
        })?;
        for (day, number) in found.into_iter().flatten() {
            schedule.look_at(number, day);
        }
        Ok(schedule)
    }

    /// The last day that was turned.
    pub(crate) const fn today(&self) -> Day {
        self.today
    }

    /// Somebody has to be looked at on a day.
    pub(crate) fn look_at(&mut self, number: Number, day: Day) {
        self.persons.entry(day).or_default().push(number);
    }

    /// Something else is known of somebody than when they were scheduled.
    pub(crate) fn again(&mut self, census: &Census, judge: &Judge<'_>, number: Number) {
        if let Some(day) = next_day_of(census, judge, number, (self.today, &mut Vec::new())) {
            self.look_at(number, day);
        }
    }

    /// Turns the days up to `today`: changes the outcomes of those whose day has come, and tells who they are, in the order of
    /// numbers.
    ///
    /// `outcomes` must be those of the schedule's own day.
    ///
    /// # Errors
    /// [`Refusal::Cancelled`]: the schedule is then of no more use.
    pub fn turn(
        &mut self,
        census: &Census,
        judges: Judges<'_, '_>,
        (outcomes, today): (&mut Outcomes, Day),
        work: &Work<'_>,
    ) -> Result<Vec<Change>, Refusal> {
        self.today = self.today.max(today);
        let (today, later) = (self.today, self.today.plus(1));
        let still = self.persons.split_off(&later);
        let mut due: Vec<Number> =
            std::mem::replace(&mut self.persons, still).into_values().flatten().collect();
        let still = self.homes.split_off(&later);
        for place in std::mem::replace(&mut self.homes, still).into_values().flatten() {
            let Some(home) = census.homes.get(place) else { continue };
            due.extend(home.first_block * BLOCK..home.first_block * BLOCK + home.persons);
            let stay = census.home_event(home).zip(judges(home.region()));
            if let Some(day) = stay.and_then(|(stay, judge)| next_day(&judge, &[(stay, None)], today)) {
                self.homes.entry(day).or_default().push(place);
            }
        }
        due.retain(|number| !census.later.has_gone(*number));
        due.sort_unstable();
        due.dedup();
        let parts: Vec<&[Number]> = due.chunks(PART_PERSONS).collect();
        let looked = work.each(
            parts,
            || (Vec::new(), Vec::new()),
            |(events, known), part| {
                let look = |number: &Number| {
                    let Some(judge) = judges(census.home_of(*number)) else {
                        return (*number, NO_RULES, None);
                    };
                    known.clear();
                    census.events(*number, today, known);
                    let to = code(judge.outcome(known, today).0);
                    (*number, to, next_day_of(census, &judge, *number, (today, events)))
                };
                part.iter().map(look).collect::<Vec<_>>()
            },
        )?;
        let mut changes = Vec::new();
        for (number, to, next) in looked.into_iter().flatten() {
            let from = outcomes.code(number);
            if from != to {
                outcomes.set(number, to);
                changes.push(Change { number, from, to });
            }
            if let Some(day) = next {
                self.look_at(number, day);
            }
        }
        Ok(changes)
    }

    /// On how many persons, beside home regions as a whole, each coming day is to look.
    pub fn coming(&self) -> impl Iterator<Item = (Day, usize)> {
        self.persons.iter().map(|(day, persons)| (*day, persons.len()))
    }
}

fn next_day_of(
    census: &Census,
    judge: &Judge<'_>,
    number: Number,
    (today, events): (Day, &mut Vec<Known>),
) -> Option<Day> {
    events.clear();
    census.each_event(number, &mut |event, taken_back| events.push((event, taken_back)));
    next_day(judge, events, today)
}

/// The first later day on which a person with these facts has to be looked at.
fn next_day(judge: &Judge<'_>, events: &[Known], today: Day) -> Option<Day> {
    let mut known = Vec::new();
    counting(events, today, &mut known);
    changes(events, [judge.until(&known, today)], today).min()
}

/// Those of a person's facts that count on a day, numbered as the evaluator wants them.
pub(super) fn counting(facts: &[Known], day: Day, into: &mut Vec<Event>) {
    into.clear();
    let counting = facts.iter().filter(|(event, taken_back)| counts_on((event, *taken_back), day));
    into.extend((0_u32..).zip(counting).map(|(index, (event, _))| Event { index, ..*event }));
}

/// The days after one on which something else may be said of a person: other facts count, or what is said has its end.
pub(super) fn changes(
    facts: &[Known],
    ends: impl IntoIterator<Item = Option<Day>>,
    day: Day,
) -> impl Iterator<Item = Day> {
    let facts = facts.iter().flat_map(|(event, taken_back)| [Some(event.day), *taken_back]);
    facts.chain(ends).flatten().filter(move |change| *change > day)
}

/// Whether a person has any fact that could make anything hold on some day.
fn may_change(facts: &Facts, number: Number, triggers: WordSet, program: &Program<'_>) -> bool {
    let (_, packed) = facts.of(number);
    packed.iter().any(|fact| {
        let word = word_of(*fact);
        word == WIDE
            || is_in(triggers, word)
                && (!is_in(WordSet::of_kind(Kind::Stay), word) || program.is_near(region_of(*fact)))
    })
}
