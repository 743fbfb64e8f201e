//! Job D: the turn of the day. Who changes is known beforehand, because every status says until when it lasts.
//!
//! A person is in the schedule under the first day on which they have to be looked at again: the day on which their
//! outcome would be another, or on which a fact dated ahead begins to count, or on which a retraction does. On every other
//! day nobody reads their facts.

use std::collections::BTreeMap;

use mingma_domain::assess::{Event, judge::Judge};
use mingma_domain::fact::WordSet;
use mingma_domain::time::Day;
use mingma_domain::{RiskMap, Ruleset};

use super::Change;
use crate::columns::pack::{WIDE, word_of};
use crate::columns::{BLOCK, Census, Facts, Number};
use crate::error::Refusal;
use crate::outcomes::{Outcomes, code};
use crate::program::{LOOK_NEAR, Program};
use crate::work::Work;

/// Whose turn comes when, under one ruleset and one risk.
pub struct Schedule<'a> {
    census: &'a Census,
    ruleset: &'a Ruleset,
    risk: &'a RiskMap,
    today: Day,
    persons: BTreeMap<Day, Vec<Number>>,
    /// Places in the census's list of homes: everybody there is looked at.
    homes: BTreeMap<Day, Vec<usize>>,
}

/// How many blocks are one part of the work of making a schedule.
const PART_BLOCKS: usize = 1_024;

impl<'a> Schedule<'a> {
    /// The schedule after the day of a program.
    ///
    /// # Errors
    /// [`Refusal::Cancelled`].
    pub fn after(census: &'a Census, program: &Program<'a>, work: &Work<'_>) -> Result<Self, Refusal> {
        let mut schedule = Self {
            census,
            ruleset: program.ruleset,
            risk: program.risk,
            today: program.today,
            persons: BTreeMap::new(),
            homes: BTreeMap::new(),
        };
        let triggers = program.triggers();
        let mut parts = Vec::new();
        for (place, home) in census.homes.iter().enumerate() {
            let near = home.region().is_some_and(|r| {
                program.near.get(usize::from(r.index())).is_some_and(|near| near & LOOK_NEAR != 0)
            });
            let stays = census.home_event(home).filter(|_| near);
            if let Some(stay) = stays
                && let Some(day) = schedule.next_day(&[(stay, None)])
            {
                schedule.homes.entry(day).or_default().push(place);
            }
            // Where a stay at home may be cleared by other facts, neighbours differ.
            let each = stays.is_some() && program.guards != 0;
            let blocks: Vec<u32> = (home.first_block..home.first_block + home.blocks()).collect();
            parts.extend(blocks.chunks(PART_BLOCKS).map(|chunk| (*home, each, chunk.to_vec())));
        }
        let found = work.each(parts, Vec::new, |events, (home, each, blocks)| {
            let mut found = Vec::new();
            for block in blocks {
                let first = block * BLOCK;
                let end = (first + BLOCK).min(home.first_block * BLOCK + home.persons);
                for number in (first..end).filter(|number| !census.later.has_gone(*number)) {
                    let may_change = each
                        || census.later.of(number).is_some()
                        || may_change(&census.notable, number, triggers, program)
                        || may_change(&census.routine, number, triggers, program);
                    if may_change && let Some(day) = schedule.next_day_of(number, events) {
                        found.push((day, number));
                    }
                }
            }
            found
        })?;
        for (day, number) in found.into_iter().flatten() {
            schedule.persons.entry(day).or_default().push(number);
        }
        Ok(schedule)
    }

    /// Turns the days up to `today`: changes the outcomes of those whose day has come, and tells who they are.
    ///
    /// `outcomes` must be those of the schedule's own day.
    pub fn turn(&mut self, outcomes: &mut Outcomes, today: Day) -> Vec<Change> {
        self.today = self.today.max(today);
        let later = self.today.plus(1);
        let still = self.persons.split_off(&later);
        let mut due: Vec<Number> =
            std::mem::replace(&mut self.persons, still).into_values().flatten().collect();
        let still = self.homes.split_off(&later);
        for place in std::mem::replace(&mut self.homes, still).into_values().flatten() {
            let Some(home) = self.census.homes.get(place) else { continue };
            due.extend(home.first_block * BLOCK..home.first_block * BLOCK + home.persons);
            let stay = self.census.home_event(home);
            if let Some(day) = stay.and_then(|stay| self.next_day(&[(stay, None)])) {
                self.homes.entry(day).or_default().push(place);
            }
        }
        due.retain(|number| !self.census.later.has_gone(*number));
        due.sort_unstable();
        due.dedup();
        let mut changes = Vec::new();
        let (mut events, mut known) = (Vec::new(), Vec::new());
        for number in due {
            known.clear();
            self.census.events(number, self.today, &mut known);
            let to = code(self.judge().outcome(&known, self.today).0);
            let from = outcomes.of(number).map_or(to, code);
            if from != to {
                outcomes.set(number, to);
                changes.push(Change { number, from, to });
            }
            if let Some(day) = self.next_day_of(number, &mut events) {
                self.persons.entry(day).or_default().push(number);
            }
        }
        changes
    }

    /// How many persons, and how many home regions as a whole, are to be looked at on each coming day.
    pub fn coming(&self) -> impl Iterator<Item = (Day, usize)> {
        self.persons.iter().map(|(day, persons)| (*day, persons.len()))
    }

    const fn judge(&self) -> Judge<'a> {
        Judge::new(self.ruleset, self.risk)
    }

    fn next_day_of(&self, number: Number, events: &mut Vec<(Event, Option<Day>)>) -> Option<Day> {
        events.clear();
        self.census.each_event(number, &mut |event, taken_back| events.push((event, taken_back)));
        self.next_day(events)
    }

    /// The first day after today on which a person with these facts has to be looked at.
    fn next_day(&self, events: &[(Event, Option<Day>)]) -> Option<Day> {
        let today = self.today;
        let counts = |(event, taken_back): &&(Event, Option<Day>)| {
            event.day <= today && taken_back.is_none_or(|day| today < day)
        };
        let known = (0_u32..).zip(events.iter().filter(counts));
        let known: Vec<Event> = known.map(|(index, (event, _))| Event { index, ..*event }).collect();
        let until = self.judge().status(&known, today).until();
        let ahead = events.iter().flat_map(|(event, taken_back)| [Some(event.day), *taken_back]).flatten();
        ahead.chain(until).filter(|day| *day > today).min()
    }
}

/// Whether a person has any fact that could make anything hold on some day.
fn may_change(facts: &Facts, number: Number, triggers: WordSet, program: &Program<'_>) -> bool {
    let (_, packed) = facts.of(number);
    packed.iter().any(|fact| {
        let word = word_of(*fact);
        word == WIDE
            || triggers.bits() >> word & 1 == 1 && {
                let stays = WordSet::of_kind(mingma_domain::fact::Kind::Stay).bits() >> word & 1 == 1;
                let near = program.near.get((fact & 0xfff) as usize).is_none_or(|near| near & LOOK_NEAR != 0);
                !stays || near
            }
    })
}
