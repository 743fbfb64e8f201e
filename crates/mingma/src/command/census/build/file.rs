//! A census of a facts file, and of a file that says where persons live.
//!
//! Rows may stand in any order, and a retraction before or after what it takes back. So the facts of whoever has one are read once
//! more, when all retractions are known. A row that is refused ends it, and nothing is written.

use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::path::Path;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use mingma_census::{Builder, Census, Entry, Need};
use mingma_domain::Region;
use mingma_domain::fact::{Retraction, Statement};

use super::super::working::{self, Working};
use super::{LOOK_AGAIN, enough_memory};
use crate::failure::Failure;
use crate::table::facts::{Facts, Read};
use crate::table::header::Header;
use crate::table::input::{Input, failure};
use crate::table::{Row, Table};

const HOME_COLUMNS: &[&str] = &["person", "region"];
/// The column of who.
const PERSON: usize = 0;
/// The column of where they live.
const HOME: usize = 1;

/// The census of a file of facts and of one of homes, within so many free bytes.
pub(super) fn census(
    builder: Builder,
    (facts, homes): (&Input, Option<&Path>),
    free: Option<u64>,
    working: &Working,
) -> Result<Census, Failure> {
    let homes = homes.map(|path| Input::new(path, None, "the name")).transpose()?;
    let count = |input: &Input| input.rows().map_err(|fault| failure(&input.name, &fault));
    let (rows, persons) = (count(facts)?, homes.as_ref().map_or(Ok(0), count)?);
    enough_memory(Need::of(persons, rows, 0), free)?;
    let mut people = People { builder, entries: HashTable::new(), hasher: FixedState::default() };
    if let Some(homes) = &homes {
        read_homes(homes, &mut people)?;
    }
    let bar = working::bar("reading");
    bar.set_length(rows);
    let mut retractions: BTreeMap<Entry, Vec<Retraction>> = BTreeMap::new();
    let mut reading = Reading::of(facts, working)?;
    while let Some((person, statement)) = reading.next(|_| true)? {
        let entry = people.entry(person, None)?;
        match statement {
            Statement::Fact(fact) => people.builder.fact(entry, &fact, &[]).map_err(Failure::new)?,
            Statement::Retraction(retraction) => retractions.entry(entry).or_default().push(retraction),
        }
        bar.inc(1);
        if bar.position().is_multiple_of(LOOK_AGAIN) {
            enough_memory(people.need(), free)?;
        }
    }
    enough_memory(people.need(), free)?;
    if !retractions.is_empty() {
        people.builder.forget_facts(|entry| retractions.contains_key(&entry));
        let mut again = Reading::of(facts, working)?;
        let has_one = |entry: &Entry| retractions.contains_key(entry);
        while let Some((person, statement)) =
            again.next(|person| people.find(person).as_ref().is_some_and(has_one))?
        {
            if let (Statement::Fact(fact), Some(entry)) = (statement, people.find(person)) {
                let taken_back = retractions.get(&entry).map_or(&[][..], Vec::as_slice);
                people.builder.fact(entry, &fact, taken_back).map_err(Failure::new)?;
            }
        }
    }
    bar.finish_and_clear();
    people.builder.finish().map_err(Failure::new)
}

/// Everybody by name, while they are entered in the order of first appearance. The builder alone holds the names; the seed of the hash is
/// fixed, so that the same files give the same census.
struct People {
    builder: Builder,
    entries: HashTable<Entry>,
    hasher: FixedState,
}

/// What a person takes in the table of entries, in bytes: 4 and one of the table's own, in a table that is at least 7/16 full, and half of
/// that table beside it while it grows.
const ENTRY_BYTES: u64 = 18;

impl People {
    fn find(&self, name: &str) -> Option<Entry> {
        let is_it = |entry: &Entry| self.builder.name(*entry) == Some(name);
        self.entries.find(self.hasher.hash_one(name), is_it).copied()
    }

    /// The entry of a person, who is entered with a home if the name is new.
    fn entry(&mut self, name: &str, home: Option<Region>) -> Result<Entry, Failure> {
        if let Some(entry) = self.find(name) {
            return Ok(entry);
        }
        let Self { builder, entries, hasher } = self;
        let entry = builder.named(name, home).map_err(Failure::new)?;
        let hash_of = |entry: &Entry| hasher.hash_one(builder.name(*entry).unwrap_or_default());
        entries.insert_unique(hasher.hash_one(name), entry, hash_of);
        Ok(entry)
    }

    fn need(&self) -> Need {
        self.builder.need().beside(self.entries.len() as u64 * ENTRY_BYTES)
    }
}

/// The statements of a facts file, until one is refused or the job is to end.
struct Reading<'a> {
    name: &'a str,
    facts: Facts,
    working: &'a Working,
}

impl<'a> Reading<'a> {
    fn of(input: &'a Input, working: &'a Working) -> Result<Self, Failure> {
        Ok(Self { name: &input.name, facts: Facts::open(input)?, working })
    }

    /// The next statement about somebody who is meant.
    fn next(&mut self, is_meant: impl Fn(&str) -> bool) -> Result<Option<(&str, Statement)>, Failure> {
        self.working.go_on()?;
        match self.facts.next_about(is_meant)? {
            None => Ok(None),
            Some(Read::Statement(person, statement)) => Ok(Some((person, statement))),
            Some(Read::Refused(_, refusal)) => {
                let message = format_args!("{}:{}: {}", self.name, refusal.place, refusal.message);
                Err(Failure::new(message)
                    .help("`mingma assess --keep-going --refused FILE` lists every row that cannot be read"))
            }
        }
    }
}

fn read_homes(input: &Input, people: &mut People) -> Result<(), Failure> {
    let fail = |fault| failure(&input.name, &fault);
    let mut table = Table::open(input, &Header::of("a file of homes", HOME_COLUMNS)).map_err(fail)?;
    let mut row = Row::default();
    while let Some(readable) = table.next(&mut row).map_err(fail)? {
        let wrong = |column: Option<usize>, what: &dyn std::fmt::Display| {
            Failure::new(format_args!("{}:{}: {what}", input.name, table.place(column, None)))
        };
        if let Err(fault) = readable {
            return Err(Failure::new(format_args!(
                "{}:{}: {fault}",
                input.name,
                table.place(None, Some(&fault))
            )));
        }
        let region: Region = row.cell(HOME).parse().map_err(|error| wrong(Some(HOME), &error))?;
        if row.cell(PERSON).is_empty() {
            return Err(wrong(Some(PERSON), &"`person` is empty"));
        }
        let entry = people.entry(row.cell(PERSON), Some(region))?;
        if people.builder.home(entry) != Some(region) {
            return Err(wrong(
                Some(HOME),
                &"a row before it gives the same person another region: keep the one that is right",
            ));
        }
    }
    Ok(())
}
