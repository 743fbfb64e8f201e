//! `mingma census`: everybody's status at once, and what a draft would do to whom.
//!
//! A census is built once from a facts file and then mapped into memory by every command. It holds facts and no colour.

mod build;
mod list;
mod preview;
mod tell;
mod working;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mingma_census::job::reassess;
use mingma_census::{Builder, Census, Need, Outcomes, Program};
use mingma_domain::text::Lang;
use mingma_domain::time::{Day, Zone};
use mingma_domain::{RiskMap, Ruleset};
use mingma_registry::Book;
use mingma_store::Snapshot;

use preview::Told;
use working::Working;

use crate::clock;
use crate::command::demo;
use crate::failure::Failure;
use crate::living;
use crate::machine::free_memory;
use crate::memory;
use crate::ruleset_dir;
use crate::table::risk;

/// The whole population at once: build a census, assess it, and see what a draft would do before it is published.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum CensusCommand {
    /// Build a census from a facts file, or from a data folder.
    Build(build::Build),
    /// Say what is in a census.
    Info(Info),
    /// Everybody's colour under a ruleset, counted by home region; with `--since`, who has changed and why.
    Assess(Assess),
    /// What a draft of rules or of risk levels would do to whom, compared with today's.
    Preview(preview::Preview),
}

/// What is in a census.
#[derive(clap::Args, Debug)]
pub(crate) struct Info {
    /// The census.
    #[arg(value_name = "FILE", required_unless_present = "data")]
    census: Option<PathBuf>,
    /// A data folder instead: its census as it lives while the folder is served, and the memory that it takes then. The folder may be
    /// served meanwhile, and is only read.
    #[arg(long, value_name = "DIR", conflicts_with = "census")]
    data: Option<PathBuf>,
    /// The zone in which the folder's days are reckoned.
    #[arg(long, value_name = "ZONE", default_value = "Asia/Shanghai", requires = "data")]
    zone: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Everybody's colour under a ruleset.
#[derive(clap::Args, Debug)]
pub(crate) struct Assess {
    #[command(flatten)]
    today: Today,
    /// Compare with the end of this earlier day, and tell who has changed, with the reasons before and after.
    #[arg(long, value_name = "DAY")]
    since: Option<Day>,
    /// One person alone, called as in the facts file: the facts that count, the status, and why.
    #[arg(long, value_name = "ID", conflicts_with = "since")]
    person: Option<String>,
}

/// A census under the rules of a day.
#[derive(clap::Args, Debug)]
struct Today {
    /// The census.
    #[arg(long, value_name = "FILE", required_unless_present = "demo", requires = "on")]
    census: Option<PathBuf>,
    /// The fictional city of `mingma demo`, its 10,000 residents as they were on 10 January 2022.
    #[arg(long, conflicts_with = "census")]
    demo: bool,
    /// The folder of the ruleset that is in force.
    #[arg(long, value_name = "DIR")]
    rules: PathBuf,
    /// The regions' risk levels: `region,level,from,until`.
    #[arg(long, value_name = "FILE", conflicts_with = "data")]
    risk: Option<PathBuf>,
    /// The regions' risk levels as this data folder has them: for a census that was built from it. It is only read.
    #[arg(long, value_name = "DIR", requires = "census")]
    data: Option<PathBuf>,
    /// The day, meaning its end.
    #[arg(long, value_name = "DAY")]
    on: Option<Day>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What the arguments of [`Today`] name.
struct Scene {
    census: Census,
    ruleset: Ruleset,
    risk: RiskMap,
    /// Whether anything says which levels there are; else there are none.
    levels_known: bool,
    on: Day,
}

impl Today {
    fn read(&self) -> Result<Scene, Failure> {
        let ruleset = ruleset_dir::load(&self.rules)?;
        let (census, city_risk, on) = match (&self.census, self.on) {
            (Some(path), Some(on)) => (open(path)?, Vec::new(), on),
            (Some(_), None) => return Err(Failure::new("name the day with `--on`")),
            (None, on) => {
                let on = on.map_or_else(demo::day, Ok)?;
                let (residents, risk) = demo::residents(on)?;
                let mut builder = Builder::new(&ruleset.zone, on);
                for (name, home, facts) in &residents {
                    let entry = builder.named(name, Some(*home)).map_err(Failure::new)?;
                    for fact in facts {
                        builder.fact(entry, fact, &[]).map_err(Failure::new)?;
                    }
                }
                (builder.finish().map_err(Failure::new)?, risk, on)
            }
        };
        let risk = match (&self.risk, &self.data) {
            (Some(path), _) => risk::read(path, None)?,
            (None, Some(data)) => levels_of(data)?,
            (None, None) => RiskMap::new(&city_risk),
        };
        let levels_known = self.risk.is_some() || self.data.is_some() || self.demo;
        Ok(Scene { census, ruleset, risk, levels_known, on })
    }
}

/// The risk levels that were ever set in a data folder.
fn levels_of(data: &Path) -> Result<RiskMap, Failure> {
    let published = Snapshot::open(data).map_err(Failure::new)?.published().map_err(Failure::new)?;
    let book = Book::default().with(published).map_err(Failure::new)?;
    Ok(RiskMap::clone(book.risk()))
}

impl CensusCommand {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Build(build) => build.run(),
            Self::Info(info) => info.run(),
            Self::Assess(assess) => assess.run(),
            Self::Preview(preview) => preview.run(),
        }
    }
}

