//! Cells of the facts file, made from cells of a source: a template, a date, a look-up.

use crate::table::Row;

use super::date::{DateFault, Styles};
use super::lookup::Lookup;

/// A text with places for columns: `case:{patient_id}`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Template(pub(super) Vec<Piece>);

/// A part of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Piece {
    /// Itself.
    Text(String),
    /// What stands in a column of the source.
    Column(usize),
    /// The number of the row in its file, from 1.
    Row,
}

/// How one cell is made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Cell {
    /// From a text.
    Template(Template),
    /// The earliest date of some columns, empty ones aside.
    Earliest(Vec<usize>),
    /// From a look-up table, by its place among them.
    Lookup {
        /// Which table.
        table: usize,
        /// Its key.
        of: Vec<Template>,
    },
}

/// One row of a source.
#[derive(Clone, Copy)]
pub(super) struct From<'a> {
    /// Its cells.
    pub(super) row: &'a Row,
    /// Its number, from 1.
    pub(super) number: u64,
    /// The word that now stands for a cell that holds several.
    pub(super) part: Option<(usize, &'a str)>,
}

/// Why a cell cannot be made. What stands in the source is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum CellFault {
    /// A column holds no date.
    #[error("{fault}")]
    Date {
        /// Which column.
        column: usize,
        /// Why not.
        fault: DateFault,
    },
    /// A look-up table has no entry.
    #[error("the look-up table has no entry for this, and no default")]
    NoEntry {
        /// The first column of the key.
        column: Option<usize>,
    },
}

impl From<'_> {
    /// What stands in a column, blanks around it aside.
    pub(super) fn column(&self, column: usize) -> &str {
        match self.part {
            Some((split, part)) if split == column => part,
            Some(_) | None => self.row.cell(column).trim(),
        }
    }
}

impl Template {
    fn write(&self, from: &From<'_>) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(own) => text.push_str(own),
                Piece::Column(column) => text.push_str(from.column(*column)),
                Piece::Row => text.push_str(&from.number.to_string()),
            }
        }
        text
    }

    /// The first column in it.
    fn column(&self) -> Option<usize> {
        self.0.iter().find_map(|piece| if let Piece::Column(column) = piece { Some(*column) } else { None })
    }
}

impl Cell {
    /// The word of this cell for one row.
    ///
    /// # Errors
    /// [`CellFault`].
    pub(super) fn make(
        &self,
        from: &From<'_>,
        dates: &Styles,
        lookups: &[Lookup],
    ) -> Result<String, CellFault> {
        match self {
            Self::Template(template) => Ok(template.write(from)),
            Self::Earliest(columns) => {
                let mut earliest = None;
                for column in columns.iter().copied().filter(|column| !from.column(*column).is_empty()) {
                    let read = dates.read(from.column(column));
                    let date = read.map_err(|fault| CellFault::Date { column, fault })?;
                    earliest = Some(earliest.map_or(date, |earlier| date.min(earlier)));
                }
                Ok(earliest.map_or_else(String::new, |date| date.to_string()))
            }
            Self::Lookup { table, of } => {
                let key = of.iter().map(|template| template.write(from)).collect();
                let found = lookups.get(*table).and_then(|lookup| lookup.find(key));
                found.map(str::to_owned).ok_or_else(|| CellFault::NoEntry { column: self.column() })
            }
        }
    }

    /// The first column that it is made from: where to look when it is wrong.
    pub(super) fn column(&self) -> Option<usize> {
        match self {
            Self::Template(template) => template.column(),
            Self::Earliest(columns) => columns.first().copied(),
            Self::Lookup { of, .. } => of.iter().find_map(Template::column),
        }
    }
}
