//! Where in a file something is wrong, and what.

use std::fmt;
use std::ops::Range;

/// A place in a file, as editors count: lines and columns from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Position {
    /// The place of a byte offset in a text.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// One thing that is wrong in a ruleset's or an examples' file.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{position}: {message}")]
pub struct SyntaxError {
    /// Where.
    pub position: Position,
    /// What, and what is allowed.
    pub message: String,
}

/// All that is wrong in one file, gathered while it is read to its end.
pub(super) struct Errors<'a> {
    source: &'a str,
    found: Vec<SyntaxError>,
}

impl<'a> Errors<'a> {
    pub(super) const fn new(source: &'a str) -> Self {
        Self { source, found: Vec::new() }
    }

    pub(super) fn add(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.found
            .push(SyntaxError { position: Position::of(self.source, span.start), message: message.into() });
    }

    /// The value if nothing was wrong, else everything that was, in the order of the file.
    pub(super) fn finish<T>(mut self, value: Option<T>) -> Result<T, Vec<SyntaxError>> {
        self.found.sort_by_key(|error| error.position);
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            Some(_) | None => Err(self.found),
        }
    }
}
