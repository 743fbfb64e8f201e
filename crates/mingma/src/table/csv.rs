//! CSV, strictly: UTF-8, commas, double quotes around whole cells, as many cells as the header has.
//!
//! RFC 4180 with LF or CR LF. What a lenient reader would guess at (a quote in the middle of a cell, a quote that the
//! end of the file closes, a row with a cell too few) is refused here, because a guess about a row is a guess
//! about a person.

use std::borrow::Cow;
use std::io::Read;

use super::fault::{FileFault, RowFault};
use super::header::Header;
use super::records::{Framed, Records};
use super::{Place, Row};

/// A CSV file whose header was read.
pub(crate) struct Csv {
    records: Records,
    /// For each column of the file, which wanted one it is.
    layout: Vec<Option<usize>>,
    wanted: usize,
    /// A quoted cell without its quotes; reused.
    scratch: String,
}

/// A CSV file of which only the first line was read.
pub(crate) struct Opened {
    records: Records,
    /// The names in it, each with its place in the line.
    pub(crate) names: Vec<(u64, String)>,
}

impl Opened {
    /// Reads the first line of `input`.
    ///
    /// # Errors
    /// [`FileFault`] if there is none that can be read.
    pub(crate) fn new(input: Box<dyn Read>) -> Result<Self, FileFault> {
        let mut records = Records::new(input, true)?;
        match records.advance()? {
            Framed::End => return Err(FileFault::Empty),
            Framed::TooLong => return Err(FileFault::UnreadableHeader(RowFault::TooLong)),
            Framed::Record => {}
        }
        let mut names = Vec::new();
        let split = |record: &str| {
            split(record, &mut String::new(), |_, offset, name| {
                names.push((records.place(offset).1, name.to_owned()));
            })
        };
        text(&records).and_then(split).map_err(FileFault::UnreadableHeader)?;
        Ok(Self { records, names })
    }

    /// The table, if `header` allows these names.
    ///
    /// # Errors
    /// [`FileFault::Header`] with everything that is wrong.
    pub(crate) fn table(self, header: &Header) -> Result<Csv, FileFault> {
        let layout = header.layout(&self.names)?;
        Ok(Csv { layout, records: self.records, wanted: header.wanted.len(), scratch: String::new() })
    }
}

impl Csv {
    /// As [`super::Table::next`].
    ///
    /// # Errors
    /// [`FileFault`] if nothing more can be read.
    pub(crate) fn next(&mut self, row: &mut Row) -> Result<Option<Result<(), RowFault>>, FileFault> {
        Ok(match self.records.advance()? {
            Framed::End => None,
            Framed::TooLong => Some(Err(RowFault::TooLong)),
            Framed::Record => Some(self.read(row)),
        })
    }

    fn read(&mut self, row: &mut Row) -> Result<(), RowFault> {
        row.begin(self.wanted);
        let record = text(&self.records)?;
        let cells = split(record, &mut self.scratch, |cell, _, word| {
            if let Some(Some(column)) = self.layout.get(cell) {
                row.set(*column, word);
            }
        })?;
        let wanted = self.layout.len();
        if cells == wanted { Ok(()) } else { Err(RowFault::Ragged { found: cells, wanted }) }
    }

    /// Where a wanted column of the present row stands; without one, where what is wrong with the row stands.
    pub(crate) fn place(&self, column: Option<usize>, fault: Option<&RowFault>) -> Place {
        let cell = if let Some(RowFault::Ragged { found, wanted }) = fault {
            Some((*found.min(wanted)).saturating_sub(usize::from(found < wanted)))
        } else {
            column.and_then(|column| self.layout.iter().position(|wanted| *wanted == Some(column)))
        };
        place(&self.records, cell, fault)
    }

    /// How many bytes were taken from the input.
    pub(crate) const fn taken(&self) -> u64 {
        self.records.taken()
    }

    /// The present record as it stands in the file.
    pub(crate) fn raw(&self) -> String {
        super::raw(self.records.bytes())
    }
}

/// The present record as text.
pub(super) fn text(records: &Records) -> Result<&str, RowFault> {
    let bytes = records.bytes();
    std::str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let line_start = bytes.iter().take(offset).rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let value = bytes.get(offset).copied().unwrap_or_default();
        RowFault::Encoding { byte: offset - line_start + 1, value }
    })
}

