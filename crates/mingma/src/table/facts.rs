//! The facts file: one statement a row, `person,kind,value,at,until,region,issuer,evidence`.

use mingma_domain::fact::{COLUMNS, Column, RawFact, Statement};

use super::fault::RowFault;
use super::header::Header;
use super::input::{Input, failure};
use super::refusal::Refusal;
use super::{MAX_PERSON_BYTES, Row, Table};
use crate::failure::Failure;

/// A facts file that is being read.
pub(crate) struct Facts {
    name: String,
    table: Table,
    row: Row,
    rows: u64,
}

/// What a row gave.
#[derive(Debug)]
pub(crate) enum Read<'a> {
    /// A statement about a person.
    Statement(&'a str, Statement),
    /// Nothing. The person is named if the row names one.
    Refused(Option<&'a str>, Refusal),
}

impl Facts {
    /// Opens a facts file.
    ///
    /// # Errors
    /// A [`Failure`] if it cannot be opened or has not the columns of a facts file.
    pub(crate) fn open(input: &Input) -> Result<Self, Failure> {
        let table = Table::open(input, &Header::of("a facts file", COLUMNS));
        let table = table.map_err(|fault| failure(&input.name, &fault))?;
        Ok(Self { name: input.name.clone(), table, row: Row::default(), rows: 0 })
    }

    /// Reads the next row; `None` after the last.
    ///
    /// # Errors
    /// A [`Failure`] if nothing more can be read.
    pub(crate) fn next(&mut self) -> Result<Option<Read<'_>>, Failure> {
        self.next_about(|_| true)
    }

    /// Reads the next row about somebody who is meant, passing over others before their words are looked at.
    ///
    /// # Errors
    /// As [`Facts::next`].
    pub(crate) fn next_about(
        &mut self,
        is_meant: impl Fn(&str) -> bool,
    ) -> Result<Option<Read<'_>>, Failure> {
        loop {
            let next = self.table.next(&mut self.row).map_err(|fault| failure(&self.name, &fault))?;
            let Some(readable) = next else { return Ok(None) };
            self.rows += 1;
            if let Err(fault) = readable {
                return Ok(Some(Read::Refused(None, self.refusal(&fault))));
            }
            if is_meant(self.row.cell(position(Column::Person))) {
                break;
            }
        }
        let person = self.row.cell(position(Column::Person));
        if let Err(fault) = check_person(person) {
            return Ok(Some(Read::Refused(None, self.refusal(&fault))));
        }
        Ok(Some(match Statement::parse(&raw(&self.row)) {
            Ok(statement) => Read::Statement(person, statement),
            Err(error) => Read::Refused(Some(person), self.refusal(&RowFault::Fact(error))),
        }))
    }

    /// The refusal of the present row.
    pub(crate) fn refusal(&self, fault: &RowFault) -> Refusal {
        let column = fault.column();
        let position = column.and_then(|name| COLUMNS.iter().position(|column| *column == name));
        Refusal {
            place: self.table.place(position, Some(fault)),
            column: column.map(str::to_owned),
            cause: fault.cause(),
            message: fault.to_string(),
            raw: self.table.raw(&self.row),
        }
    }

    /// What messages call the file.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// How many rows were read, refused ones among them.
    pub(crate) const fn rows(&self) -> u64 {
        self.rows
    }
}

const fn position(column: Column) -> usize {
    // INVARIANT: `COLUMNS` lists the columns in the order of their declaration; the test below holds it.
    column as usize
}

fn raw(row: &Row) -> RawFact<'_> {
    RawFact {
        kind: row.cell(position(Column::Kind)),
        value: row.cell(position(Column::Value)),
        at: row.cell(position(Column::At)),
        until: row.cell(position(Column::Until)),
        region: row.cell(position(Column::Region)),
        issuer: row.cell(position(Column::Issuer)),
        evidence: row.cell(position(Column::Evidence)),
    }
}

/// Whether a word can name a person.
///
/// # Errors
/// [`RowFault::NoPerson`], [`RowFault::LongPerson`] or [`RowFault::BlankPerson`]; none repeats the word.
pub(crate) fn check_person(person: &str) -> Result<(), RowFault> {
    if person.is_empty() {
        Err(RowFault::NoPerson)
    } else if person.len() > MAX_PERSON_BYTES {
        Err(RowFault::LongPerson)
    } else if person.trim().len() != person.len() || person.chars().any(char::is_control) {
        Err(RowFault::BlankPerson)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_the_order_of_their_declaration() {
        for column in Column::ALL {
            assert_eq!(COLUMNS[position(*column)], column.word());
        }
    }

    #[test]
    fn a_person_is_named_without_blanks_around() {
        for person in ["1", "410105199003071234", "张三", "a b", &"x".repeat(MAX_PERSON_BYTES)] {
            assert!(check_person(person).is_ok(), "{person}");
        }
        for person in ["", " a", "a ", "a\u{a0}", "a\tb", "a\nb", &"x".repeat(MAX_PERSON_BYTES + 1)] {
            assert!(check_person(person).is_err(), "{person:?}");
        }
    }
}
