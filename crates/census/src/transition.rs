//! Who is shown something else from when on, and why: each change once, whatever crashes.
//!
//! A [`Ledger`] takes in what happened in order, and tells a [`Transition`] for everybody whose outcome is another than
//! before. Its outcomes are made of the acts and of nothing else, so they are never written down: after a crash a ledger
//! is opened at the last [`Cursor`] that was, from the acts up to it, and told the rest again. It then tells the same
//! transitions, each of which has a name of its own — the person and the cause — so that whoever acts on them (a notice,
//! a revocation) finds out that it was done.
//!
//! Whoever drives a ledger writes down a batch's end (the cursor) *before* acting on its transitions; between two cursors
//! the order is fixed: public acts by their numbers, then the turns of the day, then what was released, then persons. So the same two cursors
//! always give the same transitions.

mod ahead;
mod force;
mod look;
mod turn;

use std::sync::Arc;

use jiff::Timestamp;
use mingma_domain::assess::Outcome;
use mingma_domain::risk::RegionRisk;
use mingma_domain::time::Day;
use mingma_domain::{Region, RiskMap, Ruleset};

use crate::columns::Number;
use crate::error::Refusal;
use crate::job::{Change, Schedule, severity};
use crate::living::{Key, Living, Person};
use crate::outcomes::{NO_RULES, Outcomes, code, outcome};
use crate::work::Work;
use force::InForce;
pub use look::{Look, Shown};
pub use turn::Plan;
use turn::judge;

/// Somebody is shown something else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Transition {
    /// Who.
    pub person: Key,
    /// From when on.
    pub at: Timestamp,
    /// What was shown; none before the person registered, or where no rules were in force.
    pub from: Option<Outcome>,
    /// What is shown now; none where no rules are in force.
    pub to: Option<Outcome>,
    /// Why. With the person it is the transition's name: no two have both.
    pub cause: Cause,
}

impl Transition {
    /// Whether the person may do less than before. Whoever was shown nothing is worse off by anything but green.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        let severity = |outcome: Option<Outcome>| outcome.map_or(0, severity);
        severity(self.to) > severity(self.from)
    }
}

/// What made a status another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Cause {
    /// A ruleset came into force by the publication with this number: with it, or on the day for which it was published ahead.
    Rule(u64),
    /// A region's risk was set by the publication with this number, from then on or from a later day.
    Risk(u64),
    /// The day began: something had lasted its time, or rules ended.
    Turn(Day),
    /// Something was recorded about the person, by the journal's entry with this id.
    Fact(Key),
    /// The person lives elsewhere, by the journal's entry with this id.
    Move(Key),
}

/// What a ledger has taken in: everything up to here, and nothing after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cursor {
    /// The number of the last public act.
    pub publication: u64,
    /// The day.
    pub day: Day,
    /// The place of the last entry about a person in the order in which they were committed.
    pub entry: u64,
}

/// Which rules are in force where, after a public act: what the authority's book says.
pub trait Law: Send + Sync {
    /// The rules of a home region on a day.
    fn rules(&self, home: Region, today: Day) -> Option<&Ruleset>;

    /// The days on which other rules of a home region may come into force, or end, in any order.
    fn turns(&self, home: Region) -> Vec<Day>;

    /// The risk of every region.
    fn risk(&self) -> &RiskMap;

    /// The publication by which the rules of a home region come into force with this day; none if they were in force before it, or are
    /// again because others ended.
    fn begins(&self, home: Region, day: Day) -> Option<u64>;

    /// The acts that the risk was made of, with the numbers of their publications, in order.
    fn risk_acts(&self) -> Vec<(u64, RegionRisk)>;
}

/// A public act, and the book after it.
#[derive(Clone)]
pub struct Enacted {
    /// Its number.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Whether it set a risk; else it published rules.
    pub is_risk: bool,
    /// What is in force from now on.
    pub law: Arc<dyn Law>,
    /// Those of whom something else counts under it though nothing was committed, as they are then.
    pub anew: Vec<Person>,
}

/// What was committed about a person.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Its place in the order of commitment, from 1.
    pub place: u64,
    /// The journal's entry.
    pub entry: Key,
    /// When.
    pub at: Timestamp,
    /// All that is known of the person by it.
    pub person: Person,
}

/// A day that began.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Which.
    pub day: Day,
    /// The instant of its beginning.
    pub at: Timestamp,
    /// Those of whom something else counts from this day on though nothing was committed, as they are then.
    pub anew: Vec<Person>,
}

