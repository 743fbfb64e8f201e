//! The commands: one module each, a table of contents here.

mod rules;

use std::process::ExitCode;

use crate::failure::Failure;

/// What the program can do.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    /// Check a ruleset before it is published, or print it for residents.
    #[command(subcommand)]
    Rules(rules::Rules),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// A [`Failure`] that says what was wrong and what to do next.
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Rules(rules) => rules.run(),
        }
    }
}
