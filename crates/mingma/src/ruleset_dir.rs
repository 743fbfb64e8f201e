//! Rulesets as folders: `ruleset.toml`, `examples.toml` and `source.md`.

use std::fmt::Display;
use std::path::Path;

use mingma_domain::Ruleset;
use mingma_domain::ruleset::SyntaxError;
use mingma_domain::ruleset::example::{self, Example};

use crate::failure::Failure;

/// The rules.
pub(crate) const RULES: &str = "ruleset.toml";
/// Facts and the status that they must give.
pub(crate) const EXAMPLES: &str = "examples.toml";
/// Where the law's text is to be read.
pub(crate) const SOURCE: &str = "source.md";

/// The ruleset of a folder.
///
/// # Errors
/// A [`Failure`] with every `path:line:column: message`.
pub(crate) fn load(dir: &Path) -> Result<Ruleset, Failure> {
    let path = dir.join(RULES);
    Ruleset::parse(&read(&path)?).map_err(|errors| syntax(&path, &errors))
}

/// The examples of a folder.
///
/// # Errors
/// A [`Failure`] with every `path:line:column: message`.
pub(crate) fn load_examples(dir: &Path) -> Result<Vec<Example>, Failure> {
    let path = dir.join(EXAMPLES);
    example::parse(&read(&path)?).map_err(|errors| syntax(&path, &errors))
}

/// The text of a file of the folder.
///
/// # Errors
/// A [`Failure`] that says which file cannot be read, and what a ruleset's folder holds.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::about(path, error)
            .help(format_args!("a ruleset is a folder with `{RULES}`, `{EXAMPLES}` and `{SOURCE}`"))
    })
}

fn syntax(path: &Path, errors: &[SyntaxError]) -> Failure {
    let at = |error: &dyn Display| format!("{}:{error}", path.display());
    Failure::new(errors.iter().map(|e| at(e)).collect::<Vec<_>>().join("\nerror: "))
        .help("docs/ruleset-language.md lists every word of the language")
}
