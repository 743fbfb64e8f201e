//! Maps: how other people's tables become facts, as data that the one who answers for them can read.
//!
//! A map is a `map.toml` with look-up tables beside it. It says of every column of a source what becomes of it: it is
//! used in a fact, ignored, or refused with a reason. A column of a sort that no kind of fact takes (a coordinate, a
//! payment, …) can only be refused. `docs/facts-file.md` is the page for those who write one.

mod resolve;
mod syntax;

use std::path::{Path, PathBuf};

use toml::Spanned;

use self::syntax::{LookupFile, MapFile};
use super::cell::Cell;
use super::date::Styles;
use super::lookup::Lookup;
use crate::failure::Failure;
use crate::table::header::Header;

/// A map that was read.
#[derive(Debug)]
pub(super) struct Map {
    pub(super) lookups: Vec<Lookup>,
    /// The files of the look-up tables.
    pub(super) tables: Vec<PathBuf>,
    pub(super) sources: Vec<Source>,
}

/// One sort of file, and the facts that its rows give.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) name: String,
    /// Patterns of file names, with `*` for any letters.
    files: Vec<String>,
    /// The columns that it uses, and those that it does not.
    pub(super) header: Header,
    pub(super) dates: Styles,
    /// All must be true of a row that gives facts.
    pub(super) when: Vec<Test>,
    pub(super) facts: Vec<FactRule>,
}

/// One fact, or several if a cell is split.
#[derive(Debug)]
pub(super) struct FactRule {
    /// In the order of the columns of the facts file.
    pub(super) cells: Vec<Cell>,
    pub(super) when: Vec<Test>,
    pub(super) split: Option<Split>,
}

/// A test of one cell of a source.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) column: usize,
    pub(super) is: Is,
}

/// What is asked of a cell.
#[derive(Debug)]
pub(super) enum Is {
    /// Not empty.
    Present,
    /// Empty.
    Absent,
    /// One of these words.
    OneOf(Vec<String>),
    /// None of these words.
    NoneOf(Vec<String>),
}

/// A cell that holds several words.
#[derive(Debug)]
pub(super) struct Split {
    pub(super) column: usize,
    pub(super) by: Vec<String>,
}

/// The longest map, in bytes: a thousand times the shipped ones' few kilobytes would be a mistake.
const MAX_MAP_BYTES: u64 = 1 << 20;

impl Map {
    /// Reads a map and the look-up tables beside it.
    ///
    /// # Errors
    /// A [`Failure`] with everything that is wrong, as `path:line:column: message`.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let size = std::fs::metadata(path).map_err(|error| Failure::about(path, error))?.len();
        if size > MAX_MAP_BYTES {
            return Err(Failure::about(path, format_args!("longer than {MAX_MAP_BYTES} bytes")));
        }
        let text = std::fs::read_to_string(path).map_err(|error| Failure::about(path, error))?;
        let mut errors = Errors { path, text: &text, found: Vec::new() };
        let file: MapFile = toml::from_str(&text).map_err(|error| {
            errors.add(error.span().unwrap_or_default().start, error.message());
            errors.failure()
        })?;
        let mut lookups = Vec::new();
        let mut names = Vec::new();
        let mut files = Vec::new();
        for (name, lookup) in &file.lookup {
            names.push(name.clone());
            files.extend(lookup.get_ref().file.as_ref().map(|file| beside(path, file.get_ref())));
            lookups.extend(lookup_of(lookup, path, &mut errors)?);
        }
        let sizes: Vec<_> = lookups.iter().map(|lookup| lookup.keys).collect();
        if sizes.len() < names.len() {
            return Err(errors.failure());
        }
        let tables: Vec<_> = names.into_iter().zip(sizes).collect();
        let start = file.source.span().start;
        let sources: Vec<_> = file
            .source
            .into_inner()
            .into_iter()
            .map(|source| resolve::source(source, &tables, &mut errors))
            .collect();
        if sources.is_empty() {
            errors.add(start, "a map has at least one `[[source]]`");
        }
        if errors.found.is_empty() {
            Ok(Self { lookups, tables: files, sources })
        } else {
            Err(errors.failure())
        }
    }

    /// The source that a file is: the one whose patterns its name fits, else the one whose columns it has.
    ///
    /// # Errors
    /// A [`Failure`] if there is none, or more than one.
    pub(super) fn source(&self, path: &Path, names: &[(u64, String)]) -> Result<&Source, Failure> {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let by_name: Vec<_> =
            self.sources.iter().filter(|source| source.files.iter().any(|p| fits(p, &file))).collect();
        let by_header =
            || self.sources.iter().filter(|source| source.header.layout(names).is_ok()).collect::<Vec<_>>();
        let found = if by_name.is_empty() { by_header() } else { by_name };
        match found.as_slice() {
            [source] => Ok(source),
            [] => {
                let patterns: Vec<_> =
                    self.sources.iter().flat_map(|source| &source.files).map(String::as_str).collect();
                Err(Failure::about(path, "no source of the map is for this file").help(format_args!(
                    "give the file a name like `{}`, or the columns of a source",
                    patterns.join("` or `")
                )))
            }
            [one, other, ..] => Err(Failure::about(
                path,
                format_args!(
                    "the sources `{}` and `{}` of the map are both for this file",
                    one.name, other.name
                ),
            )),
        }
    }
}

