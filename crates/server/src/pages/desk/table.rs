//! A table that an institution uploads: CSV with the columns of the facts file, read strictly, and told how to mend otherwise.

use mingma_domain::fact::kind::refused;
use mingma_domain::fact::{COLUMNS, Column, Issuer};
use mingma_domain::text::Lang;
use mingma_domain::words::nearest;
use mingma_registry::submission::MAX_ROWS;

use super::fact::document;
use crate::api::submissions::SentRow;
use crate::text::{Speaker, Texts};

/// One row with the line on which it begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TableRow {
    pub(crate) line: u64,
    pub(crate) row: SentRow,
}

/// Why a file is no table; nothing of it is looked at further.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum TableFault {
    /// There is no row.
    Empty,
    /// Not UTF-8: what Excel writes as «CSV» in China (GB 18030), or as «Unicode text».
    Encoding { line: usize },
    /// A workbook of Excel: a packed folder, and no text.
    Workbook,
    /// Cells are parted by something else than commas.
    Separator { separator: &'static str },
    /// The first line names no column that is known: it is data, and is not repeated.
    NoHeader,
    /// A column that is not known.
    Unknown { column: String, nearest: Option<&'static str> },
    /// A column that would bring in what no kind of fact takes.
    OnPrinciple { column: String },
    /// A column stands twice.
    Twice { column: String },
    /// A column is missing.
    Missing { column: Column },
    /// A row has another number of cells than the first line.
    Ragged { line: u64 },
    /// A row of another issuer.
    OtherIssuer { line: u64 },
    /// More rows than one submission takes.
    TooMany,
}

/// What stands at the beginning of a file in UTF-8 by Excel.
const MARK: &[u8] = b"\xEF\xBB\xBF";
/// What stands at the beginning of a packed folder, which `.xlsx` and `.ods` are.
const PACKED: &[u8] = b"PK\x03\x04";
/// The longest name of a column that is repeated; ours have at most eight characters.
const SHOWN: usize = 24;

/// A column by a name in Chinese.
pub(crate) type Called = (String, Column);

/// What the columns are called in Chinese, as the desk's own pages call them.
pub(crate) fn called(texts: &Texts) -> Vec<Called> {
    let of = |lang| Column::ALL.iter().map(move |column| (name(&texts.speaker(lang), *column), *column));
    of(Lang::ZhHans).chain(of(Lang::ZhHant)).collect()
}

/// What a column is called in a reader's language; in English as in the facts file.
pub(crate) fn name(speaker: &Speaker, column: Column) -> String {
    match speaker.lang() {
        Lang::En => column.to_string(),
        Lang::ZhHans | Lang::ZhHant => speaker.say(&format!("desk-column-{column}")),
    }
}

/// Reads a table, whose columns are called as in the facts file or as `called` says. The column `issuer` may be left out; where it
/// stands, each cell is empty or names the institution.
///
/// # Errors
/// [`TableFault`]: the first thing that is wrong.
pub(crate) fn read(bytes: &[u8], issuer: &Issuer, called: &[Called]) -> Result<Vec<TableRow>, TableFault> {
    if bytes.starts_with(PACKED) {
        return Err(TableFault::Workbook);
    }
    let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        TableFault::Encoding { line: good.split(|byte| *byte == b'\n').count() }
    })?;
    // UTF-16 of plain words is UTF-8 full of zeros.
    if text.contains('\0') {
        return Err(TableFault::Encoding { line: 1 });
    }
    let first = text.lines().next().unwrap_or_default();
    for (sign, separator) in [(';', ";"), ('\t', "Tab"), ('，', "，")] {
        if first.contains(sign) && !first.contains(',') {
            return Err(TableFault::Separator { separator });
        }
    }
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|_| TableFault::NoHeader)?.clone();
    if text.trim().is_empty() {
        return Err(TableFault::Empty);
    }
    let layout = layout(&headers, called)?;
    let name = issuer.to_string();
    let mut rows = Vec::new();
    let mut lines = Lines { text, at: 0, line: 1 };
    for record in reader.records() {
        let record = record.map_err(|error| TableFault::Ragged { line: lines.of(error.position()) })?;
        let line = lines.of(record.position());
        if record.iter().all(str::is_empty) {
            // Excel writes rows that were cleared as commas alone.
            continue;
        }
        if rows.len() == MAX_ROWS {
            return Err(TableFault::TooMany);
        }
        let mut row = SentRow::default();
        for (column, cell) in layout.iter().zip(&record) {
            let cell = cell.trim().to_owned();
            match column {
                Column::Person => row.person = document(&cell),
                Column::Kind => row.kind = cell,
                Column::Value => row.value = cell,
                Column::At => row.at = cell,
                Column::Until => row.until = cell,
                Column::Region => row.region = cell,
                Column::Evidence => row.evidence = cell,
                Column::Issuer if cell.is_empty() || cell == name => {}
                Column::Issuer => return Err(TableFault::OtherIssuer { line }),
            }
        }
        rows.push(TableRow { line, row });
    }
    if rows.is_empty() { Err(TableFault::Empty) } else { Ok(rows) }
}

