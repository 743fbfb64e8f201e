//! Refused rows: where, why, and how many of each sort.
//!
//! The first are shown, all are counted, and with `--keep-going` all are written to a file beside the results.

use crate::plural::counted;
use std::collections::BTreeMap;
use std::path::Path;

use super::Place;
use super::csv::quoted;
use super::output::Output;
use crate::failure::Failure;

/// How many refused rows are shown: about a screen. The others are counted.
const SHOWN: usize = 20;

/// The exit status of a command that went on without the rows that it could not read.
pub(crate) const EXIT_SOME_REFUSED: u8 = 3;

/// The first line of the file of refused rows.
const HEADER: &str = "file,line,column,reason,row\n";

/// One row that was refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// Where.
    pub(crate) place: Place,
    /// In which column, if it is in one.
    pub(crate) column: Option<String>,
    /// The sort of refusal, under which it is counted.
    pub(crate) cause: &'static str,
    /// What was wrong, and what is allowed.
    pub(crate) message: String,
    /// The row as it stands in the file. It holds a person's data and goes to the file of refused rows only.
    pub(crate) raw: String,
}

/// All rows that were refused.
pub(crate) struct Refusals {
    shown: Vec<String>,
    count: u64,
    causes: BTreeMap<&'static str, u64>,
    /// Where they are written; without it a refused row ends the command.
    file: Option<Output>,
}

impl Refusals {
    /// None so far; `file` is where they are to be written.
    ///
    /// # Errors
    /// A [`Failure`] if nothing can be written there.
    pub(crate) fn new(file: Option<&Path>) -> Result<Self, Failure> {
        let mut file = file.map(Output::file).transpose()?;
        if let Some(file) = &mut file {
            file.text(HEADER)?;
        }
        Ok(Self { shown: Vec::new(), count: 0, causes: BTreeMap::new(), file })
    }

    /// One more, in the file called `name`.
    ///
    /// # Errors
    /// A [`Failure`] if it cannot be written.
    pub(crate) fn add(&mut self, name: &str, refusal: &Refusal) -> Result<(), Failure> {
        let Refusal { place, column, cause, message, raw } = refusal;
        self.count += 1;
        *self.causes.entry(cause).or_default() += 1;
        if self.shown.len() < SHOWN {
            self.shown.push(match column {
                Some(column) => format!("{name}:{place}: `{column}`: {message}"),
                None => format!("{name}:{place}: {message}"),
            });
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        let line = match place {
            Place::Text(line, _) => line,
            Place::Row(row) => row,
        };
        let column = column.as_deref().unwrap_or_default();
        file.text(format_args!(
            "{},{line},{},{},{}\n",
            quoted(name),
            quoted(column),
            quoted(message),
            quoted(raw)
        ))
    }

    /// How many there are.
    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// The first ones, one a line.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        let more = self.count - u64::try_from(self.shown.len()).unwrap_or_default();
        let rest = (more > 0).then(|| format!("… and {more} more"));
        self.shown.iter().cloned().chain(rest)
    }

    /// How many of each sort, the most frequent first.
    pub(crate) fn causes(&self) -> String {
        let mut causes: Vec<_> = self.causes.iter().collect();
        causes.sort_by_key(|(cause, count)| (u64::MAX - **count, **cause));
        causes.iter().map(|(cause, count)| format!("{cause}: {count}")).collect::<Vec<_>>().join(", ")
    }

    /// Ends the command if a row was refused and nobody asked to go on without it.
    ///
    /// # Errors
    /// A [`Failure`] with the first refusals and the number of all.
    pub(crate) fn settle(&self, rows: u64) -> Result<(), Failure> {
        if self.count == 0 || self.file.is_some() {
            return Ok(());
        }
        let lines: Vec<_> = self.lines().collect();
        let (lines, count, causes) = (lines.join("\nerror: "), self.count, self.causes());
        Err(Failure::new(format_args!(
            "{lines}\nerror: {count} of {} refused ({causes}); nothing was written",
            counted(rows, "row", "rows")
        ))
        .help("mend these rows, or go on without them by `--keep-going --refused FILE`"))
    }

    /// Brings the file of refused rows to its place.
    ///
    /// # Errors
    /// A [`Failure`] if it cannot be brought there.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        self.file.take().map_or(Ok(()), Output::finish)
    }
}
