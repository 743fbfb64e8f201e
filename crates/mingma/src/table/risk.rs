//! The risk file: acts about regions, `region,level,from,until`, in the order in which they were made.

use crate::plural::counted;
use std::path::Path;

use mingma_domain::RiskMap;
use mingma_domain::risk::RegionRisk;
use mingma_domain::time::Day;

use super::fault::RowFault;
use super::header::Header;
use super::input::{Format, Input, failure};
use super::refusal::{Refusal, Refusals};
use super::{Row, Table};
use crate::failure::Failure;

/// The columns of the risk file, in their order.
const COLUMNS: &[&str] = &["region", "level", "from", "until"];

/// The most acts that are read: a change a week for every one of the 3,000 counties through half a year, the term of
/// a ruleset, is 78,000.
const MAX_ACTS: usize = 100_000;

/// The risk levels of a file. One wrong row refuses it: half of the acts would judge everybody wrongly.
///
/// # Errors
/// A [`Failure`] with every row that is wrong.
pub(crate) fn read(path: &Path, format: Option<Format>) -> Result<RiskMap, Failure> {
    let input = Input::new(path, format, "--risk-format")?;
    let fail = |fault| failure(&input.name, &fault);
    let mut table = Table::open(&input, &Header::of("a risk file", COLUMNS)).map_err(fail)?;
    let mut row = Row::default();
    let mut acts = Vec::new();
    let mut refusals = Refusals::new(None)?;
    let mut rows = 0;
    while let Some(readable) = table.next(&mut row).map_err(fail)? {
        rows += 1;
        match readable.and_then(|()| act(&row)) {
            Ok(_) if acts.len() == MAX_ACTS => {
                return Err(Failure::new(format_args!("{}: more than {MAX_ACTS} acts", input.name)));
            }
            Ok(act) => acts.push(act),
            Err(fault) => {
                let column = fault.column();
                let position = column.and_then(|name| COLUMNS.iter().position(|column| *column == name));
                let refusal = Refusal {
                    place: table.place(position, Some(&fault)),
                    column: column.map(str::to_owned),
                    cause: fault.cause(),
                    message: fault.to_string(),
                    raw: String::new(),
                };
                refusals.add(&input.name, &refusal)?;
            }
        }
    }
    if refusals.count() == 0 {
        return Ok(RiskMap::new(&acts));
    }
    let lines: Vec<_> = refusals.lines().collect();
    let (lines, count) = (lines.join("\nerror: "), refusals.count());
    Err(Failure::new(format_args!(
        "{lines}\nerror: {count} of {} refused; nothing was written",
        counted(rows, "row", "rows")
    ))
    .help("a risk file is read whole or not at all: mend these rows"))
}

fn act(row: &Row) -> Result<RegionRisk, RowFault> {
    let [region, level, from, until] = [0, 1, 2, 3].map(|column| row.cell(column));
    for (word, column) in [(region, "region"), (level, "level"), (from, "from")] {
        if word.is_empty() {
            return Err(RowFault::Risk {
                column,
                message: format!("`{column}` is empty: only `until` may be"),
            });
        }
    }
    let from: Day = from.parse().map_err(wrong("from"))?;
    let until = if until.is_empty() { None } else { Some(until.parse::<Day>().map_err(wrong("until"))?) };
    if until.is_some_and(|until| until < from) {
        let message = "`until` lies before `from`: it is the last day, that day included".to_owned();
        return Err(RowFault::Risk { column: "until", message });
    }
    let (region, level) = (region.parse().map_err(wrong("region"))?, level.parse().map_err(wrong("level"))?);
    Ok(RegionRisk { region, level, from, until })
}

fn wrong<E: ToString>(column: &'static str) -> impl Fn(E) -> RowFault {
    move |error| RowFault::Risk { column, message: error.to_string() }
}