/// Counts lines as an editor does. The reader's own count is one short after CR LF, whose LF it leaves to the next record.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which the record at this place begins; places are asked for in their order.
    fn of(&mut self, place: Option<&csv::Position>) -> u64 {
        let at = place.and_then(|place| usize::try_from(place.byte()).ok()).unwrap_or(self.at);
        let rest = self.text.get(at..).unwrap_or_default();
        let begins = self.text.len() - rest.trim_start_matches(['\r', '\n']).len();
        let passed = self.text.get(self.at..begins).unwrap_or_default();
        self.line += passed.bytes().fold(0, |lines, byte| lines + u64::from(byte == b'\n'));
        self.at = begins;
        self.line
    }
}

/// Which column each cell of a row is of.
fn layout(headers: &csv::StringRecord, called: &[Called]) -> Result<Vec<Column>, TableFault> {
    let names: Vec<&str> = headers.iter().map(str::trim).collect();
    let of = |name: &str| {
        let in_chinese = || called.iter().find(|(known, _)| known == name).map(|(_, column)| *column);
        name.parse().ok().or_else(in_chinese)
    };
    if !names.iter().any(|name| of(name).is_some()) {
        return Err(TableFault::NoHeader);
    }
    let mut layout = Vec::with_capacity(names.len());
    for name in names {
        let shown = || name.chars().take(SHOWN).collect::<String>();
        match of(name) {
            Some(column) if layout.contains(&column) => return Err(TableFault::Twice { column: shown() }),
            Some(column) => layout.push(column),
            None if refused(name).is_some() => return Err(TableFault::OnPrinciple { column: shown() }),
            None => {
                let nearest = nearest(name, COLUMNS.iter().copied());
                return Err(TableFault::Unknown { column: shown(), nearest });
            }
        }
    }
    let optional = [Column::Issuer, Column::Until, Column::Region];
    match Column::ALL.iter().find(|column| !layout.contains(column) && !optional.contains(column)) {
        Some(missing) => Err(TableFault::Missing { column: *missing }),
        None => Ok(layout),
    }
}

