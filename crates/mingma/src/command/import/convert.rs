//! From one row of a source to the rows of the facts file that it gives: all of them, or none.

use mingma_domain::fact::{COLUMNS, FactError, Kind, RawFact, Retraction, Statement};

use super::cell::{Cell, CellFault, From};
use super::date::DateFault;
use super::lookup::Lookup;
use super::map::{FactRule, Is, Source, Test};
use crate::table::facts::check_person;
use crate::table::fault::{RowFault, fact_cause};

/// One row of the facts file, and what it is counted as.
#[derive(Debug)]
pub(super) struct Made {
    /// The words, in the order of the columns.
    pub(super) words: Vec<String>,
    /// The kind's word, or `retract`.
    pub(super) counted: &'static str,
}

/// Why a row of a source gives no facts.
#[derive(Debug)]
pub(super) struct Fault {
    /// The column of the source to look at.
    pub(super) column: Option<usize>,
    /// The sort of refusal, under which it is counted.
    pub(super) cause: &'static str,
    /// What was wrong with which cell of which fact.
    pub(super) message: String,
}

/// The facts that a row gives.
///
/// # Errors
/// The first [`Fault`] in any of them; then the row gives none.
pub(super) fn convert(source: &Source, from: &From<'_>, lookups: &[Lookup]) -> Result<Vec<Made>, Fault> {
    let mut made = Vec::new();
    if !passes(&source.when, from) {
        return Ok(made);
    }
    for (number, rule) in source.facts.iter().enumerate() {
        for part in parts(rule, from) {
            let from = From { part: rule.split.as_ref().map(|split| (split.column, part)), ..*from };
            if passes(&rule.when, &from) {
                made.push(fact(source, rule, &from, lookups).map_err(|fault| fault.of(number + 1))?);
            }
        }
    }
    Ok(made)
}

/// The words of the cell that a fact splits, empty ones aside; one empty word if it splits none.
fn parts<'a>(rule: &FactRule, from: &From<'a>) -> Vec<&'a str> {
    let Some(split) = &rule.split else { return vec![""] };
    let mut parts = vec![from.row.cell(split.column)];
    for separator in &split.by {
        parts = parts.into_iter().flat_map(|part| part.split(separator.as_str())).collect();
    }
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn passes(tests: &[Test], from: &From<'_>) -> bool {
    tests.iter().all(|test| {
        let word = from.column(test.column);
        match &test.is {
            Is::Present => !word.is_empty(),
            Is::Absent => word.is_empty(),
            Is::OneOf(words) => words.iter().any(|one| one == word),
            Is::NoneOf(words) => words.iter().all(|one| one != word),
        }
    })
}

fn fact(source: &Source, rule: &FactRule, from: &From<'_>, lookups: &[Lookup]) -> Result<Made, Fault> {
    let make = |(name, cell): (&&str, &Cell)| {
        cell.make(from, &source.dates, lookups).map_err(|fault| Fault::of_cell(name, &fault))
    };
    let words: Vec<String> = COLUMNS.iter().zip(&rule.cells).map(make).collect::<Result<_, _>>()?;
    let [person, kind, value, at, until, region, issuer, evidence] = words.as_slice() else {
        // `FactRule` has a cell for each of the eight columns.
        return Err(Fault { column: None, cause: "a map without all columns", message: String::new() });
    };
    let column =
        |name: &str| COLUMNS.iter().position(|c| *c == name).and_then(|at| rule.cells.get(at)?.column());
    check_person(person).map_err(|fault| Fault::of_person(&fault, column("person")))?;
    let raw = RawFact { kind, value, at, until, region, issuer, evidence };
    let statement = Statement::parse(&raw).map_err(|error| {
        let at = column(error.column().word());
        Fault::of_fact(&error, at)
    })?;
    let counted = match statement {
        Statement::Fact(fact) => Kind::word(fact.kind()),
        Statement::Retraction(_) => Retraction::KIND,
    };
    Ok(Made { words, counted })
}

impl Fault {
    fn of_cell(name: &str, fault: &CellFault) -> Self {
        let message = format!("`{name}`: {fault}");
        match fault {
            CellFault::Date { column, fault: DateFault::NoStyle { .. } } => {
                Self { column: Some(*column), cause: "a date in no declared style", message }
            }
            CellFault::Date { column, fault: DateFault::Ambiguous { .. } } => {
                Self { column: Some(*column), cause: "a date that styles read differently", message }
            }
            CellFault::NoEntry { column } => {
                Self { column: *column, cause: "no entry in a look-up table", message }
            }
        }
    }

    fn of_person(fault: &RowFault, column: Option<usize>) -> Self {
        Self { column, cause: fault.cause(), message: fault.to_string() }
    }

    fn of_fact(error: &FactError, column: Option<usize>) -> Self {
        Self { column, cause: fact_cause(error), message: format!("`{}`: {error}", error.column()) }
    }

    fn of(self, number: usize) -> Self {
        Self { message: format!("fact {number} of this row: {}", self.message), ..self }
    }
}
