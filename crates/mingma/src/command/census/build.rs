//! `mingma census build`: from a facts file to a census file.
//!
//! The facts are read twice, so that they may stand in any order: first for the persons and the retractions, which may
//! come before or after what they take back, then for the facts. A row that is refused ends it, and nothing is written.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use foldhash::fast::FixedState;
use indexmap::IndexMap;
use mingma_census::{Builder, Entry, Need};
use mingma_domain::Region;
use mingma_domain::fact::{Retraction, Statement};
use mingma_domain::time::{Day, Zone};

use super::tell;
use crate::failure::Failure;
use crate::table::facts::{Facts, Read};
use crate::table::header::Header;
use crate::table::input::{Format, Input, failure};
use crate::table::{Row, Table};

/// Build a census from a facts file.
#[derive(clap::Args, Debug)]
pub(crate) struct Build {
    /// The facts: a `.csv`, `.jsonl` or `.parquet` file.
    #[arg(long, value_name = "FILE")]
    facts: PathBuf,
    /// The format of the facts, where the name does not say it.
    #[arg(long, value_name = "FORMAT")]
    facts_format: Option<Format>,
    /// Where persons live: `person,region`. Persons whom it does not name are counted without a home.
    #[arg(long, value_name = "FILE")]
    homes: Option<PathBuf>,
    /// The zone in which days are reckoned: that of the rulesets to be used.
    #[arg(long, value_name = "ZONE", default_value = "Asia/Shanghai")]
    zone: String,
    /// The day of the census: facts of the fourteen months before take the least room.
    #[arg(long, value_name = "DAY")]
    on: Day,
    /// The file to write; an older one is replaced when the new one is whole.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Tell the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Everybody, in the order of first appearance; the seed of the hash is fixed, so that the same files give the same census.
type People = IndexMap<Box<str>, Option<Region>, FixedState>;

const HOME_COLUMNS: &[&str] = &["person", "region"];

impl Build {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let zone = Zone::named(&self.zone).map_err(Failure::new)?;
        let input = Input::new(&self.facts, self.facts_format, "--facts-format")?;
        if self.facts.as_os_str() == "-" {
            return Err(Failure::new("the facts are read twice, and standard input can be read only once")
                .help("write them to a file first"));
        }
        let mut people = People::default();
        if let Some(homes) = &self.homes {
            read_homes(homes, &mut people)?;
        }
        let mut retractions: BTreeMap<Box<str>, Vec<Retraction>> = BTreeMap::new();
        let (mut facts, mut placed) = (0_u64, 0_u64);
        each(&input, |person, statement| {
            people.entry(person.into()).or_default();
            match statement {
                Statement::Fact(fact) => {
                    facts += 1;
                    placed += u64::from(fact.region().is_some());
                }
                Statement::Retraction(retraction) => {
                    retractions.entry(person.into()).or_default().push(retraction);
                }
            }
            Ok(())
        })?;
        let need = Need::of(people.len() as u64, facts, placed);
        if let Some(free) = free_memory() {
            need.within(free).map_err(Failure::new)?;
        }
        let mut builder = Builder::new(&zone, self.on);
        let mut entries: IndexMap<&str, Entry, FixedState> = IndexMap::default();
        for (name, home) in &people {
            entries.insert(name, builder.named(name, *home).map_err(Failure::new)?);
        }
        each(&input, |person, statement| {
            let (Statement::Fact(fact), Some(entry)) = (statement, entries.get(person)) else {
                return Ok(());
            };
            let taken_back = retractions.get(person).map_or(&[][..], Vec::as_slice);
            builder.fact(*entry, &fact, taken_back).map_err(Failure::new)
        })?;
        let census = builder.finish().map_err(Failure::new)?;
        let part = self.out.with_extension("part");
        let file = File::create(&part).map_err(|error| Failure::about(&part, error))?;
        let mut writer = BufWriter::new(file);
        let written = census.write(&mut writer).and_then(|()| writer.get_ref().sync_all());
        written.map_err(|error| Failure::about(&part, error))?;
        fs::rename(&part, &self.out).map_err(|error| Failure::about(&self.out, error))?;
        tell::info(&census, self.json)
    }
}

/// Calls `see` for every statement of a facts file.
fn each(input: &Input, mut see: impl FnMut(&str, Statement) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut facts = Facts::open(input)?;
    loop {
        let refusal = match facts.next()? {
            None => return Ok(()),
            Some(Read::Statement(person, statement)) => {
                see(person, statement)?;
                continue;
            }
            Some(Read::Refused(_, refusal)) => refusal,
        };
        return Err(Failure::new(format_args!("{}:{}: {}", input.name, refusal.place, refusal.message))
            .help("`mingma assess --keep-going --refused FILE` lists every row that cannot be read"));
    }
}

fn read_homes(path: &Path, people: &mut People) -> Result<(), Failure> {
    let input = Input::new(path, None, "the name")?;
    let fail = |fault| failure(&input.name, &fault);
    let mut table = Table::open(&input, &Header::of("a file of homes", HOME_COLUMNS)).map_err(fail)?;
    let mut row = Row::default();
    let mut rows = 0_u64;
    while let Some(readable) = table.next(&mut row).map_err(fail)? {
        rows += 1;
        let wrong =
            |what: &dyn std::fmt::Display| Failure::new(format_args!("{}: row {rows}: {what}", input.name));
        readable.map_err(|fault| wrong(&fault))?;
        let region: Region = row.cell(1).parse().map_err(|error| wrong(&error))?;
        if row.cell(0).is_empty() {
            return Err(wrong(&"`person` is empty"));
        }
        people.insert(row.cell(0).into(), Some(region));
    }
    Ok(())
}

/// How many bytes of memory are free, where the system tells.
fn free_memory() -> Option<u64> {
    let told = fs::read_to_string("/proc/meminfo").ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?.checked_mul(1_024)
}