/// The place of a cell of the present record, counted in the file's own columns, or of what is wrong with it.
fn place(records: &Records, cell: Option<usize>, fault: Option<&RowFault>) -> Place {
    let bytes = records.bytes();
    let offset = match std::str::from_utf8(bytes) {
        Err(error) => error.valid_up_to(),
        Ok(record) => {
            let mut found = 0;
            // A misplaced quote stops the splitting at the cell that has it.
            let _misplaced = split(record, &mut String::new(), |number, offset, _| {
                if cell.is_none_or(|cell| number <= cell)
                    && (cell.is_some() || matches!(fault, Some(RowFault::Quote)))
                {
                    found = offset;
                }
            });
            found
        }
    };
    let (line, column) = records.place(offset);
    Place::Text(line, column)
}

/// Cuts a record into cells, calling `each` with the number of the cell, the byte at which it stands and its word.
/// Gives how many there are.
fn split(
    record: &str,
    scratch: &mut String,
    mut each: impl FnMut(usize, usize, &str),
) -> Result<usize, RowFault> {
    let mut cells = 0;
    let mut rest = Some(record);
    while let Some(from) = rest {
        let offset = record.len() - from.len();
        rest = if let Some(quoted) = from.strip_prefix('"') {
            let after = unquote(quoted, scratch).ok_or(RowFault::Quote)?;
            each(cells, offset, scratch);
            if after.is_empty() { None } else { Some(after.strip_prefix(',').ok_or(RowFault::Quote)?) }
        } else {
            let (word, more) = from.split_once(',').map_or((from, None), |(word, more)| (word, Some(more)));
            each(cells, offset, word);
            if word.contains('"') {
                return Err(RowFault::Quote);
            }
            more
        };
        cells += 1;
    }
    Ok(cells)
}

/// Writes what stands up to the closing quote into `scratch`, and gives what stands behind it.
fn unquote<'a>(quoted: &'a str, scratch: &mut String) -> Option<&'a str> {
    scratch.clear();
    let mut rest = quoted;
    loop {
        let (before, after) = rest.split_once('"')?;
        scratch.push_str(before);
        match after.strip_prefix('"') {
            Some(more) => {
                scratch.push('"');
                rest = more;
            }
            None => return Some(after),
        }
    }
}

/// A word as a cell of a CSV file, in quotes if it needs them.
pub(crate) fn quoted(word: &str) -> Cow<'_, str> {
    if word.contains(['"', ',', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", word.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(record: &str) -> Option<Vec<String>> {
        let mut found = Vec::new();
        split(record, &mut String::new(), |_, _, word| found.push(word.to_owned())).ok()?;
        Some(found)
    }

    #[test]
    fn quotes_stand_around_whole_cells_only() {
        let words = |words: &[&str]| Some(words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        assert_eq!(cells("a,,b"), words(&["a", "", "b"]));
        assert_eq!(cells(","), words(&["", ""]));
        assert_eq!(cells(r#""a,b","c ""d""""#), words(&["a,b", r#"c "d""#]));
        for wrong in [r#"a"b"#, r#""a"b"#, r#"a,"b" ,c"#, r#""a"#, r#"a,""" "#] {
            assert_eq!(cells(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_written_reads_as_it_was() {
        for word in ["", "a", "a,b", "\"", "a\"\"b", "two\nlines", "cr\r\n", "码"] {
            assert_eq!(cells(&quoted(word)), Some(vec![word.to_owned()]));
        }
    }

    /// The `csv` crate is the oracle of well-formed records: every record it writes is read here as it was meant.
    #[test]
    fn records_of_another_writer_read_as_they_were_meant() {
        let alphabet = ["a", "\"", ",", "\n", "\r", "码", " "];
        let mut seen = 0;
        for number in 0..alphabet.len().pow(4) {
            let pick = |place: u32| alphabet[number / alphabet.len().pow(place) % alphabet.len()];
            let row = [[pick(0), pick(1)].concat(), [pick(2), pick(3)].concat()];
            let mut writer = ::csv::Writer::from_writer(Vec::new());
            writer.write_record(&row).unwrap();
            let written = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            assert_eq!(cells(written.strip_suffix('\n').unwrap()).unwrap(), row, "{written}");
            seen += 1;
        }
        assert_eq!(seen, 2_401);
    }
}