impl Info {
    fn run(self) -> Result<ExitCode, Failure> {
        let Some(data) = &self.data else {
            let census = self.census.as_deref().map(open).transpose()?;
            let census = census.ok_or_else(|| Failure::new("name a census, or a folder with `--data`"))?;
            return tell::info(&census, (census.ends(), None), self.json);
        };
        let (working, zone) = (Working::start()?, Zone::named(&self.zone).map_err(Failure::new)?);
        let mut ledger = living::ledger(data, &zone, clock::now(), working.cancel()).map_err(Failure::new)?;
        let plan = working.run("whose day comes when", |work| ledger.look().planned(work))?;
        ledger.plan(plan);
        tell::info(ledger.living().census(), (None, Some(ledger.beside())), self.json)
    }
}

impl Assess {
    fn run(self) -> Result<ExitCode, Failure> {
        let working = Working::start()?;
        let Scene { census, ruleset, risk, levels_known, on } = self.today.read()?;
        enough_memory(Need::of_a_look(census.persons().into(), 1), None)?;
        let program = compile(&census, &ruleset, &risk, on)?;
        let unknown = (!levels_known && program.asks_risk()).then(|| tell::no_levels(Lang::En));
        tell::notes(tell::as_if(&ruleset, on, Lang::En).iter().chain(&unknown));
        if let Some(person) = &self.person {
            return tell::person(&census, &program, person, self.today.json);
        }
        if self.since.is_some_and(|since| since >= on) {
            return Err(Failure::new(format_args!("the day to compare with is not earlier than {on}"))
                .help("give an earlier day with `--since`"));
        }
        let since = self.since.map(|day| compile(&census, &ruleset, &risk, day)).transpose()?;
        let before: Option<Outcomes> = match &since {
            Some(since) => Some(working.run("before", |work| reassess(&census, since, None, work))?.outcomes),
            None => None,
        };
        let done = working.run("assessing", |work| reassess(&census, &program, before.as_ref(), work))?;
        tell::assessed(&census, (&program, levels_known), since.as_ref(), &done, (self.today.json, &working))
    }
}

/// Refuses before it starts if memory would not do: what is given, in bytes, or what the machine has free.
fn enough_memory(need: Need, given: Option<u64>) -> Result<(), Failure> {
    memory::enough(need, given.or_else(free_memory)).map_err(|refusal| {
        Failure::new(refusal).help("build one census for each province, or take a larger machine")
    })
}

fn open(path: &Path) -> Result<Census, Failure> {
    let file = File::open(path).map_err(|error| Failure::about(path, error))?;
    if file.metadata().is_ok_and(|found| found.is_dir()) {
        return Err(Failure::about(path, "it is a folder, and a census is a file")
            .help("`mingma census build` writes the file; of a data folder, `--data DIR --out FILE`"));
    }
    Census::open(&file, clock::now()).map_err(|error| Failure::about(path, error))
}

fn compile<'a>(
    census: &Census,
    ruleset: &'a Ruleset,
    risk: &'a RiskMap,
    on: Day,
) -> Result<Program<'a>, Failure> {
    Program::compile(census, ruleset, risk, on).map_err(Failure::new)
}