/// What happened between two cursors.
#[derive(Clone, Default)]
pub struct Batch {
    /// Public acts, by their numbers.
    pub enacted: Vec<Enacted>,
    /// Days that began, in order.
    pub days: Vec<Begun>,
    /// What was committed before and counts only now, in the order in which it was committed: its places are of that order alone.
    pub released: Vec<Committed>,
    /// What was committed about persons, in that order.
    pub committed: Vec<Committed>,
}

/// How many bytes a ledger takes beside the columns of its census.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Beside {
    /// By which key whom to find.
    pub ids: usize,
    /// What everybody is shown.
    pub outcomes: usize,
    /// Whose day comes when, if that is planned.
    pub schedule: usize,
}

/// What everybody is shown as of a cursor.
pub struct Ledger {
    living: Living,
    law: Arc<dyn Law>,
    outcomes: Outcomes,
    cursor: Cursor,
    /// Whose day comes when, if that is known; else the turn of a day asks for everybody.
    schedule: Option<Schedule>,
    /// How often everybody has come to be planned anew: by an act, by a turn that asked for everybody, by numbers that are others.
    plans: u64,
}

impl Ledger {
    /// A ledger as of a cursor: the census of all acts up to it, and the law then.
    ///
    /// # Errors
    /// A [`Refusal`] if the rules in force do not fit the census; [`Refusal::Cancelled`].
    pub fn open(living: Living, law: Arc<dyn Law>, cursor: Cursor, work: &Work<'_>) -> Result<Self, Refusal> {
        let outcomes = Outcomes::of_nobody(living.census());
        let mut ledger = Self { living, law, outcomes, cursor, schedule: None, plans: 0 };
        let law = Arc::clone(&ledger.law);
        let (outcomes, _) = ledger.everybody(&*law, cursor.day, work)?;
        ledger.outcomes = outcomes;
        Ok(ledger)
    }

    /// What was taken in so far.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// The census, kept current.
    #[must_use]
    pub const fn living(&self) -> &Living {
        &self.living
    }

    /// How many bytes it takes beside the columns.
    #[must_use]
    pub fn beside(&self) -> Beside {
        let (ids, outcomes) = (self.living.bytes(), self.outcomes.bytes());
        Beside { ids, outcomes, schedule: self.schedule.as_ref().map_or(0, Schedule::bytes) }
    }

    /// What a person is shown; none if nobody has the key, or no rules are in force.
    #[must_use]
    pub fn outcome(&self, key: &Key) -> Option<Outcome> {
        outcome(self.outcomes.code(self.living.number(key)?))
    }

    /// Takes in what happened, and tells who is shown something else. What was taken in before is passed over, so that a
    /// batch may overlap the one before it.
    ///
    /// # Errors
    /// A [`Refusal`]; what came before it in the batch was taken in, and [`Ledger::cursor`] says up to where. The
    /// transitions of that part are lost: open the ledger anew at the cursor that was written down.
    pub fn advance(&mut self, batch: &Batch, work: &Work<'_>) -> Result<Vec<Transition>, Refusal> {
        let mut told = Vec::new();
        for act in batch
            .enacted
            .iter()
            .filter(|act| act.number > self.cursor.publication)
            .cloned()
            .collect::<Vec<_>>()
        {
            let before = std::mem::replace(&mut self.law, Arc::clone(&act.law));
            self.plan_anew();
            self.arrive(&act.anew)?;
            let (cause, changed) = if act.is_risk {
                (Cause::Risk(act.number), self.set_risk(&*before, &act.anew)?)
            } else {
                (Cause::Rule(act.number), self.everybody_anew(self.cursor.day, work)?)
            };
            self.tell(changed, (act.at, &|_| cause), &mut told);
            self.cursor.publication = act.number;
        }
        for Begun { day, at, anew } in &batch.days {
            if *day > self.cursor.day {
                let numbers = self.arrive(anew)?;
                self.turn((*day, *at), &numbers, work, &mut told)?;
                self.cursor.day = *day;
            }
        }
        for released in &batch.released {
            told.extend(self.commit(released)?);
        }
        for committed in &batch.committed {
            if committed.place > self.cursor.entry {
                told.extend(self.commit(committed)?);
                self.cursor.entry = committed.place;
            }
        }
        Ok(told)
    }

    /// Takes over a folded copy of the census.
    ///
    /// # Errors
    /// A [`Refusal`]; nothing is then changed.
    pub fn adopt(&mut self, folded: Living) -> Result<(), Refusal> {
        self.living.adopt(folded, &mut self.outcomes)?;
        self.plan_anew();
        Ok(())
    }

