//! From what a map says to what it means: columns get their places, and what may not be read is refused.

use std::collections::BTreeSet;

use mingma_domain::fact::kind::refused;
use mingma_domain::words::nearest;
use toml::Spanned;

use super::super::cell::{Cell, Piece, Template};
use super::super::date::Styles;
use super::syntax::{CellFile, FactFile, MadeFile, SourceFile, TestFile};
use super::{Errors, FactRule, Is, Source, Split, Test};
use crate::table::header::Header;

/// In a template, the number of the row in its file.
const ROW: &str = "#row";

/// Names of look-up tables, with the number of words in their keys.
type Tables = [(String, usize)];

/// The meaning of one source. What is wrong goes to `errors`.
pub(super) fn source(file: SourceFile, tables: &Tables, errors: &mut Errors<'_>) -> Source {
    let name = file.name.into_inner();
    if file.files.get_ref().is_empty() {
        errors.add(file.files.span().start, "`files` names no file: write a pattern such as `cases*.csv`");
    }
    let mut skipped = BTreeSet::new();
    for column in file.ignore {
        if let Some(brings) = refused(column.get_ref()) {
            let message = format!(
                "`{}` would bring in {brings}: name it under `refuse`, with the reason",
                column.get_ref()
            );
            errors.add(column.span().start, message);
        }
        skipped.insert(column.into_inner());
    }
    for (column, reason) in file.refuse {
        if reason.get_ref().trim().is_empty() {
            errors.add(reason.span().start, format!("say why `{column}` is refused"));
        }
        skipped.insert(column);
    }
    let starts: Vec<_> = file.dates.iter().map(|style| style.span().start).collect();
    let styles = file.dates.into_iter().map(Spanned::into_inner).collect();
    let dates = Styles::new(styles).unwrap_or_else(|(number, message)| {
        errors.add(starts.get(number).copied().unwrap_or_default(), message);
        Styles::none()
    });
    let mut scope = Scope { columns: Vec::new(), skipped, tables, dated: !dates.is_empty(), errors };
    let when = file.when.into_iter().filter_map(|test| scope.test(test)).collect();
    if file.fact.get_ref().is_empty() {
        scope.errors.add(
            file.fact.span().start,
            format!("the source `{name}` makes no fact: write a `[[source.fact]]`"),
        );
    }
    let facts = file.fact.into_inner().into_iter().map(|fact| scope.fact(fact.into_inner())).collect();
    let header = Header {
        what: format!("the source `{name}` of the map"),
        wanted: scope.columns,
        skipped: scope.skipped,
        unknown_help: Some("use it in a fact, or name it under `ignore`"),
        refused_help: "name it under `refuse` in the map, with the reason",
    };
    Source { name, files: file.files.into_inner(), header, dates, when, facts }
}

/// What a source knows while it is resolved.
struct Scope<'a, 'e> {
    /// The columns that it uses, in the order of their first use.
    columns: Vec<String>,
    skipped: BTreeSet<String>,
    tables: &'a Tables,
    /// Whether styles of dates are declared.
    dated: bool,
    errors: &'a mut Errors<'e>,
}

impl Scope<'_, '_> {
    /// The place of a column that is used; every use goes through here, and none of a refused one gets any further.
    fn column(&mut self, name: &str, at: usize) -> usize {
        if let Some(brings) = refused(name) {
            let message = format!(
                "`{name}` would bring in {brings}, which no kind of fact takes: name it under `refuse`, with the reason"
            );
            self.errors.add(at, message);
        } else if self.skipped.contains(name) {
            self.errors.add(at, format!("`{name}` is ignored or refused in this source, and cannot be used"));
        } else if name.is_empty() {
            self.errors.add(at, "the name of a column is empty");
        }
        self.columns.iter().position(|column| column == name).unwrap_or_else(|| {
            self.columns.push(name.to_owned());
            self.columns.len() - 1
        })
    }

    fn fact(&mut self, file: FactFile) -> FactRule {
        let FactFile { person, kind, value, at, until, region, issuer, evidence, when, split } = file;
        // In the order of the columns of the facts file.
        let cells = [Some(person), Some(kind), Some(value), Some(at), until, region, Some(issuer), evidence];
        let cells =
            cells.map(|cell| cell.map_or(Cell::Template(Template::default()), |cell| self.cell(cell)));
        let when = when.into_iter().filter_map(|test| self.test(test)).collect();
        let split = split.map(|split| {
            let split = split.into_inner();
            if split.by.get_ref().is_empty() || split.by.get_ref().iter().any(String::is_empty) {
                self.errors.add(
                    split.by.span().start,
                    "`by` lists what stands between the words, such as `[\", \", \";\"]`",
                );
            }
            Split {
                column: self.column(split.column.get_ref(), split.column.span().start),
                by: split.by.into_inner(),
            }
        });
        FactRule { cells: cells.into(), when, split }
    }

