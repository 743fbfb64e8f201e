//! Everybody in the file, in the order of first appearance, with what counts about them.

use foldhash::fast::FixedState;
use indexmap::IndexMap;
use indexmap::map::raw_entry_v1::RawEntryApiV1;
use mingma_domain::Fact;
use mingma_domain::assess::Record;
use mingma_domain::fact::{Retraction, Statement, WordSet};

use super::keep::{Keep, kind_of};
use crate::table::fault::RowFault;

/// The most facts and retractions that are held of one person. Ten tests, stays and check-ins a day for 180 days, the
/// longest retention, are 1,800; this is the next power of two but one.
pub(super) const MAX_STATEMENTS_A_PERSON: usize = 4_096;

/// Everybody.
#[derive(Default)]
pub(super) struct People {
    /// The hasher has a fixed seed: the order is that of insertion, and the same file gives the same run.
    by_name: IndexMap<Box<str>, Person, FixedState>,
}

/// One person.
#[derive(Default, Debug)]
pub(super) struct Person {
    facts: Vec<Fact>,
    retractions: Vec<Retraction>,
    /// The words of the kinds of which a fact was read and not held.
    dropped: WordSet,
    /// A row about this person was refused, so that nobody can say what the facts are.
    pub(super) incomplete: bool,
}

impl People {
    /// Takes a statement; holds it only if it counts.
    ///
    /// # Errors
    /// [`RowFault::TooManyFacts`] beyond [`MAX_STATEMENTS_A_PERSON`]; the person is then incomplete.
    pub(super) fn add(&mut self, name: &str, statement: Statement, keep: &Keep<'_>) -> Result<(), RowFault> {
        let person = self.person(name);
        if !keep.counts(&statement) {
            if let Statement::Fact(fact) = &statement {
                person.dropped = person.dropped.with(WordSet::of_kind(fact.kind()));
            }
            return Ok(());
        }
        if person.facts.len() + person.retractions.len() == MAX_STATEMENTS_A_PERSON {
            person.incomplete = true;
            return Err(RowFault::TooManyFacts { limit: MAX_STATEMENTS_A_PERSON });
        }
        match statement {
            Statement::Fact(fact) => push(&mut person.facts, fact),
            Statement::Retraction(retraction) => push(&mut person.retractions, retraction),
        }
        Ok(())
    }

    /// A row about this person was refused.
    pub(super) fn incomplete(&mut self, name: &str) {
        self.person(name).incomplete = true;
    }

    /// Everybody, in the order of first appearance.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Person)> {
        self.by_name.iter().map(|(name, person)| (&**name, person))
    }

    fn person(&mut self, name: &str) -> &mut Person {
        // Most rows are about somebody who is there, and need no copy of the name.
        self.by_name.raw_entry_mut_v1().from_key(name).or_insert_with(|| (name.into(), Person::default())).1
    }
}

impl Person {
    /// What is held about this person.
    pub(super) fn record(&self) -> Record<'_> {
        Record { facts: &self.facts, retractions: &self.retractions }
    }

    /// How many retractions take no fact back. One of a kind of which a fact was not held is not among them: it may have
    /// named that fact, which its age took away.
    pub(super) fn idle_retractions(&self) -> usize {
        let may_be_dropped = |retraction: &Retraction| {
            kind_of(retraction).is_some_and(|kind| self.dropped.meets(WordSet::of_kind(kind)))
        };
        let idle = |retraction: &&Retraction| {
            !may_be_dropped(retraction) && !self.facts.iter().any(|fact| retraction.takes_back(fact))
        };
        self.retractions.iter().filter(idle).count()
    }
}

/// Adds to a list that most often stays short: it begins with room for two, where a list of its own accord would begin
/// with room for four facts of a hundred bytes.
fn push<T>(list: &mut Vec<T>, item: T) {
    if list.capacity() == 0 {
        list.reserve_exact(2);
    }
    list.push(item);
}
