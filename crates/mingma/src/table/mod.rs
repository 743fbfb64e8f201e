//! Tables: how rows of facts and of risk levels come in, and how results go out whole or not at all.
//!
//! A [`Table`] is a stream of rows of known columns from CSV, JSON Lines or Parquet. Whatever the format, a row is
//! words, an error has a place, and memory does not grow with the file. What the words mean is the vocabulary's
//! business: [`facts`] and [`risk`] hand them to `mingma_domain`, which alone makes facts.

pub(crate) mod csv;
pub(crate) mod facts;
pub(crate) mod fault;
pub(crate) mod header;
pub(crate) mod input;
pub(crate) mod output;
pub(crate) mod records;
pub(crate) mod refusal;
pub(crate) mod risk;

mod jsonl;
mod parquet;

use std::ops::Range;

use self::csv::{Csv, Opened};
use self::fault::{FileFault, RowFault};
use self::header::Header;
use self::input::{Format, Input};
use self::jsonl::Jsonl;
use self::parquet::Parquet;

/// The most columns of a table. Other people's widest exports have some two hundred; 1,024 cells of a range (16
/// bytes) are 16 KiB.
pub(crate) const MAX_COLUMNS: usize = 1_024;

/// The longest name of a person in a file, in bytes: a UUID has 36, a hash of 64 bytes in hexadecimal has 128.
pub(crate) const MAX_PERSON_BYTES: usize = 128;

/// The columns in which a number may stand for a word: identifiers, the number of a dose, codes of regions. Many tools
/// write them so, and a whole number says nothing that its digits do not.
const CODED: &[&str] = &["person", "value", "region", "evidence"];

/// The words of one row, in the order of the wanted columns; reused from row to row.
#[derive(Debug, Default)]
pub(crate) struct Row {
    text: String,
    cells: Vec<Range<usize>>,
}

impl Row {
    /// The word in a column; empty if there is none.
    pub(crate) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).and_then(|range| self.text.get(range.clone())).unwrap_or_default()
    }

    /// Forgets the words.
    fn begin(&mut self, columns: usize) {
        self.text.clear();
        self.cells.clear();
        self.cells.resize(columns, 0..0);
    }

    fn set(&mut self, column: usize, word: &str) {
        self.push(column, |text| text.push_str(word));
    }

    /// Sets a cell to what is written behind the others.
    fn push(&mut self, column: usize, write: impl FnOnce(&mut String)) {
        let start = self.text.len();
        write(&mut self.text);
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = start..self.text.len();
        }
    }
}

/// Where in a file something stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Place {
    /// A line and a column of it in characters, both from 1, as an editor counts.
    Text(u64, u64),
    /// A row from 1, in a format without lines.
    Row(u64),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(line, column) => write!(f, "{line}:{column}"),
            Self::Row(row) => write!(f, "row {row}"),
        }
    }
}

/// A table that is being read.
pub(crate) enum Table {
    /// Comma-separated values.
    Csv(Csv),
    /// One JSON object a line.
    Jsonl(Jsonl),
    /// Columns of a Parquet file.
    Parquet(Box<Parquet>),
}

impl Table {
    /// Opens a table and reads its header.
    ///
    /// # Errors
    /// [`FileFault`] if it cannot be opened or has not the columns that `header` asks for.
    pub(crate) fn open(input: &Input, header: &Header) -> Result<Self, FileFault> {
        match input.format {
            Format::Csv => Opened::new(input.open()?)?.table(header).map(Self::Csv),
            Format::Jsonl => Jsonl::new(input.open()?, header).map(Self::Jsonl),
            Format::Parquet => {
                Parquet::new(input.file()?, header).map(|table| Self::Parquet(Box::new(table)))
            }
        }
    }

    /// Reads the next row; `None` after the last. A row that cannot be read is an inner error, and the next can be.
    ///
    /// # Errors
    /// [`FileFault`] if nothing more can be read.
    pub(crate) fn next(&mut self, row: &mut Row) -> Result<Option<Result<(), RowFault>>, FileFault> {
        match self {
            Self::Csv(table) => table.next(row),
            Self::Jsonl(table) => table.next(row),
            Self::Parquet(table) => table.next(row),
        }
    }

    /// Where a wanted column of the present row stands, or where the row begins.
    pub(crate) fn place(&self, column: Option<usize>, fault: Option<&RowFault>) -> Place {
        match self {
            Self::Csv(table) => table.place(column, fault),
            Self::Jsonl(table) => table.place(column, fault),
            Self::Parquet(table) => table.place(),
        }
    }

    /// The present row as it stands in the file, shortened, for whoever has to mend it.
    pub(crate) fn raw(&self, row: &Row) -> String {
        match self {
            Self::Csv(table) => table.raw(),
            Self::Jsonl(table) => raw(table.records.bytes()),
            Self::Parquet(_) => {
                let cells: Vec<_> =
                    (0..row.cells.len()).map(|column| csv::quoted(row.cell(column))).collect();
                cells.join(",")
            }
        }
    }
}

/// How much of a refused row is repeated, in bytes; the longest legal row of facts has about 1 KiB.
const RAW_SHOWN_BYTES: usize = 4 * 1024;

/// Bytes of a file as text: what is not UTF-8 is shown as U+FFFD.
fn raw(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..RAW_SHOWN_BYTES).unwrap_or(bytes)).into_owned()
}

/// The longest part of a user's word that an error repeats.
const WORD_SHOWN_CHARS: usize = 40;

/// A user's word as an error may repeat it: control characters escaped, shortened.
pub(crate) fn shown(word: &str) -> String {
    let mut shown = String::new();
    for (count, character) in word.chars().enumerate() {
        if count == WORD_SHOWN_CHARS {
            shown.push('…');
            break;
        }
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}
