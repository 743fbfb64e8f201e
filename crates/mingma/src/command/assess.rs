//! `mingma assess`: the colours of everybody in a facts file, under one ruleset, on one day.
//!
//! It reads the file once, holds what can still count, and writes nothing before the last row was read.

mod keep;
mod people;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::Timestamp;
use mingma_domain::fact::Statement;
use mingma_domain::time::{Moment, Zone};
use mingma_domain::{RiskMap, Ruleset};

use self::keep::Keep;
use self::people::People;
use self::report::{Form, Summary};
use crate::failure::Failure;
use crate::ruleset_dir;
use crate::table::facts::{Facts, Read};
use crate::table::input::{Format, Input};
use crate::table::output::{Output, apart};
use crate::table::refusal::{EXIT_SOME_REFUSED, Refusals};
use crate::table::risk;

/// Assess everybody in a facts file under a ruleset.
///
/// Writes `person,color,reasons,until` in the order in which persons first appear, and a summary on standard error.
/// Exit status: 0 if every row was read; 1 if not, and nothing was written; 3 if rows were left out by `--keep-going`.
#[derive(clap::Args, Debug)]
pub(crate) struct Assess {
    /// The folder of the ruleset.
    #[arg(long, value_name = "DIR")]
    rules: PathBuf,
    /// The facts: a `.csv`, `.jsonl` or `.parquet` file, or `-` for CSV on standard input.
    #[arg(long, value_name = "FILE")]
    facts: PathBuf,
    /// The format of the facts, where the name does not say it.
    #[arg(long, value_name = "FORMAT")]
    facts_format: Option<Format>,
    /// The regions' risk levels: `region,level,from,until`.
    #[arg(long, value_name = "FILE")]
    risk: Option<PathBuf>,
    /// The format of the risk file, where the name does not say it.
    #[arg(long, value_name = "FORMAT")]
    risk_format: Option<Format>,
    /// The day, meaning its end in the ruleset's zone (`2022-06-13`), or an instant (`2022-06-13T09:40:00+08:00`).
    #[arg(long, value_name = "DATE")]
    on: Moment,
    /// The format of the results.
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    format: Form,
    /// Tell each status in full: reasons with their facts, dates, and the path to green. Needs `--format jsonl`.
    #[arg(long)]
    explain: bool,
    /// Where the results go; without it, to standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Go on without the rows that cannot be read, and leave out the persons whom they are about.
    #[arg(long, requires = "refused")]
    keep_going: bool,
    /// Where refused rows are written, with the reasons.
    #[arg(long, value_name = "FILE", requires = "keep_going")]
    refused: Option<PathBuf>,
}

impl Assess {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        if self.explain && self.format == Form::Csv {
            return Err(Failure::new(
                "an explanation has reasons, facts and dates, which a cell of CSV cannot hold",
            )
            .help("add `--format jsonl`"));
        }
        self.apart()?;
        let ruleset = ruleset_dir::load(&self.rules)?;
        let now = instant(self.on, &ruleset.zone)?;
        let input = Input::new(&self.facts, self.facts_format, "--facts-format")?;
        let risk = match &self.risk {
            Some(path) => risk::read(path, self.risk_format)?,
            None => RiskMap::default(),
        };
        let mut refusals = Refusals::new(self.refused.as_deref())?;
        let mut summary = Summary::new(&ruleset, now);
        let people = read(&input, &ruleset, now, &mut refusals, &mut summary)?;
        let output = match &self.out {
            Some(path) => Output::file(path)?,
            None => Output::stdout(),
        };
        // The refused rows first: results without them must never stand alone.
        refusals.finish()?;
        let mut report = report::Report { form: self.format, explain: self.explain, output, summary };
        report.write(&people, &ruleset, &risk, now)?;
        report.finish(&refusals, &ruleset)?;
        // The program ends here, and with it its memory; giving it back piece by piece takes a tenth of the whole run.
        std::mem::forget(people);
        Ok(if refusals.count() == 0 { ExitCode::SUCCESS } else { ExitCode::from(EXIT_SOME_REFUSED) })
    }
}

impl Assess {
    /// Refuses outputs that would replace an input or one another.
    fn apart(&self) -> Result<(), Failure> {
        let rules = [ruleset_dir::RULES, ruleset_dir::EXAMPLES, ruleset_dir::SOURCE];
        let rules = rules.map(|name| self.rules.join(name));
        let mut inputs: Vec<(&str, &Path)> = rules.iter().map(|path| ("`--rules`", path.as_path())).collect();
        // `-` is standard input.
        inputs.extend(Some(("`--facts`", self.facts.as_path())).filter(|(_, path)| path.as_os_str() != "-"));
        inputs.extend(self.risk.as_deref().map(|path| ("`--risk`", path)));
        let out = self.out.as_deref().map(|path| ("`--out`", path));
        let refused = self.refused.as_deref().map(|path| ("`--refused`", path));
        apart(&out.into_iter().chain(refused).collect::<Vec<_>>(), &inputs)
    }
}

/// The instant that `--on` means: the end of a civil day in the ruleset's zone, or the instant itself.
fn instant(on: Moment, zone: &Zone) -> Result<Timestamp, Failure> {
    match on {
        Moment::Instant(at, _) => Ok(at),
        Moment::Day(day) => zone.end_of(day).map_err(|error| Failure::new(format_args!("--on: {error}"))),
    }
}

/// Reads all facts to the end and holds what counts.
fn read(
    input: &Input,
    ruleset: &Ruleset,
    now: Timestamp,
    refusals: &mut Refusals,
    summary: &mut Summary,
) -> Result<People, Failure> {
    let keep = Keep::new(ruleset, now);
    let mut facts = Facts::open(input)?;
    let mut people = People::default();
    while let Some(read) = facts.next()? {
        let refusal = match read {
            Read::Statement(person, statement) => {
                let is_fact = matches!(statement, Statement::Fact(_));
                match people.add(person, statement, &keep) {
                    Ok(()) => {
                        summary.count(is_fact);
                        continue;
                    }
                    Err(fault) => facts.refusal(&fault),
                }
            }
            Read::Refused(person, refusal) => {
                match person {
                    Some(person) => people.incomplete(person),
                    None => summary.nobody += 1,
                }
                refusal
            }
        };
        refusals.add(facts.name(), &refusal)?;
    }
    refusals.settle(facts.rows())?;
    summary.rows = facts.rows();
    Ok(people)
}