    fn cell(&mut self, cell: Spanned<CellFile>) -> Cell {
        let at = cell.span().start;
        match cell.into_inner() {
            CellFile::Template(text) => Cell::Template(self.template(&text, at)),
            CellFile::Made(MadeFile { date: Some(column), earliest: None, lookup: None, of: None }) => {
                self.dates(&[column.get_ref().clone()], column.span().start)
            }
            CellFile::Made(MadeFile { date: None, earliest: Some(columns), lookup: None, of: None }) => {
                self.dates(columns.get_ref(), columns.span().start)
            }
            CellFile::Made(MadeFile { date: None, earliest: None, lookup: Some(table), of: Some(of) }) => {
                let templates: Vec<_> =
                    of.get_ref().0.iter().map(|text| self.template(text, of.span().start)).collect();
                Cell::Lookup { table: self.table(&table, templates.len()), of: templates }
            }
            CellFile::Made(_) => {
                self.errors.add(
                    at,
                    "a cell is a text, `{ date = … }`, `{ earliest = [ … ] }` or `{ lookup = …, of = … }`",
                );
                Cell::Template(Template::default())
            }
        }
    }

    fn dates(&mut self, columns: &[String], at: usize) -> Cell {
        if !self.dated {
            self.errors.add(at, "this source declares no style of dates: write `dates = [\"%Y-%m-%d\"]`");
        }
        if columns.is_empty() {
            self.errors.add(at, "`earliest` names no column");
        }
        Cell::Earliest(columns.iter().map(|column| self.column(column, at)).collect())
    }

    /// The place of a look-up table with keys of this many words.
    fn table(&mut self, name: &Spanned<String>, words: usize) -> usize {
        let at = name.span().start;
        let name = name.get_ref();
        let found = self.tables.iter().position(|(table, _)| table == name);
        match found.and_then(|number| self.tables.get(number)) {
            Some((_, keys)) if *keys == words => {}
            Some((_, keys)) => {
                self.errors.add(at, format!("the keys of `{name}` have {keys} words, `of` gives {words}"));
            }
            None => {
                let near = nearest(name, self.tables.iter().map(|(table, _)| table.as_str()));
                let help = near.map_or_else(
                    || "write it as `[lookup.NAME]`".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                self.errors.add(at, format!("there is no look-up table `{name}`: {help}"));
            }
        }
        found.unwrap_or_default()
    }

    /// Reads `case:{patient_id}`; a brace itself is written twice.
    fn template(&mut self, text: &str, at: usize) -> Template {
        let mut pieces = Vec::new();
        let mut own = String::new();
        let mut rest = text;
        while let Some((before, brace, after)) = next_brace(rest) {
            own.push_str(before);
            if let Some(more) = after.strip_prefix(brace) {
                own.push(brace);
                rest = more;
                continue;
            }
            let Some((name, more)) = after.split_once('}').filter(|_| brace == '{') else {
                self.errors.add(
                    at,
                    format!("`{brace}` stands alone: a column is `{{name}}`, and a brace is written twice"),
                );
                return Template::default();
            };
            if !own.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut own)));
            }
            pieces.push(if name == ROW { Piece::Row } else { Piece::Column(self.column(name, at)) });
            rest = more;
        }
        own.push_str(rest);
        if !own.is_empty() {
            pieces.push(Piece::Text(own));
        }
        Template(pieces)
    }

    fn test(&mut self, test: Spanned<TestFile>) -> Option<Test> {
        let at = test.span().start;
        let TestFile { column, present, equals, one_of, none_of } = test.into_inner();
        let column = self.column(column.get_ref(), column.span().start);
        let is = match (present, equals, one_of, none_of) {
            (Some(true), None, None, None) => Is::Present,
            (Some(false), None, None, None) => Is::Absent,
            (None, Some(word), None, None) => Is::OneOf(vec![word]),
            (None, None, Some(words), None) => Is::OneOf(words),
            (None, None, None, Some(words)) => Is::NoneOf(words),
            _ => {
                self.errors
                    .add(at, "a test has `column` and one of `present`, `equals`, `one_of` and `none_of`");
                return None;
            }
        };
        Some(Test { column, is })
    }
}

/// What stands before the first brace, the brace, and what stands behind it.
fn next_brace(text: &str) -> Option<(&str, char, &str)> {
    let at = text.find(['{', '}'])?;
    let (before, from) = text.split_at_checked(at)?;
    let brace = from.chars().next()?;
    Some((before, brace, from.strip_prefix(brace)?))
}