/// Rows as a table that can be mended and uploaded again.
pub(crate) fn write<'r>(rows: impl Iterator<Item = &'r SentRow>) -> String {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let header = ["person", "kind", "value", "at", "until", "region", "evidence"];
    // Writing into memory does not fail.
    let _header = writer.write_record(header);
    for row in rows {
        let cells = [&row.person, &row.kind, &row.value, &row.at, &row.until, &row.region, &row.evidence];
        let _row = writer.write_record(cells);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "person,kind,value,at,until,region,issuer,evidence";

    fn of(text: &str) -> Result<Vec<TableRow>, TableFault> {
        read(text.as_bytes(), &"laboratory:07".parse().unwrap(), &called(&Texts::shipped()))
    }

    fn good() -> SentRow {
        SentRow {
            person: "passport:JP:TR0000001".to_owned(),
            kind: "test".to_owned(),
            value: "negative".to_owned(),
            at: "2022-06-13".to_owned(),
            evidence: "S-1".to_owned(),
            ..SentRow::default()
        }
    }

    #[test]
    fn a_table_is_read_whichever_way_its_program_writes_csv() {
        let row = "passport:JP:TR0000001,test,negative,2022-06-13,,,laboratory:07,S-1";
        let quoted = "\"passport:JP:TR0000001\",\"test\",negative,\"2022-06-13\",\"\",,\"\",S-1";
        for text in [
            format!("{HEADER}\n{row}\n"),
            format!("{HEADER}\r\n{row}\r\n"),
            format!("\u{feff}{HEADER}\r\n{row}"),
            format!("{HEADER}\n{quoted}\n"),
            format!("{HEADER}\n{row}\n,,,,,,,\n"),
            "kind,person,evidence,value,at\ntest,passport:JP:TR0000001,S-1,negative,2022-06-13\n".to_owned(),
            format!("{HEADER}\n passport:JP:TR0000001 ,test,negative,2022-06-13,,,,S-1\n"),
        ] {
            assert_eq!(of(&text), Ok(vec![TableRow { line: 2, row: good() }]), "{text}");
        }
        let two = of(&format!("{HEADER}\n{quoted}\n\n{row}\n")).unwrap();
        assert_eq!(two.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn a_table_is_read_with_the_names_of_any_language_as_its_own_page_gives_them() {
        let texts = Texts::shipped();
        for lang in Lang::ALL {
            let names = Column::ALL.iter().map(|column| name(&texts.speaker(*lang), *column));
            let header = names.collect::<Vec<_>>().join(",");
            let row = "passport:JP:TR0000001,test,negative,2022-06-13,,,laboratory:07,S-1";
            assert_eq!(
                of(&format!("{header}\n{row}\n")),
                Ok(vec![TableRow { line: 2, row: good() }]),
                "{header}"
            );
        }
        assert_eq!(
            of("本人证件,类别,内容,时间,類別\n"),
            Err(TableFault::Twice { column: "類別".to_owned() }),
            "in whichever script"
        );
    }

    #[test]
    fn what_is_no_table_is_told_by_its_sort() {
        let row = "passport:JP:TR0000001,test,negative,2022-06-13,,,,S-1";
        let other = "passport:JP:TR0000001,test,negative,2022-06-13,,,laboratory:08,S-1";
        let unknown = |column: &str, nearest| TableFault::Unknown { column: column.to_owned(), nearest };
        let column = |column: &str| column.to_owned();
        for (text, fault) in [
            (String::new(), TableFault::Empty),
            (format!("{HEADER}\n"), TableFault::Empty),
            (HEADER.replace(',', ";"), TableFault::Separator { separator: ";" }),
            (HEADER.replace(',', "\t"), TableFault::Separator { separator: "Tab" }),
            (format!("{row}\n"), TableFault::NoHeader),
            (HEADER.replace("value", "valu"), unknown("valu", Some("value"))),
            (HEADER.replace("until", "salutation"), unknown("salutation", None)),
            (HEADER.replace("until", "gps"), TableFault::OnPrinciple { column: column("gps") }),
            (HEADER.replace("until", "kind"), TableFault::Twice { column: column("kind") }),
            (HEADER.replace(",evidence", ""), TableFault::Missing { column: Column::Evidence }),
            (format!("{HEADER}\n{row}\n{row},\n"), TableFault::Ragged { line: 3 }),
            (format!("{HEADER}\n\"{row}\n"), TableFault::Ragged { line: 2 }),
            (format!("{HEADER}\n{row}\n{other}\n"), TableFault::OtherIssuer { line: 3 }),
            (format!("{HEADER}\n{}", format!("{row}\n").repeat(MAX_ROWS + 1)), TableFault::TooMany),
        ] {
            assert_eq!(of(&text), Err(fault), "{}", text.chars().take(200).collect::<String>());
        }
        assert_eq!(
            of(&format!("{HEADER}\n{}", format!("{row}\n").repeat(MAX_ROWS))).map(|r| r.len()),
            Ok(MAX_ROWS)
        );
    }

    #[test]
    fn other_encodings_are_told_apart_from_mistakes() {
        let issuer = "laboratory:07".parse().unwrap();
        // 「检测」 in GB 18030, as Excel in China saves it.
        let gb =
            [HEADER.as_bytes(), b"\npassport:JP:TR0000001,\xBC\xEC\xB2\xE2,negative,2022-06-13,,,,S-1\n"]
                .concat();
        assert_eq!(read(&gb, &issuer, &[]), Err(TableFault::Encoding { line: 2 }));
        assert_eq!(read(b"PK\x03\x04\x14\x00\x06\x00", &issuer, &[]), Err(TableFault::Workbook));
        let utf16: Vec<u8> =
            format!("\u{feff}{HEADER}\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&utf16, &issuer, &[]), Err(TableFault::Encoding { line: 1 }));
        let bare: Vec<u8> = format!("{HEADER}\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&bare, &issuer, &[]), Err(TableFault::Encoding { line: 1 }));
    }

    #[test]
    fn what_is_written_reads_as_it_was() {
        let rows = [good(), SentRow { evidence: "a,\"b\"\nc".to_owned(), ..good() }];
        let read = of(&write(rows.iter())).unwrap();
        assert_eq!(read.iter().map(|row| &row.row).collect::<Vec<_>>(), rows.iter().collect::<Vec<_>>());
    }
}