    /// Everybody as of now, to be looked at while this goes on.
    #[must_use]
    pub fn look(&self) -> Look {
        Look {
            census: self.living.census().clone(),
            law: Arc::clone(&self.law),
            outcomes: self.outcomes.clone(),
            cursor: self.cursor,
            of: (self.plans, self.living.arrivals()),
        }
    }

    /// Takes in persons as they are, before they are asked for; gives their numbers.
    fn arrive(&mut self, persons: &[Person]) -> Result<Vec<Number>, Refusal> {
        let mut numbers = Vec::with_capacity(persons.len());
        for person in persons {
            numbers.push(self.living.arrive(person)?.1);
        }
        self.outcomes.reach(self.living.census());
        Ok(numbers)
    }

    fn commit(&mut self, committed: &Committed) -> Result<Option<Transition>, Refusal> {
        let Committed { entry, at, person, .. } = committed;
        let known = self.living.number(&person.key);
        let before = known.map_or(NO_RULES, |number| self.outcomes.code(number));
        let lived = known.and_then(|number| self.living.census().home_of(number));
        let (_, number) = self.living.arrive(person)?;
        self.outcomes.reach(self.living.census());
        let now = self.judged(person, number);
        self.outcomes.set(number, now);
        if let Some(schedule) = &mut self.schedule
            && let Some(judge) = judge(&*self.law, person.home, self.cursor.day)
        {
            schedule.again(self.living.census(), &judge, number);
        }
        let (from, to) = (outcome(before), outcome(now));
        // A first home is no move.
        let has_moved = lived.is_some() && lived != person.home;
        let cause = if has_moved { Cause::Move(*entry) } else { Cause::Fact(*entry) };
        Ok((from != to).then_some(Transition { person: person.key, at: *at, from, to, cause }))
    }

    /// What a person is shown by the law, today.
    fn judged(&self, person: &Person, number: Number) -> u8 {
        judge(&*self.law, person.home, self.cursor.day).map_or(NO_RULES, |judge| {
            let mut events = Vec::new();
            self.living.census().events(number, self.cursor.day, &mut events);
            code(judge.outcome(&events, self.cursor.day).0)
        })
    }

    /// The risk of regions is another than in the law before: only those are looked at whom it may touch, and those of whom
    /// something else counts, whatever the risk is.
    fn set_risk(&mut self, before: &dyn Law, anew: &[Person]) -> Result<Vec<Change>, Refusal> {
        let (census, day) = (self.living.census(), self.cursor.day);
        let in_force = InForce::compile(census, before, day)?;
        let mut changed = in_force.under_risk(census, &self.outcomes, self.law.risk())?;
        for Change { number, to, .. } in &changed {
            self.outcomes.set(*number, *to);
        }
        for person in anew {
            let Some(number) = self.living.number(&person.key) else { continue };
            let (from, to) = (self.outcomes.code(number), self.judged(person, number));
            if from != to {
                self.outcomes.set(number, to);
                changed.push(Change { number, from, to });
            }
        }
        Ok(changed)
    }

    fn everybody_anew(&mut self, day: Day, work: &Work<'_>) -> Result<Vec<Change>, Refusal> {
        let law = Arc::clone(&self.law);
        let (outcomes, changed) = self.everybody(&*law, day, work)?;
        self.outcomes = outcomes;
        Ok(changed)
    }

    fn tell(
        &self,
        changed: Vec<Change>,
        (at, cause): (Timestamp, &dyn Fn(&Change) -> Cause),
        told: &mut Vec<Transition>,
    ) {
        let transition = |change: Change| {
            let (from, to, cause) = (outcome(change.from), outcome(change.to), cause(&change));
            self.living.key(change.number).map(|person| Transition { person, at, from, to, cause })
        };
        let mut changed: Vec<Transition> = changed.into_iter().filter_map(transition).collect();
        // By person, because numbers are another census's when it is built anew.
        changed.sort_unstable_by_key(|transition| transition.person);
        told.append(&mut changed);
    }

    /// Everybody's outcome under a law on a day, and who has another than before.
    fn everybody(
        &self,
        law: &dyn Law,
        day: Day,
        work: &Work<'_>,
    ) -> Result<(Outcomes, Vec<Change>), Refusal> {
        let census = self.living.census();
        InForce::compile(census, law, day)?.everybody(census, &self.outcomes, work)
    }
}
