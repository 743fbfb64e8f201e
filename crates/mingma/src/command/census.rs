//! `mingma census`: everybody's status at once, and what a draft would do to whom.
//!
//! A census is built once from a facts file and then mapped into memory by every command. It holds facts and no colour.

mod build;
mod tell;

use std::fs::File;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mingma_census::job::{Draft, preview_all, reassess};
use mingma_census::{Census, Outcomes, Program, Work};
use mingma_domain::time::Day;
use mingma_domain::{RiskMap, Ruleset};

use crate::failure::Failure;
use crate::ruleset_dir;
use crate::table::risk;

/// The whole population at once: build a census, assess it, and see what a draft would do before it is published.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum CensusCommand {
    /// Build a census from a facts file.
    Build(build::Build),
    /// Say what is in a census.
    Info {
        /// The census.
        #[arg(value_name = "FILE")]
        census: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Everybody's colour under a ruleset, counted by home region; with `--since`, who has changed and why.
    Assess(Assess),
    /// What a draft of rules or of risk levels would do to whom, compared with today's.
    Preview(Preview),
}

/// Everybody's colour under a ruleset.
#[derive(clap::Args, Debug)]
pub(crate) struct Assess {
    #[command(flatten)]
    today: Today,
    /// Compare with the end of this earlier day, and tell who has changed, with the reasons before and after.
    #[arg(long, value_name = "DAY")]
    since: Option<Day>,
}

/// What a draft would do.
#[derive(clap::Args, Debug)]
pub(crate) struct Preview {
    #[command(flatten)]
    today: Today,
    /// The folder of a draft ruleset; several are set side by side.
    #[arg(long, value_name = "DIR", required_unless_present = "draft_risk")]
    draft: Vec<PathBuf>,
    /// A draft of the regions' risk levels, for the drafts, or alone for today's rules.
    #[arg(long, value_name = "FILE")]
    draft_risk: Option<PathBuf>,
}

/// A census under the rules of a day.
#[derive(clap::Args, Debug)]
struct Today {
    /// The census.
    #[arg(long, value_name = "FILE")]
    census: PathBuf,
    /// The folder of the ruleset that is in force.
    #[arg(long, value_name = "DIR")]
    rules: PathBuf,
    /// The regions' risk levels: `region,level,from,until`.
    #[arg(long, value_name = "FILE")]
    risk: Option<PathBuf>,
    /// The day, meaning its end.
    #[arg(long, value_name = "DAY")]
    on: Day,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl CensusCommand {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Build(build) => build.run(),
            Self::Info { census, json } => tell::info(&open(&census)?, json),
            Self::Assess(assess) => assess.run(),
            Self::Preview(preview) => preview.run(),
        }
    }
}

impl Assess {
    fn run(self) -> Result<ExitCode, Failure> {
        let census = open(&self.today.census)?;
        let (ruleset, risk) = (ruleset_dir::load(&self.today.rules)?, levels(self.today.risk.as_deref())?);
        let program = compile(&census, &ruleset, &risk, self.today.on)?;
        let since = self.since.map(|day| compile(&census, &ruleset, &risk, day)).transpose()?;
        let before: Option<Outcomes> = match &since {
            Some(since) => Some(reassess(&census, since, None, &work()).map_err(Failure::new)?.outcomes),
            None => None,
        };
        let done = reassess(&census, &program, before.as_ref(), &work()).map_err(Failure::new)?;
        tell::assessed(&census, &program, since.as_ref(), &done, self.today.json)
    }
}

impl Preview {
    fn run(self) -> Result<ExitCode, Failure> {
        let census = open(&self.today.census)?;
        let (ruleset, risk) = (ruleset_dir::load(&self.today.rules)?, levels(self.today.risk.as_deref())?);
        let draft_risk = match &self.draft_risk {
            Some(path) => risk::read(path, None)?,
            None => risk.clone(),
        };
        let mut drafts = Vec::new();
        for dir in &self.draft {
            drafts.push((dir.display().to_string(), ruleset_dir::load(dir)?));
        }
        if drafts.is_empty() {
            drafts.push(("the draft risk levels".to_owned(), ruleset.clone()));
        }
        let program = compile(&census, &ruleset, &risk, self.today.on)?;
        let today = reassess(&census, &program, None, &work()).map_err(Failure::new)?;
        let mut programs = Vec::new();
        for (_, draft) in &drafts {
            programs.push(compile(&census, draft, &draft_risk, self.today.on)?);
        }
        let named = drafts.iter().zip(&programs);
        let named: Vec<Draft<'_>> = named.map(|((label, _), program)| Draft { label, program }).collect();
        let previews =
            preview_all(&census, (&program, &today.outcomes), &named, &work()).map_err(Failure::new)?;
        tell::previewed(&census, &program, &named, &previews, self.today.json)
    }
}

fn open(path: &Path) -> Result<Census, Failure> {
    let file = File::open(path).map_err(|error| Failure::about(path, error))?;
    Census::open(&file).map_err(|error| Failure::about(path, error))
}

fn levels(path: Option<&Path>) -> Result<RiskMap, Failure> {
    path.map_or_else(|| Ok(RiskMap::default()), |path| risk::read(path, None))
}

fn compile<'a>(
    census: &Census,
    ruleset: &'a Ruleset,
    risk: &'a RiskMap,
    on: Day,
) -> Result<Program<'a>, Failure> {
    Program::compile(census, ruleset, risk, on).map_err(Failure::new)
}

/// On all cores.
fn work() -> Work<'static> {
    Work::default().on(std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN))
}
