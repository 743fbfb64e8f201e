//! How a command fails: what was wrong and what to do next, on standard error, with an exit status.

use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// A command that could not do what it was asked to.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What was wrong, in the user's words; one line or several.
    message: String,
    /// What to do next.
    help: Option<String>,
    /// Whether the only thing wrong is that nobody reads on.
    is_unread: bool,
}

/// What a shell tells of a tool that was ended because nobody read on: 128, and the number of `SIGPIPE`.
const UNREAD: u8 = 141;

impl Failure {
    /// A failure with this message.
    pub(crate) fn new(message: impl Display) -> Self {
        Self { message: message.to_string(), help: None, is_unread: false }
    }

    /// A failure about a file: `path: error`.
    pub(crate) fn about(path: &std::path::Path, error: impl Display) -> Self {
        Self::new(format_args!("{}: {error}", path.display()))
    }

    /// Standard output could not be written. If nobody reads on (`mingma … | head`), the command ends quietly.
    #[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
    pub(crate) fn output(error: std::io::Error) -> Self {
        let is_unread = error.kind() == ErrorKind::BrokenPipe;
        Self { is_unread, ..Self::new(format_args!("standard output: {error}")) }
    }

    /// The same failure with what to do next.
    #[must_use]
    pub(crate) fn help(self, help: impl Display) -> Self {
        Self { help: Some(help.to_string()), ..self }
    }

    /// The same failure with what to do next, if nothing says that yet.
    #[must_use]
    pub(crate) fn or_help(self, help: impl Display) -> Self {
        Self { help: self.help.or_else(|| Some(help.to_string())), ..self }
    }

    /// What was wrong.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Prints it and gives the exit status.
    pub(crate) fn report(&self) -> ExitCode {
        if self.is_unread {
            return ExitCode::from(UNREAD);
        }
        let mut stderr = std::io::stderr().lock();
        // If standard error is closed there is nobody left to tell.
        let _closed = writeln!(stderr, "error: {}", self.message);
        if let Some(help) = &self.help {
            let _closed = writeln!(stderr, " help: {help}");
        }
        ExitCode::FAILURE
    }
}
