//! `mingma census`: everybody's status at once, and what a draft would do to whom.
//!
//! A census is built once from a facts file and then mapped into memory by every command. It holds facts and no colour.

mod build;
mod list;
mod tell;
mod working;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mingma_census::job::{self, Draft, preview_all, reassess};
use mingma_census::{Builder, Census, Need, Outcomes, Program};
use mingma_domain::risk::RegionRisk;
use mingma_domain::text::Lang;
use mingma_domain::time::{Day, Zone};
use mingma_domain::{RiskMap, Ruleset};

use list::List;
use working::Working;

use crate::clock;
use crate::command::{demo, rules};
use crate::config::Config;
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
    Preview(Preview),
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

/// What a draft would do.
#[derive(clap::Args, Debug)]
pub(crate) struct Preview {
    #[command(flatten)]
    today: Today,
    /// The folder of a draft ruleset; several are set side by side.
    #[arg(long, value_name = "DIR", required_unless_present = "draft_risk")]
    draft: Vec<PathBuf>,
    /// Levels of regions to be set beside those in force, for each draft, or alone for today's rules; several are set side by side.
    #[arg(long, value_name = "FILE")]
    draft_risk: Vec<PathBuf>,
    /// The language of the words: `zh-Hans`, `zh-Hant` or `en`.
    #[arg(long, default_value = "en", conflicts_with = "json")]
    lang: Lang,
    /// The file by which the folder is served, if it sets the brake's share.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write down everybody whom a draft would touch, with the reasons before and after: a file that ends in `.csv` or `.jsonl`.
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
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
    #[arg(long, value_name = "FILE")]
    risk: Option<PathBuf>,
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
        let risk = match &self.risk {
            Some(path) => risk::read(path, None)?,
            None => RiskMap::new(&city_risk),
        };
        Ok(Scene { census, ruleset, risk, on })
    }
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
        let Scene { census, ruleset, risk, on } = self.today.read()?;
        enough_memory(Need::of_a_look(census.persons().into(), 1), None)?;
        let program = compile(&census, &ruleset, &risk, on)?;
        tell::notes(&tell::as_if(&ruleset, on, Lang::En));
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
        tell::assessed(&census, &program, since.as_ref(), &done, (self.today.json, &working))
    }
}

impl Preview {
    fn run(self) -> Result<ExitCode, Failure> {
        let working = Working::start()?;
        let share = Config::share_of(self.config.as_deref())?;
        let list = self.list.as_deref().map(List::in_file).transpose()?;
        let Scene { census, ruleset, risk, on } = self.today.read()?;
        // As an authority sets them: after the acts that are in force, and beside those about other regions.
        let beside = |levels: &RiskMap| RiskMap::new(&[risk.acts(), levels.acts()].concat());
        let mut levels = Vec::new();
        for path in &self.draft_risk {
            let set = risk::read(path, None)?;
            levels.push((path.display().to_string(), beside(&set), set));
        }
        let mut rulesets = Vec::new();
        for dir in &self.draft {
            rules::check_one(dir).map_err(|failure| {
                failure.help(
                    "a draft that may not be published has no preview; `mingma rules check` says the same",
                )
            })?;
            rulesets.push((dir.display().to_string(), ruleset_dir::load(dir)?));
        }
        let drafts = sketches(&risk, &rulesets, &levels);
        if drafts.len() > MAX_DRAFTS {
            return Err(Failure::new(format_args!(
                "{} drafts are too many to compare at once",
                drafts.len()
            ))
            .help(format_args!(
                "give at most {MAX_DRAFTS}; each `--draft` counts with each `--draft-risk`"
            )));
        }
        let (persons, sides) = (u64::from(census.persons()), u64::try_from(drafts.len()).unwrap_or(u64::MAX));
        enough_memory(Need::of_a_look(persons, sides), None)?;
        let program = compile(&census, &ruleset, &risk, on)?;
        let today = working.run("today's rules", |work| reassess(&census, &program, None, work))?;
        let mut programs = Vec::new();
        for draft in &drafts {
            programs.push(compile(&census, draft.rules.unwrap_or(&ruleset), draft.risk, on)?);
        }
        let named = drafts.iter().zip(&programs);
        let named: Vec<Draft<'_>> =
            named.map(|(draft, program)| Draft { label: &draft.label, program }).collect();
        let previews = working
            .run("the drafts", |work| preview_all(&census, (&program, &today.outcomes), &named, work))?;
        let all: Vec<_> = drafts
            .iter()
            .zip(&named)
            .zip(&previews)
            .map(|((sketch, draft), preview)| Told { sketch, draft, preview })
            .collect();
        if let Some(list) = list {
            list.write((&census, &program), &all)?;
        }
        let lang = (!self.today.json).then_some(self.lang);
        tell::previewed((&census, &program), &all, (lang, share))
    }
}

/// How many drafts are compared at once: as many as there are letters to call them by.
const MAX_DRAFTS: usize = 26;

/// A draft as it was given.
struct Sketch<'a> {
    label: String,
    /// Its rules; none: today's.
    rules: Option<&'a Ruleset>,
    /// The risk that would be in force.
    risk: &'a RiskMap,
    /// What of it would be set anew.
    levels: &'a [RegionRisk],
}

/// A draft, compiled, and what it would do.
struct Told<'a> {
    sketch: &'a Sketch<'a>,
    draft: &'a Draft<'a>,
    preview: &'a job::Preview,
}

/// Each ruleset with each set of levels; without rulesets today's, and without levels today's.
fn sketches<'a>(
    risk: &'a RiskMap,
    rulesets: &'a [(String, Ruleset)],
    levels: &'a [(String, RiskMap, RiskMap)],
) -> Vec<Sketch<'a>> {
    let of_rules = |label: &str, rules| {
        let alone = Sketch { label: label.to_owned(), rules, risk, levels: &[] };
        let under = |(file, risk, set): &'a (String, RiskMap, RiskMap)| {
            let label = if label.is_empty() { file.clone() } else { format!("{label}, {file}") };
            Sketch { label, rules, risk, levels: set.acts() }
        };
        if levels.is_empty() { vec![alone] } else { levels.iter().map(under).collect() }
    };
    if rulesets.is_empty() {
        return of_rules("", None);
    }
    rulesets.iter().flat_map(|(label, rules)| of_rules(label, Some(rules))).collect()
}

/// Refuses before it starts if memory would not do: what is given, in bytes, or what the machine has free.
fn enough_memory(need: Need, given: Option<u64>) -> Result<(), Failure> {
    memory::enough(need, given.or_else(free_memory)).map_err(|refusal| {
        Failure::new(refusal).help("build one census for each province, or take a larger machine")
    })
}

fn open(path: &Path) -> Result<Census, Failure> {
    let file = File::open(path).map_err(|error| Failure::about(path, error))?;
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
