//! `mingma import`: other people's tables become a facts file, by a map that says of every column what becomes of it.

mod cell;
mod convert;
mod date;
mod lookup;
mod map;
mod progress;
mod summary;

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mingma_domain::fact::COLUMNS;

use self::cell::From;
use self::convert::{Fault, Made, convert};
use self::map::{Map, Source};
use self::progress::Progress;
use self::summary::Summary;
use crate::failure::Failure;
use crate::table::Row;
use crate::table::csv::{Csv, Opened, quoted};
use crate::table::fault::{FileFault, RowFault};
use crate::table::input::failure;
use crate::table::output::{Output, apart};
use crate::table::refusal::{EXIT_SOME_REFUSED, Refusal, Refusals};

/// Turn other people's tables into a facts file.
///
/// The map says which columns become which facts, which are ignored and which are refused; a column that it does not
/// name is an error. Exit status: 0 if every row was read; 1 if not, and nothing was written; 3 if rows were left out by
/// `--keep-going`.
#[derive(clap::Args, Debug)]
pub(crate) struct Import {
    /// The map: a TOML file, with look-up tables beside it.
    #[arg(long, value_name = "MAP")]
    map: PathBuf,
    /// CSV files. Which source of the map a file is, its name says, or else its columns.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The facts file to write.
    #[arg(long, value_name = "FILE", required_unless_present = "dry_run")]
    out: Option<PathBuf>,
    /// Read everything, write nothing, print the counts.
    #[arg(long, conflicts_with_all = ["out", "keep_going", "refused"])]
    dry_run: bool,
    /// Go on without the rows that cannot be read.
    #[arg(long, requires = "refused")]
    keep_going: bool,
    /// Where refused rows are written, with the reasons.
    #[arg(long, value_name = "FILE", requires = "keep_going")]
    refused: Option<PathBuf>,
}

impl Import {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        self.apart(&[])?;
        let map = Map::read(&self.map)?;
        self.apart(&map.tables)?;
        once_each(&self.files)?;
        let mut run = Run {
            map: &map,
            output: self.out.as_deref().map(Output::file).transpose()?,
            refusals: Refusals::new(self.refused.as_deref())?,
            summary: Summary::default(),
            progress: Progress::new(&self.files),
        };
        if let Some(output) = &mut run.output {
            output.text(format_args!("{}\n", COLUMNS.join(",")))?;
        }
        for file in &self.files {
            run.file(file)?;
        }
        let Run { output, mut refusals, summary, progress, .. } = run;
        progress.done();
        if self.dry_run {
            summary.print(&refusals, &mut std::io::stdout().lock()).map_err(Failure::output)?;
            return Ok(if refusals.count() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        refusals.settle(summary.rows())?;
        // The refused rows first: facts without them must never stand alone.
        refusals.finish()?;
        output.map_or(Ok(()), Output::finish)?;
        // If standard error is closed there is nobody left to tell.
        let _closed = summary.print(&refusals, &mut std::io::stderr().lock());
        Ok(if refusals.count() == 0 { ExitCode::SUCCESS } else { ExitCode::from(EXIT_SOME_REFUSED) })
    }
}

impl Import {
    /// Refuses outputs that would replace an input, one of the map's look-up `tables`, or one another.
    fn apart(&self, tables: &[PathBuf]) -> Result<(), Failure> {
        let mut inputs = vec![("`--map`", self.map.as_path())];
        inputs.extend(self.files.iter().map(|path| ("a table that is read", path.as_path())));
        inputs.extend(tables.iter().map(|path| ("a look-up table of the map", path.as_path())));
        let out = self.out.as_deref().map(|path| ("`--out`", path));
        let refused = self.refused.as_deref().map(|path| ("`--refused`", path));
        apart(&out.into_iter().chain(refused).collect::<Vec<_>>(), &inputs)
    }
}

/// One file twice would give every fact twice.
fn once_each(files: &[PathBuf]) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    for file in files {
        let real = std::fs::canonicalize(file).map_err(|error| Failure::about(file, error))?;
        if !seen.insert(real) {
            return Err(Failure::about(file, "is given twice"));
        }
    }
    Ok(())
}

/// What is written while the files are read.
struct Run<'a> {
    map: &'a Map,
    output: Option<Output>,
    refusals: Refusals,
    summary: Summary,
    progress: Progress,
}

impl Run<'_> {
    fn file(&mut self, path: &Path) -> Result<(), Failure> {
        let name = path.display().to_string();
        let fail = |fault: FileFault| failure(&name, &fault);
        let file = File::open(path).map_err(|error| Failure::about(path, error))?;
        let opened = Opened::new(Box::new(file)).map_err(fail)?;
        let map = self.map;
        let source = map.source(path, &opened.names)?;
        let mut table = opened.table(&source.header).map_err(fail)?;
        let mut row = Row::default();
        let mut number = 0;
        self.summary.file(&name, &source.name);
        while let Some(readable) = table.next(&mut row).map_err(fail)? {
            number += 1;
            self.progress.at(table.taken());
            let made = match readable {
                Ok(()) => convert(source, &From { row: &row, number, part: None }, &map.lookups)
                    .map_err(|fault| of_fault(fault, &table, source)),
                Err(fault) => Err(of_row(&fault, &table)),
            };
            match made {
                Ok(made) => self.write(&made)?,
                Err(refusal) => {
                    self.refusals.add(&name, &refusal)?;
                    self.summary.refused();
                }
            }
        }
        self.progress.file_done(table.taken());
        Ok(())
    }

    fn write(&mut self, made: &[Made]) -> Result<(), Failure> {
        for fact in made {
            self.summary.fact(fact.counted);
            let Some(output) = &mut self.output else { continue };
            for (number, word) in fact.words.iter().enumerate() {
                output.text(format_args!("{}{}", if number == 0 { "" } else { "," }, quoted(word)))?;
            }
            output.text("\n")?;
        }
        self.summary.row();
        Ok(())
    }
}

/// The refusal of a row that is there, and gives no facts.
fn of_fault(fault: Fault, table: &Csv, source: &Source) -> Refusal {
    Refusal {
        place: table.place(fault.column, None),
        column: fault.column.and_then(|column| source.header.wanted.get(column)).cloned(),
        cause: fault.cause,
        message: fault.message,
        raw: table.raw(),
    }
}

/// The refusal of a row that cannot be read.
fn of_row(fault: &RowFault, table: &Csv) -> Refusal {
    Refusal {
        place: table.place(None, Some(fault)),
        column: None,
        cause: fault.cause(),
        message: fault.to_string(),
        raw: table.raw(),
    }
}
