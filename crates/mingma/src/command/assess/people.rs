//! Everybody in the file, in the order of first appearance, with what counts about them.

use foldhash::fast::FixedState;
use indexmap::IndexMap;
use indexmap::map::raw_entry_v1::RawEntryApiV1;
use mingma_domain::Fact;
use mingma_domain::assess::Record;
use mingma_domain::fact::{Retraction, Statement};

use super::keep::Keep;
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
}

/// Adds to a list that most often stays short: it begins with room for two, where a list of its own accord would begin
/// with room for four facts of a hundred bytes.
fn push<T>(list: &mut Vec<T>, item: T) {
    if list.capacity() == 0 {
        list.reserve_exact(2);
    }
    list.push(item);
}
