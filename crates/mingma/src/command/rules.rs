//! `mingma rules check` and `mingma rules show`.

mod page;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mingma_domain::ruleset::check::check;
use mingma_domain::text::Lang;

use crate::failure::Failure;
use crate::ruleset_dir::{self, RULES, SOURCE};

/// Check a ruleset before it is published, or print it for residents.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Rules {
    /// Say of each ruleset whether it may be published, and if not, everything that stands against it.
    Check {
        /// Folders with `ruleset.toml`, `examples.toml` and `source.md`.
        #[arg(required = true, value_name = "DIR")]
        dirs: Vec<PathBuf>,
    },
    /// Print a ruleset as a page that a resident can read.
    Show {
        /// The folder of the ruleset.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// One language only (`zh-Hans`, `zh-Hant` or `en`); without it, all three.
        #[arg(long, value_name = "LANG")]
        lang: Option<Lang>,
    },
}

impl Rules {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Check { dirs } => check_all(&dirs),
            Self::Show { dir, lang } => show(&dir, lang),
        }
    }
}

fn check_all(dirs: &[PathBuf]) -> Result<ExitCode, Failure> {
    let mut stdout = std::io::stdout().lock();
    let mut refused = 0_usize;
    for dir in dirs {
        match check_one(dir) {
            Ok(line) => writeln!(stdout, "ok {}: {line}", dir.display()).map_err(Failure::output)?,
            Err(failure) => {
                refused += 1;
                failure.report();
            }
        }
    }
    if refused == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::new(format_args!("{refused} of {} rulesets may not be published", dirs.len())))
}

/// The line that says what was checked.
fn check_one(dir: &Path) -> Result<String, Failure> {
    let ruleset = ruleset_dir::load(dir)?;
    let examples = ruleset_dir::load_examples(dir)?;
    let source = ruleset_dir::read(&dir.join(SOURCE))?;
    let report = check(&ruleset, &examples);
    let path = dir.join(RULES);
    let mut refusals: Vec<String> =
        report.refusals.iter().map(|r| format!("{}: {r}", path.display())).collect();
    if source.trim().is_empty() {
        refusals
            .push(format!("{}: empty: say where the law's text is to be read", dir.join(SOURCE).display()));
    }
    if refusals.is_empty() {
        let rules = ruleset.rules.len();
        return Ok(format!(
            "{rules} rules, {} examples, {} states, each with a way back to green",
            report.examples, report.states
        ));
    }
    Err(Failure::new(refusals.join("\nerror: ")))
}

fn show(dir: &Path, lang: Option<Lang>) -> Result<ExitCode, Failure> {
    let ruleset = ruleset_dir::load(dir)?;
    let mut stdout = std::io::stdout().lock();
    let langs = lang.map_or_else(|| Lang::ALL.to_vec(), |one| vec![one]);
    for (index, lang) in langs.into_iter().enumerate() {
        let rule = if index == 0 { "" } else { "\n---\n\n" };
        write!(stdout, "{rule}{}", page::page(&ruleset, lang)).map_err(Failure::output)?;
    }
    Ok(ExitCode::SUCCESS)
}