/// Where a file lies that a map names.
fn beside(map: &Path, file: &str) -> PathBuf {
    map.parent().unwrap_or(Path::new("")).join(file)
}

/// Reads one look-up table; `None` if what the map says of it is wrong.
fn lookup_of(
    lookup: &Spanned<LookupFile>,
    map: &Path,
    errors: &mut Errors<'_>,
) -> Result<Option<Lookup>, Failure> {
    let at = lookup.span().start;
    let LookupFile { file, key, value, table, default } = lookup.get_ref();
    match (file, key, value, table) {
        (None, None, None, Some(table)) => Ok(Some(Lookup::inline(table.clone(), default.clone()))),
        (Some(file), Some(key), Some(value), None) => {
            if key.get_ref().0.is_empty() {
                errors.add(key.span().start, "`key` names no column");
                return Ok(None);
            }
            Lookup::file(&beside(map, file.get_ref()), &key.get_ref().0, value.get_ref(), default.clone())
                .map(Some)
        }
        _ => {
            errors.add(at, "a look-up table has either `table`, or `file` with `key` and `value`");
            Ok(None)
        }
    }
}

/// Whether a file's name fits a pattern in which `*` stands for any letters.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|tail| {
            let ends = (0..=tail.len()).filter_map(|at| tail.get(at..));
            ends.into_iter().any(|tail| fits(rest, tail))
        }),
    }
}

/// What is wrong in a map, gathered to its end.
pub(super) struct Errors<'a> {
    path: &'a Path,
    text: &'a str,
    found: Vec<(usize, String)>,
}

impl Errors<'_> {
    /// Something is wrong at this byte.
    fn add(&mut self, offset: usize, message: impl Into<String>) {
        self.found.push((offset, message.into()));
    }

    fn failure(&mut self) -> Failure {
        self.found.sort();
        let lines = self.found.iter().map(|(offset, message)| {
            let before = self.text.get(..*offset).unwrap_or(self.text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            format!("{}:{line}:{column}: {}", self.path.display(), message.trim_end())
        });
        Failure::new(lines.collect::<Vec<_>>().join("\nerror: "))
            .help("docs/facts-file.md says what a map may hold")
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_any_letters() {
        for (pattern, name) in
            [("a.csv", "a.csv"), ("*.csv", "a.csv"), ("P*o*.csv", "PatientInfo.csv"), ("*码*", "健康码表")]
        {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("a.csv", "b.csv"), ("*.csv", "a.csvx"), ("P*o.csv", "PatientInfo.tsv"), ("", "a")]
        {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
