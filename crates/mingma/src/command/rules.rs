//! `mingma rules check` and `mingma rules show`.

mod page;

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mingma_domain::ruleset::check::{Refusal, check};
use mingma_domain::text::Lang;

use crate::failure::Failure;
use crate::plural::counted;
use crate::ruleset_dir::{self, EXAMPLES, RULES, SOURCE};

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
            // A reader who left early changes nothing in the judgement, which is the exit status.
            Ok(line) => {
                read_on(writeln!(stdout, "ok {}: {line}", dir.display()))?;
            }
            Err(failure) => {
                refused += 1;
                failure.report();
            }
        }
    }
    if refused == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::new(format_args!(
        "{refused} of {} may not be published",
        counted(dirs.len(), "ruleset", "rulesets")
    )))
}

/// The line that says what was checked.
///
/// # Errors
/// A [`Failure`] with everything that stands against the ruleset's publication.
pub(super) fn check_one(dir: &Path) -> Result<String, Failure> {
    let ruleset = ruleset_dir::load(dir)?;
    let examples = ruleset_dir::load_examples(dir)?;
    let source = ruleset_dir::read(&dir.join(SOURCE))?;
    let report = check(&ruleset, &examples);
    let mut refusals: Vec<String> = report.refusals.iter().map(|refusal| placed(dir, refusal)).collect();
    if source.trim().is_empty() {
        refusals
            .push(format!("{}: empty: say where the law's text is to be read", dir.join(SOURCE).display()));
    }
    if refusals.is_empty() {
        let rules = ruleset.rules.len();
        return Ok(format!(
            "{}, {}, {}, each with a way back to green",
            counted(rules, "rule", "rules"),
            counted(report.examples, "example", "examples"),
            counted(report.states, "state", "states")
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
        if !read_on(write!(stdout, "{rule}{}", page::page(&ruleset, lang)))? {
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A refusal behind the file that it is about, and the line if it has one.
fn placed(dir: &Path, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Example { line, .. } | Refusal::UnknownReason { line, .. } => {
            format!("{}:{line}: {refusal}", dir.join(EXAMPLES).display())
        }
        Refusal::Sunset { .. }
        | Refusal::Retention { .. }
        | Refusal::NeverHolds { .. }
        | Refusal::DeadEnd { .. }
        | Refusal::Uncovered { .. } => format!("{}: {refusal}", dir.join(RULES).display()),
    }
}

/// Whether anybody reads on: a closed pipe (`mingma rules show DIR | head`) is no fault.
fn read_on(written: std::io::Result<()>) -> Result<bool, Failure> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::output(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn an_example_that_fails_is_blamed_on_its_own_line() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulesets/shaanxi/2020");
        let copy = tempfile::tempdir().unwrap();
        for file in [RULES, EXAMPLES, SOURCE] {
            fs::copy(root.join(file), copy.path().join(file)).unwrap();
        }
        let path = copy.path().join(EXAMPLES);
        let text = fs::read_to_string(&path).unwrap();
        let wrong = text.replacen("color = \"red\"", "color = \"green\"", 1);
        assert_ne!(wrong, text, "no example expects red");
        fs::write(&path, &wrong).unwrap();
        let failure = format!("{:?}", check_one(copy.path()).unwrap_err());
        let at = failure.split_once("examples.toml:").unwrap().1;
        let line: usize = at.split(':').next().unwrap().parse().unwrap();
        let changed = wrong.lines().zip(text.lines()).position(|(new, old)| new != old).unwrap() + 1;
        assert!(line <= changed && changed - line < 20, "{line} for {changed}: {failure}");
        assert!(failure.contains(&format!("examples.toml:{line}: example `")), "{failure}");
    }

    #[test]
    fn a_reader_who_left_is_no_fault_and_a_full_disk_is() {
        assert!(read_on(Ok(())).unwrap());
        assert!(!read_on(Err(ErrorKind::BrokenPipe.into())).unwrap());
        assert!(read_on(Err(ErrorKind::StorageFull.into())).is_err());
    }
}
